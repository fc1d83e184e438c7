package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
)

const (
	// silence is how long nothing may happen before limber says what it
	// waits for.
	silence = 10 * time.Second
	// together is how soon after an event the next one must come to be told
	// in the same line.
	together = 200 * time.Millisecond
)

// goal is what workflows are waited for.
type goal int

const (
	goalSettled goal = iota // ready, or ended
	goalEnded
	goalStarted // a new run has begun
	goalLast    // the supervisor has ended
)

var (
	// errGaveUp ends a watch whose signals said so.
	errGaveUp = errors.New("gave up")
	// errLost is a supervisor that ended before its work was done.
	errLost = errors.New("the supervisor has ended")
)

// watch shows the events of a project until its workflows are where they are
// wanted.
type watch struct {
	session  *session
	goal     goal
	targets  []*target
	progress *progress
	begun    time.Time

	onEvent   func(journal.Event)                   // may be nil
	signals   <-chan os.Signal                      // nil: a signal ends the context
	onSignal  func(context.Context, os.Signal) bool // false: give up
	permanent *journal.Event                        // of a unit that has little hope to start
}

// target is a workflow that is waited for.
type target struct {
	name    string
	minRun  int // runs before it do not count
	started bool
	ready   bool
	done    bool
	good    bool // done, and succeeded
	broken  bool // a unit has failed for good: it will not be ready
	// removing: it is not declared any more, and waited for until it is gone.
	removing bool
}

// newWatch watches what apply has begun.
func newWatch(s *session, names []string, g goal, p *progress) *watch {
	w := &watch{session: s, goal: g, progress: p, begun: time.Now()}
	for _, name := range names {
		w.targets = append(w.targets, &target{name: name, minRun: s.wantedRun(name)})
	}
	if g == goalSettled {
		for _, name := range s.applied.Removed {
			w.targets = append(w.targets, &target{name: name, removing: true})
		}
	}
	return w
}

// wantedRun is the number of the first run that counts: a new one if that is
// what apply has led to.
func (s *session) wantedRun(workflow string) int {
	before, _ := workflowOf(s.before, workflow)
	if s.asked && before.Status == statusTerminating || slices.Contains(s.applied.Changed, workflow) {
		return before.Run + 1
	}
	return before.Run
}

// statusTerminating is the status of a run that is being ended.
const statusTerminating = "Terminating"

// run returns nil when the goal is reached or w.permanent is set; else the
// cause of the end of ctx, errLost or errGaveUp.
func (w *watch) run(ctx context.Context) error {
	defer w.progress.flush()
	if err := w.look(ctx); err != nil {
		return err
	}
	reading, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer cancel()
	events, ended := make(chan journal.Event), make(chan error, 1)
	reader.Go(func() {
		ended <- w.session.Events(reading, w.session.applied.Seq, true, func(e journal.Event) error {
			select {
			case events <- e:
				return nil
			case <-reading.Done():
				return reading.Err()
			}
		})
	})
	return w.loop(ctx, events, ended)
}

