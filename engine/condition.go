package engine

import "fmt"

// Condition is something that is true of a workflow, or not, and why not
// (SEMANTICS B 112).
type Condition struct {
	Type    ConditionType `json:"type"`
	Status  bool          `json:"status"`
	Reason  Reason        `json:"reason"`
	Message string        `json:"message"`
}

// ConditionType is the name of a condition; the names are Kubernetes'.
type ConditionType string

// Types of conditions.
const (
	ConditionSandbox         ConditionType = "PodReadyToStartContainers" // the sandbox is up
	ConditionInitialized     ConditionType = "Initialized"               // init steps are done, sidecars have started
	ConditionContainersReady ConditionType = "ContainersReady"           // sidecars and services are
	ConditionReady           ConditionType = "Ready"                     // the workflow is
)

// Reasons of conditions.
const (
	reasonNotInitialized Reason = "ContainersNotInitialized"
	reasonNotReady       Reason = "ContainersNotReady"
	reasonPodCompleted   Reason = "PodCompleted"
	reasonPodFailed      Reason = "PodFailed"
	reasonTerminating    Reason = "Terminating"
)

// conditionsOf returns the conditions of a workflow, in the order in which
// they become true.
func conditionsOf(r *Run) []Condition {
	sandbox, initialized, containers := sandboxCondition(r), initializedCondition(r), containersCondition(r)
	return []Condition{sandbox, initialized, containers, readyCondition(r, initialized, containers)}
}

func sandboxCondition(r *Run) Condition {
	c := Condition{Type: ConditionSandbox, Status: r.Sandbox.Phase == SandboxUp}
	if r.Sandbox.Phase == SandboxBackoff {
		c.Reason, c.Message = ReasonSandboxFailed, r.Sandbox.Reason
	}
	return c
}

// initializedCondition stays true in a run that has come as far as its
// services.
func initializedCondition(r *Run) Condition {
	var incomplete []string
	for i, spec := range r.Spec.Units {
		step := spec.Kind == Init && r.Units[i].Phase != UnitSucceeded
		sidecar := spec.Kind == Sidecar && !r.Units[i].Started
		if step || sidecar {
			incomplete = append(incomplete, spec.Name)
		}
	}
	c := Condition{Type: ConditionInitialized, Status: r.Initialized || len(incomplete) == 0}
	switch {
	case !c.Status:
		c.Reason, c.Message = reasonNotInitialized, fmt.Sprintf("containers with incomplete status: %v", incomplete)
	case r.Phase == Succeeded:
		c.Reason = reasonPodCompleted
	}
	return c
}

func containersCondition(r *Run) Condition {
	var unready []string
	for i, spec := range r.Spec.Units {
		if !r.readyEnough(i) {
			unready = append(unready, spec.Name)
		}
	}
	c := Condition{Type: ConditionContainersReady}
	switch {
	case r.Phase == Succeeded:
		c.Reason = reasonPodCompleted
	case r.Phase == Failed:
		c.Reason = reasonPodFailed
	case len(unready) > 0:
		c.Reason, c.Message = reasonNotReady, fmt.Sprintf("containers with unready status: %v", unready)
	default:
		c.Status = true
	}
	return c
}

// readyCondition is that of the workflow. Without services it is not ready
// before it is initialized, and what ends does not become ready.
func readyCondition(r *Run, initialized, containers Condition) Condition {
	c := Condition{Type: ConditionReady, Status: r.Ready}
	switch {
	case c.Status:
	case !containers.Status:
		c.Reason, c.Message = containers.Reason, containers.Message
	case !initialized.Status:
		c.Reason, c.Message = initialized.Reason, initialized.Message
	case r.Ending != nil:
		c.Reason = reasonTerminating
	}
	return c
}
