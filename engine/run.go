package engine

import (
	"slices"
	"time"
)

// Run is one pass of a workflow from its first init step, and all that is
// known of it. It is a value: Transition returns a changed copy. Its JSON form
// is the run record on disk; it holds no secret value.
type Run struct {
	Spec      Workflow  `json:"spec"`
	Number    int       `json:"number"` // 0: never ran
	Reason    Reason    `json:"reason"` // why it began
	Phase     Phase     `json:"phase"`
	End       Reason    `json:"end,omitempty"` // why it ended, or will end so
	Message   string    `json:"message,omitempty"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	// ActiveSince is when somebody asked for this run, or for one before it
	// from which it followed by itself: the active deadline counts from there
	// (SEMANTICS B 138).
	ActiveSince time.Time `json:"active_since,omitzero"`

	Sandbox     Sandbox `json:"sandbox"`
	Cleared     bool    `json:"cleared,omitempty"` // nothing waits for the workflows that it depends on
	Initialized bool    `json:"initialized,omitempty"`
	Ready       bool    `json:"ready,omitempty"`
	Ending      *Ending `json:"ending,omitempty"` // set while the run is being ended
	// Update is what the run is on its way to; nil: it is what Spec says.
	Update *Workflow `json:"update,omitempty"`

	Units []Unit `json:"units"` // as Spec.Units
}

// Phase is where a workflow is in its life (SEMANTICS B 98).
type Phase string

// Phases of a workflow.
const (
	Pending   Phase = "Pending" // not every service has been started
	Running   Phase = "Running"
	Succeeded Phase = "Succeeded"
	Failed    Phase = "Failed"
)

// Done reports whether nothing follows by itself.
func (p Phase) Done() bool { return p == Succeeded || p == Failed }

// Reason is why something is as it is, in one CamelCase word.
type Reason string

// Reasons: why a run began, why it ended, how an attempt ended, why one waits.
const (
	ReasonUp          Reason = "Up"
	ReasonRestart     Reason = "Restart"
	ReasonSandboxLost Reason = "SandboxLost"
	ReasonBoot        Reason = "Boot"
	ReasonSpecChanged Reason = "SpecChanged"
	ReasonUnitExit    Reason = "UnitExit"

	ReasonInitFailed       Reason = "InitFailed"
	ReasonServiceFailed    Reason = "ServiceFailed"
	ReasonDeadlineExceeded Reason = "DeadlineExceeded"
	ReasonStopped          Reason = "Stopped"
	ReasonNotDeclared      Reason = "NotDeclared" // the files do not declare it any more

	ReasonCompleted     Reason = "Completed"
	ReasonError         Reason = "Error"
	ReasonOOMKilled     Reason = "OOMKilled"
	ReasonKilled        Reason = "Killed"
	ReasonStatusUnknown Reason = "ContainerStatusUnknown"

	ReasonOutputInvalid Reason = "OutputInvalid" // exit code 0, but not the outputs that it declares

	ReasonUnhealthy        Reason = "Unhealthy"
	ReasonCrashLoopBackOff Reason = "CrashLoopBackOff"
	ReasonErrImagePull     Reason = "ErrImagePull"
	ReasonImagePullBackOff Reason = "ImagePullBackOff"
	ReasonSandboxFailed    Reason = "FailedCreatePodSandBox"
	ReasonCancelled        Reason = "Cancelled" // stopped before it ran
	ReasonNoInit           Reason = "NoInit"
	ReasonOnce             Reason = "Once"
	ReasonUnchanged        Reason = "Unchanged"

	ReasonDependencyFailed Reason = "DependencyFailed" // what it depends on has failed for good

	ReasonPostStartHookError Reason = "PostStartHookError"
	ReasonPreStopHookError   Reason = "FailedPreStopHook"
)

// Asked reports whether a run has ended because somebody wanted it to.
func (r Reason) Asked() bool { return r == ReasonStopped || r == ReasonNotDeclared }

// Sandbox is the state of what the units share.
type Sandbox struct {
	Number int          `json:"number"` // of the current or last one; never used twice
	Phase  SandboxPhase `json:"phase"`
	Tries  int          `json:"tries,omitempty"`  // in vain, since it was wanted
	Reason string       `json:"reason,omitempty"` // of the last failure
}

// SandboxPhase is where a sandbox is in its life.
type SandboxPhase string

// Phases of a sandbox.
const (
	SandboxNone      SandboxPhase = ""
	SandboxPreparing SandboxPhase = "preparing"
	SandboxBackoff   SandboxPhase = "backoff"
	SandboxUp        SandboxPhase = "up"
	SandboxRemoving  SandboxPhase = "removing"
)

// Ending is a run that is being ended: everything is stopped in order, then
// the verdict becomes the phase, and the next run begins if there is one.
type Ending struct {
	Cause   string    `json:"cause"`             // for the reader
	Verdict Phase     `json:"verdict,omitempty"` // "": what the services' exit codes say (SEMANTICS B 87)
	Reason  Reason    `json:"reason"`
	Until   time.Time `json:"until"` // what lives then is killed
	Next    *NextRun  `json:"next,omitempty"`
	Waiting bool      `json:"waiting,omitempty"` // nothing lives; it is not yet time for Next
}

// NextRun is what the next run begins with.
type NextRun struct {
	Spec   Workflow `json:"spec"`
	Reason Reason   `json:"reason"`
	NoInit bool     `json:"no_init,omitempty"`
	// KeepSandbox is false if the next run needs one of its own.
	KeepSandbox bool `json:"keep_sandbox,omitempty"`
	// Unit is the attempt whose exit led to it; zero: none.
	Unit      Ref       `json:"unit,omitzero"`
	NotBefore time.Time `json:"not_before,omitzero"` // the unit's back-off
}

// byItself reports whether nobody asked for the run.
func (n NextRun) byItself() bool {
	return n.Reason == ReasonSandboxLost || n.Reason == ReasonBoot || n.Reason == ReasonUnitExit
}

// Unit is the state of one unit within a run.
type Unit struct {
	Phase   UnitPhase `json:"phase"`
	Attempt int       `json:"attempt,omitempty"` // the current or last one; 0: none
	Started bool      `json:"started,omitempty"` // SEMANTICS B 41
	Ready   bool      `json:"ready,omitempty"`
	// HasStarted: an attempt of this run has been started; what is declared
	// after a sidecar waits for no more than that.
	HasStarted bool `json:"has_started,omitempty"`

	StartedAt    time.Time `json:"started_at,omitzero"`  // of the current or last attempt
	FirstStartAt time.Time `json:"first_start,omitzero"` // of the first one
	Exit         *UnitExit `json:"exit,omitempty"`       // of the last ended attempt

	Skipped Reason            `json:"skipped,omitempty"` // why it succeeded without an attempt
	Outputs map[string]string `json:"outputs,omitempty"` // that are not sensitive, once it has succeeded

	StopCause StopCause `json:"stop_cause,omitempty"` // why the live attempt is being stopped
	KillAt    time.Time `json:"kill_at,omitzero"`     // when its grace period is over
	Killed    bool      `json:"killed,omitempty"`     // the live attempt has been sent SIGKILL

	Hook       HookKind `json:"hook,omitempty"`        // under way
	PreStopped bool     `json:"pre_stopped,omitempty"` // the pre_stop hook of the live attempt is done

	Restarts     int       `json:"restarts,omitempty"`     // since the back-off was last clear
	Waits        int       `json:"waits,omitempty"`        // tries in vain since the last start
	Waiting      Reason    `json:"waiting,omitempty"`      // why it waits, in UnitBackoff
	WaitMessage  string    `json:"wait_message,omitempty"` // and what was said of it
	BackoffUntil time.Time `json:"backoff_until,omitzero"`

	Prepared int                   `json:"-"` // the attempt that has been prepared; 0: none
	Streaks  [Liveness + 1]Streaks `json:"-"` // of probes, by kind
}

// Streaks counts the latest equal results of a probe.
type Streaks struct{ Passed, Failed int }

// UnitExit is how an attempt ended.
type UnitExit struct {
	Attempt    int       `json:"attempt"`
	Code       int       `json:"code"`
	Reason     Reason    `json:"reason"`
	Message    string    `json:"message,omitempty"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	FinishedAt time.Time `json:"finished_at"`
}

