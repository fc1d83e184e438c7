package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine/control"
)

type stopOptions struct {
	workflows []string
	grace     grace
}

func newStop(a *App) *cobra.Command {
	o := &stopOptions{}
	cmd := &cobra.Command{
		Use:   "stop [WORKFLOW...]",
		Short: "Stop workflows gracefully and keep their containers",
		Long: `stop ends workflows in order, services first, then sidecars, and returns when
they have ended. Their containers stay, so that logs and exit codes can be read.`,
		Example: "  limber stop\n  limber stop shop --timeout 5s",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workflows = args
			return o.run(cmd.Context(), a)
		},
		ValidArgsFunction: a.completeWorkflows,
	}
	o.grace.bind(cmd)
	return cmd
}

func (o *stopOptions) run(ctx context.Context, a *App) error {
	surviveClosedPipes()
	p, err := a.project()
	if err != nil {
		return err
	}
	status, err := a.status(ctx, p)
	if err != nil {
		return err
	}
	names, err := o.toStop(status)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		a.sayf("nothing of project %q runs", p.name)
		return nil
	}
	s, err := reach(ctx, func() (*session, error) { return o.ask(ctx, a, p, names) })
	if err != nil {
		return err
	}
	defer s.leave()
	return newWatch(s, names, goalEnded, newProgress(a.err).expectStatus(s.before)).run(ctx)
}

// ask has the supervisor of p stop workflows, or takes its place to do so.
func (o *stopOptions) ask(ctx context.Context, a *App, p project, names []string) (*session, error) {
	s, err := a.dialOrHost(ctx, p)
	if err != nil {
		return nil, err
	}
	s.before, err = s.Status(ctx)
	if err == nil {
		s.applied.Seq, err = lastSeq(ctx, s)
	}
	if err == nil {
		err = s.Stop(ctx, control.StopRequest{Workflows: names, Grace: o.grace.value})
	}
	if err != nil {
		s.leave()
		return nil, err
	}
	return s, nil
}

// toStop are the workflows that are meant and have not ended.
func (o *stopOptions) toStop(status control.Status) ([]string, error) {
	var known []string
	for _, w := range status.Workflows {
		known = append(known, w.Name)
	}
	wanted := known
	if len(o.workflows) > 0 {
		wanted = o.workflows
	}
	var names []string
	for _, name := range wanted {
		w, found := workflowOf(status, name)
		if !found {
			return nil, usageError{unknownName("workflow", name, known)}
		}
		if !w.Phase.Done() {
			names = append(names, name)
		}
	}
	return names, nil
}

// grace is the flag --timeout of commands that stop: the time that units get.
type grace struct{ value *time.Duration }

func (g *grace) bind(cmd *cobra.Command) {
	cmd.Flags().Var(g, "timeout", "`time` that units get to end before they are killed (default: as declared)")
}

// String implements pflag.Value.
func (g *grace) String() string {
	if g.value == nil {
		return ""
	}
	return g.value.String()
}

// Set implements pflag.Value.
func (g *grace) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("a time such as 10s is needed")
	}
	if d < 0 {
		return errors.New("it must not be negative")
	}
	g.value = &d
	return nil
}

// Type implements pflag.Value.
func (g *grace) Type() string { return "time" }
