package prober

import (
	"context"
	"fmt"
	"time"
)

// tries is how often a probe that cannot be run is tried on the spot.
const tries = 3

// worker is one call of Run. Only its own goroutine and, for the time of a
// check, one other exist.
type worker struct {
	check  handler
	limit  time.Duration
	report func(Result)
	plan   schedule
	flight *flight // the check under way, nil if there is none
}

// flight is a check that has begun and not yet returned.
type flight struct {
	extra  bool
	began  time.Time
	failed bool // reported as timed out; what it returns is of no interest
	done   chan landing
}

// landing is what a check returned.
type landing struct {
	ok     bool
	detail string
	err    error
}

func (w *worker) run(ctx context.Context) {
	timer := time.NewTimer(time.Until(w.next()))
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(time.Until(w.next()))
		select {
		case <-ctx.Done():
		case <-timer.C:
			w.due(ctx, time.Now())
		case l := <-w.landings():
			w.landed(ctx, l, time.Now())
		}
	}
	if w.flight != nil {
		<-w.flight.done
	}
}

// landings is where the check under way returns; nil, which blocks, if there
// is none.
func (w *worker) landings() <-chan landing {
	if w.flight == nil {
		return nil
	}
	return w.flight.done
}

// next returns the time of the next thing to do.
func (w *worker) next() time.Time {
	at := w.plan.tick
	if w.flight == nil {
		if extra := w.plan.extra; !extra.IsZero() && extra.Before(at) {
			return extra
		}
		return at
	}
	if end, ok := w.deadline(); ok && end.Before(at) {
		return end
	}
	return at
}

// deadline returns when the check under way counts as failed.
func (w *worker) deadline() (time.Time, bool) {
	if w.flight == nil || w.flight.failed || w.limit == 0 {
		return time.Time{}, false
	}
	return w.flight.began.Add(w.limit), true
}

// due does what there is to do at now. The period comes before the deadline:
// a check that ends its time with the period has failed once, not twice.
func (w *worker) due(ctx context.Context, now time.Time) {
	if w.plan.takeTick(now) {
		w.regular(ctx, now)
	}
	if end, ok := w.deadline(); ok && !now.Before(end) {
		w.flight.failed = true
		w.result(w.flight.extra, landing{detail: timedOut(w.limit)}, now)
	}
	if w.flight == nil && w.plan.takeExtra(now) {
		w.begin(ctx, now, true)
	}
}

// regular makes the check of a period. One that is still under way takes its
// place; one that is overdue fails this period as well.
func (w *worker) regular(ctx context.Context, now time.Time) {
	switch {
	case w.flight == nil:
		w.begin(ctx, now, false)
	case w.flight.failed:
		detail := fmt.Sprintf("%s, and still runs after %s", timedOut(w.limit), now.Sub(w.flight.began).Round(time.Millisecond))
		w.result(false, landing{detail: detail}, now)
	default:
		w.flight.extra = false
	}
}

func (w *worker) begin(ctx context.Context, now time.Time, extra bool) {
	f := &flight{extra: extra, began: now, done: make(chan landing, 1)}
	w.flight = f
	go func() { f.done <- try(ctx, w.check) }() // run waits for it
}

// try makes a check, again if it could not be made.
func try(ctx context.Context, check handler) (l landing) {
	for range tries {
		l.ok, l.detail, l.err = check(ctx)
		if l.err == nil || ctx.Err() != nil {
			break
		}
	}
	return l
}

// landed takes what the check under way has returned. After the end of ctx
// that is of no interest, nor if its time was over.
func (w *worker) landed(ctx context.Context, l landing, now time.Time) {
	f := w.flight
	w.flight = nil
	switch {
	case f.failed, ctx.Err() != nil:
	case l.err != nil:
		w.plan.notPassed(now)
	default:
		w.result(f.extra, l, now)
	}
}

// result reports a result and sets the schedule by it.
func (w *worker) result(extra bool, l landing, now time.Time) {
	if l.ok {
		w.plan.passed()
	} else {
		w.plan.notPassed(now)
	}
	w.report(Result{OK: l.ok, Extra: extra, Detail: l.detail, At: now})
}
