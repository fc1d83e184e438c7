package cmd

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

const (
	// drainPatience is how long the last lines of ended containers may take.
	drainPatience = 10 * time.Second
	// stopPatience is how long a supervisor may take to hear of a stop.
	stopPatience = 10 * time.Second
)

// front is `limber up` without -d: a project whose logs and events are shown
// until it ends, and that ends when a signal comes, or stdout is closed. The supervisor is this
// process, unless there is one already.
type front struct {
	app     *App
	req     request
	session *session
	logs    *follower
	signal  os.Signal // the first one that came
	signals int       // how many
}

func newFront(a *App, req request) *front { return &front{app: a, req: req} }

func (f *front) run(ctx context.Context) error {
	if err := f.open(ctx); err != nil {
		return err
	}
	w := newWatch(f.session, f.req.names(), goalEnded, newProgress(f.app.err).expect(f.req.Workflows))
	if f.session.own() {
		w.goal = goalLast
	}
	w.onEvent = f.event
	signals := f.app.interrupts.takeOver()
	w.signals, w.onSignal = signals, f.onSignal
	f.logs.view.closed = func() { signals <- syscall.SIGPIPE }
	living := context.WithoutCancel(ctx)
	if cause := context.Cause(ctx); cause != nil { // it came just before that
		f.onSignal(living, signalOf(cause))
	}
	f.followRunning()
	err := w.run(living)
	if errors.Is(err, errGaveUp) {
		f.logs.cancel()
		f.session.leave()
		return saidError{signalError(f.signal)}
	}
	return f.close(living, w, err)
}

// open finds a supervisor, or becomes one, and asks for the workflows.
func (f *front) open(ctx context.Context) error {
	rt, err := f.app.runtime(ctx, f.req.project)
	if err != nil {
		return err
	}
	f.session, err = f.app.apply(ctx, f.req.ApplyRequest, func() (*session, error) {
		return f.app.dialOrHost(ctx, f.req.project)
	})
	if err != nil {
		return err
	}
	f.logs = newFollower(ctx, rt, f.req.project.name, f.newView(), f.app.log)
	return nil
}

func (f *front) newView() *logView {
	view := newLogView(f.app.out)
	view.prefixed, view.workflows = true, len(f.req.Workflows) > 1
	var sources []source
	for _, w := range f.req.Workflows {
		for _, u := range w.Units {
			sources = append(sources, source{w.Name, u.Name})
		}
	}
	view.expect(sources)
	return view
}

// event passes an event on to the logs, if its workflow is one of ours.
func (f *front) event(e journal.Event) {
	if f.session.own() || f.wants(e.Workflow) {
		f.logs.event(e)
	}
}

func (f *front) wants(workflow string) bool {
	for _, w := range f.req.Workflows {
		if w.Name == workflow {
			return true
		}
	}
	return false
}

// followRunning follows what ran before we came, from now on.
func (f *front) followRunning() {
	now := time.Now()
	for _, w := range f.session.before.Workflows {
		for _, u := range w.Units {
			if u.State == engine.StateRunning && u.ContainerID != "" && (f.session.own() || f.wants(w.Name)) {
				f.logs.follow(attempt{source{w.Name, u.Name}, w.Run, u.Attempts}, u.ContainerID, runtime.LogOptions{Tail: -1, Since: now})
			}
		}
	}
}

// onSignal stops gracefully at first, then by force, then gives up.
func (f *front) onSignal(ctx context.Context, sig os.Signal) bool {
	if f.signal == nil {
		f.signal = sig
	}
	f.signals++
	req := control.StopRequest{Workflows: f.req.names(), Force: f.signals > 1}
	if f.session.own() {
		req.Workflows = nil // whatever else it drives: nobody is left to do so
	}
	switch f.signals {
	case 1:
		if sig == syscall.SIGPIPE {
			f.app.sayf("nobody reads the logs any more")
		}
		f.app.sayf("stopping gracefully (press Ctrl-C again to kill)")
	case 2:
		f.app.sayf("killing (press Ctrl-C again to leave everything as it is)")
	default:
		f.app.sayf("leaving; \"limber down\" removes what is left")
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	if err := f.session.Stop(ctx, req); err != nil && !errors.Is(err, control.ErrNoSupervisor) {
		f.app.log.Error().Err(err).Msg("stop")
	}
	return true
}

// close waits for the supervisor and the last lines, and says how it ended.
func (f *front) close(ctx context.Context, w *watch, err error) error {
	if err != nil {
		f.session.leave() // nobody asks it to end any more
	} else if f.session.own() {
		err = <-f.session.ended
	}
	if err != nil {
		f.logs.cancel() // what still runs would go on writing
		return err
	}
	f.logs.drain(drainPatience)
	if f.signal != nil {
		return saidError{signalError(f.signal)}
	}
	w.goal = goalEnded
	return f.app.verdict(ctx, w)
}
