package engine

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Status is what `limber ps -o json` shows of a workflow.
type Status struct {
	Name       string       `json:"name"`
	Run        int          `json:"run"`
	Phase      Phase        `json:"phase"`
	Status     string       `json:"status"` // as kubectl prints it
	Ready      bool         `json:"ready"`
	Reason     Reason       `json:"reason"`
	Message    string       `json:"message"`
	StartedAt  time.Time    `json:"started_at"`
	EndedAt    time.Time    `json:"ended_at,omitzero"`
	Conditions []Condition  `json:"conditions"`
	QoS        QoSClass     `json:"qos"`
	Resources  ResourceUse  `json:"resources,omitzero"`
	Units      []UnitStatus `json:"units"`
}

// ResourceUse is what a workflow needs and may use, in all.
type ResourceUse struct {
	Requests Quantities `json:"requests,omitzero"`
	Limits   Quantities `json:"limits,omitzero"`
}

// Quantities are amounts as Kubernetes prints them; "": none.
type Quantities struct {
	CPU    string `json:"cpu,omitempty"`
	Memory string `json:"memory,omitempty"`
}

func quantitiesOf(a Amounts) (q Quantities) {
	if a[CPU] != 0 {
		q.CPU = CPU.Format(a[CPU])
	}
	if a[Memory] != 0 {
		q.Memory = Memory.Format(a[Memory])
	}
	return q
}

// UnitStatus is what it shows of a unit.
type UnitStatus struct {
	Name        string            `json:"name"`
	Role        string            `json:"role"`
	State       UnitState         `json:"state"`
	ExitCode    *int              `json:"exit_code,omitempty"` // of the last ended attempt
	Reason      Reason            `json:"reason"`
	Message     string            `json:"message"`
	Attempts    int               `json:"attempts"`
	Ready       bool              `json:"ready"`
	Image       string            `json:"image"`
	ContainerID string            `json:"container_id"` // filled in by who knows it
	Outputs     map[string]string `json:"outputs,omitempty"`
	StartedAt   time.Time         `json:"started_at,omitzero"`
	FinishedAt  time.Time         `json:"finished_at,omitzero"`
}

// UnitState is a unit's phase as others see it: Kubernetes' waiting, running
// and terminated.
type UnitState string

// States of a unit.
const (
	StateWaiting UnitState = "waiting"
	StateRunning UnitState = "running"
	StateExited  UnitState = "exited"
)

// Settled reports whether nobody need wait for w any longer: it is ready, or
// has ended.
func (s Status) Settled() bool { return s.Ready || s.Phase.Done() }

// FailedForGood returns the first sidecar or service that has failed and is not
// started again: w will not become ready. Nil if there is none.
func (s Status) FailedForGood() *UnitStatus {
	for i, u := range s.Units {
		if u.Role != Init.String() && u.State == StateExited && u.Reason != ReasonCompleted {
			return &s.Units[i]
		}
	}
	return nil
}

// StatusOf describes a run.
func StatusOf(r Run) Status {
	s := Status{
		Name: r.Spec.Name, Run: r.Number, Phase: r.Phase, Ready: r.Ready, Reason: r.End,
		Message: r.Message, StartedAt: r.StartedAt, EndedAt: r.EndedAt, Status: statusText(&r),
		QoS: r.Spec.QoS(), Resources: ResourceUse{quantitiesOf(r.Spec.Requests()), quantitiesOf(r.Spec.Limits())},
		Conditions: conditionsOf(&r),
	}
	if r.AwaitsWorkflows() {
		s.Message = "waits for " + strings.Join(r.Spec.DependsOn, ", ")
	}
	for i := range r.Units {
		s.Units = append(s.Units, unitStatus(&r, i))
	}
	return s
}

func unitStatus(r *Run, i int) UnitStatus {
	u, spec := &r.Units[i], &r.Spec.Units[i]
	s := UnitStatus{
		Name: spec.Name, Role: spec.Kind.String(), State: StateWaiting, Attempts: u.Attempt,
		Ready: u.Ready, Image: spec.Container.Image, StartedAt: u.StartedAt, Outputs: u.Outputs,
	}
	if u.Exit != nil {
		s.ExitCode = &u.Exit.Code
		s.Message = u.Exit.Message
	}
	switch {
	case u.Phase == UnitRunning || u.Phase == UnitStopping:
		s.State = StateRunning
	case u.Skipped != "":
		s.State, s.Reason = StateExited, u.Skipped
	case u.Phase.Final() && u.Exit != nil:
		s.State = StateExited
		s.Reason, s.FinishedAt = u.Exit.Reason, u.Exit.FinishedAt
	case u.Phase == UnitBackoff || u.Phase == UnitFailed && u.Exit == nil:
		s.Reason = u.Waiting
		if u.WaitMessage != "" {
			s.Message = u.WaitMessage
		}
	case u.Phase == UnitStarting && u.Exit != nil: // again
		s.Reason = u.Exit.Reason
	default:
		s.Reason = notYet(r)
	}
	return s
}

