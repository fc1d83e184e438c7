package supervisor

import (
	"context"
	"errors"
	"strings"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

// loopback is the own address of units that share the network of their
// sandbox.
const loopback = "127.0.0.1"

var errNoAddress = errors.New("it has no address")

// connectHolder gives a holder the network of its workflow. If units share it,
// their ports and names are there. If not, each is on the project's
// network by itself, and the holder beside them: the agent probes from there.
// It has no name then.
func (d *driver) connectHolder(spec *runtime.Spec, w engine.Workflow) {
	switch w.Network {
	case engine.NetworkHost:
		spec.Network.Mode = runtime.NetworkHost
		return // the units' names would be those of other machines
	case engine.NetworkBridge:
		spec.Network = d.project.network()
		spec.Network.Domain = d.name // for the hosts of probes
		return
	case engine.NetworkNone:
		spec.Network.Mode = runtime.NetworkNone
	default:
		spec.Network = d.project.network(d.name)
		for _, u := range w.Units {
			spec.Ports = append(spec.Ports, u.Container.Ports...)
		}
	}
	spec.Hostname = d.name
	names := []string{d.name} // that is there already, with the address that others reach
	for _, u := range w.Units {
		if u.Name != d.name {
			names, spec.Hosts = append(names, u.Name), append(spec.Hosts, u.Name)
		}
	}
	spec.Labels[LabelNames] = strings.Join(names, " ")
}

// connect puts an attempt into its sandbox or, if units do not share that, on
// the project's network, where other workflows may have units of the same name:
// its own come first. A step, which comes and goes, has no name there.
func (a *attempt) connect(spec *runtime.Spec) {
	if a.workflow.Network != engine.NetworkBridge {
		spec.Sandbox, spec.Ports = a.sandbox, nil // the holder publishes them
		return
	}
	spec.Network = a.d.project.network()
	spec.Network.Domain = a.d.name
	if a.ref.Kind == engine.Init {
		return
	}
	name := hostName(a.d.name, a.ref.Name)
	spec.Network.Aliases = []string{name}
	if len(name) <= maxHostname {
		spec.Hostname = name // Podman 5 makes an alias of it
	}
}

// maxHostname is how long a hostname may be.
const maxHostname = 64

// network is that of the project, for a container that has names there.
func (p *Project) network(names ...string) runtime.Network {
	return runtime.Network{Mode: runtime.NetworkBridge, Name: networkName(p.cfg.Project), Aliases: names}
}

// locator completes a handler by the address of the unit that it is for. It
// blocks until that is known.
type locator func(context.Context, engine.Handler) (engine.Handler, error)

// locator returns that of an attempt that has been started. Loop only; it may
// be called anywhere.
func (d *driver) locator(ref engine.Ref) locator {
	mode, container := d.run.Spec.Network, d.containers[ref]
	return func(ctx context.Context, h engine.Handler) (engine.Handler, error) {
		switch {
		case !h.Homeless():
			return h, nil
		case mode != engine.NetworkBridge:
			return h.At(loopback), nil
		}
		var c runtime.Container
		err := d.stubbornly(ctx, "find the address of "+ref.String(), func() (err error) {
			c, err = d.project.cfg.Runtime.Inspect(ctx, container)
			return err
		})
		if err == nil && c.Address == "" { // it has ended
			err = errNoAddress
		}
		return h.At(c.Address), err
	}
}
