package engine

import (
	"cmp"
	"fmt"
	"time"
)

// giveUpAfter is how long the end of a killed attempt is waited for before
// the run goes on without it.
const giveUpAfter = 30 * time.Second

// start begins the next attempt of unit i.
func (t *turn) start(i int, cause string) {
	u, spec := &t.Units[i], &t.Spec.Units[i]
	if u.Phase == UnitBackoff {
		t.do(Disarm{t.unitTimer(TimerBackoff, i)})
	}
	*u = Unit{
		Phase: UnitStarting, Attempt: u.Attempt + 1, HasStarted: u.HasStarted,
		FirstStartAt: u.FirstStartAt, Exit: u.Exit, Restarts: u.Restarts, Waits: u.Waits,
	}
	if u.FirstStartAt.IsZero() {
		u.FirstStartAt = t.at
		if d := spec.Restart.Deadline; d > 0 {
			t.do(Arm{Timer: t.deadlineTimer(i), After: d})
		}
	}
	t.do(Start{Ref: t.Ref(i), Cause: cause})
}

// prepare has the next attempt of unit i made ahead of its turn.
func (t *turn) prepare(i int) {
	u := &t.Units[i]
	if u.Prepared != 0 {
		return
	}
	u.Prepared = u.Attempt + 1
	ref := t.Ref(i)
	ref.Attempt = u.Prepared
	t.do(Prepare{ref})
}

// discard takes back what prepare asked for.
func (t *turn) discard(i int) {
	u := &t.Units[i]
	if u.Prepared == 0 {
		return
	}
	ref := t.Ref(i)
	ref.Attempt, u.Prepared = u.Prepared, 0
	t.do(Discard{ref})
}

func (t *turn) unitStarted(ev UnitStarted) {
	i := t.Find(ev.Ref)
	if i < 0 {
		return
	}
	u, spec := &t.Units[i], &t.Spec.Units[i]
	if !u.Phase.Live() || !u.StartedAt.IsZero() {
		return
	}
	u.StartedAt, u.Waits = ev.At, 0
	t.noticeUnit(i, Notice{Type: TypeUnitStarted})
	if u.Phase == UnitStopping {
		return
	}
	u.Phase = UnitRunning
	switch {
	case spec.Kind == Init && spec.Timeout > 0:
		t.do(Arm{Timer: t.unitTimer(TimerTimeout, i), After: t.remaining(ev.At.Add(spec.Timeout))})
	case spec.Kind == Init:
	case spec.PostStart != nil:
		t.hook(i, PostStart)
	default:
		t.begun(i)
	}
}

// begun is the moment from which unit i is probed (SEMANTICS B 70).
func (t *turn) begun(i int) {
	if t.Spec.Units[i].Startup == nil {
		t.startupComplete(i)
		return
	}
	t.do(Probing{Ref: t.Ref(i), Probe: Startup, On: true})
}

// stop asks the live attempt of unit i to end.
func (t *turn) stop(i int, cause StopCause, grace time.Duration, why string) {
	u := &t.Units[i]
	if u.Phase == UnitStopping {
		return
	}
	t.stopProbing(i, Startup, Liveness)
	t.disarmTimeout(i)
	u.Phase, u.StopCause, u.KillAt = UnitStopping, cause, t.at.Add(grace)
	t.noticeUnit(i, Notice{Type: TypeUnitStopping, Reason: stopReasons[cause], Message: why, Grace: max(grace, 0)})
	if grace <= 0 {
		t.kill(i, why)
		return
	}
	if !t.preStop(i, grace) {
		t.signal(i, why)
	}
	if cause != StopEnding { // the ending has one timer for all
		t.do(Arm{Timer: t.unitTimer(TimerGrace, i), After: grace})
	}
}

// signal sends the attempt of unit i, which is being stopped, its stop signal.
func (t *turn) signal(i int, why string) {
	t.abandonHook(i)
	t.do(Stop{Ref: t.Ref(i), Grace: t.Units[i].KillAt.Sub(t.at), Cause: why})
}

// stopReasons are the causes of a stop as the journal says them.
var stopReasons = map[StopCause]Reason{
	StopEnding:    ReasonStopped,
	StopTimeout:   ReasonDeadlineExceeded,
	StopDeadline:  ReasonDeadlineExceeded,
	StopUnhealthy: ReasonUnhealthy,
	StopRestart:   ReasonRestart,
	StopHook:      ReasonPostStartHookError,
	StopUpdate:    ReasonSpecChanged,
}

