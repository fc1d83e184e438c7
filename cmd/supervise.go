package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine/supervisor"
)

type superviseOptions struct {
	report bool
}

func newSupervise(a *App) *cobra.Command {
	o := &superviseOptions{}
	cmd := &cobra.Command{
		Use:    "supervise",
		Short:  "Drive a project until nothing of it is left to do, as up -d leaves it behind",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	cmd.Flags().BoolVar(&o.report, "report", false, "say on file descriptor 3 when the control socket answers")
	return cmd
}

// run drives the project until all has ended. A signal makes it let go: the
// containers live on, and the next supervisor takes them over.
func (o *superviseOptions) run(ctx context.Context, a *App) error {
	if a.global.project == "" {
		return usagef("supervise needs --project")
	}
	report := o.reporter(a)
	s, err := a.host(ctx, newProject(a.global.project))
	report(err)
	if errors.Is(err, supervisor.ErrLocked) {
		return saidError{err} // somebody else does it
	}
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, s.letGo)()
	return <-s.ended
}

// reporter returns how to tell whoever waits for it how the start went.
func (o *superviseOptions) reporter(a *App) func(error) {
	if !o.report {
		return func(error) {}
	}
	syscall.CloseOnExec(reportFD) // Podman's processes must not hold it open
	pipe := os.NewFile(reportFD, "report")
	return func(outcome error) {
		if err := json.NewEncoder(pipe).Encode(newStartReport(outcome)); err != nil {
			a.log.Warn().Err(err).Msg("report the start")
		}
		_ = pipe.Close() // its reader waits for that
	}
}
