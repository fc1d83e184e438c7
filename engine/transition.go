package engine

import (
	"fmt"
	"reflect"
	"time"
)

// Transition folds one event into the run and says what to do about it: fold
// the fact first, then settle all that it allows. It is total and
// deterministic and does no IO. The run passed in is not modified.
func Transition(r Run, ev Event) (Run, []Action) {
	t := turn{Run: r.clone(), at: ev.when()}
	t.fold(ev)
	t.settle()
	if !reflect.DeepEqual(t.durable(), r.durable()) {
		t.out = append([]Action{Record{}}, t.out...)
	}
	return t.Run, t.out
}

// turn is one call of Transition in the making.
type turn struct {
	Run
	at  time.Time
	out []Action
}

func (t *turn) do(a ...Action) { t.out = append(t.out, a...) }

// notice adds a line about the workflow to the journal.
func (t *turn) notice(n Notice) {
	n.Run = t.Number
	t.do(n)
}

// noticeUnit adds a line about unit i to the journal.
func (t *turn) noticeUnit(i int, n Notice) {
	n.Ref = t.Ref(i)
	t.notice(n)
}

func (t *turn) fold(ev Event) {
	switch ev := ev.(type) {
	case RunRequested:
		t.runRequested(ev)
	case StopRequested:
		t.stopRequested(ev)
	case RestartRequested:
		t.restartRequested(ev)
	case DependenciesMet:
		t.Cleared = t.Live()
	case DependencyFailed:
		t.dependencyFailed(ev.Workflow)
	case SandboxReady:
		t.sandboxReady(ev)
	case SandboxFailed:
		t.sandboxFailed(ev)
	case SandboxLost:
		t.sandboxLost(ev)
	case Observed:
		t.observed(ev)
	case UnitStarted:
		t.unitStarted(ev)
	case UnitExited:
		t.unitExited(ev)
	case UnitWaiting:
		t.unitWaiting(ev)
	case UnitSkipped:
		t.unitSkipped(ev)
	case ProbeDone:
		t.probeDone(ev)
	case HookDone:
		t.hookDone(ev)
	case TimerFired:
		t.timerFired(ev.Timer)
	default:
		panic(fmt.Sprintf("unhandled %T", ev))
	}
}

// settle starts what may start, stops what must stop, and ends the run if all
// is done; then the same for the run that follows.
func (t *turn) settle() {
	for number := -1; t.Live() && number != t.Number; {
		number = t.Number
		if t.Update != nil && t.Ending == nil {
			t.settleUpdate()
		}
		if t.Ending == nil {
			t.settleStart()
		}
		if t.Ending != nil {
			t.settleEnd()
		}
	}
	if t.Live() {
		t.settleConditions()
	}
}

func (t *turn) runRequested(ev RunRequested) {
	next := NextRun{Spec: ev.Spec, Reason: ev.Reason}
	switch {
	case !t.Live():
		t.begin(next)
	case t.Ending != nil && t.Ending.Next != nil && t.Ending.Next.Spec.Same(ev.Spec):
	case t.Ending != nil:
		next.KeepSandbox = t.Spec.Same(ev.Spec)
		t.Ending.Next = &next
	case t.Target().Same(ev.Spec):
	case t.Spec.InPlace(ev.Spec):
		t.Update = &ev.Spec
	default:
		next.Reason = ReasonSpecChanged
		t.end(Ending{Cause: t.Spec.explain(ev.Spec), Reason: ReasonSpecChanged, Next: &next})
	}
}

// notDeclared says why a workflow, or a unit of it, is stopped.
const notDeclared = "not declared any more"

func (t *turn) stopRequested(ev StopRequested) {
	if !t.Live() {
		return
	}
	stopped := Ending{Cause: "stop asked for", Reason: ReasonStopped}
	if ev.Reason == ReasonNotDeclared {
		stopped = Ending{Cause: notDeclared, Reason: ReasonNotDeclared}
		t.Message = notDeclared
	}
	switch {
	case t.Ending != nil && t.Ending.Next != nil:
		stopped.Until = t.Ending.Until
		t.end(stopped)
	case t.Ending == nil && ev.Grace != nil:
		stopped.Until = t.at.Add(max(*ev.Grace, 0))
		t.end(stopped)
	case t.Ending == nil:
		t.end(stopped)
	}
	switch {
	case ev.Force:
		t.shorten(t.at)
	case ev.Grace != nil:
		t.shorten(t.at.Add(*ev.Grace))
	}
}