// kill ends the attempt of unit i, which is being stopped, by force.
func (t *turn) kill(i int, why string) {
	u := &t.Units[i]
	if u.Killed {
		return
	}
	u.Killed = true
	t.abandonHook(i)
	t.do(Kill{Ref: t.Ref(i), Cause: why},
		Arm{Timer: t.unitTimer(TimerGiveUp, i), After: giveUpAfter})
}

func (t *turn) unitExited(ev UnitExited) {
	i := t.Find(ev.Ref)
	if i < 0 || !t.Units[i].Phase.Live() {
		return
	}
	u := &t.Units[i]
	t.left(i)
	u.Exit = &UnitExit{
		Attempt: u.Attempt, Code: ev.Code, Reason: exitReason(u, ev), Message: cmp.Or(ev.Invalid, ev.Message),
		StartedAt: u.StartedAt, FinishedAt: ev.At,
	}
	if u.Exit.succeeded() {
		u.Outputs = ev.Outputs
	}
	t.noticeUnit(i, Notice{Type: TypeUnitExited, ExitCode: ev.Code, Reason: u.Exit.Reason, Message: u.Exit.Message})
	t.follow(i)
}

// left takes back what goes with a live attempt.
func (t *turn) left(i int) {
	u := &t.Units[i]
	t.abandonHook(i)
	t.stopProbing(i, Startup, Readiness, Liveness)
	t.disarmTimeout(i)
	if u.Phase == UnitStopping {
		if u.Killed {
			t.do(Disarm{t.unitTimer(TimerGiveUp, i)})
		}
		if u.StopCause != StopEnding {
			t.do(Disarm{t.unitTimer(TimerGrace, i)})
		}
	}
	t.setReady(i, false)
	u.Started = false
}

func (t *turn) disarmTimeout(i int) {
	if t.Units[i].Phase == UnitRunning && t.Spec.Units[i].Timeout > 0 {
		t.do(Disarm{t.unitTimer(TimerTimeout, i)})
	}
}

// exitReason names the end of an attempt (SEMANTICS B 142).
func exitReason(u *Unit, ev UnitExited) Reason {
	switch {
	case ev.OOM:
		return ReasonOOMKilled
	case u.StopCause == StopTimeout || u.StopCause == StopDeadline:
		return ReasonDeadlineExceeded
	case u.Killed:
		return ReasonKilled
	case ev.Lost:
		return ReasonStatusUnknown
	case ev.Code == 0 && ev.Invalid != "":
		return ReasonOutputInvalid
	case ev.Code == 0:
		return ReasonCompleted
	}
	return ReasonError
}

// succeeded reports whether the attempt ended as it should: code 0 is not
// enough if it was cut short or nobody knows (SEMANTICS B 10).
func (e *UnitExit) succeeded() bool { return e.Code == 0 && e.Reason == ReasonCompleted }

// follow decides what comes after the exit of unit i.
func (t *turn) follow(i int) {
	u, spec := &t.Units[i], &t.Spec.Units[i]
	failed := !u.Exit.succeeded()
	switch {
	case !failed && spec.Kind == Init:
		t.succeed(i)
		return
	case t.Ending != nil:
		t.settleUnit(i)
		return
	case u.StopCause == StopRestart:
		t.start(i, "restart asked for")
		return
	case u.StopCause == StopUpdate:
		t.makeWay(i)
		return
	case u.StopCause == StopDeadline:
		t.fail(i, "deadline of "+spec.Restart.Deadline.String()+" exceeded")
		return
	}
	unhealthy := u.StopCause == StopUnhealthy // a failure whatever the code, unless nothing follows (SEMANTICS B 20, 36)
	switch spec.Restart.after(u.Exit.Code, failed || unhealthy, u.StopCause == "") {
	case ActionRestart:
		t.restart(i)
	case ActionRestartWorkflow:
		t.restartWorkflow(i)
	case ActionFail:
		t.fail(i, fmt.Sprintf("exit code %d is final by a restart_rule", u.Exit.Code))
	case ActionNone:
		t.settleUnit(i)
	}
}

// restarts returns how many restarts the back-off of unit i counts: running
// for reset_after clears it.
func (r *Run) restarts(i int) int {
	u, reset := &r.Units[i], r.Spec.Units[i].Restart.ResetAfter
	if reset > 0 && !u.StartedAt.IsZero() && u.Exit != nil && u.Exit.FinishedAt.Sub(u.StartedAt) >= reset {
		return 0
	}
	return u.Restarts
}

// carriedRestarts returns what the back-off of unit i has counted by the end
// of the run, which the exit of cause led to.
func (r *Run) carriedRestarts(i int, cause Ref) int {
	if r.Ref(i) == cause {
		return r.Units[i].Restarts
	}
	return r.restarts(i)
}