func (w *watch) loop(ctx context.Context, events <-chan journal.Event, ended <-chan error) error {
	quiet, alone := time.NewTimer(silence), time.NewTimer(together)
	defer quiet.Stop()
	defer alone.Stop()
	for !w.reached() {
		select {
		case e := <-events:
			w.event(e)
			if e.Type == engine.TypeUnitExited && w.goal == goalSettled { // what follows is in the status alone
				if err := w.look(ctx); err != nil && !errors.Is(err, control.ErrNoSupervisor) {
					return err
				}
			}
			quiet.Reset(silence)
			alone.Reset(together)
		case <-alone.C:
			w.progress.flush()
		case <-quiet.C:
			w.sayStillWaiting(ctx)
			quiet.Reset(silence)
		case sig := <-w.signals:
			if !w.onSignal(ctx, sig) {
				return errGaveUp
			}
		case err := <-ended:
			return w.noMoreEvents(ctx, err)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// look takes in what the targets are now.
func (w *watch) look(ctx context.Context) error {
	status, err := w.session.status(ctx)
	if err != nil {
		return err
	}
	for _, t := range w.targets {
		s, found := workflowOf(status, t.name)
		if t.removing {
			t.done = !found
			continue
		}
		if !found || s.Run < t.minRun || s.Status == statusTerminating {
			continue
		}
		t.started, t.ready, t.done = true, s.Ready, s.Phase.Done()
		t.broken = s.FailedForGood() != nil
	}
	return nil
}

func (w *watch) event(e journal.Event) {
	w.progress.event(e)
	if w.onEvent != nil {
		w.onEvent(e)
	}
	i := slices.IndexFunc(w.targets, func(t *target) bool { return t.name == e.Workflow })
	if i < 0 || e.Run < w.targets[i].minRun {
		return
	}
	w.targets[i].event(e.Type)
	if e.Permanent && w.goal == goalSettled && !w.targets[i].removing {
		w.permanent = &e
	}
}

func (t *target) event(kind engine.NoticeType) {
	if t.removing {
		t.done = t.done || kind == engine.TypeWorkflowRemoved
		return
	}
	switch kind { //nolint:exhaustive // the others are about units
	case engine.TypeRunStarted:
		t.started, t.ready, t.done = true, false, false
	case engine.TypeWorkflowReady:
		t.ready = true
	case engine.TypeWorkflowUnready:
		t.ready = false
	case engine.TypeWorkflowSucceeded, engine.TypeWorkflowFailed:
		t.ready, t.done, t.good = false, true, kind == engine.TypeWorkflowSucceeded
	}
}

func (w *watch) reached() bool {
	if w.permanent != nil {
		return true
	}
	return !slices.ContainsFunc(w.targets, func(t *target) bool { return !t.reached(w.goal) }) && w.goal != goalLast
}

func (t *target) reached(g goal) bool {
	switch g {
	case goalSettled:
		return t.done || t.ready || t.broken
	case goalStarted:
		return t.started
	case goalEnded, goalLast:
	}
	return t.done
}

// noMoreEvents is the end of the supervisor, as it should be or not.
func (w *watch) noMoreEvents(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && !errors.Is(err, control.ErrNoSupervisor):
		return err
	}
	if err := w.look(ctx); err != nil {
		return err
	}
	for _, t := range w.targets {
		if !t.reached(w.goal) {
			return fmt.Errorf("%w before its work was done; \"limber ps\" shows how things are, \"limber up\" goes on from there", errLost)
		}
	}
	return nil
}

// sayStillWaiting says what is waited for, and for how long.
func (w *watch) sayStillWaiting(ctx context.Context) {
	if list := w.waitedFor(ctx); len(list) > 0 {
		w.progress.stillWaiting(list, time.Since(w.begun))
	}
}

// waitedFor are the units, or workflows, that keep the goal from being reached.
func (w *watch) waitedFor(ctx context.Context) []string {
	status, err := w.session.status(ctx)
	if err != nil {
		return nil
	}
	var list []string
	for _, t := range w.targets {
		s, _ := workflowOf(status, t.name)
		if t.reached(w.goal) || w.goal != goalSettled && s.Settled() {
			continue // it is up, as it should be, and nobody waits for more
		}
		list = append(list, unsettled(s)...)
	}
	return list
}

// unsettled describes what keeps a workflow from being ready.
func unsettled(s engine.Status) []string {
	if s.Message != "" {
		return []string{fmt.Sprintf("%s (%s)", s.Name, s.Message)}
	}
	var list []string
	for _, u := range s.Units {
		if u.Ready || u.State == engine.StateWaiting && u.Attempts == 0 {
			continue // done, or waiting itself for one of the others
		}
		list = append(list, fmt.Sprintf("%s %s/%s (%s)", s.Name, u.Role, u.Name, stillState(u)))
	}
	if len(list) == 0 {
		return []string{fmt.Sprintf("%s (%s)", s.Name, s.Status)}
	}
	return list
}

// stillState is how a unit is that is not ready.
func stillState(u engine.UnitStatus) string {
	switch {
	case u.Reason != "":
		return fmt.Sprintf("%s, %s", u.State, u.Reason)
	case u.State == engine.StateRunning && u.Role != engine.Init.String():
		return "running, not ready"
	}
	return string(u.State)
}
