package fake

import (
	"context"
	"sync"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Runtime is a connection to a Host, and a runtime.Runtime.
type Runtime struct {
	*Host

	// closed is closed by Close.
	closed    chan struct{}
	closeOnce sync.Once
}

var _ runtime.Runtime = (*Runtime)(nil)

// New returns a connection to a new host that has images in its storage.
func New(images ...string) *Runtime {
	h := newHost()
	for _, ref := range images {
		h.SetImage(ref, runtime.Image{})
	}
	return h.connect()
}

// Reconnect returns another connection to the same host, as the next
// supervisor would open after a crash. Closing one does not close the other.
func (r *Runtime) Reconnect() *Runtime { return r.connect() }

// Close ends the watches and calls of this connection with ErrUnavailable.
// The host and its containers go on.
func (r *Runtime) Close() error {
	r.closeOnce.Do(func() { close(r.closed) })
	return nil
}

// Info describes the host.
func (r *Runtime) Info(ctx context.Context) (runtime.Info, error) {
	var info runtime.Info
	err := r.call(ctx, Info, "", func() error {
		info = r.info
		return nil
	})
	return info, err
}

// call does what every call does: it is noted, suffers the faults that are
// due, and takes effect under the lock of the host.
func (r *Runtime) call(ctx context.Context, m Method, subject string, effect func() error) error {
	n := r.begin(m, subject)
	err := r.attempt(ctx, m, subject, effect)
	r.finish(n, err)
	return err
}

func (r *Runtime) attempt(ctx context.Context, m Method, subject string, effect func() error) error {
	if err := r.suffer(ctx, m, subject, early); err != nil {
		return err
	}
	if err := r.locked(ctx, effect); err != nil {
		return err
	}
	return r.suffer(ctx, m, subject, late)
}

// locked runs effect with the host to itself, if the call can still reach it.
func (r *Runtime) locked(ctx context.Context, effect func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.cut(ctx); err != nil {
		return err
	}
	if r.unavailable {
		return runtime.ErrUnavailable
	}
	return effect()
}

// cut is why nothing more can be asked over this connection.
func (r *Runtime) cut(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-r.closed:
		return runtime.ErrUnavailable
	default:
		return nil
	}
}

// pause takes d of the call's time. With d zero it takes none.
func (r *Runtime) pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return r.cut(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-r.closed:
	}
	return r.cut(ctx)
}

// await blocks until ready says so. Ready is asked under the host's lock,
// now and whenever something about c has changed.
func (r *Runtime) await(ctx context.Context, c *container, ready func() bool) error {
	for {
		r.mu.Lock()
		ok, changed := ready(), c.changed
		r.mu.Unlock()
		if ok {
			return nil
		}
		if err := r.cut(ctx); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-r.closed:
		}
	}
}
