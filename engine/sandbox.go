package engine

func (t *turn) sandboxReady(ev SandboxReady) {
	if ev.Number == t.Sandbox.Number && t.Sandbox.Phase == SandboxPreparing {
		t.Sandbox = Sandbox{Number: ev.Number, Phase: SandboxUp}
	}
}

func (t *turn) sandboxFailed(ev SandboxFailed) {
	if ev.Number != t.Sandbox.Number || t.Sandbox.Phase != SandboxPreparing {
		return
	}
	t.notice(Notice{
		Type: TypeUnitWaiting, Reason: ReasonSandboxFailed, Message: ev.Message, Permanent: ev.Permanent,
	})
	t.Sandbox.Tries++
	t.Sandbox.Reason = ev.Message
	t.Sandbox.Phase = SandboxNone
	switch {
	case !t.Live() || t.Ending != nil:
	case ev.Permanent && t.Spec.RestartPolicy == RestartNever:
		t.Message = ev.Message
		t.end(Ending{Cause: ev.Message, Verdict: Failed, Reason: ReasonSandboxFailed})
	default:
		t.Sandbox.Phase = SandboxBackoff
		delay := DefaultBackoff.Delay(t.Sandbox.Tries)
		t.notice(Notice{Type: TypeUnitBackoff, Reason: ReasonSandboxFailed, Delay: delay})
		t.do(Arm{Timer: t.runTimer(TimerSandbox), After: delay, Jitter: DefaultBackoff.Jitter})
	}
}

// sandboxLost is the end of what all units share. A run cannot go on without
// it: the next one begins with its first init step (SEMANTICS B 124, 126).
func (t *turn) sandboxLost(ev SandboxLost) {
	if ev.Number != t.Sandbox.Number || t.Sandbox.Phase == SandboxNone {
		return
	}
	asked := t.Sandbox.Phase == SandboxRemoving
	t.Sandbox.Phase = SandboxNone
	switch {
	case asked || !t.Live():
	case t.Ending != nil:
		t.repeatInit()
	default:
		t.endLost(ReasonSandboxLost, "the sandbox is gone")
	}
}

// repeatInit makes the next run, if there is one, begin with its init steps,
// whatever was asked: what they left in the sandbox is gone.
func (t *turn) repeatInit() {
	if t.Ending.Next == nil || !t.Ending.Next.NoInit {
		return
	}
	next := *t.Ending.Next
	next.NoInit = false
	t.Ending.Next = &next
}

// endLost ends a run whose sandbox is gone, and begins the next one.
func (t *turn) endLost(reason Reason, cause string) {
	if t.Spec.RestartPolicy == RestartNever {
		t.Message = cause
		t.end(Ending{Cause: cause, Verdict: Failed, Reason: reason})
		return
	}
	t.end(Ending{Cause: cause, Reason: reason, Next: &NextRun{Spec: t.Target(), Reason: reason}})
}

// removeSandbox ends the sandbox if there is one or one is being made.
func (t *turn) removeSandbox() {
	switch t.Sandbox.Phase {
	case SandboxPreparing, SandboxUp:
		t.Sandbox.Phase = SandboxRemoving
		t.do(RemoveSandbox{t.Sandbox.Number})
	case SandboxBackoff:
		t.Sandbox.Phase = SandboxNone
		t.do(Disarm{t.runTimer(TimerSandbox)})
	case SandboxNone, SandboxRemoving:
	}
}
