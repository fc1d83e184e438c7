package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
)

type eventsOptions struct {
	output output
	follow bool
}

func newEvents(a *App) *cobra.Command {
	o := &eventsOptions{}
	cmd := &cobra.Command{
		Use:     "events",
		Short:   "Print the journal: what has happened",
		Example: "  limber events -f\n  limber events -o json | jq 'select(.type == \"unit.exited\")'",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	o.output.bind(cmd)
	a.global.bindFollow(cmd, &o.follow, "go on with what happens, until the supervisor ends")
	return cmd
}

func (o *eventsOptions) run(ctx context.Context, a *App) error {
	p, err := a.project()
	if err != nil {
		return err
	}
	last := int64(0)
	emit := func(e journal.Event) error {
		last = e.Seq
		if o.output.json {
			return writeLine(a.out, e)
		}
		_, err := fmt.Fprintln(a.out, eventLine(a.out, e))
		return err
	}
	s, err := dial(p)
	if err == nil {
		err = s.Events(ctx, 0, o.follow, emit)
	}
	if errors.Is(err, control.ErrNoSupervisor) { // or not any more
		return journal.Read(p.stateDir, last, emit)
	}
	return err
}

// eventLine is an event for people: all of it, in one line.
func eventLine(out stream, e journal.Event) string {
	parts := []string{
		e.Time.Local().Format("2006-01-02 15:04:05.000"),
		fmt.Sprintf("%s#%d", e.Workflow, e.Run),
		out.paint(eventColor(e), fmt.Sprintf("%-21s", e.Type)),
	}
	if e.Unit != "" {
		unit := e.Role + "/" + e.Unit
		if e.Attempt > 0 {
			unit += fmt.Sprintf("#%d", e.Attempt)
		}
		parts = append(parts, unit)
	}
	return strings.TrimRight(strings.Join(append(parts, eventDetails(e)...), "  "), " ")
}

// eventColor is that of the words for people.
func eventColor(e journal.Event) string {
	_, color := eventText(e)
	return color
}

// eventDetails are the fields that e has.
func eventDetails(e journal.Event) []string {
	var details []string
	add := func(name string, value any, given bool) {
		if given {
			details = append(details, fmt.Sprintf("%s=%v", name, value))
		}
	}
	if e.ExitCode != nil {
		add("exit_code", *e.ExitCode, true)
	}
	add("reason", e.Reason, e.Reason != "")
	add("phase", e.Phase, e.Phase != "")
	add("probe", e.Probe, e.Probe != "")
	add("hook", e.Hook, e.Hook != "")
	add("delay_ms", e.DelayMS, e.DelayMS != 0)
	if e.GraceMS != nil {
		add("grace_ms", *e.GraceMS, true)
	}
	add("image", e.Image, e.Image != "")
	add("bytes", e.Bytes, e.Bytes != 0)
	add("duration_ms", e.DurationMS, e.DurationMS != 0)
	add("container", e.Container[:min(12, len(e.Container))], e.Container != "")
	if e.Message != "" {
		details = append(details, plain(e.Message))
	}
	return details
}
