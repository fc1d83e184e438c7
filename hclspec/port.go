package hclspec

import (
	"net/netip"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/hclspec/schema"
	"github.com/limber-run/limber/runtime"
)

const defaultHostIP = "127.0.0.1"

// port is a port block of a unit.
type port struct {
	spec runtime.Port
	name hcl.Range
	host hcl.Range // of the port on the host
}

// protocol is what a port speaks.
type protocol string

var portTable = newTable(table[port]{
	noun: "a port",
	attrs: []attr[port]{
		{name: "container", doc: "the port that the unit listens on", required: true, kube: "containerPort", set: number(1, maxPort, func(p *port) *int { return &p.spec.Container })},
		{name: "host", doc: "the port of the host that leads to it", unset: "none", kube: "hostPort", set: number(1, maxPort, func(p *port) *int { return &p.spec.Host })},
		{name: "host_ip", doc: "the address of the host; 127.0.0.1 is one that only this host can reach, 0.0.0.0 all", def: "127.0.0.1", kube: "hostIP", set: as(schema.Type{Form: schema.Text, Name: "IP address", Example: `"0.0.0.0"`}, hostIP)},
		{name: "protocol", doc: "what it speaks", def: "tcp", kube: "protocol", set: choice([]protocol{"tcp", "udp"}, func(p *port) *protocol { return (*protocol)(&p.spec.Protocol) })},
	},
})

func hostIP(a arg, p *port) {
	s, ok := a.text()
	if !ok {
		return
	}
	if _, err := netip.ParseAddr(s); err != nil {
		a.errorf(sumBadValue, "host_ip must be an address, such as \"127.0.0.1\", or \"0.0.0.0\" for all of the host's.")
		return
	}
	p.spec.HostIP = s
}

// addPort takes in a port block.
func addPort(d *decoder, b *hcl.Block, u *unit) {
	p := port{name: b.LabelRanges[0]}
	p.spec.Name, p.spec.Protocol = d.name(b), "tcp"
	g := portTable.decode(d, b, &p)
	p.host = g.at("host", b.DefRange)
	switch {
	case p.spec.Host != 0 && p.spec.HostIP == "":
		p.spec.HostIP = defaultHostIP
	case g["host"] == nil && g["host_ip"] != nil:
		d.errorf(g["host_ip"].NameRange, sumConflict, "host_ip has no effect without host, the port to publish. Write host too, or leave host_ip out.")
	}
	for _, other := range u.ports {
		if other.spec.Name == p.spec.Name {
			d.errorf(p.name, sumDuplicate, "The port %q is already declared at %s.", p.spec.Name, place(other.name))
			d.also("first declared", other.name)
		}
	}
	u.ports = append(u.ports, p)
}
