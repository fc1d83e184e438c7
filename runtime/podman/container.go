package podman

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/containers/podman/v5/libpod/define"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
)

const (
	// cleanupTimeout is how long cleaning up after a failure may take.
	cleanupTimeout = 30 * time.Second
	// prepareTries is how often a container is made anew that was left half
	// made by a service that died.
	prepareTries = 5
)

// Prepare creates a container and initialises it.
func (r *Runtime) Prepare(ctx context.Context, spec runtime.Spec) (string, error) {
	id, err := r.prepare(ctx, spec)
	if err != nil {
		return "", fmt.Errorf("prepare %s: %w", spec.Name, err)
	}
	return id, nil
}

func (r *Runtime) prepare(ctx context.Context, spec runtime.Spec) (string, error) {
	unlock, err := r.names.lock(ctx, spec.Name)
	if err != nil {
		return "", err
	}
	defer unlock()
	release, err := r.slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	parts, err := r.findParts(ctx, spec)
	if err != nil {
		return "", err
	}
	spec.Mounts = replaceParts(spec.Mounts, parts)
	id, err := r.createAndInit(ctx, spec, parts)
	for try := 1; errors.Is(err, errLeftover) && try < prepareTries; try++ {
		if err := r.remove(ctx, spec.Name); err != nil {
			return "", err
		}
		id, err = r.createAndInit(ctx, spec, parts)
	}
	if err != nil {
		return "", err
	}
	r.prepared.Store(id, struct{}{})
	r.keepBridge(ctx, spec.Network.Name)
	return id, nil
}

// createAndInit leaves no container behind if it fails. Its calls are not cut
// short when ctx ends: Podman would carry them out all the same, unseen.
func (r *Runtime) createAndInit(ctx context.Context, spec runtime.Spec, parts []part) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	whole := context.WithoutCancel(ctx)
	id, err := r.create(whole, spec)
	if err != nil {
		return "", err
	}
	if err = ctx.Err(); err == nil {
		err = r.post(whole, "/containers/"+id+"/init", nil, nil, nil)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = r.checkParts(ctx, id, parts)
	}
	if err == nil {
		return id, nil
	}
	cleanup, cancel := context.WithTimeout(whole, cleanupTimeout)
	defer cancel()
	if removeErr := r.remove(cleanup, id); removeErr != nil {
		r.log.Warn().Err(removeErr).Str("container", spec.Name).Msg("cannot remove container that failed")
	}
	return "", startError(err)
}

// create makes a container, or finds the one that an earlier try has made.
func (r *Runtime) create(ctx context.Context, spec runtime.Spec) (string, error) {
	mounts, err := r.withHosts(ctx, spec)
	if err != nil {
		return "", err
	}
	spec.Mounts = mounts
	g, err := generator(spec, r.host)
	if err != nil {
		return "", err
	}
	if err := r.needVolumes(ctx, spec.Mounts); err != nil {
		return "", err
	}
	var made struct {
		ID       string `json:"Id"`
		Warnings []string
	}
	err = r.post(ctx, "/containers/create", nil, g, &made)
	switch {
	case errors.Is(err, runtime.ErrConflict):
		return r.adopt(ctx, spec, err)
	case errors.Is(err, runtime.ErrNotFound) && !isNoImage(err):
		return "", errors.New(err.Error()) // its sandbox or network is missing
	case err != nil:
		return "", err
	}
	for _, warning := range made.Warnings {
		r.log.Warn().Str("container", spec.Name).Str("warning", warning).Msg("podman warns")
	}
	return made.ID, nil
}

// needVolumes makes sure that volumes are there: Podman would make up those
// that are not, on disk.
func (r *Runtime) needVolumes(ctx context.Context, mounts []runtime.Mount) error {
	for _, m := range mounts {
		if m.Kind != runtime.MountVolume {
			continue
		}
		err := r.get(ctx, "/volumes/"+url.PathEscape(m.Source)+"/exists", nil, nil)
		if errors.Is(err, runtime.ErrNotFound) {
			return fmt.Errorf("no such volume: %s", m.Source) // ErrNotFound would mean the image
		}
		if err != nil {
			return fmt.Errorf("volume %s: %w", m.Source, err)
		}
	}
	return nil
}

// adopt returns the holder of a name if it is what was to be created.
func (r *Runtime) adopt(ctx context.Context, spec runtime.Spec, conflict error) (string, error) {
	holder, err := r.inspect(ctx, spec.Name)
	if errors.Is(err, runtime.ErrNotFound) {
		return "", errLeftover // the name is taken, but by no container
	}
	if err != nil {
		return "", err
	}
	if stateOf(holder.State) != runtime.Prepared || !hasLabels(holder.Config.Labels, spec.Labels) {
		return "", conflict
	}
	return holder.ID, nil
}

// Start runs the process of a prepared container.
func (r *Runtime) Start(ctx context.Context, id string) error {
	if err := r.start(ctx, id); err != nil {
		return fmt.Errorf("start %s: %w", id, err)
	}
	return nil
}

// start does not ask Podman to start a container that may have been started
// before: Podman would run one that has ended a second time.
func (r *Runtime) start(ctx context.Context, id string) error {
	release, err := r.slot(ctx)
	if err != nil {
		return err
	}
	defer release()
	if _, fresh := r.prepared.LoadAndDelete(id); !fresh {
		if started, err := r.hasStarted(ctx, id); started || err != nil {
			return err
		}
	}
	for {
		err := r.call(ctx, request{method: http.MethodPost, path: "/containers/" + url.PathEscape(id) + "/start", once: true}, nil)
		if err == nil || ctx.Err() != nil {
			return err
		}
		// The service may have died after it had started the process.
		if started, err := r.hasStarted(ctx, id); started || err != nil {
			return err
		}
		if !isBroken(err) {
			return startError(err)
		}
	}
}

