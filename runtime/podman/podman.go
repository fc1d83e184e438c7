// Package podman runs containers with Podman 4.3 or later.
//
// It is a thin client of Podman's own REST API. A few facts shape it:
//
//   - The end of a container is noticed by the kernel (pidfds) or, where the
//     engine's processes cannot be seen, by asking. What the end was is only
//     ever read from an inspection: wait answers 0 for containers that never
//     ran, and attaching to an ended container sets it up anew and forgets
//     how it ended.
//   - Podman runs an ended container again when it is asked to start it, so a
//     start whose answer was lost is not repeated blindly.
//   - The API's log stream loses lines; the log file does not.
package podman

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"

	"github.com/blang/semver/v4"
	"github.com/containers/podman/v5/libpod/define"
	"github.com/containers/podman/v5/pkg/bindings"
	"github.com/rs/zerolog"

	"github.com/limber-run/limber/runtime"
)

// Config says which Podman is used, and how.
type Config struct {
	// URL of the service, "unix:///path". If it is empty: $CONTAINER_HOST,
	// else the running service of this user, else one started for this
	// adapter.
	URL string
	// RuntimeDir holds the socket of a service started for this adapter.
	RuntimeDir string
	Logger     zerolog.Logger
}

// Runtime is a runtime.Runtime on one Podman service.
type Runtime struct {
	log     zerolog.Logger
	conn    *bindings.Connection
	service *service // nil if the service is not ours
	version semver.Version
	arch    string // of the host, as images call it

	host host
	// samePIDs is whether Podman's process IDs are ours as well.
	samePIDs bool

	slots    chan struct{} // one is held while a container is made or started
	prepared sync.Map      // IDs of containers made here and not started yet
	killed   sync.Map      // IDs of containers that were sent SIGKILL from here
	names    nameLocks     // of containers being made
	users    users

	life      context.Context //nolint:containedctx // the adapter's own, not a caller's
	end       context.CancelFunc
	closeOnce sync.Once
	closeErr  error
}

var _ runtime.Runtime = (*Runtime)(nil)

// New connects to Podman, and starts a service if none is there.
func New(ctx context.Context, cfg Config) (*Runtime, error) {
	r := &Runtime{log: cfg.Logger, slots: make(chan struct{}, 2*goruntime.NumCPU())}
	r.life, r.end = context.WithCancel(context.Background())
	if err := r.connect(ctx, cfg); err != nil {
		return nil, err
	}
	ociRuntime, err := r.chooseOCIRuntime(ctx)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	listener := listenerOf(ctx, r.conn)
	r.arch = goruntime.GOARCH
	r.samePIDs = sharesPIDs(listener)
	r.host = host{ociRuntime: ociRuntime, rlimits: clampedLimits(listener)}
	if r.samePIDs {
		r.host.leastOOMScoreAdj = leastOOMScoreAdj(listener)
	}
	return r, nil
}

// Close ends what the adapter started. Containers live on.
func (r *Runtime) Close() error {
	r.closeOnce.Do(func() {
		r.end()
		if r.conn != nil {
			r.conn.Client.CloseIdleConnections()
		}
		if r.service != nil {
			r.closeErr = r.service.close()
		}
	})
	return r.closeErr
}

// Info describes Podman and its host.
func (r *Runtime) Info(ctx context.Context) (runtime.Info, error) {
	info, err := r.readInfo(ctx)
	if err != nil {
		return runtime.Info{}, err
	}
	oci := info.Host.OCIRuntime.Name
	if r.host.ociRuntime != "" {
		oci = r.host.ociRuntime
	}
	return runtime.Info{
		Name:           "podman",
		Version:        info.Version.Version,
		OCIRuntime:     oci,
		CgroupVersion:  info.Host.CgroupsVersion,
		CgroupManager:  info.Host.CgroupManager,
		NetworkBackend: info.Host.NetworkBackend,
		StorageDriver:  info.Store.GraphDriverName,
		StorageRoot:    info.Store.GraphRoot,
		Rootless:       info.Host.Security.Rootless,
		CPUs:           info.Host.CPUs,
		Memory:         info.Host.MemTotal,
	}, nil
}

func (r *Runtime) readInfo(ctx context.Context) (*define.Info, error) {
	info := define.Info{}
	if err := r.get(ctx, "/info", nil, &info); err != nil {
		return nil, fmt.Errorf("podman info: %w", err)
	}
	if info.Host == nil || info.Host.OCIRuntime == nil || info.Store == nil {
		return nil, errors.New("podman info: incomplete answer")
	}
	return &info, nil
}

// slot waits until a container may be made or started: more than a few at a
// time only make all of them slower.
func (r *Runtime) slot(ctx context.Context) (release func(), err error) {
	select {
	case r.slots <- struct{}{}:
		return func() { <-r.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.life.Done():
		return nil, errClosed
	}
}

// bound returns ctx, ended by Close as well.
func (r *Runtime) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(r.life, func() { cancel(errClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// endOf is why a bound context has ended.
func endOf(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), errClosed) {
		return errClosed
	}
	return ctx.Err()
}
