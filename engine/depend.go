package engine

import (
	"fmt"
	"slices"
)

// AwaitsWorkflows reports whether the run does nothing yet because of the
// workflows that it depends on.
func (r *Run) AwaitsWorkflows() bool {
	return r.Live() && r.Ending == nil && !r.Cleared && len(r.Spec.DependsOn) > 0
}

func (t *turn) dependencyFailed(workflow string) {
	if !t.AwaitsWorkflows() || !slices.Contains(t.Spec.DependsOn, workflow) {
		return
	}
	t.Message = fmt.Sprintf("workflow %q, which it depends on, has failed", workflow)
	t.end(Ending{Cause: t.Message, Verdict: Failed, Reason: ReasonDependencyFailed})
}

// awaits returns the first service that service i still waits for, or "".
func (t *turn) awaits(i int) string {
	for _, name := range t.Spec.Units[i].DependsOn {
		j := t.Spec.Index(name)
		if j < 0 || t.Spec.Units[j].Kind != Service { // it has gone with an update
			continue
		}
		if !t.Units[j].Ready && t.Units[j].Phase != UnitSucceeded {
			return name
		}
	}
	return ""
}

// failDependents fails the services that wait for one that has failed for
// good: they would wait for ever.
func (t *turn) failDependents() {
	for again := true; again; {
		again = false
		for i, spec := range t.Spec.Units {
			j := t.Spec.Index(t.awaits(i))
			if spec.Kind == Service && t.Units[i].Phase == UnitPending && j >= 0 && t.Units[j].Phase == UnitFailed {
				t.failWith(i, t.Spec.Units[j].Name)
				again = true
			}
		}
	}
}

func (t *turn) failWith(i int, service string) {
	u := &t.Units[i]
	u.Waiting = ReasonDependencyFailed
	u.WaitMessage = fmt.Sprintf("service %q, which it depends on, has failed for good", service)
	t.noticeUnit(i, Notice{Type: TypeUnitWaiting, Reason: u.Waiting, Message: u.WaitMessage})
	t.fail(i, u.WaitMessage)
}

// reviveDependents lets the services wait again that have failed with service
// i, which begins anew.
func (t *turn) reviveDependents(i int) {
	for j, spec := range t.Spec.Units {
		u := &t.Units[j]
		if u.Phase == UnitFailed && u.Waiting == ReasonDependencyFailed && slices.Contains(spec.DependsOn, t.Spec.Units[i].Name) {
			u.Phase, u.Waiting, u.WaitMessage = UnitPending, "", ""
			t.reviveDependents(j)
		}
	}
}

// needed reports whether a service lives that depends on service i.
func (t *turn) needed(i int) bool {
	name := t.Spec.Units[i].Name
	for j, spec := range t.Spec.Units {
		if t.Units[j].Phase.Live() && slices.Contains(spec.DependsOn, name) {
			return true
		}
	}
	return false
}