func (t *turn) restartRequested(ev RestartRequested) {
	if ev.Unit != "" {
		t.restartUnit(ev.Unit)
		return
	}
	next := NextRun{Spec: t.Target(), Reason: ReasonRestart, NoInit: ev.NoInit, KeepSandbox: true}
	switch {
	case t.Number == 0:
	case !t.Live():
		t.begin(next)
	case t.Ending != nil && t.Ending.Next != nil:
		next.Spec, next.KeepSandbox = t.Ending.Next.Spec, t.Ending.Next.KeepSandbox
		t.Ending.Next = &next
	case t.Ending != nil:
		t.Ending.Next = &next
	default:
		t.end(Ending{Cause: "restart asked for", Reason: ReasonRestart, Next: &next})
	}
}

// restartUnit begins a new attempt of a sidecar or service. It neither counts
// for the back-off nor waits for it.
func (t *turn) restartUnit(name string) {
	i := t.Spec.Index(name)
	if i < 0 || t.Spec.Units[i].Kind == Init || !t.Live() || t.Ending != nil {
		return
	}
	switch u := &t.Units[i]; u.Phase {
	case UnitStarting, UnitRunning:
		t.stop(i, StopRestart, t.Spec.TerminationGracePeriod, "restart asked for")
	case UnitStopping:
		if u.StopCause != StopUpdate { // that is followed by a new attempt anyway
			u.StopCause = StopRestart
		}
	case UnitBackoff:
		t.start(i, "restart asked for")
	case UnitSucceeded, UnitFailed:
		u.Phase, u.Waiting, u.WaitMessage = UnitPending, "", "" // it may have to wait for init steps that run again
		t.reviveDependents(i)
	case UnitPending:
	}
}

// begin makes the run that follows this one.
func (t *turn) begin(next NextRun) {
	old := t.Run
	t.Run = New(next.Spec)
	t.Number, t.Sandbox = old.Number+1, old.Sandbox
	t.Reason, t.StartedAt, t.ActiveSince = next.Reason, t.at, t.at
	if !old.ActiveSince.IsZero() && next.byItself() {
		t.ActiveSince = old.ActiveSince
	}
	started := Notice{Type: TypeRunStarted, Ref: next.Unit, Reason: next.Reason}
	if next.Reason == ReasonSpecChanged {
		started.Message = old.Spec.explain(next.Spec)
	}
	t.notice(started)
	t.carry(old, next)
	if old.Number == 0 || old.Phase != Pending {
		t.notice(Notice{Type: TypeWorkflowPhase, Phase: Pending})
	}
	if d := t.Spec.ActiveDeadline; d > 0 {
		t.do(Arm{Timer: t.runTimer(TimerActiveDeadline), After: t.remaining(t.ActiveSince.Add(d))})
	}
}

// carry takes over what the new run need not do again: init steps if asked
// for, and after a lost sandbox the services that had succeeded under a
// policy that leaves them alone (SEMANTICS B 125). The back-off of units that
// restart the workflow goes on from run to run (A5).
func (t *turn) carry(old Run, next NextRun) {
	for i, spec := range t.Spec.Units {
		j := old.Spec.Index(spec.Name)
		if j < 0 {
			continue
		}
		if next.Reason == ReasonUnitExit && spec.Restart.restartsWorkflow() {
			t.Units[i].Restarts = old.carriedRestarts(j, next.Unit)
		}
		if u := &old.Units[j]; u.Phase != UnitSucceeded || u.StopCause != "" {
			continue // it may have ended because it was asked to
		}
		lost := next.Reason == ReasonSandboxLost || next.Reason == ReasonBoot
		switch {
		case spec.Kind == Init && next.NoInit:
			t.Units[i] = Unit{Phase: UnitSucceeded, Ready: true, Exit: old.Units[j].Exit, Skipped: ReasonNoInit, Outputs: old.Units[j].Outputs}
			t.noticeUnit(i, Notice{Type: TypeUnitSkipped, Reason: ReasonNoInit})
		case spec.Kind == Service && lost && spec.Restart.Policy != RestartAlways:
			t.Units[i] = Unit{Phase: UnitSucceeded, Exit: old.Units[j].Exit}
			t.noticeUnit(i, Notice{Type: TypeUnitSkipped, Reason: ReasonCompleted})
		}
	}
}

