package engine

import (
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// RestartPolicy says which exits are followed by a new attempt.
type RestartPolicy string

// Restart policies, as in Kubernetes. A sidecar always has RestartAlways, an
// init step RestartOnFailure or RestartNever (SEMANTICS B 28-30).
const (
	RestartAlways    RestartPolicy = "always"
	RestartOnFailure RestartPolicy = "on_failure"
	RestartNever     RestartPolicy = "never"
)

// Restart says when and how soon a unit is started again after an exit.
type Restart struct {
	Policy  RestartPolicy `json:"policy"`
	Backoff Backoff       `json:"backoff"`
	// OnExit are the exit codes worth a new attempt; empty: every code but 0.
	// Only init steps have it.
	OnExit []int `json:"on_exit,omitempty"`
	// Rules go before Policy and OnExit; the first that matches decides
	// (SEMANTICS B 33).
	Rules []RestartRule `json:"rules,omitempty"`
	// Scope is what is restarted when Policy wants a restart.
	Scope RestartScope `json:"scope,omitempty"`
	// Attempts bounds the attempts of a run, or the runs that the unit's exits
	// lead to; 0: no limit.
	Attempts int `json:"attempts,omitempty"`
	// Deadline bounds the time from the first start over all attempts of a
	// run; 0: none.
	Deadline time.Duration `json:"deadline,omitempty"`
	// ResetAfter is the time an attempt must run to clear the back-off; 0:
	// never.
	ResetAfter time.Duration `json:"reset_after,omitempty"`
}

// RestartScope is what an exit restarts.
type RestartScope string

// Restart scopes.
const (
	ScopeUnit     RestartScope = "" // the unit alone
	ScopeWorkflow RestartScope = "workflow"
)

// RestartRule says what follows exits with some codes. Exactly one of OnExit
// and NotOnExit is set.
type RestartRule struct {
	OnExit    []int         `json:"on_exit,omitempty"`
	NotOnExit []int         `json:"not_on_exit,omitempty"`
	Action    RestartAction `json:"action"`
}

func (r RestartRule) matches(code int) bool {
	if len(r.OnExit) > 0 {
		return slices.Contains(r.OnExit, code)
	}
	return !slices.Contains(r.NotOnExit, code)
}

// RestartAction is what follows an exit.
type RestartAction string

// Restart actions.
const (
	ActionRestart         RestartAction = "restart"          // a new attempt of the unit
	ActionRestartWorkflow RestartAction = "restart_workflow" // a new run, init steps first
	ActionFail            RestartAction = "fail"             // the unit has failed for good
	ActionNone            RestartAction = ""                 // its exit code says how it ended
)

// after returns what follows an exit. Rules are for a process that ended by
// itself; when limber stopped it, the policy decides (SEMANTICS B 35).
func (p Restart) after(code int, failed, byItself bool) RestartAction {
	for _, rule := range p.Rules {
		if byItself && rule.matches(code) {
			return rule.Action
		}
	}
	switch {
	case !p.worthIt(code, failed):
		return ActionNone
	case p.Scope == ScopeWorkflow:
		return ActionRestartWorkflow
	}
	return ActionRestart
}

// restartsWorkflow reports whether an exit may lead to a new run.
func (p Restart) restartsWorkflow() bool {
	return p.Scope == ScopeWorkflow ||
		slices.ContainsFunc(p.Rules, func(r RestartRule) bool { return r.Action == ActionRestartWorkflow })
}

// worthIt reports whether the policy wants a new attempt after an exit with
// code. Lost and out-of-memory ends come as failed (SEMANTICS B 10).
func (p Restart) worthIt(code int, failed bool) bool {
	switch p.Policy {
	case RestartAlways:
		return true
	case RestartOnFailure:
		return failed && (len(p.OnExit) == 0 || slices.Contains(p.OnExit, code))
	case RestartNever:
	}
	return false
}

// Backoff is the delay between attempts: none for the first Immediate
// restarts, then Initial, growing by Multiplier up to Max, each stretched or
// shrunk by up to Jitter (a fraction of 1).
type Backoff struct {
	Immediate  int           `json:"immediate,omitempty"`
	Initial    time.Duration `json:"initial"`
	Max        time.Duration `json:"max"`
	Multiplier float64       `json:"multiplier"`
	Jitter     float64       `json:"jitter,omitempty"`
}

// DefaultBackoff is the back-off of whatever declares none, and of what is
// not declared in a block that does (SEMANTICS A1). Immediate is 0 in retry
// and 1 in restart.
var DefaultBackoff = Backoff{Initial: time.Second, Max: time.Minute, Multiplier: 2, Jitter: 0.2}

// Delay returns the time to wait before restart n, counted from 1, without
// jitter.
func (b Backoff) Delay(n int) time.Duration {
	if n <= b.Immediate {
		return 0
	}
	eb := backoff.ExponentialBackOff{
		InitialInterval: b.Initial,
		Multiplier:      b.Multiplier,
		MaxInterval:     b.Max,
		Stop:            backoff.Stop,
		Clock:           stoppedClock{},
	}
	eb.Reset()
	d := eb.NextBackOff()
	for range n - b.Immediate - 1 {
		next := eb.NextBackOff()
		if next == d || next >= b.Max {
			return min(next, b.Max)
		}
		d = next
	}
	return min(d, b.Max)
}

// stoppedClock keeps the library's arithmetic free of the real time.
type stoppedClock struct{}

func (stoppedClock) Now() time.Time { return time.Time{} }
