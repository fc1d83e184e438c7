package hclspec

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// validate reports what is wrong between blocks.
func (d *decoder) validate() {
	if len(d.workflows) == 0 && !d.diags.HasErrors() {
		d.failf(sumEmptyWorkflow, "The files declare no workflow. Write workflow \"NAME\" { … }.")
	}
	for _, w := range d.workflows {
		d.validateUnits(w)
		d.validateResources(w)
		for _, u := range w.units {
			d.validateMounts(u)
			d.validateSecrets(u)
			d.resolvePorts(w, u)
			d.validatePreStop(w, u)
		}
	}
	d.validateHostPorts()
	d.validateDependsOn()
}

// validateUnits checks that names are unique and that there is something to
// wait for.
func (d *decoder) validateUnits(w *workflow) {
	seen := map[string]*unit{}
	kinds := map[engine.Kind]int{}
	for _, u := range w.units {
		if first := seen[u.spec.Name]; first != nil {
			d.errorf(u.label, sumDuplicate, "The %s %q is already declared at %s. Names are unique among all units of a workflow.", first.spec.Kind, u.spec.Name, place(first.decl))
		} else {
			seen[u.spec.Name] = u
		}
		if u.enabled {
			kinds[u.spec.Kind]++
		}
	}
	switch {
	case kinds[engine.Init]+kinds[engine.Service] > 0:
	case kinds[engine.Sidecar] > 0:
		d.errorf(w.decl, sumOnlySidecars, "Sidecars are stopped when everything else is done, so the workflow %q would end at once. Declare what is to stay up as a service.", w.spec.Name)
	default:
		d.errorf(w.decl, sumEmptyWorkflow, "The workflow %q has no unit that is enabled. It needs at least one init step or service.", w.spec.Name)
	}
}

// validateResources checks that the units have room in what the workflow says
// of itself, as Kubernetes does (SEMANTICS B 94).
func (d *decoder) validateResources(w *workflow) {
	enabled := engine.Workflow{}
	for _, u := range w.units {
		if u.enabled {
			enabled.Units = append(enabled.Units, u.spec)
		}
	}
	for _, r := range engine.AllResources {
		need, request, limit := enabled.RequestSum(r), *w.resources.request(r), *w.resources.limit(r)
		const less = "The %s of %s must not be less than what the units request, %s = %s. Raise it, or lower theirs."
		if request != 0 && request < need.Total {
			d.errorf(w.resources.requestAt[r], sumConflict, less, "request", r, r.Format(need.Total), need.Text(r))
		}
		if limit != 0 && limit < need.Total {
			d.errorf(w.resources.limitAt[r], sumConflict, less, "limit", r, r.Format(need.Total), need.Text(r))
		}
		for _, u := range w.units {
			if u.enabled && limit != 0 && *u.resources.limit(r) > limit {
				d.errorf(u.resources.limitAt[r], sumConflict, "The limit of a unit must not be more than that of its workflow, %s at %s.", r.Format(limit), place(w.resources.limitAt[r]))
			}
		}
	}
}

// validateMounts checks that volumes exist and that no two things are at one
// path.
func (d *decoder) validateMounts(u *unit) {
	known := slices.Sorted(maps.Keys(d.volumes))
	taken := map[string]hcl.Range{}
	take := func(path string, at hcl.Range) {
		if first, again := taken[path]; again && path != "" {
			d.errorf(at, sumDuplicatePath, "%s is already taken by what is at %s.", path, place(first))
			return
		}
		taken[path] = at
	}
	for _, m := range u.mounts {
		if d.volumes[m.spec.Source] == nil {
			d.errorf(m.name, sumUnknownVolume, "No volume %q is declared.%s", m.spec.Source, cmp.Or(didYouMean(m.spec.Source, known), " Declare it with volume \"NAME\" { } at the top of the file."))
		}
		take(m.spec.Target, m.at)
	}
	for _, s := range u.secrets {
		take(s.spec.Path, s.at)
	}
}

