package engine

import (
	"fmt"
	"time"
)

// Action is something to do. Actions are carried out in order; none of them
// is waited for, but Record, after which the run is on disk. The set is
// closed, and every action prints: the printed form is the golden of the
// scenarios and the debug log.
//
//sumtype:decl
type Action interface {
	fmt.Stringer
	action()
}

// Record makes the run durable. It comes before the actions that depend on it.
type Record struct{}

// PrepareSandbox makes the sandbox with this number. Answered by SandboxReady
// or SandboxFailed.
type PrepareSandbox struct{ Number int }

// RemoveSandbox ends the sandbox. Answered by SandboxLost.
type RemoveSandbox struct{ Number int }

// Prepare makes the container of an attempt ahead of its turn. Nothing runs,
// nothing is answered; if it fails, Start tries again.
type Prepare struct{ Ref Ref }

// Discard removes a prepared container whose turn does not come.
type Discard struct{ Ref Ref }

// Start begins an attempt. Answered by UnitStarted and later UnitExited, or by
// UnitExited alone, or by UnitWaiting or UnitSkipped alone.
type Start struct {
	Ref   Ref
	Cause string
}

// Stop sends an attempt its stop signal.
type Stop struct {
	Ref   Ref
	Grace time.Duration // until Kill follows; for the reader
	Cause string
}

// Kill ends an attempt by force.
type Kill struct {
	Ref   Ref
	Cause string
}

// Probing begins or ends a probe of a running attempt.
type Probing struct {
	Ref   Ref
	Probe ProbeKind
	On    bool
}

// Hook begins a hook of a running attempt, or abandons it. Answered by
// HookDone unless abandoned.
type Hook struct {
	Ref  Ref
	Hook HookKind
	On   bool
}

// Arm sets a timer, anew if it is set.
type Arm struct {
	Timer  Timer
	After  time.Duration
	Jitter float64 // After is stretched or shrunk by up to this fraction
}

// Disarm takes a timer back.
type Disarm struct{ Timer Timer }

// Finish says that the workflow has ended and nothing follows by itself.
type Finish struct {
	Phase  Phase
	Reason Reason
}

// Timer names a timer. Those of the workflow have a Ref with only Run set.
type Timer struct {
	Kind TimerKind
	Ref  Ref
}

// TimerKind says what a timer is for.
type TimerKind string

// Kinds of timers.
const (
	TimerBackoff        TimerKind = "backoff"         // of a unit: start the next attempt
	TimerTimeout        TimerKind = "timeout"         // of an attempt of an init step
	TimerDeadline       TimerKind = "deadline"        // of a unit, over all its attempts
	TimerGrace          TimerKind = "grace"           // of an attempt: kill it
	TimerGiveUp         TimerKind = "give_up"         // of an attempt: stop waiting for its end
	TimerActiveDeadline TimerKind = "active_deadline" // of the run
	TimerEnding         TimerKind = "ending"          // of the run: kill what is left
	TimerSandbox        TimerKind = "sandbox"         // of the run: try again
	TimerNextRun        TimerKind = "next_run"        // of the run: begin the next one
)

// String prints "backoff service/api#2", or "ending" for one of the run.
func (t Timer) String() string {
	if t.Ref.Name == "" {
		return string(t.Kind)
	}
	return string(t.Kind) + " " + t.Ref.String()
}

func (Record) String() string           { return "record" }
func (a PrepareSandbox) String() string { return fmt.Sprintf("prepare sandbox %d", a.Number) }
func (a RemoveSandbox) String() string  { return fmt.Sprintf("remove sandbox %d", a.Number) }
func (a Prepare) String() string        { return "prepare " + a.Ref.String() }
func (a Discard) String() string        { return "discard " + a.Ref.String() }
func (a Start) String() string          { return fmt.Sprintf("start %s (%s)", a.Ref, a.Cause) }
func (a Stop) String() string {
	return fmt.Sprintf("stop %s grace=%s (%s)", a.Ref, a.Grace, a.Cause)
}
func (a Kill) String() string { return fmt.Sprintf("kill %s (%s)", a.Ref, a.Cause) }
func (a Probing) String() string {
	return fmt.Sprintf("probing %s %s %s", a.Ref, a.Probe, onOff(a.On))
}

func (a Hook) String() string {
	return fmt.Sprintf("hook %s %s %s", a.Ref, a.Hook, onOff(a.On))
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (a Arm) String() string {
	if a.Jitter == 0 {
		return fmt.Sprintf("arm %s %s", a.Timer, a.After)
	}
	return fmt.Sprintf("arm %s %s jitter=%g", a.Timer, a.After, a.Jitter)
}
func (a Disarm) String() string { return "disarm " + a.Timer.String() }
func (a Finish) String() string { return fmt.Sprintf("finish %s (%s)", a.Phase, a.Reason) }

func (Record) action()         {}
func (PrepareSandbox) action() {}
func (RemoveSandbox) action()  {}
func (Prepare) action()        {}
func (Discard) action()        {}
func (Start) action()          {}
func (Stop) action()           {}
func (Kill) action()           {}
func (Probing) action()        {}
func (Hook) action()           {}
func (Arm) action()            {}
func (Disarm) action()         {}
func (Finish) action()         {}
func (Notice) action()         {}
