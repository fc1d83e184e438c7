package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

var serviceTable = unitTable(table[unit]{
	noun:   "a service",
	blocks: longRunningBlocks,
	refusals: append([]refusal{
		notHere("retry", "retry is for init steps. Write restart { … }."),
	}, longRunningRefusals...),
})

// addService takes in a service block.
func addService(d *decoder, b *hcl.Block, w *workflow) {
	d.addUnit(engine.Service, serviceTable, b, w)
}
