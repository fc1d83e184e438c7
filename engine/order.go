package engine

// settleStart starts all that may start now. It sets Ending if nothing is
// left to do.
func (t *turn) settleStart() {
	if t.AwaitsWorkflows() {
		return
	}
	switch t.Sandbox.Phase {
	case SandboxNone:
		t.Sandbox.Number++
		t.Sandbox.Phase = SandboxPreparing
		t.do(PrepareSandbox{t.Sandbox.Number})
		return
	case SandboxPreparing, SandboxBackoff, SandboxRemoving:
		return
	case SandboxUp:
	}
	if !t.startInOrder() {
		return
	}
	if !t.Initialized {
		t.Initialized = true
		t.notice(Notice{Type: TypeWorkflowInitialized})
	}
	t.startServices()
	if t.servicesDone() {
		t.complete()
	}
}

// startInOrder starts the first init step or sidecar whose turn it is, and
// has the one after it prepared. It reports whether all are through.
func (t *turn) startInOrder() bool {
	for i, spec := range t.Spec.Units {
		if spec.Kind == Service {
			continue
		}
		if t.Units[i].Phase == UnitPending {
			t.start(i, "its turn")
		}
		if !t.through(i) {
			t.prepareAfter(i)
			return false
		}
	}
	return true
}

// through reports whether what is declared after init step or sidecar i may
// start (SEMANTICS B 3, 4).
func (t *turn) through(i int) bool {
	if t.Spec.Units[i].Kind == Init {
		return t.Units[i].Phase == UnitSucceeded
	}
	return t.Units[i].HasStarted
}

// prepareAfter has what starts after i prepared, and no more: the next init
// step or sidecar, or all services after the last of them.
func (t *turn) prepareAfter(i int) {
	for j := i + 1; j < len(t.Units); j++ {
		if t.Spec.Units[j].Kind != Service {
			t.prepareIfPending(j)
			return
		}
	}
	for j, spec := range t.Spec.Units {
		if spec.Kind == Service {
			t.prepareIfPending(j)
		}
	}
}

func (t *turn) prepareIfPending(i int) {
	if t.Units[i].Phase == UnitPending {
		t.prepareAhead(i)
	}
}

// prepareAhead prepares unit i unless it may not be needed, or what it is made
// with is not known.
func (t *turn) prepareAhead(i int) {
	if t.Spec.Units[i].Run == RunAlways && t.outputsKnown(i) {
		t.prepare(i)
	}
}

func (t *turn) startServices() {
	for i, spec := range t.Spec.Units {
		if spec.Kind == Service && t.Units[i].Phase == UnitPending && t.awaits(i) == "" {
			t.start(i, "initialized")
		}
	}
	t.failDependents()
}

func (t *turn) servicesDone() bool {
	for i, spec := range t.Spec.Units {
		if spec.Kind == Service && !t.Units[i].Phase.Final() {
			return false
		}
	}
	return true
}

// complete ends the run because its services have; sidecars never keep it
// alive (SEMANTICS B 40, 101).
func (t *turn) complete() {
	e := Ending{Cause: "all services have ended", Verdict: Succeeded, Reason: ReasonCompleted}
	for i, spec := range t.Spec.Units {
		u := &t.Units[i]
		if spec.Kind != Service || u.Phase != UnitFailed {
			continue
		}
		e.Verdict, e.Reason = Failed, ReasonServiceFailed
		t.Message = "service \"" + spec.Name + "\" failed"
		if u.Waiting != ReasonDependencyFailed { // else another one is the cause
			break
		}
	}
	t.end(e)
}

// settleConditions derives what is true of the workflow as a whole.
func (t *turn) settleConditions() {
	if phase := t.livePhase(); phase != t.Phase {
		t.Phase = phase
		t.notice(Notice{Type: TypeWorkflowPhase, Phase: phase})
	}
	ready := t.Initialized && t.Update == nil && t.allReady()
	if ready == t.Ready || ready && t.Ending != nil { // what ends does not become ready by it
		return
	}
	t.Ready = ready
	kind := TypeWorkflowUnready
	if ready {
		kind = TypeWorkflowReady
	}
	t.notice(Notice{Type: kind})
}

// livePhase is Running once every service has been started, and stays so
// (SEMANTICS B 98-100).
func (t *turn) livePhase() Phase {
	if t.Phase == Running {
		return Running
	}
	for i, spec := range t.Spec.Units {
		u := &t.Units[i]
		if spec.Kind == Service && u.StartedAt.IsZero() && u.Exit == nil {
			return Pending
		}
	}
	if !t.Initialized {
		return Pending
	}
	return Running
}

// allReady reports whether every sidecar and every service is ready.
func (t *turn) allReady() bool {
	for i := range t.Spec.Units {
		if !t.readyEnough(i) {
			return false
		}
	}
	return true
}

// readyEnough reports whether unit i does not keep the workflow from being
// ready. A service that has succeeded for good is no reason to call it unready:
// who waits for it has what they wait for.
func (r *Run) readyEnough(i int) bool {
	u, kind := &r.Units[i], r.Spec.Units[i].Kind
	return u.Ready || kind == Init || kind == Service && u.Phase == UnitSucceeded
}
