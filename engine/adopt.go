package engine

import (
	"slices"
	"time"

	"github.com/limber-run/limber/runtime"
)

// observed compares the record with what exists and goes on from there: what
// runs is adopted, what ended meanwhile has exited now, timers are set for the
// rest of their time (SEMANTICS B 133-135, A7).
func (t *turn) observed(ev Observed) {
	if !t.Live() {
		if t.Sandbox.Phase != SandboxNone {
			t.Sandbox.Phase = SandboxUp
			t.removeSandbox()
		}
		return
	}
	t.rearmRun()
	t.observedSandbox(ev)
	for i := range t.Units {
		t.observedUnit(i, ev)
	}
}

// rearmRun sets the timers of the run for what is left of them. A stop that
// was under way starts over with its full grace (SEMANTICS B 89).
func (t *turn) rearmRun() {
	if t.Ending != nil {
		t.Ending.Waiting = false // settled anew, with a timer
		t.Ending.Until = t.at.Add(t.Spec.TerminationGracePeriod)
		t.do(Arm{Timer: t.runTimer(TimerEnding), After: t.Spec.TerminationGracePeriod})
		return
	}
	if d := t.Spec.ActiveDeadline; d > 0 {
		t.do(Arm{Timer: t.runTimer(TimerActiveDeadline), After: t.remaining(t.ActiveSince.Add(d))})
	}
}

func (t *turn) observedSandbox(ev Observed) {
	switch {
	case t.Sandbox.Phase == SandboxRemoving:
		t.do(RemoveSandbox{t.Sandbox.Number})
	case t.Sandbox.Phase == SandboxBackoff:
		t.Sandbox.Phase = SandboxNone
	case t.Sandbox.Phase == SandboxPreparing:
		t.do(PrepareSandbox{t.Sandbox.Number})
	case t.Sandbox.Phase == SandboxUp && (!ev.SameBoot || !ev.Sandbox):
		t.Sandbox.Phase = SandboxNone
		if t.Ending != nil {
			t.repeatInit()
			return
		}
		if ev.SameBoot {
			t.endLost(ReasonSandboxLost, "the sandbox is gone")
			return
		}
		t.endLost(ReasonBoot, "the host was booted")
	}
}

func (t *turn) observedUnit(i int, ev Observed) {
	u, spec := &t.Units[i], &t.Spec.Units[i]
	if d := spec.Restart.Deadline; d > 0 && !u.FirstStartAt.IsZero() && !u.Phase.Final() {
		t.do(Arm{Timer: t.deadlineTimer(i), After: t.remaining(u.FirstStartAt.Add(d))})
	}
	if u.Phase == UnitBackoff {
		t.do(Arm{Timer: t.unitTimer(TimerBackoff, i), After: t.remaining(u.BackoffUntil)})
	}
	if !u.Phase.Live() {
		return
	}
	ref := t.Ref(i)
	k := slices.IndexFunc(ev.Units, func(o ObservedUnit) bool { return o.Ref == ref })
	switch {
	case k >= 0 && ev.Units[k].State == runtime.Running && ev.SameBoot:
		t.adopt(i, ev.Units[k])
	case k >= 0 && ev.Units[k].State == runtime.Exited:
		t.adoptExit(i, ev.Units[k])
	case u.StartedAt.IsZero() && (k < 0 || ev.Units[k].State == runtime.Prepared):
		t.startOver(i)
	default:
		t.unitExited(UnitExited{At: t.at, Ref: ref, Code: 137, Lost: true, Message: "lost while limber was away"})
	}
}

// adopt goes on with an attempt that runs.
func (t *turn) adopt(i int, seen ObservedUnit) {
	u, spec := &t.Units[i], &t.Spec.Units[i]
	switch u.Phase {
	case UnitStarting:
		t.unitStarted(UnitStarted{At: seen.Exit.StartedAt, Ref: seen.Ref})
	case UnitStopping:
		u.Phase, u.Killed, u.Hook = UnitRunning, false, ""
		cause := u.StopCause
		if t.Ending == nil {
			t.stop(i, cause, t.Spec.TerminationGracePeriod, "a stop was under way")
		}
	case UnitRunning:
		if spec.Timeout > 0 {
			t.do(Arm{Timer: t.unitTimer(TimerTimeout, i), After: t.remaining(u.StartedAt.Add(spec.Timeout))})
		}
		if u.Hook != "" { // it may have been cut short, so it is run again (SEMANTICS B 80)
			t.hook(i, u.Hook)
		}
		for _, kind := range []ProbeKind{Startup, Readiness, Liveness} {
			if t.listens(i, kind) {
				t.do(Probing{Ref: seen.Ref, Probe: kind, On: true})
			}
		}
	case UnitPending, UnitBackoff, UnitSucceeded, UnitFailed:
	}
}

// adoptExit takes in an end that nobody was there to see, at the time at which
// it came: back-off is counted from there (SEMANTICS A7, B 15).
func (t *turn) adoptExit(i int, seen ObservedUnit) {
	u, exit := &t.Units[i], seen.Exit
	if u.StartedAt.IsZero() {
		u.StartedAt = exit.StartedAt
	}
	at := exit.FinishedAt
	if at.IsZero() || at.After(t.at) {
		at = t.at
	}
	t.unitExited(UnitExited{
		At: at, Ref: seen.Ref, Code: exit.Code, OOM: exit.OOMKilled, Lost: exit.Lost,
		Message: seen.Message, Left: seen.Left,
	})
}

// startOver repeats a Start whose container was never started (SEMANTICS B 11).
func (t *turn) startOver(i int) {
	if t.Ending != nil {
		t.Units[i].Attempt--
		t.cutShort(i)
		return
	}
	if t.Units[i].StopCause == StopUpdate { // it is not declared any more, or otherwise
		t.Units[i].Attempt--
		t.makeWay(i)
		return
	}
	if t.Units[i].Phase == UnitStopping { // a restart that was asked for, or a probe: nothing to stop
		t.Units[i].Phase, t.Units[i].StopCause, t.Units[i].Killed = UnitStarting, "", false
	}
	t.do(Start{Ref: t.Ref(i), Cause: "its start was under way"})
}

// remaining is the time until then; never negative.
func (t *turn) remaining(then time.Time) time.Duration { return max(then.Sub(t.at), 0) }
