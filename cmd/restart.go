package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
)

type restartOptions struct {
	workflow string
	unit     string
	noInit   bool
}

func newRestart(a *App) *cobra.Command {
	o := &restartOptions{}
	cmd := &cobra.Command{
		Use:   "restart [WORKFLOW[/UNIT]]",
		Short: "Begin a new run of workflows, init steps included, or a new attempt of a unit",
		Long: `restart stops a workflow in order and begins a new run with its first init
step; it returns when the new run has begun. With a unit it is a new attempt of
that sidecar or service alone.`,
		Example: "  limber restart\n  limber restart shop --no-init\n  limber restart shop/api",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.workflow, o.unit, _ = strings.Cut(args[0], "/")
			}
			return o.run(cmd.Context(), a)
		},
		ValidArgsFunction: a.completeWorkflows,
	}
	cmd.Flags().BoolVar(&o.noInit, "no-init", false, "do not run again the init steps that have succeeded")
	return cmd
}

func (o *restartOptions) run(ctx context.Context, a *App) error {
	surviveClosedPipes()
	if o.unit != "" && o.noInit {
		return usagef("--no-init is about workflows: no init step runs when a unit restarts")
	}
	p, err := a.project()
	if err != nil {
		return err
	}
	s, err := dial(p)
	if errors.Is(err, control.ErrNoSupervisor) {
		return fmt.Errorf("%w: start one with \"limber up\" or \"limber up -d\"", err)
	}
	if err != nil {
		return err
	}
	if s.before, err = s.Status(ctx); err != nil {
		return err
	}
	names, err := o.check(s.before)
	if err != nil {
		return err
	}
	if s.applied.Seq, err = lastSeq(ctx, s); err != nil {
		return err
	}
	err = s.Restart(ctx, control.RestartRequest{Workflow: o.workflow, Unit: o.unit, NoInit: o.noInit})
	if err != nil {
		return err
	}
	if o.unit != "" {
		a.sayf("%s/%s is being restarted", o.workflow, o.unit)
		return nil
	}
	s.applied.Changed = names
	return newWatch(s, names, goalStarted, newProgress(a.err).expectStatus(s.before)).run(ctx)
}

// check finds the names that are meant, and returns those of the workflows.
func (o *restartOptions) check(status control.Status) ([]string, error) {
	var known []string
	for _, w := range status.Workflows {
		known = append(known, w.Name)
	}
	if o.workflow == "" {
		return known, nil
	}
	w, found := workflowOf(status, o.workflow)
	if !found {
		return nil, usageError{unknownName("workflow", o.workflow, known)}
	}
	if o.unit == "" {
		return []string{o.workflow}, nil
	}
	var units []string
	for _, u := range w.Units {
		units = append(units, u.Name)
		if u.Name == o.unit && u.Role == engine.Init.String() {
			return nil, usagef("init step %q runs again when its workflow restarts: limber restart %s", u.Name, w.Name)
		}
		if u.Name == o.unit && w.Phase.Done() {
			return nil, fmt.Errorf("workflow %q has ended: restart it as a whole with \"limber restart %s\"", w.Name, w.Name)
		}
		if u.Name == o.unit {
			return nil, nil
		}
	}
	return nil, usageError{unknownName("unit", o.unit, units)}
}