// UnitPhase is where a unit is in its life; doc.go has the diagram.
type UnitPhase string

// Phases of a unit.
const (
	UnitPending   UnitPhase = "" // its turn has not come
	UnitStarting  UnitPhase = "starting"
	UnitRunning   UnitPhase = "running"
	UnitStopping  UnitPhase = "stopping"
	UnitBackoff   UnitPhase = "backoff"
	UnitSucceeded UnitPhase = "succeeded"
	UnitFailed    UnitPhase = "failed"
)

// Live reports whether a process of the unit may exist.
func (p UnitPhase) Live() bool {
	return p == UnitStarting || p == UnitRunning || p == UnitStopping
}

// Final reports whether the unit is not started again in this run, unless
// somebody asks for it.
func (p UnitPhase) Final() bool { return p == UnitSucceeded || p == UnitFailed }

// StopCause is why a live attempt is being stopped. It decides what follows
// its exit.
type StopCause string

// Causes of a stop.
const (
	StopEnding    StopCause = "ending"    // of the run
	StopTimeout   StopCause = "timeout"   // of the attempt
	StopDeadline  StopCause = "deadline"  // of the unit
	StopUnhealthy StopCause = "unhealthy" // a startup or liveness probe
	StopRestart   StopCause = "restart"   // asked for
	StopHook      StopCause = "hook"      // post_start failed
	StopUpdate    StopCause = "update"    // declared anew, or not any more
)

