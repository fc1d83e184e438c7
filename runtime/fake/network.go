package fake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/limber-run/limber/runtime"
)

// CreateNetwork makes a network, or leaves the one of that name.
func (r *Runtime) CreateNetwork(ctx context.Context, name string, labels map[string]string) error {
	return r.call(ctx, CreateNetwork, name, func() error {
		if _, ok := r.networks[name]; !ok {
			r.networks[name] = maps.Clone(labels)
		}
		return nil
	})
}

// RemoveNetworks removes the networks that carry all of labels. One that a
// container uses is in use.
func (r *Runtime) RemoveNetworks(ctx context.Context, labels map[string]string) error {
	return r.call(ctx, RemoveNetworks, "", func() error {
		for _, name := range slices.Sorted(maps.Keys(r.networks)) {
			if !carries(r.networks[name], labels) {
				continue
			}
			if c := r.user(func(s runtime.Spec) bool { return s.Network.Name == name }); c != nil {
				return fmt.Errorf("remove network %s: container %s uses it", name, c.spec.Name)
			}
			delete(r.networks, name)
		}
		return nil
	})
}

func (h *Host) checkNetwork(spec runtime.Spec) error {
	if spec.Sandbox == "" {
		name := spec.Network.Name
		if _, ok := h.networks[name]; spec.Network.Mode == runtime.NetworkBridge && name != "" && !ok {
			return notFoundError("network", name)
		}
		return nil
	}
	if spec.Network.Mode != "" || len(spec.Ports) > 0 || spec.Hostname != "" || len(spec.Hosts) > 0 {
		return errors.New("network, ports and names belong to the sandbox")
	}
	return h.checkSandbox(spec)
}

// checkPorts is why a container that publishes ports cannot be made: one that
// has not ended has them.
func (h *Host) checkPorts(spec runtime.Spec) error {
	for _, c := range h.containers {
		for _, p := range c.spec.Ports {
			if !c.over() && p.Host != 0 && publishes(spec, p) {
				return fmt.Errorf("port %d: address already in use by %s", p.Host, c.spec.Name)
			}
		}
	}
	return nil
}

// publishes is whether spec takes the same port of the host as p.
func publishes(spec runtime.Spec, p runtime.Port) bool {
	taken := func(p runtime.Port) runtime.Port {
		return runtime.Port{Host: p.Host, HostIP: cmp.Or(p.HostIP, "127.0.0.1"), Protocol: cmp.Or(p.Protocol, "tcp")}
	}
	return slices.ContainsFunc(spec.Ports, func(other runtime.Port) bool { return taken(other) == taken(p) })
}

// address returns one that no container has had, if spec is of one on a
// network; or that of its sandbox.
func (h *Host) address(spec runtime.Spec) string {
	switch {
	case spec.Sandbox != "":
		return h.find(spec.Sandbox).address
	case spec.Network.Mode == runtime.NetworkBridge:
		return fmt.Sprintf("10.%d.%d.%d", h.created>>16, h.created>>8&0xff, h.created&0xff)
	}
	return ""
}
