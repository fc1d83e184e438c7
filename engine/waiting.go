package engine

import (
	"fmt"
	"time"
)

// wait puts off the next attempt of unit i.
func (t *turn) wait(i int, delay time.Duration, jitter float64, why Reason) {
	u := &t.Units[i]
	u.Phase, u.Waiting, u.BackoffUntil = UnitBackoff, why, t.at.Add(delay)
	t.noticeUnit(i, Notice{Type: TypeUnitBackoff, Reason: why, Delay: delay})
	t.do(Arm{Timer: t.unitTimer(TimerBackoff, i), After: delay, Jitter: jitter})
}

func (t *turn) unitWaiting(ev UnitWaiting) {
	i := t.Find(ev.Ref)
	if i < 0 || !t.Units[i].Phase.Live() {
		return
	}
	u := &t.Units[i]
	t.left(i)
	t.noticeUnit(i, Notice{
		Type: TypeUnitWaiting, Reason: Reason(ev.Reason), Message: ev.Message, Permanent: ev.Permanent,
	})
	u.Attempt-- // it did not come about
	switch {
	case t.Ending != nil:
		t.settleUnit(i)
		return
	case u.StopCause == StopDeadline:
		t.fail(i, "deadline of "+t.Spec.Units[i].Restart.Deadline.String()+" exceeded")
		return
	case u.StopCause == StopRestart:
		t.start(i, "restart asked for")
		return
	case u.StopCause == StopUpdate:
		t.makeWay(i)
		return
	}
	u.Waits++
	u.WaitMessage = ev.Message
	switch {
	case ev.Permanent && t.Spec.RestartPolicy == RestartNever:
		u.Phase, u.Waiting = UnitBackoff, Reason(ev.Reason)
		t.Message = fmt.Sprintf("%s %q cannot start: %s", t.Spec.Units[i].Kind, t.Spec.Units[i].Name, ev.Message)
		t.end(Ending{Cause: ev.Reason, Verdict: Failed, Reason: Reason(ev.Reason)})
	default:
		t.wait(i, DefaultBackoff.Delay(u.Waits), DefaultBackoff.Jitter, waitReason(Reason(ev.Reason)))
	}
}

// unitSkipped takes an init step for done that has its work behind it.
func (t *turn) unitSkipped(ev UnitSkipped) {
	i := t.Find(ev.Ref)
	if i < 0 || !t.Units[i].Phase.Live() {
		return
	}
	t.left(i)
	t.noticeUnit(i, Notice{Type: TypeUnitSkipped, Reason: ev.Reason, Message: ev.Message})
	t.Units[i].Attempt-- // it did not come about
	t.Units[i].Skipped, t.Units[i].Outputs = ev.Reason, ev.Outputs
	t.succeed(i)
}

// waitReason is what a unit in back-off shows (SEMANTICS B 24, 113).
func waitReason(r Reason) Reason {
	if r == ReasonErrImagePull {
		return ReasonImagePullBackOff
	}
	return r
}
