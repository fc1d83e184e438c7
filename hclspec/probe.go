package hclspec

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// probe is a declared probe.
type probe struct {
	spec engine.Probe
	kind engine.ProbeKind
	decl hcl.Range

	handler handler
}

var probeTable = newTable(table[probe]{
	noun: "a probe",
	attrs: []attr[probe]{
		{name: "initial_delay", doc: "the time from the start to the first probe", def: "0s", kube: "initialDelaySeconds", set: duration(0, func(p *probe) *time.Duration { return &p.spec.InitialDelay })},
		{name: "period", doc: "the time from one probe to the next", unset: "10s; of a startup_probe 1s", kube: "periodSeconds", set: duration(positive, func(p *probe) *time.Duration { return &p.spec.Period })},
		{name: "timeout", doc: "the time that one probe may take", def: "1s", kube: "timeoutSeconds", set: duration(positive, func(p *probe) *time.Duration { return &p.spec.Timeout })},
		{name: "success_threshold", doc: "how many successes in a row count", def: "1", kube: "successThreshold", set: number(1, maxCount, func(p *probe) *int { return &p.spec.SuccessThreshold })},
		{name: "failure_threshold", doc: "how many failures in a row count", unset: "3; of a startup_probe 60", kube: "failureThreshold", set: number(1, maxCount, func(p *probe) *int { return &p.spec.FailureThreshold })},
		{name: "termination_grace_period", doc: "the grace period of a stop that this probe causes", unset: "the workflow's", kube: "terminationGracePeriodSeconds", set: duration(positive, func(p *probe) *time.Duration { return &p.spec.TerminationGracePeriod })},
	},
	oneOf:  true,
	blocks: handlerBlocks(func(p *probe) *handler { return &p.handler }, execBlock, httpGetBlock, tcpSocketBlock, grpcBlock),
	refusals: []refusal{
		notYet("dns", "until then use exec with a command that resolves the name."),
		notYet("file", "until then use exec { command = [\"test\", \"-f\", \"PATH\"] }."),
		notYet("log", "until then use exec or http_get."),
		notHere("sleep", "a probe finds something out. Use initial_delay to wait."),
		notHere("command", "write exec { command = [ … ] }."),
		notHere("port", "write http_get { port = … }."),
		notHere("path", "write http_get { path = … }."),
		notHere("interval", "it is called period here."),
	},
})

// addProbe returns what takes in the block of a kind of probe.
func addProbe(kind engine.ProbeKind) func(*decoder, *hcl.Block, *unit) {
	return func(d *decoder, b *hcl.Block, u *unit) {
		p := &probe{kind: kind, decl: b.DefRange, spec: defaultProbe(kind)}
		before := len(d.diags)
		g := probeTable.decode(d, b, p)
		clean := len(d.diags) == before
		d.checkProbe(p, g)
		d.checkHandler(&p.handler, "probe", p.decl, clean, "exec { … }, http_get { … }, tcp_socket { … } or grpc { … }")
		p.spec.Handler = p.handler.spec
		u.addProbe(p)
	}
}

func defaultProbe(kind engine.ProbeKind) engine.Probe {
	p := engine.Probe{
		Period:           engine.DefaultProbePeriod,
		Timeout:          engine.DefaultProbeTimeout,
		SuccessThreshold: engine.DefaultSuccessThreshold,
		FailureThreshold: engine.DefaultFailureThreshold,
	}
	if kind == engine.Startup {
		p.Period, p.FailureThreshold = engine.DefaultStartupPeriod, engine.DefaultStartupFailureThreshold
	}
	return p
}

// checkProbe reports what does not go with the kind of probe (SEMANTICS B 51,
// 69).
func (d *decoder) checkProbe(p *probe, g given) {
	if p.kind != engine.Readiness && p.spec.SuccessThreshold != 1 {
		d.errorf(g.at("success_threshold", p.decl), sumOutOfRange, "success_threshold of a %s probe must be 1: only readiness can come and go.", p.kind)
	}
	if a := g["termination_grace_period"]; p.kind == engine.Readiness && a != nil {
		d.errorf(a.NameRange, sumNotAllowed, "A readiness probe never stops a unit, so it has no grace period. A liveness or startup probe has.")
	}
}

func (u *unit) addProbe(p *probe) {
	u.handlers = append(u.handlers, &p.handler)
	switch p.kind {
	case engine.Startup:
		u.spec.Startup = &p.spec
	case engine.Readiness:
		u.spec.Readiness = &p.spec
	case engine.Liveness:
		u.spec.Liveness = &p.spec
	}
}
