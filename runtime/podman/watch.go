package podman

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/containers/podman/v5/libpod/define"

	"github.com/limber-run/limber/runtime"
)

const (
	// firstLook and longestLook space the inspections from the end of a
	// process until Podman knows of it.
	firstLook   = 2 * time.Millisecond
	longestLook = 250 * time.Millisecond
	// monitorGrace is how long a container may seem to run although the
	// process that monitors it is dead: nobody is left to say how it ends.
	monitorGrace = 2 * time.Second
	// processGrace is the same for a dead process with a living monitor.
	processGrace = 30 * time.Second
	// cleanupGrace is how long the end of a container waits for the end of its
	// network. As long as that is there, its ports and names lead nowhere, even if
	// another container has them by then.
	cleanupGrace = 5 * time.Second
	// longestWait is how long Podman is asked to wait for an end in one go.
	longestWait = 30 * time.Second
)

// Watch subscribes to the end of a container.
func (r *Runtime) Watch(ctx context.Context, id string) (func() (runtime.Exit, error), error) {
	data, err := r.inspect(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", id, err)
	}
	w := &watch{runtime: r, id: data.ID, look: firstLook}
	w.arm(data.State)
	release := context.AfterFunc(ctx, w.alarm.close)
	return func() (runtime.Exit, error) {
		release()
		exit, err := w.wait(ctx)
		if err != nil {
			return runtime.Exit{}, fmt.Errorf("watch %s: %w", id, err)
		}
		return exit, nil
	}, nil
}

// A watch waits for the end of one container. Its alarm says when it is time
// to inspect the container; the inspection says what happened.
type watch struct {
	runtime *Runtime
	id      string
	alarm   *alarm // nil while the container has no processes that can be seen
	running bool   // at the last inspection
	look    time.Duration
	dead    time.Time // when a process of the container was found dead first
	ended   time.Time // when the container was found ended first
}

// wait inspects the container whenever there is reason to, until it has
// ended. It goes on while Podman is away, as containers do.
func (w *watch) wait(ctx context.Context) (runtime.Exit, error) {
	ctx, cancel := w.runtime.bound(ctx)
	defer cancel()
	defer func() { w.alarm.close() }()
	for {
		if err := w.next(ctx); err != nil {
			return runtime.Exit{}, err
		}
		data, err := w.runtime.inspect(ctx, w.id)
		switch {
		case ctx.Err() != nil:
			return runtime.Exit{}, endOf(ctx)
		case errors.Is(err, runtime.ErrNotFound):
			return runtime.Exit{}, err
		case err != nil: // Podman is away, or confused by a dying process
			continue
		case w.cleaning(data):
			continue
		case isOver(data.State):
			return w.runtime.exit(data), nil
		}
		w.arm(data.State)
		if w.overdue() {
			return w.giveUp(ctx, data.State)
		}
	}
}

// cleaning is whether the container has ended, but not yet what leads to it.
func (w *watch) cleaning(data *define.InspectContainerData) bool {
	if data.State.Status != define.ContainerStateStopped.String() || !isKnown(data) {
		return false
	}
	if w.ended.IsZero() {
		w.ended = time.Now()
	}
	return time.Since(w.ended) < cleanupGrace
}

// isKnown is whether a container has ports or names that go with it.
func isKnown(data *define.InspectContainerData) bool {
	if data.HostConfig == nil || data.NetworkSettings == nil || strings.HasPrefix(data.HostConfig.NetworkMode, "container:") {
		return false
	}
	for _, n := range data.NetworkSettings.Networks {
		named := n != nil && slices.ContainsFunc(n.Aliases, func(name string) bool { return !strings.HasPrefix(data.ID, name) })
		if named {
			return true
		}
	}
	return len(data.HostConfig.PortBindings) > 0
}

// next waits until there is reason to inspect the container.
func (w *watch) next(ctx context.Context) error {
	switch {
	case !w.ended.IsZero():
	case w.alarm != nil && w.dead.IsZero():
		if err := w.alarm.wait(ctx); err != nil {
			return err
		}
		w.dead = time.Now()
		return nil
	case w.running && w.dead.IsZero():
		w.runtime.waitForEnd(ctx, w.id)
	}
	defer func() { w.look = min(2*w.look, longestLook) }()
	return pause(ctx, w.look)
}

// arm sets the alarm unless it is set or there is no process to wait for.
func (w *watch) arm(s *define.InspectContainerState) {
	w.running = w.runtime.state(s) == runtime.Running
	if w.alarm != nil || s.Pid == 0 || !w.runtime.samePIDs {
		return
	}
	alarm, err := newAlarm(w.id, s.ConmonPid, s.Pid)
	switch {
	case err == nil:
		w.alarm, w.dead, w.look = alarm, time.Time{}, firstLook
	case errors.Is(err, errNoMonitor) && w.dead.IsZero():
		w.dead = time.Now()
	}
}

// overdue is whether a process of the container has been dead for so long
// that Podman will not notice any more.
func (w *watch) overdue() bool {
	if w.dead.IsZero() {
		return false
	}
	if w.alarm == nil || w.alarm.monitorDead() {
		return time.Since(w.dead) > monitorGrace
	}
	return time.Since(w.dead) > processGrace
}

// giveUp removes a container whose end can never be known, lest it goes on. A
// holder that others have joined stays, without its process, until they go.
func (w *watch) giveUp(ctx context.Context, s *define.InspectContainerState) (runtime.Exit, error) {
	w.runtime.log.Warn().Str("container", w.id).Int("pid", s.Pid).Int("monitor", s.ConmonPid).
		Msg("the monitor of a container is dead, removing the container")
	err := w.runtime.remove(ctx, w.id)
	if errors.Is(err, errJoined) {
		err = w.runtime.signal(ctx, w.id, "SIGKILL")
	}
	if err != nil {
		return runtime.Exit{}, err
	}
	return runtime.Exit{Lost: true, StartedAt: s.StartedAt}, nil
}

// waitForEnd lets Podman say when a container may have ended. Its answer may
// be wrong, so that it is none.
func (r *Runtime) waitForEnd(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	query := url.Values{"condition": {"stopped", "exited"}, "interval": {longestLook.String()}}
	if err := r.post(ctx, "/containers/"+url.PathEscape(id)+"/wait", query, nil, nil); err != nil {
		r.log.Debug().Err(err).Str("container", id).Msg("podman wait")
	}
}
