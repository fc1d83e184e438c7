package fake

import (
	"context"
	"sync"
	"time"
)

// Fault is something that goes wrong, or takes its time, in the calls of a
// method. A call first takes Delay, then waits while Hang, then fails with
// Err; what is not set is not done.
type Fault struct {
	On      Method
	Subject string // "": whatever it is called on
	Times   int    // how many calls it strikes; 0: all until it is lifted

	Delay time.Duration
	Hang  bool // until the fault is lifted or the call's context ends
	Err   error

	// Late lets the call take effect first: what is lost is its answer.
	Late bool
}

// phase is when a fault strikes a call: before its effect or after.
type phase bool

const (
	early phase = false
	late  phase = true
)

// fault is a Fault that was injected.
type fault struct {
	Fault
	left   int // calls still to strike, if Times is set
	lifted chan struct{}
}

// Inject makes a fault strike from now on. The returned function lifts it,
// and lets the calls go on that hang in it; it may be called twice.
func (h *Host) Inject(f Fault) (lift func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	injected := &fault{Fault: f, left: f.Times, lifted: make(chan struct{})}
	h.faults = append(h.faults, injected)
	return sync.OnceFunc(func() { close(injected.lifted) })
}

// suffer lets the faults strike that match a call, in the order in which
// they were injected, up to the first that makes it fail.
func (r *Runtime) suffer(ctx context.Context, m Method, subject string, p phase) error {
	for _, f := range r.injected() {
		if !r.strikes(f, m, subject, p) {
			continue
		}
		if err := r.strike(ctx, f); err != nil {
			return err
		}
	}
	return r.cut(ctx)
}

func (h *Host) injected() []*fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.faults[:len(h.faults):len(h.faults)]
}

// strikes is whether f strikes a call; if so the call is counted.
func (h *Host) strikes(f *fault, m Method, subject string, p phase) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.On != m || phase(f.Late) != p || f.Subject != "" && f.Subject != subject {
		return false
	}
	if f.isLifted() || f.Times > 0 && f.left == 0 {
		return false
	}
	f.left--
	return true
}

func (f *fault) isLifted() bool {
	select {
	case <-f.lifted:
		return true
	default:
		return false
	}
}

func (r *Runtime) strike(ctx context.Context, f *fault) error {
	if err := r.pause(ctx, f.Delay); err != nil {
		return err
	}
	if f.Hang {
		select {
		case <-f.lifted:
		case <-ctx.Done():
		case <-r.closed:
		}
	}
	if err := r.cut(ctx); err != nil {
		return err
	}
	return f.Err
}
