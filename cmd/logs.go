package cmd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// allLines is a tail that leaves nothing out.
const allLines = -1

type logsOptions struct {
	workflow   string
	units      []string
	ran        []string // units that have run, as the status says
	follow     bool
	previous   bool
	since      time.Duration
	tail       int
	timestamps bool
}

func newLogs(a *App) *cobra.Command {
	o := &logsOptions{}
	cmd := &cobra.Command{
		Use:   "logs [WORKFLOW]",
		Short: "Print what units have written, init steps included, also after they ended",
		Example: `  limber logs -f
  limber logs shop -c migrate
  limber logs shop -c api --previous --tail 50`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.workflow = args[0]
			}
			return o.run(cmd.Context(), a)
		},
		ValidArgsFunction: a.completeWorkflows,
	}
	flags := cmd.Flags()
	flags.StringSliceVarP(&o.units, "container", "c", nil, "`unit` whose log to print, may be repeated (default: all)")
	a.global.bindFollow(cmd, &o.follow, "go on until the workflow has ended, with new attempts and runs")
	flags.BoolVar(&o.previous, "previous", false, "print the log of the attempt before the last one")
	flags.DurationVar(&o.since, "since", 0, "print only what was written in the last so much `time`, as in 5m")
	flags.IntVar(&o.tail, "tail", allLines, "print only the last so many `lines` of each unit")
	flags.BoolVar(&o.timestamps, "timestamps", false, "print when each line was written")
	return cmd
}

func (o *logsOptions) run(ctx context.Context, a *App) error {
	if o.follow && o.previous {
		return usagef("--follow and --previous exclude each other: what has ended does not go on")
	}
	if o.tail < allLines {
		return usagef("--tail must not be negative, not %d", o.tail)
	}
	if o.since < 0 {
		return usagef("--since must be positive, not %s", o.since)
	}
	p, err := a.project()
	if err != nil {
		return err
	}
	if err := o.chooseWorkflow(ctx, a, p); err != nil {
		return err
	}
	rt, err := a.runtime(ctx, p)
	if err != nil {
		return err
	}
	containers, err := listContainers(ctx, rt, p.name, o.workflow)
	if err != nil {
		return err
	}
	units, err := o.chooseUnits(ctx, a, p, containers)
	if err != nil {
		return err
	}
	view := newLogView(a.out)
	view.timestamps, view.prefixed = o.timestamps, len(units) > 1
	for _, unit := range units {
		view.expect([]source{{o.workflow, unit}})
	}
	if o.follow {
		return o.followAll(ctx, a, p, rt, view, units, containers)
	}
	return o.printAll(ctx, rt, view, units, containers)
}

// chooseWorkflow checks the workflow's name. None is needed if there is only
// one.
func (o *logsOptions) chooseWorkflow(ctx context.Context, a *App, p project) error {
	names, err := a.workflowNames(ctx, p)
	switch {
	case err != nil:
		return err
	case len(names) == 0:
		return fmt.Errorf("project %q has no workflows: \"limber up\" starts them", p.name)
	case o.workflow == "" && len(names) == 1:
		o.workflow = names[0]
	case o.workflow == "":
		return usagef("project %q has several workflows, name one of them: %v", p.name, names)
	case !slices.Contains(names, o.workflow):
		return usageError{unknownName("workflow", o.workflow, names)}
	}
	return nil
}

func (a *App) workflowNames(ctx context.Context, p project) ([]string, error) {
	status, err := a.status(ctx, p)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, w := range status.Workflows {
		names = append(names, w.Name)
	}
	return names, nil
}

// chooseUnits returns the units to print, in declared order.
func (o *logsOptions) chooseUnits(ctx context.Context, a *App, p project, containers []container) ([]string, error) {
	status, err := a.status(ctx, p)
	if err != nil {
		return nil, err
	}
	var known []string
	workflow, _ := workflowOf(status, o.workflow)
	for _, u := range workflow.Units {
		known = append(known, u.Name)
		if !u.StartedAt.IsZero() || u.ExitCode != nil {
			o.ran = append(o.ran, u.Name)
		}
	}
	for _, c := range containers { // of units that are not declared any more
		if !slices.Contains(known, c.unit) {
			known = append(known, c.unit)
		}
	}
	for _, unit := range o.units {
		if !slices.Contains(known, unit) {
			return nil, usageError{unknownName("unit", unit, known)}
		}
	}
	if len(o.units) == 0 {
		return known, nil
	}
	return o.units, nil
}

func (o *logsOptions) logOptions() runtime.LogOptions {
	opts := runtime.LogOptions{Tail: o.tail}
	if o.since > 0 {
		opts.Since = time.Now().Add(-o.since)
	}
	return opts
}

// printAll prints what has been written, lines of several units in the order
// of their times.
func (o *logsOptions) printAll(ctx context.Context, rt runtime.Runtime, view *logView, units []string, containers []container) error {
	before := 0
	if o.previous {
		before = 1
	}
	var logs []iter.Seq2[sourcedLine, error]
	for _, unit := range units {
		if c, ok := attemptOf(containers, unit, before); ok {
			logs = append(logs, readLog(ctx, rt, c, o.logOptions()))
		}
	}
	if len(o.units) > 0 && len(logs) == 0 {
		return fmt.Errorf("%s: %w", strings.Join(o.units, ", "), o.none())
	}
	for line, err := range merge(logs) {
		if err != nil {
			return err
		}
		if err := view.line(line.source, line.LogLine); err != nil {
			return err
		}
	}
	return nil
}

// none is why there is no log.
func (o *logsOptions) none() error {
	switch {
	case o.previous:
		return errors.New("there is no attempt before the last one")
	case slices.ContainsFunc(o.units, func(unit string) bool { return slices.Contains(o.ran, unit) }):
		return errors.New("its container is gone, and its log with it")
	}
	return errors.New("it has not run yet")
}

// followAll prints what has been written and what will be, until the workflow
// has ended.
func (o *logsOptions) followAll(ctx context.Context, a *App, p project, rt runtime.Runtime, view *logView, units []string, containers []container) error {
	s, err := dial(p)
	if errors.Is(err, control.ErrNoSupervisor) {
		return o.printAll(ctx, rt, view, units, containers) // nothing goes on
	}
	if err != nil {
		return err
	}
	if s.before, err = s.Status(ctx); err != nil {
		return err
	}
	if s.applied.Seq, err = lastSeq(ctx, s); err != nil {
		return err
	}
	// Listed again: what is created from here on is in the events.
	if containers, err = listContainers(ctx, rt, p.name, o.workflow); err != nil {
		return err
	}
	f := newFollower(ctx, rt, p.name, view, a.log)
	defer f.drain(drainPatience)
	f.wanted = func(s source) bool { return s.workflow == o.workflow && slices.Contains(units, s.unit) }
	for _, unit := range units {
		if c, ok := attemptOf(containers, unit, 0); ok {
			f.follow(attempt{source{c.workflow, c.unit}, c.run, c.attempt}, c.id, o.logOptions())
		}
	}
	w := newWatch(s, []string{o.workflow}, goalEnded, newProgress(quietStream()))
	w.onEvent = f.event
	err = w.run(ctx)
	if err != nil {
		f.cancel() // what still runs would go on writing
	}
	return err
}

// lastSeq is the number of the last event there is.
func lastSeq(ctx context.Context, api control.API) (last int64, err error) {
	err = api.Events(ctx, 0, false, func(e journal.Event) error {
		last = e.Seq
		return nil
	})
	return last, err
}