func (t *turn) runTimer(kind TimerKind) Timer { return Timer{Kind: kind, Ref: Ref{Run: t.Number}} }

func (t *turn) unitTimer(kind TimerKind, i int) Timer { return Timer{Kind: kind, Ref: t.Ref(i)} }

// deadlineTimer is of unit i in this run, whatever its attempt.
func (t *turn) deadlineTimer(i int) Timer {
	ref := t.Ref(i)
	ref.Attempt = 0
	return Timer{Kind: TimerDeadline, Ref: ref}
}

func (t *turn) timerFired(timer Timer) {
	if !t.Live() || timer.Ref.Run != t.Number {
		return
	}
	switch timer.Kind {
	case TimerActiveDeadline:
		t.activeDeadlineExceeded()
	case TimerEnding:
		t.graceOver()
	case TimerSandbox:
		if t.Sandbox.Phase == SandboxBackoff {
			t.Sandbox.Phase = SandboxNone
		}
	case TimerNextRun:
		if t.Ending != nil && t.Ending.Waiting {
			t.over()
		}
	case TimerDeadline:
		t.unitDeadlineExceeded(timer)
	case TimerBackoff, TimerTimeout, TimerGrace, TimerGiveUp:
		if i := t.Find(timer.Ref); i >= 0 {
			t.unitTimerFired(i, timer.Kind)
		}
	}
}

func (t *turn) unitTimerFired(i int, kind TimerKind) {
	u := &t.Units[i]
	switch {
	case kind == TimerBackoff && u.Phase == UnitBackoff:
		t.start(i, "back-off is over")
	case kind == TimerTimeout && (u.Phase == UnitStarting || u.Phase == UnitRunning):
		t.stop(i, StopTimeout, t.Spec.TerminationGracePeriod, "timeout of "+t.Spec.Units[i].Timeout.String())
	case kind == TimerGrace && u.Phase == UnitStopping:
		t.kill(i, "grace period is over")
	case kind == TimerGiveUp && u.Phase == UnitStopping:
		t.unitExited(UnitExited{
			At: t.at, Ref: t.Ref(i), Code: 137, Lost: true,
			Message: "killed, but its end was never seen",
		})
	}
}

func (t *turn) activeDeadlineExceeded() {
	if t.Ending != nil {
		return
	}
	t.Message = fmt.Sprintf("ran longer than its active_deadline of %s", t.Spec.ActiveDeadline)
	t.end(Ending{Cause: "active deadline exceeded", Verdict: Failed, Reason: ReasonDeadlineExceeded})
}

func (t *turn) unitDeadlineExceeded(timer Timer) {
	i := t.Spec.Index(timer.Ref.Name)
	if i < 0 || t.deadlineTimer(i) != timer || t.Ending != nil {
		return
	}
	cause := "deadline of " + t.Spec.Units[i].Restart.Deadline.String()
	switch t.Units[i].Phase {
	case UnitStarting, UnitRunning:
		t.stop(i, StopDeadline, t.Spec.TerminationGracePeriod, cause)
	case UnitStopping:
		t.Units[i].StopCause = StopDeadline
	case UnitBackoff:
		t.do(Disarm{t.unitTimer(TimerBackoff, i)})
		t.fail(i, cause+" exceeded")
	case UnitPending, UnitSucceeded, UnitFailed:
	}
}
