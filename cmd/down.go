package cmd

import (
	"context"
	"errors"
	"sync"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
)

type downOptions struct {
	volumes bool
	grace   grace
}

func newDown(a *App) *cobra.Command {
	o := &downOptions{}
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop gracefully and remove containers, networks and secrets",
		Long: `down stops everything of the project in order, and removes what it has in
Podman. It needs no files, and no supervisor.`,
		Example: "  limber down\n  limber down --volumes --timeout 5s",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	cmd.Flags().BoolVar(&o.volumes, "volumes", false, "remove named volumes, too, and what is in them")
	o.grace.bind(cmd)
	return cmd
}

func (o *downOptions) run(ctx context.Context, a *App) error {
	surviveClosedPipes()
	p, err := a.project()
	if err != nil {
		return err
	}
	s, err := dial(p)
	if err == nil {
		err = o.down(ctx, a, s)
	}
	if errors.Is(err, control.ErrNoSupervisor) { // there is none, or it was just ending
		return o.runAlone(ctx, a, p)
	}
	return err
}

// runAlone is down of a project that nobody supervises: this process does, for
// as long as it takes.
func (o *downOptions) runAlone(ctx context.Context, a *App, p project) error {
	s, err := reach(ctx, func() (*session, error) { return a.dialOrHost(ctx, p) })
	if err != nil {
		return err
	}
	defer s.leave()
	return o.down(ctx, a, s)
}

// down asks for the end, and shows it.
func (o *downOptions) down(ctx context.Context, a *App, s *session) (err error) {
	if s.before, err = s.Status(ctx); err != nil {
		return err
	}
	showing, cancel := context.WithCancel(ctx)
	defer cancel()
	var shown sync.WaitGroup
	s.applied.Seq, err = lastSeq(ctx, s)
	if err != nil { // what is removed does not depend on what is shown
		a.log.Warn().Err(err).Msg("what happens cannot be shown")
		cancel()
	}
	shown.Go(func() {
		view := newProgress(a.err).expectStatus(s.before)
		_ = s.Events(showing, s.applied.Seq, true, func(e journal.Event) error { // only for show
			view.event(e)
			return nil
		})
		view.flush()
	})
	result, err := s.Down(ctx, control.DownRequest{Volumes: o.volumes, Grace: o.grace.value})
	cancel()
	shown.Wait()
	if err != nil {
		return err
	}
	for _, name := range result.Volumes {
		a.sayf("removed volume %s, and what was in it", name)
	}
	if len(s.before.Workflows) == 0 && result.Containers+len(result.Volumes) == 0 {
		a.sayf("project %q is not there", s.project.name)
		return nil
	}
	a.sayf("project %q is down", s.project.name)
	return nil
}
