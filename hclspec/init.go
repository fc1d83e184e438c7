package hclspec

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
)

// runMode is engine.RunMode as it is written.
type runMode string

const runAlways runMode = "always"

const (
	noProbes = "an init step runs to completion, so there is nothing to probe or to stop. Its exit code says how it went; use timeout and retry, or make it a sidecar if it is to stay up."
	noHooks  = "an init step runs to completion and takes no hooks. Put what comes before or after it into its command, or into an init step of its own."
)

var initTable = unitTable(table[unit]{
	noun: "an init step",
	attrs: []attr[unit]{
		{name: "timeout", doc: "the time that one attempt may take; 0s: any", def: "0s", set: duration(0, func(u *unit) *time.Duration { return &u.spec.Timeout })},
		{name: "run", doc: "in which runs it runs: in all; once, until it has succeeded; on_change, if it has not succeeded with the same image, settings, secrets and inputs", def: "always", set: choice([]runMode{runAlways, runMode(engine.RunOnce), runMode(engine.RunOnChange)}, func(u *unit) *runMode { return &u.run })},
		{name: "inputs", doc: "files and directories whose content counts for run = \"on_change\"", unset: "none", set: as(schema.ListOf(pathType), inputs)},
	},
	blocks: []nested[unit]{
		{name: "output", label: "name", doc: "a value that it leaves for the units after it, as a line NAME=VALUE in the file that $LIMBER_OUTPUT names; they have it as init.STEP.outputs.NAME", add: addStepOutput, of: stepOutputTable},
		{name: "retry", doc: "how often and how soon it is tried again after a failure", once: true, add: addRetry, of: retryTable},
	},
	refusals: []refusal{
		notHere("depends_on", startsInOrder),
		notHere("startup_probe", noProbes),
		notHere("readiness_probe", noProbes),
		notHere("liveness_probe", noProbes),
		notHere("lifecycle", noHooks),
		notHere("restart", "an init step is not restarted once it has succeeded. Write retry { … } for what follows a failure."),
	},
})

// addInit takes in an init block.
func addInit(d *decoder, b *hcl.Block, w *workflow) {
	u := d.addUnit(engine.Init, initTable, b, w)
	if u.run != runAlways {
		u.spec.Run = engine.RunMode(u.run)
	}
	if u.spec.Run != engine.RunAlways && u.sensitiveAt != nil {
		d.errorf(*u.sensitiveAt, sumConflict, "A step that does not run in every run has no sensitive outputs: they would have to be kept on disk. Write run = \"always\".")
	}
	if len(u.spec.Inputs) > 0 && u.spec.Run != engine.RunOnChange {
		d.errorf(u.inputsAt, sumConflict, "inputs count for run = \"on_change\" alone. Write that too, or leave inputs out.")
	}
}

func inputs(a arg, u *unit) {
	u.inputsAt = a.attr.NameRange
	list, _ := a.texts(`a list of files and directories, such as ["schema.sql"]`)
	for _, path := range list {
		u.spec.Inputs = append(u.spec.Inputs, within(a.d.dirs[a.attr.Range.Filename], path))
	}
}
