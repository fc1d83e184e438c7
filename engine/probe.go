package engine

import (
	"fmt"
	"time"
)

// ProbeKind is what a probe's verdict is for.
type ProbeKind int

// Kinds of probes.
const (
	Startup ProbeKind = iota + 1
	Readiness
	Liveness
)

func (k ProbeKind) String() string {
	switch k {
	case Startup:
		return "startup"
	case Readiness:
		return "readiness"
	case Liveness:
		return "liveness"
	}
	return fmt.Sprintf("ProbeKind(%d)", int(k))
}

// MarshalText writes a kind as in events.
func (k ProbeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Probe is a declared probe.
type Probe struct {
	Handler

	InitialDelay     time.Duration `json:"initial_delay,omitempty"`
	Period           time.Duration `json:"period"`
	Timeout          time.Duration `json:"timeout"`
	SuccessThreshold int           `json:"success_threshold"`
	FailureThreshold int           `json:"failure_threshold"`
	// TerminationGracePeriod replaces the workflow's when this probe causes
	// a stop; 0: the workflow's.
	TerminationGracePeriod time.Duration `json:"termination_grace_period,omitempty"`
}

// The defaults of probes: Kubernetes' (SEMANTICS B 51), but for the period and
// threshold of a startup probe (SEMANTICS A10).
const (
	DefaultProbePeriod             = 10 * time.Second
	DefaultProbeTimeout            = time.Second
	DefaultSuccessThreshold        = 1
	DefaultFailureThreshold        = 3
	DefaultStartupPeriod           = time.Second
	DefaultStartupFailureThreshold = 60
)

// ProbeOf returns the declared probe of a kind, or nil.
func (u *UnitSpec) ProbeOf(kind ProbeKind) *Probe {
	switch kind {
	case Startup:
		return u.Startup
	case Readiness:
		return u.Readiness
	case Liveness:
		return u.Liveness
	}
	return nil
}
