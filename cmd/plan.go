package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/supervisor"
	"github.com/limber-run/limber/plugins/toolbox"
)

// errChanges is a plan that changes something, under --detailed-exitcode.
var errChanges = errors.New("there are changes")

type planOptions struct {
	names    []string
	output   output
	detailed bool
}

func newPlan(a *App) *cobra.Command {
	o := &planOptions{}
	cmd := &cobra.Command{
		Use:   "plan [WORKFLOW...]",
		Short: "Show what up would do, and why",
		Long: `plan compares the files with what has run and what runs, and shows which units
up would start, stop or skip, in what order and why. It changes nothing.`,
		Example: "  limber plan\n  limber plan --detailed-exitcode; [ $? -eq 2 ] && echo \"up would change something\"\n  limber plan -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.names = args
			return o.run(cmd.Context(), a)
		},
		ValidArgsFunction: a.completeWorkflows,
	}
	o.output.bind(cmd)
	cmd.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "exit with 2 if something would change, 0 if nothing would, 1 on an error")
	return cmd
}

func (o *planOptions) run(ctx context.Context, a *App) error {
	err := o.plan(ctx, a)
	if err != nil && o.detailed && !errors.Is(err, errChanges) {
		return detailedError{err}
	}
	return err
}

// detailedError is an error under --detailed-exitcode, where 2 is no error.
type detailedError struct{ error }

func (e detailedError) Unwrap() error { return e.error }

func (o *planOptions) plan(ctx context.Context, a *App) error {
	spec, err := a.load()
	if err != nil {
		return err
	}
	workflows, err := choose(spec.Workflows, o.names)
	if err != nil {
		return err
	}
	p := newProject(spec.Name)
	f := a.forecast(p)
	if f.Runtime, err = a.runtime(ctx, p); err != nil {
		return err
	}
	req := control.ApplyRequest{Workflows: workflows, Whole: len(o.names) == 0}
	plans, err := plansOf(ctx, f, req)
	if err != nil {
		return err
	}
	if o.output.json {
		err = writeJSON(a.out, projectPlan{Project: spec.Name, Workflows: plans})
	} else {
		err = writePlans(a.out, plans)
	}
	if err != nil {
		return err
	}
	if err := f.Room(ctx, req); err != nil {
		a.sayf("limber up would begin nothing: %v", err)
	}
	if o.detailed && changes(plans) {
		return saidError{errChanges}
	}
	return nil
}

// projectPlan is what `limber plan -o json` prints.
type projectPlan struct {
	Project   string        `json:"project"`
	Workflows []engine.Plan `json:"workflows"`
}

// announce says what a request will change, as far as the records tell. It
// asks nobody else: up is to be fast.
func (a *App) announce(ctx context.Context, req request) {
	plans, err := plansOf(ctx, a.forecast(req.project), req.ApplyRequest)
	if err == nil && changes(plans) {
		err = writePlans(a.err, plans)
	}
	if err != nil {
		a.log.Warn().Err(err).Msg("plan")
	}
}

// forecast is for a plan that asks the records alone.
func (a *App) forecast(p project) supervisor.Forecast {
	_, err := control.Dial(p.runtimeDir)
	return supervisor.Forecast{
		Project: p.name, StateDir: p.stateDir, Supervised: err == nil,
		Toolbox: toolbox.Ref(version), Env: a.getenv,
	}
}

func plansOf(ctx context.Context, f supervisor.Forecast, req control.ApplyRequest) (plans []engine.Plan, err error) {
	if req.Whole {
		if plans, err = f.Removals(ctx, req.Workflows); err != nil {
			return nil, err
		}
	}
	for _, w := range req.Workflows {
		plan, err := f.Plan(ctx, w)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

// changes reports whether one of the plans changes something.
func changes(plans []engine.Plan) bool {
	for _, p := range plans {
		if p.Action != engine.PlanNone {
			return true
		}
	}
	return false
}
