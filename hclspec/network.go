package hclspec

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

var networkTable = newTable(table[workflow]{
	noun: "a network",
	attrs: []attr[workflow]{
		{name: "mode", doc: "pod: units share one address; bridge: each has its own; host: the host's; none: only themselves", def: "pod", kube: "hostNetwork", set: choice(
			[]engine.NetworkMode{engine.NetworkPod, engine.NetworkBridge, engine.NetworkHost, engine.NetworkNone},
			func(w *workflow) *engine.NetworkMode { return &w.spec.Network })},
	},
})

func addNetwork(d *decoder, b *hcl.Block, w *workflow) { networkTable.decode(d, b, w) }

// bridged reports whether each unit has an address of its own.
func (w *workflow) bridged() bool { return w.spec.Network == engine.NetworkBridge }

// unitAt returns the unit that is called host on the network of the workflow,
// or nil.
func (w *workflow) unitAt(host string) *unit {
	i := slices.IndexFunc(w.units, func(u *unit) bool {
		return host == u.spec.Name || w.bridged() && host == u.spec.Name+"."+w.spec.Name
	})
	if i < 0 {
		return nil
	}
	return w.units[i]
}

const loopback = "127.0.0.1"

// resolveHosts turns what handlers leave out into addresses. That of a unit
// with an address of its own is found when it runs.
func (d *decoder) resolveHosts(w *workflow, u *unit) {
	for _, h := range u.handlers {
		switch {
		case h.to.host == nil:
		case !w.bridged():
			*h.to.host = cmp.Or(*h.to.host, loopback)
		case isLoopback(*h.to.host):
			d.errorf(h.to.hostAt, sumConflict, "With the network mode \"bridge\" nothing listens at %s: probes and hooks come from beside the unit. Leave host out for the unit itself, or use the name of another.", *h.to.host)
		}
	}
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
