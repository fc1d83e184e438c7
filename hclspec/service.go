package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

var serviceTable = unitTable(table[unit]{
	noun: "a service",
	attrs: []attr[unit]{
		{name: "depends_on", doc: "services of the workflow, as in [service.db], or [service.db[\"KEY\"]] for one instance: it starts when they are ready or have succeeded, and ends before them", unset: "none", takes: referencesType("service"), raw: dependsOn([]string{"service"}, func(u *unit) *[]dependency { return &u.dependsOn })},
	},
	blocks: longRunningBlocks,
	refusals: append([]refusal{
		notHere("output", noOutputs),
		notHere("retry", "retry is for init steps. Write restart { … }."),
	}, longRunningRefusals...),
})

// addService takes in a service block.
func addService(d *decoder, b *hcl.Block, w *workflow) {
	d.addUnit(engine.Service, serviceTable, b, w)
}
