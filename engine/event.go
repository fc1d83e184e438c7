package engine

import (
	"time"

	"github.com/limber-run/limber/runtime"
)

// Event is a fact: something that has happened at a known time. The set is
// closed.
//
//sumtype:decl
type Event interface {
	when() time.Time
}

// RunRequested asks that the workflow runs as Spec says. A workflow that has
// ended, or never ran, begins a new run. A live one is left alone if Spec is
// what it runs by, and is stopped and run anew if not.
type RunRequested struct {
	At     time.Time
	Spec   Workflow
	Reason Reason // of the new run: ReasonUp unless said otherwise
}

// StopRequested asks for the end of the workflow. A later request can only
// shorten the time that is left.
type StopRequested struct {
	At    time.Time
	Grace *time.Duration // nil: the workflow's termination grace period
	Force bool           // kill at once
	// Reason is ReasonNotDeclared if that is why, else ReasonStopped.
	Reason Reason
}

// RestartRequested asks for a new run, or for a new attempt of one sidecar or
// service.
type RestartRequested struct {
	At     time.Time
	Unit   string // "": the workflow
	NoInit bool   // init steps that have succeeded are not run again
}

// DependenciesMet says that all workflows that this one depends on are ready,
// or have succeeded.
type DependenciesMet struct{ At time.Time }

// DependencyFailed says that one of them has failed.
type DependencyFailed struct {
	At       time.Time
	Workflow string
}

// SandboxReady says that the sandbox with this number is up.
type SandboxReady struct {
	At     time.Time
	Number int
}

// SandboxFailed says that the sandbox could not be made now.
type SandboxFailed struct {
	At        time.Time
	Number    int
	Message   string
	Permanent bool // a new try has little hope
}

// SandboxLost says that the sandbox is gone, asked for or not.
type SandboxLost struct {
	At     time.Time
	Number int
}

// Observed is what exists when a supervisor takes over a run from its record.
// Units are the containers of the recorded attempts; what is not listed does
// not exist.
type Observed struct {
	At       time.Time
	SameBoot bool // the host has not been booted since the record was written
	Sandbox  bool // the recorded sandbox is up
	Units    []ObservedUnit
}

// ObservedUnit is the container of one attempt.
type ObservedUnit struct {
	Ref     Ref
	State   runtime.State
	Exit    runtime.Exit
	Message string // of the exit
	Left
}

// UnitStarted says that the process of an attempt runs.
type UnitStarted struct {
	At  time.Time
	Ref Ref
}

// UnitExited is the end of an attempt, once for each Start.
type UnitExited struct {
	At      time.Time
	Ref     Ref
	Code    int
	OOM     bool
	Lost    bool   // nobody knows how it ended; never success
	Message string // what it left as its message, or why it could not be run
	Left
}

// Left is what an attempt of an init step that has ended with 0 has left.
type Left struct {
	Outputs map[string]string // that are not sensitive
	Invalid string            // why they are no use
}

// UnitWaiting says that an attempt could not be made now. It ends the attempt
// like UnitExited, but is not an exit: nothing ran.
type UnitWaiting struct {
	At        time.Time
	Ref       Ref
	Reason    string // ErrImagePull, CreateContainerConfigError, …
	Message   string
	Permanent bool // a new try has little hope
}

// UnitSkipped says that an init step need not run. Like UnitWaiting it ends an
// attempt of which nothing ran.
type UnitSkipped struct {
	At      time.Time
	Ref     Ref
	Reason  Reason // ReasonOnce or ReasonUnchanged
	Message string
	Outputs map[string]string // of its last success
}

// ProbeDone is the result of one probe of a running attempt.
type ProbeDone struct {
	At     time.Time
	Ref    Ref
	Probe  ProbeKind
	OK     bool
	Extra  bool // between two periods: can pass the unit, never fail it
	Detail string
}

// HookDone is the end of a hook of a live attempt that was not abandoned.
type HookDone struct {
	At     time.Time
	Ref    Ref
	Hook   HookKind
	OK     bool
	Code   int           // exit code of a command; else 0 for a success, 1 for a failure
	Detail string        // why it failed
	Took   time.Duration // from its begin
}

// TimerFired says that the time set by Arm has passed.
type TimerFired struct {
	At    time.Time
	Timer Timer
}

func (e RunRequested) when() time.Time     { return e.At }
func (e StopRequested) when() time.Time    { return e.At }
func (e RestartRequested) when() time.Time { return e.At }
func (e DependenciesMet) when() time.Time  { return e.At }
func (e DependencyFailed) when() time.Time { return e.At }
func (e SandboxReady) when() time.Time     { return e.At }
func (e SandboxFailed) when() time.Time    { return e.At }
func (e SandboxLost) when() time.Time      { return e.At }
func (e Observed) when() time.Time         { return e.At }
func (e UnitStarted) when() time.Time      { return e.At }
func (e UnitExited) when() time.Time       { return e.At }
func (e UnitWaiting) when() time.Time      { return e.At }
func (e UnitSkipped) when() time.Time      { return e.At }
func (e ProbeDone) when() time.Time        { return e.At }
func (e HookDone) when() time.Time         { return e.At }
func (e TimerFired) when() time.Time       { return e.At }
