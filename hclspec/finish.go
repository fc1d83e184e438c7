package hclspec

import (
	"cmp"
	"slices"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

// finish makes the engine's workflow of a declaration without errors: it fills
// in what depends on several blocks.
func (d *decoder) finish(w *workflow) *engine.Workflow {
	spec := w.spec
	volumes, secrets := map[string]bool{}, map[string]bool{}
	for _, u := range w.units {
		if !u.enabled {
			continue
		}
		finished := finishUnit(u, w.spec.RestartPolicy)
		finished.DependsOn = enabledDependencies(u, w)
		spec.Units = append(spec.Units, finished)
		for _, m := range u.mounts {
			volumes[m.spec.Source] = true
		}
		for _, s := range u.secrets {
			secrets[s.spec.Name] = true
		}
	}
	for _, dep := range w.dependsOn {
		spec.DependsOn = append(spec.DependsOn, dep.name)
	}
	spec.Resources = finishResources(w, spec)
	for name := range volumes {
		spec.Volumes = append(spec.Volumes, d.volumes[name].spec)
	}
	for name := range secrets {
		spec.Secrets = append(spec.Secrets, d.secrets[name].spec)
	}
	slices.SortFunc(spec.Volumes, func(a, b engine.Volume) int {
		return cmp.Compare(d.volumes[a.Name].rank, d.volumes[b.Name].rank)
	})
	slices.SortFunc(spec.Secrets, func(a, b engine.SecretSource) int {
		return cmp.Compare(d.secrets[a.Name].rank, d.secrets[b.Name].rank)
	})
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
	spec.Restart = restartOf(u, policy)
	spec.Restart.Rules = u.rules
	for _, m := range u.mounts {
		spec.Container.Mounts = append(spec.Container.Mounts, m.spec)
	}
	for _, p := range u.ports {
		spec.Container.Ports = append(spec.Container.Ports, p.spec)
	}
	for _, s := range u.secrets {
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
