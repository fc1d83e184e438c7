package hclspec

import (
	"math"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
)

const (
	defaultImmediateRestarts = 1
	defaultResetAfter        = 10 * time.Minute
	maxExitCode              = 255
)

// restart is a retry or restart block.
type restart struct {
	spec  engine.Restart
	scope restartScope
	decl  hcl.Range
	given given
}

// backoffAttributes are common to retry and restart, but for a default.
func backoffAttributes(immediate string) []attr[restart] {
	return []attr[restart]{
		{name: "immediate", doc: "how many times without a delay before the back-off begins", def: immediate, set: number(0, maxCount, func(r *restart) *int { return &r.spec.Backoff.Immediate })},
		{name: "initial", doc: "the first delay", def: "1s", set: duration(0, func(r *restart) *time.Duration { return &r.spec.Backoff.Initial })},
		{name: "max", doc: "the longest delay", def: "1m", set: duration(0, func(r *restart) *time.Duration { return &r.spec.Backoff.Max })},
		{name: "multiplier", doc: "what a delay is multiplied by to give the next", def: "2", set: fraction(1, math.MaxFloat64, "a number of at least 1", func(r *restart) *float64 { return &r.spec.Backoff.Multiplier })},
		{name: "jitter", doc: "the part of a delay by which chance changes it", def: "0.2", set: fraction(0, 1, "a number from 0 to 1", func(r *restart) *float64 { return &r.spec.Backoff.Jitter })},
	}
}

var retryTable = newTable(table[restart]{
	noun: "a retry",
	attrs: append([]attr[restart]{
		{name: "attempts", doc: "the number of attempts in a run; 0: any", def: "0", set: number(0, maxCount, func(r *restart) *int { return &r.spec.Attempts })},
		{name: "deadline", doc: "the time for all attempts of a run; 0s: any", def: "0s", set: duration(0, func(r *restart) *time.Duration { return &r.spec.Deadline })},
		{name: "on_exit", doc: "the exit codes worth a new attempt", unset: "all but 0", set: as(exitCodesType(1), onExit)},
	}, backoffAttributes("0")...),
	refusals: []refusal{
		notHere("policy", "an init step is retried after failures alone. Use on_exit to choose among them."),
		notHere("reset_after", "a step's back-off begins anew in the next run anyway. Leave it out."),
	},
})

func onExit(a arg, r *restart) {
	for _, e := range exitCodes(a, "Leave it out for all but 0, or set attempts = 1 for none.") {
		if e.val.IsKnown() && !e.val.IsNull() && e.val.RawEquals(zero) {
			e.errorf(sumOutOfRange, "Exit code 0 means success, which is not retried. on_exit takes codes from 1 to %d.", maxExitCode)
		} else if code, ok := e.integer(1, maxExitCode); ok {
			r.spec.OnExit = append(r.spec.OnExit, int(code))
		}
	}
}

func exitCodesType(least float64) schema.Type {
	return schema.ListOf(schema.Type{Form: schema.Integer, Name: "exit code", Least: least, Most: maxExitCode})
}

// exitCodes returns the elements of a list of exit codes, which has some.
func exitCodes(a arg, remedy string) []arg {
	list, ok := a.elements("a list of exit codes, such as [1, 75]")
	if ok && len(list) == 0 {
		a.errorf(sumBadValue, "%s must name at least one exit code. %s", a.name(), remedy)
	}
	return list
}

// addRetry takes in the retry block of an init step.
func addRetry(d *decoder, b *hcl.Block, u *unit) {
	r := &restart{decl: b.DefRange}
	r.spec = engine.Restart{Policy: engine.RestartOnFailure, Backoff: engine.DefaultBackoff}
	r.given = retryTable.decode(d, b, r)
	d.fitBackoff(r)
	u.restart = r
}

// fitBackoff makes a default fit what is declared beside it, and reports what
// is declared and does not fit.
func (d *decoder) fitBackoff(r *restart) {
	b := &r.spec.Backoff
	switch {
	case b.Max >= b.Initial:
	case r.given["max"] == nil:
		b.Max = b.Initial
	case r.given["initial"] == nil:
		b.Initial = b.Max
	default:
		d.errorf(r.given["max"].Expr.Range(), sumConflict, "max (%s) must not be less than initial (%s). Raise one or lower the other.", b.Max, b.Initial)
	}
}