// New returns a workflow that has never run.
func New(spec Workflow) Run {
	return Run{Spec: spec, Phase: Pending, Units: make([]Unit, len(spec.Units))}
}

// Target is what the run goes by, or is on its way to.
func (r *Run) Target() Workflow {
	if r.Update != nil {
		return *r.Update
	}
	return r.Spec
}

// Live reports whether the run has begun and not ended.
func (r *Run) Live() bool { return r.Number > 0 && !r.Phase.Done() }

// Wanted returns the workflow that runs or, if this run is being ended for
// another one, will run. It reports false if nothing will.
func (r *Run) Wanted() (Workflow, bool) {
	switch {
	case !r.Live():
		return Workflow{}, false
	case r.Ending == nil:
		return r.Target(), true
	case r.Ending.Next != nil:
		return r.Ending.Next.Spec, true
	}
	return Workflow{}, false
}

// Ref names the current attempt of unit i.
func (r *Run) Ref(i int) Ref {
	spec := &r.Spec.Units[i]
	return Ref{Run: r.Number, Kind: spec.Kind, Name: spec.Name, Attempt: r.Units[i].Attempt}
}

// Find returns the index of the unit whose current attempt is ref, or -1: an
// old attempt, an old run, a stranger.
func (r *Run) Find(ref Ref) int {
	i := r.Spec.Index(ref.Name)
	if i < 0 || r.Ref(i) != ref {
		return -1
	}
	return i
}

// clone copies what Transition may change.
func (r Run) clone() Run {
	r.Units = slices.Clone(r.Units) // an Exit is replaced, never written to
	if r.Ending != nil {
		copied := *r.Ending
		r.Ending = &copied
	}
	return r
}

// durable is the part of a run that must survive the supervisor.
func (r Run) durable() Run {
	r = r.clone()
	for i := range r.Units {
		r.Units[i].Prepared = 0
		r.Units[i].Streaks = [Liveness + 1]Streaks{}
	}
	return r
}
