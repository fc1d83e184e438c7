package prober

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/limber-run/limber/engine"
)

// Exec runs a command in a unit's container and reports whether it exited 0.
// It returns an error if the command could not be run, which is no failure of
// the unit. It blocks until the command has ended, or its context.
type Exec func(ctx context.Context, command []string) (ok bool, detail string, err error)

// Job is one probe of one attempt.
type Job struct {
	Kind      engine.ProbeKind
	Probe     engine.Probe
	StartedAt time.Time // of the attempt
	Exec      Exec      // only called if Probe.Exec is set
	Quiet     bool      // results do not quote what the unit says
}

// Result is what came of one run of a probe.
type Result struct {
	OK     bool
	Extra  bool // between two periods: can pass the unit, never fail it
	Detail string
	At     time.Time
}

// Prober runs the probes of one sandbox.
type Prober struct {
	agent *client
}

// New returns a prober whose agent is reached by dial. It is dialled when
// the first probe needs it, and again when the connection is lost.
func New(dial Dial) *Prober { return &Prober{agent: newClient(dial)} }

// Close ends the connection to the agent. Runs must have ended before.
func (p *Prober) Close() { p.agent.close() }

// Run probes until ctx ends, and calls report with each result, one at a
// time and in order. When it has returned, nothing of it goes on.
//
// The first probe is made when the initial delay since the start of the
// attempt is over, or at once. Until one has passed, and after one of a
// readiness probe has failed, extra ones are made between the periods. A
// liveness probe is made once each period and has no extra ones. A probe
// that could not be run is tried again on the spot, and then has no result.
//
// A command that does not end in time has failed, and is not run a second
// time while it still runs; each period in which it does is a failure too.
func (p *Prober) Run(ctx context.Context, job Job, report func(Result)) {
	job.Probe.Period = cmp.Or(job.Probe.Period, engine.DefaultProbePeriod)
	job.Probe.Timeout = cmp.Or(job.Probe.Timeout, engine.DefaultProbeTimeout)

	w := &worker{report: report}
	w.check, w.limit = p.handler(job)
	first := time.Now().Add(job.delay())
	w.plan = begin(first, job.Probe.Period, job.Kind != engine.Liveness)
	w.run(ctx)
}

// HTTPGet sends one request from inside the sandbox and reports whether it was
// answered as it should within timeout, and in detail how, without the words
// of the server. It returns an error if the agent could not be asked.
func (p *Prober) HTTPGet(ctx context.Context, get *engine.HTTPGet, timeout time.Duration) (ok bool, detail string, err error) {
	return p.ask(Request{Timeout: timeout, Quiet: true, HTTP: get})(ctx)
}

// delay returns how long to wait for the first probe. Its bounds keep a
// clock that was set in between from doing harm.
func (j Job) delay() time.Duration {
	rest := time.Until(j.StartedAt.Add(j.Probe.InitialDelay))
	return max(0, min(rest, j.Probe.InitialDelay))
}

// handler makes one check. It returns an error if it could not be made.
type handler func(ctx context.Context) (ok bool, detail string, err error)

// handler returns how to make the checks of a job, and the time after which
// one counts as failed; 0: it keeps its timeout itself.
func (p *Prober) handler(job Job) (check handler, limit time.Duration) {
	probe := job.Probe
	switch {
	case probe.Exec != nil:
		return func(ctx context.Context) (bool, string, error) {
			return job.Exec(ctx, probe.Exec.Command)
		}, probe.Timeout
	case probe.HTTPGet != nil:
		return p.ask(Request{Timeout: probe.Timeout, Quiet: job.Quiet, HTTP: probe.HTTPGet}), 0
	case probe.TCPSocket != nil:
		return p.ask(Request{Timeout: probe.Timeout, TCP: probe.TCPSocket}), 0
	case probe.GRPC != nil:
		return p.ask(Request{Timeout: probe.Timeout, GRPC: probe.GRPC}), 0
	}
	return func(context.Context) (bool, string, error) {
		return false, "", errors.New("the probe has no handler")
	}, 0
}

// ask returns a handler that sends req to the agent.
func (p *Prober) ask(req Request) handler {
	return func(ctx context.Context) (bool, string, error) {
		answer, err := p.agent.ask(ctx, req)
		if err != nil {
			return false, "", err
		}
		if answer.Error != "" {
			return false, "", errors.New(answer.Error)
		}
		return answer.OK, answer.Detail, nil
	}
}

func timedOut(after time.Duration) string { return fmt.Sprintf("timed out after %s", after) }
