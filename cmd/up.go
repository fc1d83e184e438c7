package cmd

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
)

type upOptions struct {
	names   []string
	detach  bool
	wait    bool
	timeout time.Duration
}

func newUp(a *App) *cobra.Command {
	o := &upOptions{}
	cmd := &cobra.Command{
		Use:   "up [WORKFLOW...]",
		Short: "Start or update workflows",
		Long: `up starts the workflows, or makes those that run already what the files say.
Without names that is all of the project: workflows that the files do not
declare any more are stopped and removed.
It stays in front and shows their logs; Ctrl-C stops everything gracefully, a
second one by force. With -d it leaves a supervisor behind, and returns when
every workflow is ready, has ended, or the timeout has passed.`,
		Example: `  limber up
  limber up -d --timeout 2m
  limber up -f ci.hcl --var tag=17 shop`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.names = args
			return o.run(cmd.Context(), a)
		},
		ValidArgsFunction: a.completeWorkflows,
	}
	flags := cmd.Flags()
	flags.BoolVarP(&o.detach, "detach", "d", false, "leave a supervisor behind")
	flags.BoolVar(&o.wait, "wait", true, "with -d: wait until all is ready")
	flags.DurationVar(&o.timeout, "timeout", 0, "with -d: wait no longer than this `time` (0: without limit)")
	return cmd
}

// request is what up asks for.
type request struct {
	project project
	control.ApplyRequest
}

func (r request) names() []string {
	var names []string
	for _, w := range r.Workflows {
		names = append(names, w.Name)
	}
	return names
}

func (o *upOptions) run(ctx context.Context, a *App) error {
	surviveClosedPipes()
	if !o.detach && (!o.wait || o.timeout != 0) {
		return usagef("--wait and --timeout go with -d")
	}
	if o.timeout < 0 {
		return usagef("--timeout must be positive, not %s", o.timeout)
	}
	spec, err := a.load()
	if err != nil {
		return err
	}
	workflows, err := choose(spec.Workflows, o.names)
	if err != nil {
		return err
	}
	req := request{newProject(spec.Name), control.ApplyRequest{
		Workflows: workflows, Env: a.secretEnv(workflows), Whole: len(o.names) == 0,
	}}
	a.announce(ctx, req)
	if o.detach {
		return o.runDetached(ctx, a, req)
	}
	return newFront(a, req).run(ctx)
}

// errWaitedTooLong is why the context of up -d ends.
var errWaitedTooLong = errors.New("waited too long")

// runDetached leaves the workflows to a supervisor of their own, and waits
// until they are ready.
func (o *upOptions) runDetached(ctx context.Context, a *App, req request) error {
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.timeout, errWaitedTooLong)
		defer cancel()
	}
	s, err := a.apply(ctx, req.ApplyRequest, func() (*session, error) {
		return a.dialOrSpawn(ctx, req.project, req.Env)
	})
	if err != nil {
		return o.tooLate(ctx, err, []string{"the supervisor"})
	}
	if !o.wait {
		return nil
	}
	w := newWatch(s, req.names(), goalSettled, newProgress(a.err).expect(req.Workflows))
	err = w.run(ctx)
	switch {
	case errors.Is(err, errInterrupted), errors.Is(err, errTerminated):
		a.sayf("not waiting any longer; the supervisor goes on: \"limber ps\" shows it, \"limber stop\" stops it")
		return saidError{err}
	case err != nil:
		err = o.tooLate(ctx, err, w.waitedFor(context.WithoutCancel(ctx)))
	default:
		err = a.verdict(ctx, w)
	}
	if is[*timeoutError](err) || is[*permanentError](err) {
		a.sayf("limber goes on trying in the background: \"limber ps\" shows it, \"limber down\" ends it")
	}
	if err != nil {
		return err
	}
	a.sayReady(w)
	return nil
}

// tooLate says what was waited for, if it was too long.
func (o *upOptions) tooLate(ctx context.Context, err error, list []string) error {
	if errors.Is(context.Cause(ctx), errWaitedTooLong) {
		return &timeoutError{after: o.timeout, list: list}
	}
	return err
}

// sayReady says how the wait ended for workflows that ran already: of the
// others there were events.
func (a *App) sayReady(w *watch) {
	for _, t := range w.targets {
		before, found := workflowOf(w.session.before, t.name)
		if found && !t.removing && before.Run == t.minRun && before.Settled() && !slices.Contains(w.session.applied.Updated, t.name) {
			a.sayf("%s  %s already, run %d", t.name, stateText(before), before.Run)
		}
	}
}

func stateText(s engine.Status) string {
	if s.Ready {
		return "ready"
	}
	return string(s.Phase)
}
