package engine

import (
	"slices"

	"github.com/limber-run/limber/runtime"
)

// InPlace reports whether a run of w can become one of v without a new run:
// only services differ, and the sandbox that both need is the same.
func (w Workflow) InPlace(v Workflow) bool {
	return w.unlikeServices().Same(v.unlikeServices()) &&
		slices.Equal(w.sandboxPorts(), v.sandboxPorts()) && slices.EqualFunc(w.memory(), v.memory(), Volume.same)
}

// unlikeServices is w without its services and what only they mount, and
// without what is looked up when it is needed.
func (w Workflow) unlikeServices() Workflow {
	w.Units = slices.DeleteFunc(slices.Clone(w.Units), func(u UnitSpec) bool { return u.Kind == Service })
	w.Volumes = w.mounted(w.Units...)
	w.Secrets, w.TerminationGracePeriod, w.DependsOn = nil, 0, nil
	return w
}

// mounted are the volumes that some units mount.
func (w Workflow) mounted(units ...UnitSpec) []Volume {
	return slices.DeleteFunc(slices.Clone(w.Volumes), func(v Volume) bool {
		return !slices.ContainsFunc(units, func(u UnitSpec) bool {
			return slices.ContainsFunc(u.Container.Mounts, func(m runtime.Mount) bool {
				return m.Kind == runtime.MountVolume && m.Source == v.Name
			})
		})
	})
}

// sandboxPorts are the published ports, which the sandbox holds if its network is
// that of the units. It is the one attribute of a container that the engine has
// to look at here.
func (w Workflow) sandboxPorts() []runtime.Port {
	if w.Network == NetworkBridge {
		return nil
	}
	var ports []runtime.Port
	for _, u := range w.Units {
		for _, p := range u.Container.Ports {
			if p.Host != 0 {
				ports = append(ports, p)
			}
		}
	}
	return ports
}

// memory are the volumes that live as long as the sandbox, which mounts them.
func (w Workflow) memory() []Volume {
	return slices.DeleteFunc(slices.Clone(w.Volumes), func(v Volume) bool { return v.Kind != VolumeTmpfs })
}

// settleUpdate makes the services what Update declares, each as soon as
// nothing of it lives. Those that are declared as before are left alone.
func (t *turn) settleUpdate() {
	for i, spec := range t.Spec.Units {
		if change := t.Spec.changeOf(spec, *t.Update); change != "" {
			t.replace(i, change)
		}
	}
	done := t.rearrange()
	t.Spec.Secrets, t.Spec.Volumes = t.Update.Secrets, t.Update.Volumes
	t.Spec.TerminationGracePeriod, t.Spec.DependsOn = t.Update.TerminationGracePeriod, t.Update.DependsOn
	if done {
		t.Update = nil
	}
}

// replace stops unit i, or takes back what is to start it.
func (t *turn) replace(i int, why string) {
	switch u := &t.Units[i]; u.Phase {
	case UnitStarting, UnitRunning:
		t.stop(i, StopUpdate, t.Spec.TerminationGracePeriod, why)
	case UnitStopping:
		u.StopCause = StopUpdate
	case UnitBackoff:
		t.do(Disarm{t.unitTimer(TimerBackoff, i)})
		t.makeWay(i)
	case UnitPending, UnitSucceeded, UnitFailed:
		t.makeWay(i)
	}
}

// makeWay leaves nothing of unit i to go on with: it starts again as it is
// declared then, if it is.
func (t *turn) makeWay(i int) {
	t.doneWith(i)
	t.setReady(i, false)
	old := t.Units[i]
	t.Units[i] = Unit{Attempt: old.Attempt, Exit: old.Exit}
	t.reviveDependents(i)
}

// rearrange puts the units into the order of Update, as it declares them
// unless they still live, and reports whether all are as declared.
func (t *turn) rearrange() (done bool) {
	var specs []UnitSpec
	var units []Unit
	done = true
	for _, spec := range t.Update.Units {
		unit := Unit{}
		if i := t.Spec.Index(spec.Name); i >= 0 {
			unit = t.Units[i]
			if unit.Phase.Live() && !spec.same(t.Spec.Units[i]) {
				spec = t.Spec.Units[i]
			}
			done = done && unit.StopCause != StopUpdate
		}
		specs, units = append(specs, spec), append(units, unit)
	}
	for i, spec := range t.Spec.Units {
		if t.Units[i].Phase.Live() && t.Update.Index(spec.Name) < 0 {
			specs, units = append(specs, spec), append(units, t.Units[i])
			done = false
		}
	}
	t.Spec.Units, t.Units = specs, units
	return done
}