// backoff counts one more restart of unit i, and returns how much of its delay
// is left: that counts from the end of the attempt (SEMANTICS B 15).
func (t *turn) backoff(i int) time.Duration {
	u := &t.Units[i]
	u.Restarts = t.restarts(i) + 1
	return t.remaining(u.Exit.FinishedAt.Add(t.Spec.Units[i].Restart.Backoff.Delay(u.Restarts)))
}

// restart begins the next attempt of unit i after its back-off.
func (t *turn) restart(i int) {
	u, policy := &t.Units[i], t.Spec.Units[i].Restart
	if policy.Attempts > 0 && u.Attempt >= policy.Attempts {
		t.fail(i, usedUp(policy.Attempts))
		return
	}
	delay := t.backoff(i)
	switch {
	case policy.Deadline > 0 && !t.at.Add(delay).Before(u.FirstStartAt.Add(policy.Deadline)):
		t.fail(i, "deadline of "+policy.Deadline.String()+" leaves no time for a new attempt")
	case delay == 0:
		t.start(i, fmt.Sprintf("exit code %d", u.Exit.Code))
	default:
		t.wait(i, delay, policy.Backoff.Jitter, ReasonCrashLoopBackOff)
		t.prepareAhead(i)
	}
}

func usedUp(attempts int) string {
	if attempts == 1 {
		return "its only attempt is used up"
	}
	return fmt.Sprintf("all %d attempts are used up", attempts)
}

// restartWorkflow ends the run because of the exit of unit i, and begins the
// next one after the unit's back-off (SEMANTICS A5).
func (t *turn) restartWorkflow(i int) {
	u, policy := &t.Units[i], t.Spec.Units[i].Restart
	delay := t.backoff(i)
	if policy.Attempts > 0 && u.Restarts >= policy.Attempts {
		why := usedUp(policy.Attempts)
		t.fail(i, why)
		if t.Ending == nil {
			t.Message = t.failure(i, why)
			t.end(Ending{Cause: t.Message, Verdict: Failed, Reason: ReasonServiceFailed})
		}
		return
	}
	next := NextRun{Spec: t.Target(), Reason: ReasonUnitExit, KeepSandbox: true, Unit: t.Ref(i)}
	next.NotBefore = t.at.Add(delay)
	if delay > 0 {
		t.noticeUnit(i, Notice{Type: TypeUnitBackoff, Reason: ReasonCrashLoopBackOff, Delay: delay})
	}
	cause := fmt.Sprintf("%s %q exited with code %d", t.Spec.Units[i].Kind, t.Spec.Units[i].Name, u.Exit.Code)
	t.end(Ending{Cause: cause, Reason: ReasonUnitExit, Next: &next})
	t.settleUnit(i)
}

// succeed is the end of an init step that has done its work.
func (t *turn) succeed(i int) {
	t.Units[i].Phase = UnitSucceeded
	t.setReady(i, true)
	t.doneWith(i)
}

// settleUnit ends unit i for this run, as its last exit says. An init step
// that has not succeeded fails the run, unless the run ends anyway.
func (t *turn) settleUnit(i int) {
	u := &t.Units[i]
	switch {
	case u.Exit == nil:
		u.Phase = UnitPending
	case u.Exit.succeeded():
		u.Phase = UnitSucceeded
	case t.Ending == nil && t.Spec.Units[i].Kind == Init:
		t.fail(i, "its retry policy allows no new attempt")
		return
	default:
		u.Phase = UnitFailed
	}
	t.doneWith(i)
}

// fail ends unit i for this run. Without an init step, or a sidecar that
// others wait for, the run cannot go on (SEMANTICS A2).
func (t *turn) fail(i int, why string) {
	u, spec := &t.Units[i], &t.Spec.Units[i]
	u.Phase = UnitFailed
	t.doneWith(i)
	if spec.Kind == Service || u.HasStarted {
		return
	}
	t.Message = t.failure(i, why)
	t.end(Ending{Cause: t.Message, Verdict: Failed, Reason: ReasonInitFailed})
}

// failure says how unit i failed for good.
func (t *turn) failure(i int, why string) string {
	u, spec := &t.Units[i], &t.Spec.Units[i]
	message := fmt.Sprintf("%s %q failed for good", spec.Kind, spec.Name)
	if u.Exit != nil {
		message += fmt.Sprintf(" with exit code %d", u.Exit.Code)
	}
	return message + ": " + why
}

// doneWith takes back what goes with a unit that may be started again.
func (t *turn) doneWith(i int) {
	t.discard(i)
	if t.Spec.Units[i].Restart.Deadline > 0 && !t.Units[i].FirstStartAt.IsZero() {
		t.do(Disarm{t.deadlineTimer(i)})
	}
}
