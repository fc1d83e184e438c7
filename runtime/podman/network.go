package podman

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	nettypes "go.podman.io/common/libnetwork/types"

	"github.com/limber-run/limber/runtime"
)

// CreateNetwork makes a bridge network with name resolution.
func (r *Runtime) CreateNetwork(ctx context.Context, name string, labels map[string]string) error {
	network := nettypes.Network{Name: name, Driver: nettypes.BridgeNetworkDriver, DNSEnabled: true, Labels: labels}
	err := r.post(ctx, "/networks/create", nil, network, nil)
	if err == nil || isTaken(err) {
		return nil
	}
	return fmt.Errorf("create network %s: %w", name, err)
}

// RemoveNetworks removes the networks that carry labels.
func (r *Runtime) RemoveNetworks(ctx context.Context, labels map[string]string) error {
	var networks []nettypes.Network
	if err := r.get(ctx, "/networks/json", labelFilter(labels), &networks); err != nil {
		return fmt.Errorf("list networks: %w", err)
	}
	for _, n := range networks {
		if !hasLabels(n.Labels, labels) {
			continue
		}
		err := r.delete(ctx, "/networks/"+url.PathEscape(n.Name), nil)
		if err != nil && !errors.Is(err, runtime.ErrNotFound) {
			return fmt.Errorf("remove network %s: %w", n.Name, err)
		}
	}
	return nil
}

// hostsFile has the names that resolve without any server.
const hostsFile = "/etc/hosts"

// withHosts returns the mounts of a container, and among them the names of its
// sandbox: without a network Podman does not share them.
func (r *Runtime) withHosts(ctx context.Context, spec runtime.Spec) ([]runtime.Mount, error) {
	own := slices.ContainsFunc(spec.Mounts, func(m runtime.Mount) bool { return m.Target == hostsFile })
	if spec.Sandbox == "" || own {
		return spec.Mounts, nil
	}
	holder, err := r.inspect(ctx, spec.Sandbox)
	if errors.Is(err, runtime.ErrNotFound) {
		return nil, fmt.Errorf("no such sandbox: %s", spec.Sandbox) // ErrNotFound would mean the image
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox %s: %w", spec.Sandbox, err)
	}
	if holder.HostConfig == nil || holder.HostConfig.NetworkMode != "none" || holder.HostsPath == "" {
		return spec.Mounts, nil
	}
	names := runtime.Mount{Kind: runtime.MountBind, Source: holder.HostsPath, Target: hostsFile, ReadOnly: true}
	return append(slices.Clone(spec.Mounts), names), nil
}

// isTaken is whether something of that name is there already.
func isTaken(err error) bool {
	var api *apiError
	return errors.As(err, &api) && (api.status == http.StatusConflict || strings.Contains(api.message, "already exists") || strings.Contains(api.message, "already used"))
}
