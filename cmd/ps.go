package cmd

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
)

// psPace is how often a table on a terminal is drawn anew, and how long
// changes are collected.
const psPace = time.Second

type psOptions struct {
	output output
	watch  bool
}

func newPs(a *App) *cobra.Command {
	o := &psOptions{}
	cmd := &cobra.Command{
		Use:     "ps",
		Short:   "Show workflows and units",
		Example: "  limber ps\n  limber ps -w\n  limber ps -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	o.output.bind(cmd)
	cmd.Flags().BoolVarP(&o.watch, "watch", "w", false, "show each change until the supervisor ends")
	return cmd
}

func (o *psOptions) run(ctx context.Context, a *App) error {
	p, err := a.project()
	if err != nil {
		return err
	}
	if o.watch {
		return o.follow(ctx, a, p)
	}
	status, err := a.status(ctx, p)
	if err != nil {
		return err
	}
	if o.output.json {
		return writeJSON(a.out, status)
	}
	return o.show(a, status)
}

// show prints the tables, and says what they leave open.
func (o *psOptions) show(a *App, status control.Status) error {
	if len(status.Workflows) == 0 {
		a.sayf("project %q has no workflows", status.Project)
		return nil
	}
	if !status.Supervisor.Alive && anyLive(status) {
		a.sayf("nobody supervises project %q: this is what was known last; \"limber up\" goes on from there", status.Project)
	}
	return writeStatus(a.out, status, time.Now())
}

func anyLive(s control.Status) bool {
	for _, w := range s.Workflows {
		if !w.Phase.Done() {
			return true
		}
	}
	return false
}

// follow shows the status each time that something has happened.
func (o *psOptions) follow(ctx context.Context, a *App, p project) error {
	s, err := dial(p)
	if errors.Is(err, control.ErrNoSupervisor) {
		o.watch = false
		return o.run(ctx, a) // nothing will change
	}
	if err != nil {
		return err
	}
	after, err := lastSeq(ctx, s)
	if err != nil {
		return err
	}
	happened, ended := make(chan struct{}, 1), make(chan error, 1)
	reading, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer cancel()
	reader.Go(func() {
		ended <- s.Events(reading, after, true, func(journal.Event) error {
			select {
			case happened <- struct{}{}:
			default: // that will be seen as well
			}
			return nil
		})
	})
	for {
		if err := o.draw(ctx, a, s); err != nil {
			return err
		}
		if over, err := o.nextChange(ctx, a, happened, ended); over {
			return errors.Join(o.draw(context.WithoutCancel(ctx), a, s), err)
		}
	}
}

// draw shows the status as it is now.
func (o *psOptions) draw(ctx context.Context, a *App, s *session) error {
	status, err := s.status(ctx)
	if err != nil {
		return err
	}
	if o.output.json {
		return writeLine(a.out, status)
	}
	if a.out.terminal {
		if _, err := a.out.Write([]byte(redraw)); err != nil {
			return err
		}
	}
	return o.show(a, status)
}

// nextChange waits until the status may have changed, or the supervisor has
// ended.
func (o *psOptions) nextChange(ctx context.Context, a *App, happened <-chan struct{}, ended <-chan error) (over bool, err error) {
	var tick <-chan time.Time
	if a.out.terminal && !o.output.json {
		tick = time.After(psPace) // ages grow
	}
	select {
	case <-happened:
		select { // what belongs together is shown together
		case <-time.After(together):
			return false, nil
		case err := <-ended:
			return true, ignoreGone(err)
		}
	case <-tick:
		return false, nil
	case err := <-ended:
		return true, ignoreGone(err)
	case <-ctx.Done():
		return true, context.Cause(ctx)
	}
}

// ignoreGone leaves out that a supervisor has gone: that is how things end.
func ignoreGone(err error) error {
	if errors.Is(err, control.ErrNoSupervisor) {
		return nil
	}
	return err
}
