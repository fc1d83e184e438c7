package hclspec

import (
	"cmp"
	"slices"

	"github.com/limber-run/limber/engine"
)

// portNames are the different numbers of the ports of a workflow's units, by
// name.
type portNames map[string][]int

func portsOf(units ...*unit) portNames {
	names := portNames{}
	for _, u := range units {
		for _, p := range u.ports {
			if numbers := names[p.spec.Name]; !slices.Contains(numbers, p.spec.Container) {
				names[p.spec.Name] = append(numbers, p.spec.Container)
			}
		}
	}
	return names
}

// resolvePorts turns the names of ports in a unit's handlers into numbers.
func (d *decoder) resolvePorts(w *workflow, u *unit, all portNames) {
	for _, h := range u.handlers {
		if h.to.name == "" {
			continue
		}
		numbers := w.portsAt(*h.to.host, u, all)[h.to.name]
		switch {
		case len(numbers) == 1:
			*h.to.port = numbers[0]
		case len(numbers) > 1:
			d.errorf(h.to.at, sumAmbiguousPort, "Several units of the workflow have a port %q. Use its number.", h.to.name)
		case len(all[h.to.name]) > 0:
			d.errorf(h.to.at, sumUnknownPort, "The port %q is of another unit, which with the network mode \"bridge\" has another address. Name that unit: host = \"UNIT\".", h.to.name)
		default:
			d.errorf(h.to.at, sumUnknownPort, "No unit of the workflow has a port %q.%s", h.to.name, cmp.Or(didYouMean(h.to.name, namesOf(all)), " Declare it with port \"NAME\" { container = … }, or use its number."))
		}
	}
}

// portsAt returns the ports that a handler of u may mean at a host: of the unit
// that is called so, of u itself, and of all units where they share an address.
func (w *workflow) portsAt(host string, u *unit, all portNames) portNames {
	ports := portNames{}
	named := w.unitAt(host)
	if named != nil {
		ports.add(portsOf(named))
	}
	if named == nil || !w.bridged() {
		ports.add(portsOf(u))
	}
	if host != "" && (named == nil || !w.bridged()) {
		ports.add(all)
	}
	return ports
}

// add adds the ports whose names are not there.
func (names portNames) add(others portNames) {
	for name, numbers := range others {
		if len(names[name]) == 0 {
			names[name] = numbers
		}
	}
}

// hostPort is a port of the host, at any of its addresses.
type hostPort struct {
	number   int
	protocol string
}

// published are the ports that units publish.
type published map[hostPort][]port

// validateHostPorts checks that each port of the host is published once in the
// project, and only where the network has ports to publish.
func (d *decoder) validateHostPorts(before published) {
	for _, w := range d.workflows {
		for _, u := range w.units {
			for _, p := range u.ports {
				if p.spec.Host != 0 && u.enabled {
					d.validateHostPort(w, p, before)
				}
			}
		}
	}
}

func (d *decoder) validateHostPort(w *workflow, p port, before published) {
	if w.spec.Network == engine.NetworkHost || w.spec.Network == engine.NetworkNone {
		d.errorf(p.host, sumConflict, "With the network mode %q no port can be published. Leave host out, or use the mode \"pod\" or \"bridge\".", w.spec.Network)
	}
	at := hostPort{p.spec.Host, p.spec.Protocol}
	i := slices.IndexFunc(before[at], func(other port) bool { return collide(p, other) })
	switch {
	case i < 0:
		before[at] = append(before[at], p)
	case before[at][i].host == p.host:
		d.errorf(p.host, sumDuplicatePort, "Port %d of the host is published by several instances of this block. Let each have a port of its own, such as host = each.value.", p.spec.Host)
	default:
		d.errorf(p.host, sumDuplicatePort, "Port %d of the host is already published at %s.", p.spec.Host, place(before[at][i].host))
		d.also("already published", before[at][i].host)
	}
}

// collide reports whether two published ports with one number want the same
// one of the host.
func collide(a, b port) bool {
	return a.spec.HostIP == b.spec.HostIP || anyAddress(a.spec.HostIP) || anyAddress(b.spec.HostIP)
}

func anyAddress(ip string) bool { return ip == "0.0.0.0" || ip == "::" }
