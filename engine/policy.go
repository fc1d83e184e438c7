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
	// Attempts bounds the attempts of a run; 0: no limit.
	Attempts int `json:"attempts,omitempty"`
	// Deadline bounds the time from the first start over all attempts of a
	// run; 0: none.
	Deadline time.Duration `json:"deadline,omitempty"`
	// ResetAfter is the time an attempt must run to clear the back-off; 0:
	// never.
	ResetAfter time.Duration `json:"reset_after,omitempty"`
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