func (r *Runtime) hasStarted(ctx context.Context, id string) (bool, error) {
	data, err := r.inspect(ctx, id)
	if err != nil {
		return false, err
	}
	return r.state(data.State) != runtime.Prepared, nil
}

// Signal sends a signal to the process of a container.
func (r *Runtime) Signal(ctx context.Context, id, signal string) error {
	if err := r.signal(ctx, id, signal); err != nil {
		return fmt.Errorf("signal %s: %w", id, err)
	}
	return nil
}

func (r *Runtime) signal(ctx context.Context, id, name string) error {
	data, err := r.inspect(ctx, id)
	if err != nil {
		return err
	}
	number, err := parseSignal(firstOf(name, data.Config.StopSignal, "SIGTERM"))
	if err != nil {
		return err
	}
	if number == unix.SIGKILL {
		r.killed.Store(data.ID, struct{}{})
	}
	query := url.Values{"signal": {fmt.Sprint(int(number))}}
	err = r.call(ctx, request{method: http.MethodPost, path: "/containers/" + url.PathEscape(id) + "/kill", query: query, once: true}, nil)
	if !errors.Is(err, errState) {
		return err
	}
	if stateOf(data.State) == runtime.Prepared && r.state(data.State) == runtime.Running {
		return unix.Kill(data.State.Pid, number) // Podman does not know that it runs
	}
	return nil // it has ended
}

// Inspect describes one container.
func (r *Runtime) Inspect(ctx context.Context, id string) (runtime.Container, error) {
	data, err := r.inspect(ctx, id)
	if err != nil {
		return runtime.Container{}, fmt.Errorf("inspect %s: %w", id, err)
	}
	return r.container(data), nil
}

func (r *Runtime) inspect(ctx context.Context, id string) (*define.InspectContainerData, error) {
	data := define.InspectContainerData{}
	if err := r.get(ctx, "/containers/"+url.PathEscape(id)+"/json", nil, &data); err != nil {
		return nil, err
	}
	if data.State == nil || data.Config == nil {
		return nil, errors.New("incomplete answer of podman")
	}
	return &data, nil
}

// List describes the containers that carry labels. Podman's own list lags
// behind, so that each is inspected.
func (r *Runtime) List(ctx context.Context, labels map[string]string) ([]runtime.Container, error) {
	containers, err := r.list(ctx, labels)
	if err != nil {
		return nil, fmt.Errorf("list containers: %w", err)
	}
	return containers, nil
}

func (r *Runtime) list(ctx context.Context, labels map[string]string) ([]runtime.Container, error) {
	var listed []struct{ ID string }
	query := labelFilter(labels)
	query.Set("all", "true")
	if err := r.get(ctx, "/containers/json", query, &listed); err != nil {
		return nil, err
	}
	found := make([]*define.InspectContainerData, len(listed))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(r.slots))
	for i, c := range listed {
		group.Go(func() error {
			data, err := r.inspect(ctx, c.ID)
			if errors.Is(err, runtime.ErrNotFound) {
				return nil // removed in the meantime
			}
			found[i] = data
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(d *define.InspectContainerData) bool {
		return d == nil || !hasLabels(d.Config.Labels, labels)
	})
	slices.SortStableFunc(found, func(a, b *define.InspectContainerData) int { return a.Created.Compare(b.Created) })
	containers := make([]runtime.Container, len(found))
	for i, data := range found {
		containers[i] = r.container(data)
	}
	return containers, nil
}

// removeTries is how often a removal is tried that fails: Podman may be busy
// with the same container.
const removeTries = 5

// Remove kills a container if it lives, and removes it with the volumes that
// are its own.
func (r *Runtime) Remove(ctx context.Context, id string) error {
	if err := r.remove(ctx, id); err != nil {
		return fmt.Errorf("remove %s: %w", id, err)
	}
	return nil
}

func (r *Runtime) remove(ctx context.Context, id string) error {
	query := url.Values{"force": {"true"}, "v": {"true"}, "volumes": {"true"}, "timeout": {"0"}}
	var err error
	for try := range removeTries {
		err = r.delete(ctx, "/containers/"+url.PathEscape(id), query)
		if err == nil || errors.Is(err, runtime.ErrNotFound) {
			r.prepared.Delete(id)
			r.killed.Delete(id)
			return nil
		}
		if errors.Is(err, runtime.ErrUnavailable) || errors.Is(err, errJoined) {
			return err
		}
		if err := pause(ctx, 20*time.Millisecond<<try); err != nil {
			return err
		}
	}
	return err
}

// pause waits for d, or returns why ctx ended.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return endOf(ctx)
	}
}

// labelFilter selects what carries all of labels.
func labelFilter(labels map[string]string) url.Values {
	var filter []string
	for key, value := range labels {
		filter = append(filter, key+"="+value)
	}
	slices.Sort(filter)
	data, err := json.Marshal(map[string][]string{"label": filter})
	if err != nil {
		panic(err) // strings can be marshalled
	}
	return url.Values{"filters": {string(data)}}
}

// hasLabels is whether all of want are in have: a container carries those of
// its image as well.
func hasLabels(have, want map[string]string) bool {
	for key, value := range want {
		if got, ok := have[key]; !ok || got != value {
			return false
		}
	}
	return true
}
