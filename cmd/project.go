package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/supervisor"
	"github.com/limber-run/limber/hclspec"
	"github.com/limber-run/limber/plugins/toolbox"
	"github.com/limber-run/limber/runtime"
)

// diagnosticsError is files with errors in them.
type diagnosticsError struct{ hcl.Diagnostics }

// project is a project as far as commands without files know it.
type project struct {
	name       string
	stateDir   string
	runtimeDir string
}

func newProject(name string) project {
	p := project{name: name}
	p.stateDir, p.runtimeDir = supervisor.Dirs(name)
	return p
}

// load reads the project's files. It prints what is wrong with them, and
// returns an error if that makes them useless.
func (a *App) load() (*hclspec.Project, error) {
	spec, diags, err := a.parse()
	if err != nil {
		return nil, err
	}
	a.printDiagnostics(spec, diags)
	if diags.HasErrors() {
		return nil, saidError{diagnosticsError{diags}}
	}
	return spec, nil
}

// parse reads the project's files.
func (a *App) parse() (*hclspec.Project, hcl.Diagnostics, error) {
	variables, err := parseVariables(a.global.vars)
	if err != nil {
		return nil, nil, err
	}
	spec, diags := hclspec.Load(hclspec.Options{
		Files: a.global.files, Project: a.global.project,
		Variables: variables, VarFiles: a.global.varFiles, Environ: a.environ,
		Version: version, ToolboxImage: toolbox.Ref(version),
	})
	return spec, diags, nil
}

func parseVariables(flags []string) (map[string]string, error) {
	variables := map[string]string{}
	for _, flag := range flags {
		name, value, ok := strings.Cut(flag, "=")
		if !ok || name == "" {
			return nil, usagef("--var needs NAME=VALUE, not %q", name)
		}
		variables[name] = value
	}
	return variables, nil
}

func (a *App) printDiagnostics(spec *hclspec.Project, diags hcl.Diagnostics) {
	if len(diags) > 0 {
		// There is nobody else to tell.
		_ = hclspec.WriteDiagnostics(a.err, spec.Files, diags, a.err.color, a.err.width())
	}
}

// project finds out which project is meant without needing its files to be
// right, or to be there.
func (a *App) project() (project, error) {
	if a.global.project != "" {
		return newProject(a.global.project), nil
	}
	spec, diags, err := a.parse()
	if err != nil {
		return project{}, err
	}
	if spec.Name != "" {
		return newProject(spec.Name), nil
	}
	if len(a.global.files) > 0 {
		a.printDiagnostics(spec, diags)
		return project{}, saidError{diagnosticsError{diags}}
	}
	dir, err := os.Getwd()
	if err != nil {
		return project{}, err
	}
	return newProject(hclspec.NameOfDir(dir)), nil
}

// checkProject refuses names that would lead out of the state directory.
func (a *App) checkProject() error {
	if name := a.global.project; name != "" && !hclspec.ValidName(name) {
		return usagef("%q is not a valid name of a project: lower-case letters, digits, dashes and underscores, 63 at most", name)
	}
	return nil
}

// supervisorConfig is what a supervisor in this process needs.
func (a *App) supervisorConfig(p project, rt runtime.Runtime) (supervisor.Config, error) {
	self, err := os.Executable()
	if err != nil {
		return supervisor.Config{}, fmt.Errorf("find limber's own binary: %w", err)
	}
	return supervisor.Config{
		Project: p.name, StateDir: p.stateDir, RuntimeDir: p.runtimeDir,
		Runtime: rt, Executable: self, Version: version, Log: a.log, Recorded: crashPoint(),
		Toolbox: supervisor.Toolbox{
			Ref: toolbox.Ref(version),
			Ensure: func(ctx context.Context) error {
				_, err := toolbox.Ensure(ctx, rt, version)
				return err
			},
		},
	}, nil
}

// choose returns the workflows of the given names, and those that they depend
// on; all if none is given.
func choose(all []*engine.Workflow, names []string) ([]engine.Workflow, error) {
	var known []string
	for _, w := range all {
		known = append(known, w.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, usageError{unknownName("workflow", name, known)}
		}
	}
	wanted := map[string]bool{}
	for _, name := range names {
		want(all, name, wanted)
	}
	var chosen []engine.Workflow
	for _, w := range all {
		if len(names) == 0 || wanted[w.Name] {
			chosen = append(chosen, *w)
		}
	}
	return chosen, nil
}

// want marks a workflow and all that it depends on.
func want(all []*engine.Workflow, name string, wanted map[string]bool) {
	i := slices.IndexFunc(all, func(w *engine.Workflow) bool { return w.Name == name })
	if i < 0 || wanted[name] {
		return
	}
	wanted[name] = true
	for _, dependency := range all[i].DependsOn {
		want(all, dependency, wanted)
	}
}

// errUnknownName is a name that nothing has.
var errUnknownName = errors.New("there is no")

// unknownName says that name is not known, and which one may be meant.
func unknownName(what, name string, known []string) error {
	text := fmt.Sprintf("%s %q", what, name)
	if near := nearest(name, known); near != "" {
		return fmt.Errorf("%w %s, did you mean %q?", errUnknownName, text, near)
	}
	if len(known) == 0 {
		return fmt.Errorf("%w %s", errUnknownName, text)
	}
	return fmt.Errorf("%w %s; there is: %s", errUnknownName, text, strings.Join(known, ", "))
}

// nearest returns the known name most like name, or "" if none is near.
func nearest(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := levenshtein.Distance(name, k, nil); d < least && d < len(k) {
			best, least = k, d
		}
	}
	return best
}

// secretEnv returns the variables that the secrets of workflows come from.
func (a *App) secretEnv(workflows []engine.Workflow) map[string]string {
	env := map[string]string{}
	for _, w := range workflows {
		for _, s := range w.Secrets {
			if value, ok := a.getenv(s.Env); ok && s.Env != "" {
				env[s.Env] = value
			}
		}
	}
	return env
}
