package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// maxRestartRules is how many rules a unit may have (SEMANTICS B 33).
const maxRestartRules = 20

var restartRuleTable = newTable(table[engine.RestartRule]{
	noun: "a restart_rule",
	attrs: []attr[engine.RestartRule]{
		{name: "on_exit", doc: "the exit codes that it is about; it or not_on_exit", unset: "not_on_exit", kube: "exitCodes.operator: In", set: ruleCodes(func(r *engine.RestartRule) *[]int { return &r.OnExit })},
		{name: "not_on_exit", doc: "instead: the exit codes that it is not about", unset: "on_exit", kube: "exitCodes.operator: NotIn", set: ruleCodes(func(r *engine.RestartRule) *[]int { return &r.NotOnExit })},
		{name: "action", doc: "what follows: restart, of the unit; restart_workflow, with all its init steps; fail", required: true, kube: "action", set: choice(
			[]engine.RestartAction{engine.ActionRestart, engine.ActionRestartWorkflow, engine.ActionFail},
			func(r *engine.RestartRule) *engine.RestartAction { return &r.Action })},
	},
	refusals: []refusal{
		notHere("exit_codes", "write on_exit = [ … ], or not_on_exit = [ … ]."),
	},
})

func ruleCodes(field func(*engine.RestartRule) *[]int) setter[engine.RestartRule] {
	return as(exitCodesType(0), func(a arg, r *engine.RestartRule) {
		for _, e := range exitCodes(a, "A rule about all exits is the policy of the restart block.") {
			if code, ok := e.integer(0, maxExitCode); ok {
				*field(r) = append(*field(r), int(code))
			}
		}
	})
}

// addRestartRule takes in a restart_rule block.
func addRestartRule(d *decoder, b *hcl.Block, u *unit) {
	var rule engine.RestartRule
	g := restartRuleTable.decode(d, b, &rule)
	switch on, not := g["on_exit"], g["not_on_exit"]; {
	case on == nil && not == nil:
		d.errorf(b.DefRange, sumMissingAttribute, "A restart_rule needs on_exit = [ … ] or not_on_exit = [ … ]: the exit codes that it is about.")
	case on != nil && not != nil:
		d.errorf(not.NameRange, sumConflict, "A restart_rule has on_exit, the codes that it is about, or not_on_exit, those that it is not about. Leave one out.")
	}
	if len(u.rules) == maxRestartRules {
		d.errorf(b.DefRange, sumTooMany, "A unit has at most %d restart_rule blocks.", maxRestartRules)
	}
	u.rules = append(u.rules, rule)
}
