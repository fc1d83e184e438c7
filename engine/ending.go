package engine

import "time"

// end begins the end of the run, with the workflow's grace period unless e has
// one of its own.
func (t *turn) end(e Ending) {
	if e.Until.IsZero() {
		e.Until = t.at.Add(t.Spec.TerminationGracePeriod)
	}
	t.do(Arm{Timer: t.runTimer(TimerEnding), After: t.remaining(e.Until)})
	switch {
	case t.Ending == nil && t.Spec.ActiveDeadline > 0:
		t.do(Disarm{t.runTimer(TimerActiveDeadline)})
	case t.Ending != nil && t.Ending.Waiting:
		t.do(Disarm{t.runTimer(TimerNextRun)})
	}
	t.Ending = &e
	for i := range t.Units {
		if t.Units[i].Phase == UnitBackoff {
			t.do(Disarm{t.unitTimer(TimerBackoff, i)})
			t.cutShort(i)
		}
		t.discard(i)
	}
}

// cutShort settles unit i, whose next attempt was wanted. Its last exit is not
// the end of its work: the next run does not take it for done.
func (t *turn) cutShort(i int) {
	t.Units[i].StopCause = StopEnding
	t.settleUnit(i)
}

// shorten leaves the ending run less time; never more (SEMANTICS B 81).
func (t *turn) shorten(until time.Time) {
	if !until.Before(t.Ending.Until) {
		return
	}
	t.Ending.Until = until
	left := max(until.Sub(t.at), 0)
	t.do(Arm{Timer: t.runTimer(TimerEnding), After: left})
	if left == 0 {
		t.graceOver()
	}
}

// graceOver kills what has been asked to stop and has not. Sidecars whose
// turn has not come are killed when it does: order is kept to the end.
func (t *turn) graceOver() {
	if t.Ending == nil {
		return
	}
	t.Ending.Until = t.at
	for i := range t.Units {
		if t.Units[i].Phase == UnitStopping {
			t.kill(i, "grace period is over")
		}
	}
}

// settleEnd stops what may be stopped now: services and a running init step
// at once, then sidecars in reverse order, one at a time (SEMANTICS B 46, 47).
// When nothing lives, the run is over.
func (t *turn) settleEnd() {
	grace := t.Ending.Until.Sub(t.at)
	lastSidecar, live, services := -1, false, false
	for i, spec := range t.Spec.Units {
		if !t.Units[i].Phase.Live() {
			continue
		}
		live = true
		if spec.Kind == Sidecar && t.Units[i].Phase != UnitStarting { // what does not run yet has no turn to wait for
			lastSidecar = i
			if t.Units[i].Phase == UnitRunning { // only the signals wait for their turn (SEMANTICS B 48)
				t.preStop(i, grace)
			}
			continue
		}
		services = services || spec.Kind == Service
		if grace > 0 && t.Units[i].Phase == UnitRunning && t.needed(i) { // it goes after what depends on it
			t.preStop(i, grace)
			continue
		}
		t.stop(i, StopEnding, grace, t.Ending.Cause)
	}
	if lastSidecar >= 0 && !services {
		t.stop(lastSidecar, StopEnding, grace, t.Ending.Cause)
	}
	if !live {
		t.overInTime()
	}
}

// overInTime ends the run, or waits until the next one may begin.
func (t *turn) overInTime() {
	next := t.Ending.Next
	if next == nil || !t.at.Before(next.NotBefore) {
		t.over()
		return
	}
	if !t.Ending.Waiting {
		t.Ending.Waiting = true
		t.do(Arm{Timer: t.runTimer(TimerNextRun), After: next.NotBefore.Sub(t.at), Jitter: t.jitterOf(next.Unit)})
	}
}

func (t *turn) jitterOf(ref Ref) float64 {
	i := t.Spec.Index(ref.Name)
	return t.Spec.Units[i].Restart.Backoff.Jitter
}

// over is the moment when nothing of an ending run lives any more.
func (t *turn) over() {
	e := *t.Ending
	t.Ending = nil
	t.do(Disarm{t.runTimer(TimerEnding)})
	if e.Waiting {
		t.do(Disarm{t.runTimer(TimerNextRun)})
	}
	if t.Ready {
		t.Ready = false
		t.notice(Notice{Type: TypeWorkflowUnready})
	}
	if e.Next != nil {
		if !e.Next.KeepSandbox || t.Sandbox.Phase == SandboxBackoff { // its timer is of this run
			t.removeSandbox()
		}
		t.begin(*e.Next)
		return
	}
	t.Phase, t.End, t.EndedAt = e.Verdict, e.Reason, t.at
	if t.Phase == "" {
		t.Phase = t.stoppedPhase()
	}
	t.notice(Notice{Type: TypeWorkflowPhase, Phase: t.Phase})
	kind := TypeWorkflowFailed
	if t.Phase == Succeeded {
		kind = TypeWorkflowSucceeded
	}
	t.notice(Notice{Type: kind, Reason: t.End, Message: t.Message})
	t.removeSandbox()
	t.do(Finish{Phase: t.Phase, Reason: t.End})
}

// stoppedPhase is the result of a run that was stopped: what its services'
// exit codes say, and Failed if one never ran (SEMANTICS B 87, 88).
func (t *turn) stoppedPhase() Phase {
	for i, spec := range t.Spec.Units {
		if spec.Kind != Sidecar && t.Units[i].Phase != UnitSucceeded {
			return Failed
		}
	}
	return Succeeded
}
