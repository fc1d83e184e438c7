package hclspec

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// validateProject reports what is wrong between blocks, in all modules.
func (d *decoder) validateProject() {
	if len(d.allWorkflows) == 0 && !d.diags.HasErrors() {
		d.failf(sumEmptyWorkflow, "The files declare no workflow. Write workflow \"NAME\" { … }.")
	}
	ports := published{}
	for m := range d.all() {
		m.tracing(func() {
			m.validate()
			m.validateHostPorts(ports)
		})
	}
	d.validateDependsOn()
}

// validate reports what is wrong between blocks of a module.
func (d *decoder) validate() {
	for _, w := range d.workflows {
		d.validateUnits(w)
		d.validateResources(w)
		ports := portsOf(w.units...)
		for _, u := range w.units {
			d.validateMounts(u)
			d.validateSecrets(u)
			d.validateOutputs(w, u)
			d.resolveHosts(w, u)
			d.resolvePorts(w, u, ports)
			d.validatePreStop(w, u)
		}
	}
}

// validateUnits checks that names are unique and that there is something to
// wait for.
func (d *decoder) validateUnits(w *workflow) {
	d.validateGroups(w)
	seen := map[string]*unit{}
	kinds := map[engine.Kind]int{}
	for _, u := range w.units {
		if first := seen[u.spec.Name]; first != nil {
			d.errorf(u.label, sumDuplicate, "The %s %q is already declared at %s. Names are unique among all units of a workflow.%s", first.spec.Kind, u.spec.Name, place(first.decl), u.madeOf())
			d.also("first declared", first.decl)
		} else {
			seen[u.spec.Name] = u
		}
		if u.enabled {
			kinds[u.spec.Kind]++
		}
	}
	switch {
	case kinds[engine.Init]+kinds[engine.Service] > 0, !w.clean:
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
				d.also("the limit of the workflow", w.resources.limitAt[r])
			}
		}
	}
}

// validateGroups checks that the name of a block with for_each is not that of
// another block.
func (d *decoder) validateGroups(w *workflow) {
	blocks := slices.Clone(w.groups)
	for _, u := range w.units {
		if u.group == "" {
			blocks = append(blocks, group{name: u.spec.Name, decl: u.decl, label: u.label})
		}
	}
	slices.SortStableFunc(blocks, func(a, b group) int { return cmp.Compare(a.decl.Start.Byte, b.decl.Start.Byte) })
	taken := map[string]group{}
	for _, b := range blocks {
		first, again := taken[b.name]
		if again && (first.several || b.several) {
			d.errorf(b.label, sumDuplicate, "%q is already declared at %s. Names are unique among all units of a workflow.", b.name, place(first.decl))
			d.also("first declared", first.decl)
		}
		taken[b.name] = b
	}
}

// validateMounts checks that volumes exist and that no two things are at one
// path.
func (d *decoder) validateMounts(u *unit) {
	taken := map[string]hcl.Range{}
	take := func(path string, at hcl.Range) {
		if first, again := taken[path]; again && path != "" {
			d.errorf(at, sumDuplicatePath, "%s is already taken by what is at %s.", path, place(first))
			d.also("already taken", first)
			return
		}
		taken[path] = at
	}
	for i := range u.mounts {
		m := &u.mounts[i]
		m.of = picked(d, m.pick, "volume", sumUnknownVolume, d.volumes, d.allVolumes)
		take(m.spec.Target, m.at)
		d.validateFiles(m)
	}
	for _, s := range u.secrets {
		take(s.spec.Path, s.at)
	}
	take(u.spec.TerminationMessagePath, u.messageAt)
}

// validateFiles checks the mount of a volume whose files are declared.
func (d *decoder) validateFiles(m *mount) {
	v := m.of
	if v == nil || v.spec.Kind != engine.VolumeFiles {
		return
	}
	if m.access != nil && !m.spec.ReadOnly {
		d.errorf(m.access.Expr.Range(), sumConflict, "The files of the volume %q are what is declared and can only be read. Leave read_only out, or use another volume for what is written.", v.spec.Name)
	}
	if m.spec.SubPath != "" && !v.holds(m.spec.SubPath) {
		names := slices.Sorted(maps.Keys(v.spec.Files))
		d.errorf(m.sub, sumUnknownReference, "The volume %q declares no file or directory %q.%s", v.spec.Name, m.spec.SubPath, cmp.Or(didYouMean(m.spec.SubPath, names), " Add it to its files."))
	}
}

// validateSecrets checks that secrets exist and that no variable is set twice.
func (d *decoder) validateSecrets(u *unit) {
	taken := maps.Clone(u.envAt)
	if taken == nil {
		taken = map[string]hcl.Range{}
	}
	for i := range u.secrets {
		s := &u.secrets[i]
		s.of = picked(d, s.pick, "secret", sumUnknownSecret, d.secrets, d.allSecrets)
		if s.spec.Env == "" {
			continue
		}
		if first, again := taken[s.spec.Env]; again {
			d.errorf(s.at, sumConflict, "The variable %s is already set at %s.", s.spec.Env, place(first))
			d.also("already set", first)
		}
		taken[s.spec.Env] = s.at
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
		d.errorf(u.handlers[i].sleep, sumOutOfRange, "It sleeps for %s, longer than the termination_grace_period of %s: the unit would be killed before it gets the stop signal. Make one shorter or the other longer.", sleep, grace)
	}
}
