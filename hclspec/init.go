package hclspec

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// runMode says when an init step runs again in a later run.
type runMode string

const (
	noProbes = "an init step runs to completion, so there is nothing to probe or to stop. Its exit code says how it went; use timeout and retry, or make it a sidecar if it is to stay up."
	noHooks  = "an init step runs to completion and takes no hooks. Put what comes before or after it into its command, or into an init step of its own."
)

var initTable = unitTable(table[unit]{
	noun: "an init step",
	attrs: []attr[unit]{
		{name: "timeout", doc: "the time that one attempt may take; 0s, the default: any", set: duration(0, func(u *unit) *time.Duration { return &u.spec.Timeout })},
		{name: "run", doc: "when it runs: always, in every run", set: choice([]runMode{"always"}, map[runMode]string{
			"once":      "remembering that a step is done is not available yet. Until then let the step find out for itself, for example by a file in a volume.",
			"on_change": "remembering what a step ran with is not available yet. Until then let the step find out for itself, for example by a file in a volume.",
		}, func(*unit) *runMode { return new(runMode) })},
	},
	blocks: []nested[unit]{
		{name: "retry", doc: "how often and how soon it is tried again after a failure", once: true, add: addRetry},
	},
	refusals: []refusal{
		notHere("startup_probe", noProbes),
		notHere("readiness_probe", noProbes),
		notHere("liveness_probe", noProbes),
		notHere("lifecycle", noHooks),
		notHere("restart", "an init step is not restarted once it has succeeded. Write retry { … } for what follows a failure."),
	},
})

// addInit takes in an init block.
func addInit(d *decoder, b *hcl.Block, w *workflow) { d.addUnit(engine.Init, initTable, b, w) }
