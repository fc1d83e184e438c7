package engine

// probeDone counts a result; a verdict changes only after as many equal
// results in a row as the threshold says (SEMANTICS B 56).
func (t *turn) probeDone(ev ProbeDone) {
	i := t.Find(ev.Ref)
	if i < 0 || !t.listens(i, ev.Probe) {
		return
	}
	probe, streak := t.Spec.Units[i].ProbeOf(ev.Probe), &t.Units[i].Streaks[ev.Probe]
	if ev.OK {
		*streak = Streaks{Passed: streak.Passed + 1}
		if streak.Passed >= probe.SuccessThreshold {
			t.passed(i, ev.Probe)
		}
		return
	}
	streak.Passed = 0
	if ev.Extra {
		return
	}
	streak.Failed++
	if streak.Failed > probe.FailureThreshold {
		return
	}
	n := Notice{Type: TypeProbeFailed, Probe: ev.Probe, Message: ev.Detail}
	if streak.Failed == probe.FailureThreshold {
		n.Reason = ReasonUnhealthy
	}
	t.noticeUnit(i, n)
	if n.Reason != "" {
		t.failed(i, ev.Probe, ev.Detail)
	}
}

// listens reports whether results of a probe count now: startup until it has
// passed, the others from then on; while a unit is being stopped, readiness
// alone (SEMANTICS B 54, 65, 66).
func (t *turn) listens(i int, kind ProbeKind) bool {
	u := &t.Units[i]
	if t.Spec.Units[i].ProbeOf(kind) == nil {
		return false
	}
	switch kind {
	case Startup:
		return u.Phase == UnitRunning && !u.Started && u.Hook != PostStart
	case Readiness:
		return u.Started && (u.Phase == UnitRunning || u.Phase == UnitStopping)
	case Liveness:
		return u.Started && u.Phase == UnitRunning
	}
	return false
}

func (t *turn) passed(i int, kind ProbeKind) {
	switch kind {
	case Startup:
		t.do(Probing{Ref: t.Ref(i), Probe: Startup, On: false})
		t.startupComplete(i)
	case Readiness:
		t.setReady(i, true)
	case Liveness:
	}
}

func (t *turn) failed(i int, kind ProbeKind, detail string) {
	if kind == Readiness {
		t.setReady(i, false)
		return
	}
	if t.Ending != nil { // it is stopped in its turn (SEMANTICS B 65)
		return
	}
	grace := t.Spec.TerminationGracePeriod
	if own := t.Spec.Units[i].ProbeOf(kind).TerminationGracePeriod; own > 0 {
		grace = own
	}
	t.stop(i, StopUnhealthy, grace, kind.String()+" probe failed: "+detail)
}

// startupComplete marks unit i started. Its other probes begin, and what
// waits for it may start (SEMANTICS B 41, 63).
func (t *turn) startupComplete(i int) {
	u, spec := &t.Units[i], &t.Spec.Units[i]
	u.Started, u.HasStarted = true, true
	t.noticeUnit(i, Notice{Type: TypeUnitStartupComplete})
	if spec.Liveness != nil {
		t.do(Probing{Ref: t.Ref(i), Probe: Liveness, On: true})
	}
	if spec.Readiness == nil {
		t.setReady(i, true)
		return
	}
	t.do(Probing{Ref: t.Ref(i), Probe: Readiness, On: true})
}

// stopProbing ends those of the probes that are on.
func (t *turn) stopProbing(i int, kinds ...ProbeKind) {
	for _, kind := range kinds {
		if t.listens(i, kind) {
			t.do(Probing{Ref: t.Ref(i), Probe: kind, On: false})
		}
	}
}

func (t *turn) setReady(i int, ready bool) {
	if t.Units[i].Ready == ready {
		return
	}
	t.Units[i].Ready = ready
	kind := TypeUnitUnready
	if ready {
		kind = TypeUnitReady
	}
	t.noticeUnit(i, Notice{Type: kind})
}
