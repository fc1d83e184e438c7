package fake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/limber-run/limber/runtime"
)

// Prepare creates a container. It is stricter than some engines: networks,
// volumes and a running sandbox must be there.
func (r *Runtime) Prepare(ctx context.Context, spec runtime.Spec) (string, error) {
	var id string
	err := r.call(ctx, Prepare, r.name(spec), func() (err error) {
		id, err = r.prepare(spec)
		return err
	})
	if err != nil && ctx.Err() != nil {
		r.takeBack(id)
	}
	return id, err
}

// takeBack removes a container that was prepared for somebody who has not
// waited for it, unless the adapter has been closed.
func (r *Runtime) takeBack(id string) {
	select {
	case <-r.closed:
		return
	default:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.find(id); c != nil && c.state == runtime.Prepared {
		r.remove(c)
	}
}

func (h *Host) prepare(spec runtime.Spec) (string, error) {
	if c := h.find(spec.Name); c != nil {
		if c.state == runtime.Prepared && maps.Equal(c.spec.Labels, spec.Labels) {
			return c.id, nil
		}
		return "", fmt.Errorf("container %s: %w", spec.Name, runtime.ErrConflict)
	}
	if err := h.check(spec); err != nil {
		return "", fmt.Errorf("prepare %s: %w", spec.Name, err)
	}
	h.created++
	c := &container{
		id:      fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "container %d", h.created))),
		spec:    spec,
		state:   runtime.Prepared,
		changed: make(chan struct{}),
	}
	c.spec.Labels = maps.Clone(spec.Labels)
	c.address = h.address(spec)
	h.containers = append(h.containers, c)
	return c.id, nil
}

// check is why a container cannot be made from spec.
func (h *Host) check(spec runtime.Spec) error {
	if spec.Name == "" {
		return errors.New("a container needs a name")
	}
	if _, ok := h.images[spec.Image]; !ok {
		return notFoundError("image", spec.Image)
	}
	if err := errors.Join(h.checkNetwork(spec), h.checkPorts(spec)); err != nil {
		return err
	}
	for _, m := range spec.Mounts {
		if _, ok := h.volumes[m.Source]; m.Kind == runtime.MountVolume && !ok {
			return notFoundError("volume", m.Source)
		}
	}
	return nil
}

// checkSandbox is why a container that joins a sandbox cannot run. Podman
// would start the dead holder again, in another network: nobody wants that.
func (h *Host) checkSandbox(spec runtime.Spec) error {
	if spec.Sandbox == "" {
		return nil
	}
	holder, err := h.lookup(spec.Sandbox)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	if holder.state != runtime.Running {
		return fmt.Errorf("sandbox %s is %s, not running", holder.spec.Name, holder.state)
	}
	return nil
}

// Start runs the process of a prepared container. What it does is decided
// now, by the scripts or the words of its command.
func (r *Runtime) Start(ctx context.Context, id string) error {
	return r.call(ctx, Start, r.subject(id), func() error {
		c, err := r.lookup(id)
		if err != nil || c.state != runtime.Prepared {
			return err
		}
		if err := r.checkSandbox(c.spec); err != nil {
			return fmt.Errorf("start %s: %w", c.spec.Name, err)
		}
		b := r.behaviour(c.spec)
		if b.Fail != nil {
			return b.Fail
		}
		r.run(c, b)
		return nil
	})
}

// Inspect describes one container.
func (r *Runtime) Inspect(ctx context.Context, id string) (runtime.Container, error) {
	var found runtime.Container
	err := r.call(ctx, Inspect, r.subject(id), func() error {
		c, err := r.lookup(id)
		if err == nil {
			found = c.describe()
		}
		return err
	})
	return found, err
}

// List describes the containers that carry all of labels, oldest first.
func (r *Runtime) List(ctx context.Context, labels map[string]string) ([]runtime.Container, error) {
	var found []runtime.Container
	err := r.call(ctx, List, "", func() error {
		for _, c := range r.containers {
			if carries(c.spec.Labels, labels) {
				found = append(found, c.describe())
			}
		}
		return nil
	})
	return found, err
}

// Remove kills and removes a container. As with Podman, a sandbox goes after
// the containers that have joined it.
func (r *Runtime) Remove(ctx context.Context, id string) error {
	return r.call(ctx, Remove, r.subject(id), func() error {
		c := r.find(id)
		if c == nil {
			return nil
		}
		if member := r.user(func(s runtime.Spec) bool { return joins(s, c) }); member != nil {
			return fmt.Errorf("remove %s: container %s has joined it", c.spec.Name, member.spec.Name)
		}
		r.remove(c)
		return nil
	})
}

// joins is whether spec is of a container in the sandbox that c holds.
func joins(spec runtime.Spec, c *container) bool {
	return spec.Sandbox != "" && (spec.Sandbox == c.id || spec.Sandbox == c.spec.Name)
}

// remove takes c away, whatever it does. Watches find nothing, unless it
// had ended before.
func (h *Host) remove(c *container) {
	c.gone = !c.over()
	if c.state == runtime.Running {
		h.end(c, runtime.Exit{Code: 128 + kill})
	}
	h.containers = slices.DeleteFunc(h.containers, func(o *container) bool { return o == c })
	if !h.forgetful {
		h.removed = append(h.removed, c)
	}
	h.settle()
	c.stir()
}

// name is what a container made from spec is called in the record.
func (h *Host) name(spec runtime.Spec) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.nameBy(spec)
}

// carries is whether labels has all that is wanted.
func carries(labels, wanted map[string]string) bool {
	for k, v := range wanted {
		if got, ok := labels[k]; !ok || got != v {
			return false
		}
	}
	return true
}

func notFoundError(kind, name string) error {
	return fmt.Errorf("%s %s: %w", kind, name, runtime.ErrNotFound)
}
