package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/runtime"
)

type doctorOptions struct {
	output output
}

func newDoctor(a *App) *cobra.Command {
	o := &doctorOptions{}
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "Say what on this host would stop limber, and the mend",
		Example: "  limber doctor\n  limber doctor -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	o.output.bind(cmd)
	return cmd
}

// errUnfit is a host on which limber will not work.
var errUnfit = errors.New("limber will not work here until what failed is mended")

func (o *doctorOptions) run(ctx context.Context, a *App) error {
	p, err := a.project()
	if err != nil {
		return err
	}
	findings := examine(a.collectFacts(ctx, p))
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.show(a.out, findings); err != nil {
		return err
	}
	for _, f := range findings {
		if f.Level == levelFail {
			return unfit(findings)
		}
	}
	return nil
}

// unfit is the error of a host with failed checks.
func unfit(findings []finding) error {
	n := 0
	for _, f := range findings {
		if f.Level == levelFail {
			n++
		}
	}
	return fmt.Errorf("%s failed: %w", plural(n, "check"), errUnfit)
}

func (o *doctorOptions) show(out stream, findings []finding) error {
	if o.output.json {
		return writeJSON(out, findings)
	}
	for _, f := range findings {
		_, err := fmt.Fprintf(out, "%s  %-12s %s\n", out.paint(levelColors[f.Level], fmt.Sprintf("%-4s", f.Level)), f.Check, plain(f.Detail))
		if err != nil {
			return err
		}
		if f.Mend == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "%19s> %s\n", "", f.Mend); err != nil {
			return err
		}
	}
	return nil
}

var levelColors = map[level]string{levelOK: colorGood, levelWarn: colorWarn, levelFail: colorBad}

// level is how much a finding matters.
type level string

const (
	levelOK   level = "ok"
	levelWarn level = "warn"
	levelFail level = "fail"
)

// finding is the result of one check.
type finding struct {
	Check  string `json:"check"`
	Level  level  `json:"level"`
	Detail string `json:"detail"`
	Mend   string `json:"mend,omitempty"`
}

// facts is all that the checks go by. collectFacts finds them out.
type facts struct {
	root bool
	user string

	podmanPath    string // "": not found
	podmanVersion string // of the command
	reachError    error  // nil: a service answers
	info          runtime.Info

	cgroups     string   // "v2", "v1", "hybrid"
	controllers []string // that limber may use
	crun, runc  bool     // installed
	aardvark    bool     // installed
	systemd     bool     // runs this host

	maxFiles    uint64 // hard limit
	sysResource bool   // CAP_SYS_RESOURCE

	newuidmap  bool
	subuid     bool
	subgid     bool
	linger     bool
	runtimeEnv string // XDG_RUNTIME_DIR

	runtimeDir   string
	runtimeInRAM bool // it is on a tmpfs
	shmInRAM     bool // /dev/shm is on one
	diskAllowed  bool // for secrets, by the user
	stateDir     string
	stateFree    uint64 // bytes
	storageFree  uint64 // bytes; 0: not known
}
