package hclspec

import (
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/engine"
)

var zero = cty.NumberIntVal(0)

// restartScope says what an exit restarts.
type restartScope string

const (
	scopeService  restartScope = "service"
	scopeWorkflow restartScope = "workflow"
)

var restartTable = newTable(table[restart]{
	noun: "a restart",
	attrs: append([]attr[restart]{
		{name: "policy", doc: "which exits are followed by a new attempt", unset: "the workflow's; of a sidecar always", kube: "restartPolicy", set: choice(restartPolicies, func(r *restart) *engine.RestartPolicy { return &r.spec.Policy })},
		{name: "reset_after", doc: "running this long clears the back-off; 0s: nothing does", def: "10m", set: duration(0, func(r *restart) *time.Duration { return &r.spec.ResetAfter })},
		{name: "scope", doc: "what an exit restarts: the unit alone, or the workflow with all its init steps", def: "service", set: choice([]restartScope{scopeService, scopeWorkflow}, func(r *restart) *restartScope { return &r.scope })},
		{name: "attempts", doc: "the number of attempts in a run, or of runs if scope is workflow; 0: any", def: "0", set: number(0, maxCount, func(r *restart) *int { return &r.spec.Attempts })},
		{name: "deadline", doc: "the time for all attempts of a run; 0s: any", def: "0s", set: duration(0, func(r *restart) *time.Duration { return &r.spec.Deadline })},
	}, backoffAttributes("1")...),
	refusals: []refusal{
		notHere("on_exit", "it is for the retry of init steps. policy chooses between all exits, failures and none; a restart_rule block among exit codes."),
	},
})

// addRestart takes in the restart block of a sidecar or service.
func addRestart(d *decoder, b *hcl.Block, u *unit) {
	r := &restart{decl: b.DefRange, spec: defaultRestart()}
	r.given = restartTable.decode(d, b, r)
	d.fitBackoff(r)
	if r.scope == scopeWorkflow {
		r.spec.Scope = engine.ScopeWorkflow
	}
	if policy := r.given["policy"]; u.spec.Kind == engine.Sidecar && policy != nil && r.spec.Policy != "" && r.spec.Policy != engine.RestartAlways {
		d.errorf(policy.Expr.Range(), sumNotAllowed, "A sidecar is restarted after every exit for as long as a service may need it. Make it a service if it may end.")
	}
	u.restart = r
}

// defaultRestart is the restart of a unit that declares none, but for the
// policy.
func defaultRestart() engine.Restart {
	r := engine.Restart{Backoff: engine.DefaultBackoff, ResetAfter: defaultResetAfter}
	r.Backoff.Immediate = defaultImmediateRestarts
	return r
}

// restartOf returns what follows an exit of u (SEMANTICS B 28-30).
func restartOf(u *unit, workflow engine.RestartPolicy) engine.Restart {
	switch {
	case u.spec.Kind == engine.Init:
		return retryOf(u, workflow)
	case u.restart != nil:
		r := u.restart.spec
		r.Policy = policyOf(u.spec.Kind, r.Policy, workflow)
		return r
	}
	r := defaultRestart()
	r.Policy = policyOf(u.spec.Kind, "", workflow)
	return r
}

func policyOf(kind engine.Kind, own, workflow engine.RestartPolicy) engine.RestartPolicy {
	switch {
	case kind == engine.Sidecar:
		return engine.RestartAlways
	case own != "":
		return own
	}
	return workflow
}

// retryOf returns the retry of an init step. Under the policy never a step
// without a retry block has one attempt.
func retryOf(u *unit, workflow engine.RestartPolicy) engine.Restart {
	switch {
	case u.restart != nil:
		return u.restart.spec
	case workflow == engine.RestartNever:
		return engine.Restart{Policy: engine.RestartNever, Backoff: engine.DefaultBackoff, Attempts: 1}
	}
	return engine.Restart{Policy: engine.RestartOnFailure, Backoff: engine.DefaultBackoff}
}
