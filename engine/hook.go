package engine

import "time"

// HookKind is when a hook is run.
type HookKind string

// Kinds of hooks.
const (
	PostStart HookKind = "post_start" // right after the start; nothing counts as started before it has succeeded
	PreStop   HookKind = "pre_stop"   // before the stop signal, within the grace period
)

// HookOf returns the declared hook of a kind, or nil.
func (u *UnitSpec) HookOf(kind HookKind) *Handler {
	switch kind {
	case PostStart:
		return u.PostStart
	case PreStop:
		return u.PreStop
	}
	return nil
}

// hook begins a hook of unit i.
func (t *turn) hook(i int, kind HookKind) {
	t.Units[i].Hook = kind
	t.noticeUnit(i, Notice{Type: TypeHookStarted, Hook: kind})
	t.do(Hook{Ref: t.Ref(i), Hook: kind, On: true})
}

// abandonHook leaves the hook of unit i, if one is under way, to itself.
func (t *turn) abandonHook(i int) {
	u := &t.Units[i]
	if u.Hook == "" {
		return
	}
	t.do(Hook{Ref: t.Ref(i), Hook: u.Hook})
	u.Hook = ""
}

// preStop begins the pre_stop hook of unit i unless there is none to run, and
// reports whether the stop signal has to wait for it. A process that has not
// started has nothing to prepare, and without a grace period there is no time
// (SEMANTICS B 74, 77).
func (t *turn) preStop(i int, grace time.Duration) (wait bool) {
	u := &t.Units[i]
	if t.Spec.Units[i].PreStop == nil || u.PreStopped || u.StartedAt.IsZero() || grace <= 0 {
		return false
	}
	if u.Hook != PreStop {
		t.abandonHook(i)
		t.hook(i, PreStop)
	}
	return true
}

func (t *turn) hookDone(ev HookDone) {
	i := t.Find(ev.Ref)
	if i < 0 || t.Units[i].Hook != ev.Hook {
		return
	}
	u := &t.Units[i]
	u.Hook = ""
	n := Notice{Type: TypeHookFinished, Hook: ev.Hook, ExitCode: ev.Code, Took: ev.Took, Message: ev.Detail}
	if !ev.OK {
		n.Reason = hookReasons[ev.Hook]
	}
	t.noticeUnit(i, n)
	switch {
	case ev.Hook == PreStop:
		u.PreStopped = true
		if u.Phase == UnitStopping {
			t.signal(i, "pre_stop is done")
		}
	case ev.OK:
		t.begun(i)
	case t.Ending == nil:
		t.stop(i, StopHook, t.Spec.TerminationGracePeriod, "post_start failed: "+ev.Detail)
	}
}

// hookReasons are what a failed hook is called (SEMANTICS B 73, 76).
var hookReasons = map[HookKind]Reason{
	PostStart: ReasonPostStartHookError,
	PreStop:   ReasonPreStopHookError,
}