// notYet is why a unit whose turn has not come waits (SEMANTICS B 107).
func notYet(r *Run) Reason {
	for _, spec := range r.Spec.Units {
		if spec.Kind != Service {
			return "PodInitializing"
		}
	}
	return "ContainerCreating"
}

// statusText is the STATUS column (SEMANTICS B 102-109).
func statusText(r *Run) string {
	switch {
	case r.Number == 0:
		return "Unknown"
	case r.Ending != nil && r.Ending.Waiting:
		return string(ReasonCrashLoopBackOff)
	case r.Ending != nil:
		return "Terminating"
	case r.Phase.Done() && (r.End == ReasonDeadlineExceeded || r.End.Asked()):
		return string(r.End)
	case r.Sandbox.Phase == SandboxBackoff:
		return string(ReasonSandboxFailed)
	case r.AwaitsWorkflows():
		return string(Pending)
	}
	text := initStatus(r)
	switch {
	case text == "" && r.Phase.Done():
		return doneStatus(r)
	case text == "":
		return serviceStatus(r)
	case r.Initialized && !r.Phase.Done(): // a sidecar is down
		return cmp.Or(serviceTrouble(r), text)
	}
	return text
}

// initStatus is decided by the first init step or sidecar that is not through
// (SEMANTICS B 103, 104, 109); "" if there is none.
func initStatus(r *Run) string {
	index, total, found := 0, 0, -1
	for i, spec := range r.Spec.Units {
		if spec.Kind == Service {
			continue
		}
		u := &r.Units[i]
		through := u.Phase == UnitSucceeded && spec.Kind == Init || spec.Kind == Sidecar && (u.Started || r.Phase.Done())
		if found < 0 && !through {
			found, index = i, total
		}
		total++
	}
	if found < 0 {
		return ""
	}
	u := &r.Units[found]
	switch {
	case u.Phase == UnitFailed && u.Exit != nil:
		return "Init:" + string(u.Exit.Reason)
	case u.Phase == UnitBackoff:
		return "Init:" + string(u.Waiting)
	}
	return fmt.Sprintf("Init:%d/%d", index, total)
}

// doneStatus is that of a run that has ended.
func doneStatus(r *Run) string {
	if r.Phase == Succeeded {
		return string(ReasonCompleted)
	}
	for i, spec := range r.Spec.Units {
		if exit := r.Units[i].Exit; spec.Kind == Service && exit != nil && !exit.succeeded() {
			return string(exit.Reason)
		}
	}
	if r.End != "" {
		return string(r.End)
	}
	return string(ReasonError)
}

// serviceStatus is decided by the services: the first one that waits or has
// failed gives the text (SEMANTICS B 105-107).
func serviceStatus(r *Run) string {
	running, completed := false, false
	for i, spec := range r.Spec.Units {
		if spec.Kind != Service {
			continue
		}
		switch r.Units[i].Phase {
		case UnitSucceeded:
			completed = true
		case UnitRunning, UnitStopping:
			running = true
		case UnitPending, UnitStarting, UnitBackoff, UnitFailed:
		}
	}
	text := serviceTrouble(r)
	switch {
	case text != "":
		return text
	case completed && !(running && r.Ready):
		return "NotReady"
	}
	return string(Running)
}

// serviceTrouble is why the first service that is not up is not; "" if all are
// up or have succeeded.
func serviceTrouble(r *Run) string {
	for i, spec := range r.Spec.Units {
		if spec.Kind != Service {
			continue
		}
		switch u := &r.Units[i]; u.Phase {
		case UnitBackoff:
			return string(u.Waiting)
		case UnitPending, UnitStarting:
			return string(notYet(r))
		case UnitFailed:
			if u.Exit == nil { // it never ran: because of another, or its deadline
				return string(cmp.Or(u.Waiting, ReasonDeadlineExceeded))
			}
			return string(u.Exit.Reason)
		case UnitSucceeded, UnitRunning, UnitStopping:
		}
	}
	return ""
}
