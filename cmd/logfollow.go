package cmd

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// follower prints the logs of containers as they are written: of those that
// it is told of, and of those that events announce. Each line once.
type follower struct {
	rt      runtime.Runtime
	project string
	view    *logView
	log     zerolog.Logger
	wanted  func(source) bool

	ctx    context.Context //nolint:containedctx // the life of all its readers
	cancel context.CancelFunc
	wg     sync.WaitGroup
	mu     sync.Mutex
	seen   map[string]bool  // IDs of containers
	known  map[attempt]bool // that have one of them
}

// attempt is what events call a container.
type attempt struct {
	source
	run, number int
}

func newFollower(ctx context.Context, rt runtime.Runtime, project string, view *logView, log zerolog.Logger) *follower {
	f := &follower{
		rt: rt, project: project, view: view, log: log,
		wanted: func(source) bool { return true },
		seen:   map[string]bool{}, known: map[attempt]bool{},
	}
	f.ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return f
}

// event follows the container that an event announces.
func (f *follower) event(e journal.Event) {
	if !f.wanted(sourceOf(e)) {
		return
	}
	a := attempt{sourceOf(e), e.Run, e.Attempt}
	switch {
	case e.Type == engine.TypeUnitCreated && e.Container != "":
		f.follow(a, e.Container, runtime.LogOptions{Tail: -1})
	case e.Type == engine.TypeUnitStarted && !f.knows(a):
		f.find(a) // it was created before the first event that we got
	}
}

func (f *follower) knows(a attempt) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known[a]
}

// find follows the container of an attempt, once the engine has said which.
func (f *follower) find(a attempt) {
	f.wg.Go(func() {
		containers, err := listContainers(f.ctx, f.rt, f.project, a.workflow)
		if err != nil {
			f.problem(a.source, err)
			return
		}
		for _, c := range containers {
			if c.unit == a.unit && c.run == a.run && c.attempt == a.number {
				f.follow(a, c.id, runtime.LogOptions{Tail: -1})
			}
		}
	})
}

// follow prints the log of a container to its end, in the background. One
// that is followed already stays as it is.
func (f *follower) follow(a attempt, id string, opts runtime.LogOptions) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[a] = true
	if f.seen[id] {
		return
	}
	f.seen[id] = true
	opts.Follow = true
	f.wg.Go(func() {
		if err := f.read(a.source, id, opts); err != nil {
			f.problem(a.source, err)
		}
	})
}

// read prints a log. While the engine cannot be reached it tries again, and
// passes over what has been printed.
func (f *follower) read(s source, id string, opts runtime.LogOptions) error {
	printed := 0
	pace := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(100*time.Millisecond),
		backoff.WithMaxInterval(2*time.Second),
		backoff.WithMaxElapsedTime(time.Minute),
	)
	return backoff.Retry(func() error {
		skip := printed
		err := f.rt.Logs(f.ctx, id, opts, func(l runtime.LogLine) error {
			if skip > 0 {
				skip--
				return nil
			}
			if opts.Tail >= 0 { // counted anew, the tail would be another one
				opts.Tail, opts.Since = -1, l.Time
			}
			printed++
			return f.view.line(s, l)
		})
		if err != nil && !errors.Is(err, runtime.ErrUnavailable) {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.WithContext(pace, f.ctx))
}

func (f *follower) problem(s source, err error) {
	switch {
	case f.ctx.Err() != nil:
		return
	case errors.Is(err, runtime.ErrNotFound):
		return // removed: prepared, and not needed after all
	case errors.Is(err, syscall.EPIPE):
		return // the view has said so
	}
	f.log.Warn().Err(err).Str("workflow", s.workflow).Str("unit", s.unit).Msg("read the log")
}

// drain waits until what ended containers have written is printed, but no
// longer than patience.
func (f *follower) drain(patience time.Duration) {
	stop := time.AfterFunc(patience, f.cancel)
	defer stop.Stop()
	f.wg.Wait()
	f.cancel()
}
