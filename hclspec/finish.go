package hclspec

import (
	"cmp"
	"maps"
	"slices"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

// finish makes the engine's workflow of a declaration without errors: it fills
// in what depends on several blocks.
func finish(w *workflow) *engine.Workflow {
	spec := w.spec
	volumes, secrets, outputs := map[*volume]bool{}, map[*secret]bool{}, map[string]engine.SecretSource{}
	for _, u := range w.units {
		if !u.enabled {
			continue
		}
		spec.Units = append(spec.Units, finishUnit(u, w.spec.RestartPolicy))
		for _, m := range u.mounts {
			volumes[m.of] = true
		}
		for _, s := range u.secrets {
			secrets[s.of] = true
		}
		for _, s := range u.secretOutputs {
			outputs[s.Name] = s
		}
	}
	spec.DependsOn = namesIn(w.waitsFor)
	spec.Resources = finishResources(w, spec)
	for _, v := range slices.SortedFunc(maps.Keys(volumes), func(a, b *volume) int { return cmp.Compare(a.rank, b.rank) }) {
		spec.Volumes = append(spec.Volumes, v.spec)
	}
	for _, s := range slices.SortedFunc(maps.Keys(secrets), func(a, b *secret) int { return cmp.Compare(a.rank, b.rank) }) {
		spec.Secrets = append(spec.Secrets, s.spec)
	}
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		spec.Secrets = append(spec.Secrets, outputs[name])
	}
	return &spec
}

// finishResources fills in what a workflow requests that says what it may use:
// what its units request, else all of it (SEMANTICS B 94).
func finishResources(w *workflow, spec engine.Workflow) runtime.Resources {
	for _, r := range engine.AllResources {
		if request, limit := w.resources.request(r), *w.resources.limit(r); *request == 0 && limit != 0 {
			*request = cmp.Or(spec.RequestSum(r).Total, limit)
		}
	}
	return w.resources.spec
}

func finishUnit(u *unit, policy engine.RestartPolicy) engine.UnitSpec {
	spec := u.spec
	spec.DependsOn = namesIn(u.waitsFor)
	spec.Restart = restartOf(u, policy)
	spec.Restart.Rules = u.rules
	for _, m := range u.mounts {
		m.spec.Source = m.of.spec.Name
		if m.of.spec.Kind == engine.VolumeFiles {
			m.spec.ReadOnly = true
		}
		spec.Container.Mounts = append(spec.Container.Mounts, m.spec)
	}
	for _, p := range u.ports {
		spec.Container.Ports = append(spec.Container.Ports, p.spec)
	}
	for _, s := range u.secrets {
		s.spec.Name = s.of.spec.Name
		spec.Secrets = append(spec.Secrets, s.spec)
	}
	spec.Container.HealthCommand = healthCommand(&spec)
	return spec
}

// healthCommand returns the command of the first exec probe: the engine can
// run one command per container at less cost than any other.
func healthCommand(spec *engine.UnitSpec) []string {
	for _, p := range []*engine.Probe{spec.Startup, spec.Readiness, spec.Liveness} {
		if p != nil && p.Exec != nil {
			return p.Exec.Command
		}
	}
	return nil
}
