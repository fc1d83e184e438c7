package fake

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/limber-run/limber/runtime"
)

// CreateVolume makes a volume, or leaves the one of that name.
func (r *Runtime) CreateVolume(ctx context.Context, spec runtime.VolumeSpec) error {
	return r.call(ctx, CreateVolume, spec.Name, func() error {
		if _, ok := r.volumes[spec.Name]; !ok {
			spec.Labels = maps.Clone(spec.Labels)
			r.volumes[spec.Name] = spec
		}
		return nil
	})
}

// RemoveVolumes removes the volumes that carry all of labels. One that a
// container mounts is in use.
func (r *Runtime) RemoveVolumes(ctx context.Context, labels map[string]string) (removed []string, err error) {
	err = r.call(ctx, RemoveVolumes, "", func() error {
		for _, name := range slices.Sorted(maps.Keys(r.volumes)) {
			if !carries(r.volumes[name].Labels, labels) {
				continue
			}
			if c := r.user(func(s runtime.Spec) bool { return mounts(s, name) }); c != nil {
				return fmt.Errorf("remove volume %s: container %s mounts it", name, c.spec.Name)
			}
			delete(r.volumes, name)
			removed = append(removed, name)
		}
		return nil
	})
	return removed, err
}

// user returns the oldest container that uses something, or nil.
func (h *Host) user(uses func(runtime.Spec) bool) *container {
	i := slices.IndexFunc(h.containers, func(c *container) bool { return uses(c.spec) })
	if i < 0 {
		return nil
	}
	return h.containers[i]
}

func mounts(spec runtime.Spec, volume string) bool {
	return slices.ContainsFunc(spec.Mounts, func(m runtime.Mount) bool {
		return m.Kind == runtime.MountVolume && m.Source == volume
	})
}

// Leftovers lists the containers, networks and volumes that carry all of
// labels, one per line; "" if there are none.
func (h *Host) Leftovers(labels map[string]string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var lines []string
	for _, c := range h.containers {
		if carries(c.spec.Labels, labels) {
			lines = append(lines, fmt.Sprintf("container %s (%s)", c.spec.Name, c.state))
		}
	}
	for name, has := range h.networks {
		if carries(has, labels) {
			lines = append(lines, "network "+name)
		}
	}
	for name, spec := range h.volumes {
		if carries(spec.Labels, labels) {
			lines = append(lines, "volume "+name)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
