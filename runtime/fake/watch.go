package fake

import (
	"context"
	"slices"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Watch subscribes to the end of a container. Wait holds back while the
// host is unavailable: what has ended is found when it is back.
func (r *Runtime) Watch(ctx context.Context, id string) (func() (runtime.Exit, error), error) {
	var c *container
	err := r.call(ctx, Watch, r.subject(id), func() (err error) {
		c, err = r.lookup(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return func() (runtime.Exit, error) { return r.wait(ctx, c) }, nil
}

func (r *Runtime) wait(ctx context.Context, c *container) (runtime.Exit, error) {
	if err := r.await(ctx, c, func() bool { return !r.unavailable && c.over() }); err != nil {
		return runtime.Exit{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.gone {
		return runtime.Exit{}, notFoundError("container", c.spec.Name)
	}
	return c.exit, nil
}

// Logs calls emit with the lines of a container. It breaks off with
// ErrUnavailable if the host becomes unavailable while it follows.
func (r *Runtime) Logs(ctx context.Context, id string, opts runtime.LogOptions, emit func(runtime.LogLine) error) error {
	var c *container
	var lines []runtime.LogLine
	var seen int
	err := r.call(ctx, Logs, r.subject(id), func() (err error) {
		if c, err = r.lookup(id); err == nil {
			lines, seen = selected(c.lines, opts), len(c.lines)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := emitAll(lines, emit); err != nil || !opts.Follow {
		return err
	}
	return r.follow(ctx, c, seen, opts.Since, emit)
}

// follow emits what c writes after the lines that were seen.
func (r *Runtime) follow(ctx context.Context, c *container, seen int, since time.Time, emit func(runtime.LogLine) error) error {
	for {
		var lines []runtime.LogLine
		var over, broken bool
		err := r.await(ctx, c, func() bool {
			lines, over, broken = slices.Clone(c.lines[seen:]), c.over(), r.unavailable
			return len(lines) > 0 || over || broken
		})
		if err != nil {
			return err
		}
		if broken {
			return runtime.ErrUnavailable
		}
		seen += len(lines)
		if err := emitAll(newer(lines, since), emit); err != nil || over {
			return err
		}
	}
}

// selected are the lines that opts asks for, of those written so far.
func selected(lines []runtime.LogLine, opts runtime.LogOptions) []runtime.LogLine {
	lines = newer(lines, opts.Since)
	if opts.Tail >= 0 && opts.Tail < len(lines) {
		lines = lines[len(lines)-opts.Tail:]
	}
	return slices.Clone(lines)
}

func newer(lines []runtime.LogLine, since time.Time) []runtime.LogLine {
	first := slices.IndexFunc(lines, func(l runtime.LogLine) bool { return !l.Time.Before(since) })
	if first < 0 {
		return nil
	}
	return lines[first:]
}

func emitAll(lines []runtime.LogLine, emit func(runtime.LogLine) error) error {
	for _, line := range lines {
		if err := emit(line); err != nil {
			return err
		}
	}
	return nil
}
