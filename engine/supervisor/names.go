package supervisor

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"

	"github.com/limber-run/limber/engine"
)

// Labels of what limber makes in the container engine.
const (
	LabelProject  = "dev.limber.project"
	LabelWorkflow = "dev.limber.workflow"
	LabelRun      = "dev.limber.run"
	LabelUnit     = "dev.limber.unit"
	LabelAttempt  = "dev.limber.attempt"
	LabelSpec     = "dev.limber.spec"
	LabelInputs   = "dev.limber.inputs"  // fingerprint of what an init step is run with
	LabelSandbox  = "dev.limber.sandbox" // number of a sandbox's holder
	LabelNames    = "dev.limber.names"   // units whose names resolve in the sandbox
	LabelVolume   = "dev.limber.volume"  // engine.VolumeKind of a volume
)

// Names of containers are parts joined by dots, which no name of a project,
// workflow or unit contains: no two of them can meet.

func holderName(project, workflow string, number int) string {
	return fmt.Sprintf("%s.%s.sandbox%d", project, workflow, number)
}

func containerName(project, workflow string, ref engine.Ref) string {
	return fmt.Sprintf("%s.%s.%s.%d.%d", project, workflow, ref.Name, ref.Run, ref.Attempt)
}

func networkName(project string) string { return "limber." + project }

// hostName is what a unit is called on the project's network.
func hostName(workflow, unit string) string { return unit + "." + workflow }

// volumeName is that of a volume in the engine: named volumes belong to the
// project, the others to the workflow.
func volumeName(project, workflow string, v engine.Volume) string {
	if v.Kind == engine.VolumeNamed {
		return project + "." + v.Name
	}
	return project + "." + workflow + "." + v.Name
}

func projectLabels(project string) map[string]string {
	return map[string]string{LabelProject: project}
}

func workflowLabels(project, workflow string) map[string]string {
	return map[string]string{LabelProject: project, LabelWorkflow: workflow}
}

func (a *attempt) labels() map[string]string {
	labels := workflowLabels(a.d.project.cfg.Project, a.d.name)
	maps.Copy(labels, map[string]string{
		LabelRun:     strconv.Itoa(a.ref.Run),
		LabelUnit:    a.ref.Name,
		LabelAttempt: strconv.Itoa(a.ref.Attempt),
		LabelSpec:    a.workflow.Fingerprint(),
	})
	if a.inputs != "" {
		labels[LabelInputs] = a.inputs
	}
	for key, value := range a.spec.Container.Labels {
		if _, ours := labels[key]; !ours {
			labels[key] = value
		}
	}
	return labels
}

// Dirs returns the state and runtime directories of a project, which may not
// exist: LIMBER_STATE_DIR and LIMBER_RUNTIME_DIR, the XDG directories, or
// /var/lib and /run for root.
func Dirs(project string) (state, runtime string) {
	state = os.Getenv("LIMBER_STATE_DIR")
	if state == "" {
		state = filepath.Join(base("XDG_STATE_HOME", "/var/lib", homeState()), "limber")
	}
	runtime = os.Getenv("LIMBER_RUNTIME_DIR")
	if runtime == "" {
		runtime = filepath.Join(base("XDG_RUNTIME_DIR", "/run", fmt.Sprintf("/run/user/%d", os.Getuid())), "limber")
	}
	return filepath.Join(absolute(state), project), filepath.Join(absolute(runtime), project)
}

// absolute is dir for a supervisor, and containers, that work elsewhere.
func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir // there is no working directory that it could be relative to
}

// base is root's directory, or the user's: a variable or its default.
func base(variable, root, user string) string {
	if os.Getuid() == 0 {
		return root
	}
	if dir := os.Getenv(variable); dir != "" {
		return dir
	}
	return user
}

func homeState() string { return filepath.Join(os.Getenv("HOME"), ".local/state") }