// validateSecrets checks that secrets exist and that no variable is set twice.
func (d *decoder) validateSecrets(u *unit) {
	known := slices.Sorted(maps.Keys(d.secrets))
	taken := maps.Clone(u.envAt)
	if taken == nil {
		taken = map[string]hcl.Range{}
	}
	for _, s := range u.secrets {
		if d.secrets[s.spec.Name] == nil {
			d.errorf(s.name, sumUnknownSecret, "No secret %q is declared.%s", s.spec.Name, cmp.Or(didYouMean(s.spec.Name, known), " Declare it with secret \"NAME\" { … } at the top of the file."))
		}
		if s.spec.Env == "" {
			continue
		}
		if first, again := taken[s.spec.Env]; again {
			d.errorf(s.at, sumConflict, "The variable %s is already set at %s.", s.spec.Env, place(first))
		}
		taken[s.spec.Env] = s.at
	}
}

// resolvePorts turns the names of ports in handlers into numbers: the unit's
// own first, then those of the other units, which share its address.
func (d *decoder) resolvePorts(w *workflow, u *unit) {
	for _, h := range u.handlers {
		if h.to.name == "" {
			continue
		}
		numbers, names := portsNamed(h.to.name, u, w.units)
		switch len(numbers) {
		case 0:
			d.errorf(h.to.at, sumUnknownPort, "No unit of the workflow has a port %q.%s", h.to.name, cmp.Or(didYouMean(h.to.name, names), " Declare it with port \"NAME\" { container = … }, or use its number."))
		case 1:
			*h.to.port = numbers[0]
		default:
			d.errorf(h.to.at, sumAmbiguousPort, "Several units of the workflow have a port %q. Use its number.", h.to.name)
		}
	}
}

// validatePreStop checks that a sleep before the stop signal can come to its
// end (SEMANTICS B 78).
func (d *decoder) validatePreStop(w *workflow, u *unit) {
	if u.spec.PreStop == nil || u.spec.PreStop.Sleep == nil {
		return
	}
	sleep, grace := u.spec.PreStop.Sleep.Duration, w.spec.TerminationGracePeriod
	i := slices.IndexFunc(u.handlers, func(h *handler) bool { return &h.spec == u.spec.PreStop })
	if sleep > grace {
		d.errorf(u.handlers[i].sleep, sumOutOfRange, "It sleeps for %s, longer than the termination_grace_period of %s: the unit would be killed before it gets the stop signal.", sleep, grace)
	}
}

// portsNamed returns the different numbers of the ports with a name, and all
// names that there are.
func portsNamed(name string, own *unit, all []*unit) (numbers []int, names []string) {
	for _, units := range [][]*unit{{own}, all} {
		for _, u := range units {
			for _, p := range u.ports {
				names = append(names, p.spec.Name)
				if p.spec.Name == name && !slices.Contains(numbers, p.spec.Container) {
					numbers = append(numbers, p.spec.Container)
				}
			}
		}
		if len(numbers) > 0 {
			break
		}
	}
	return numbers, names
}

// validateHostPorts checks that each port of the host is published once in the
// project, and only where the network has ports to publish.
func (d *decoder) validateHostPorts() {
	var published []port
	for _, w := range d.workflows {
		for _, u := range w.units {
			for _, p := range u.ports {
				if p.spec.Host == 0 || !u.enabled {
					continue
				}
				d.validateHostPort(w, p, published)
				published = append(published, p)
			}
		}
	}
}

func (d *decoder) validateHostPort(w *workflow, p port, published []port) {
	if w.spec.Network != engine.NetworkPod {
		d.errorf(p.host, sumConflict, "With the network mode %q no port can be published. Leave host out, or use the mode \"pod\".", w.spec.Network)
	}
	i := slices.IndexFunc(published, func(other port) bool { return collide(p, other) })
	if i >= 0 {
		d.errorf(p.host, sumDuplicatePort, "Port %d of the host is already published at %s.", p.spec.Host, place(published[i].host))
	}
}

// collide reports whether two published ports want the same one of the host.
func collide(a, b port) bool {
	sameAddress := a.spec.HostIP == b.spec.HostIP || anyAddress(a.spec.HostIP) || anyAddress(b.spec.HostIP)
	return a.spec.Host == b.spec.Host && a.spec.Protocol == b.spec.Protocol && sameAddress
}

func anyAddress(ip string) bool { return ip == "0.0.0.0" || ip == "::" }
