package hclspec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/engine"
)

// root is what a file declares, by type of block, in declared order.
type root struct {
	variables, locals, secrets, volumes, workflows []*hcl.Block
}

var rootTable = newTable(table[root]{
	noun: "a file",
	blocks: []nested[root]{
		{name: "variable", label: "name", doc: "a value from outside", add: collect(func(r *root) *[]*hcl.Block { return &r.variables })},
		{name: "locals", doc: "named expressions", add: collect(func(r *root) *[]*hcl.Block { return &r.locals })},
		{name: "secret", label: "name", doc: "a value that nobody but some units may see", add: collect(func(r *root) *[]*hcl.Block { return &r.secrets })},
		{name: "volume", label: "name", doc: "files that units share or that outlive them", add: collect(func(r *root) *[]*hcl.Block { return &r.volumes })},
		{name: "workflow", label: "name", doc: "what starts, restarts and stops as one", add: collect(func(r *root) *[]*hcl.Block { return &r.workflows })},
	},
	refusals: []refusal{
		notYet("module", "modules are not available yet. Until then put several files into a directory: they are merged."),
		notYet("plugin", "local plugins are not available yet. Until then give the unit an image and a command."),
		notYet("dynamic", "dynamic blocks are not available yet. Until then write one block for each."),
		notHere("init", "units belong into a workflow \"NAME\" { … } block."),
		notHere("sidecar", "units belong into a workflow \"NAME\" { … } block."),
		notHere("service", "units belong into a workflow \"NAME\" { … } block."),
		notHere("network", "it belongs into a workflow \"NAME\" { … } block."),
	},
})

func collect(field func(*root) *[]*hcl.Block) func(*decoder, *hcl.Block, *root) {
	return func(_ *decoder, b *hcl.Block, into *root) {
		list := field(into)
		*list = append(*list, b)
	}
}

// decodeProject decodes all files: what expressions can refer to first, then
// the workflows, then what concerns several blocks.
func (d *decoder) decodeProject(bodies []hcl.Body, varFiles []varFile) {
	var r root
	for _, body := range bodies {
		rootTable.decode(d, &hcl.Block{Body: body, DefRange: body.MissingItemRange()}, &r)
	}
	d.names = map[string]cty.Value{}
	d.define("limber", map[string]cty.Value{
		"project": cty.StringVal(d.project),
		"toolbox": cty.StringVal(d.opts.ToolboxImage),
		"version": cty.StringVal(d.opts.Version),
	})
	each(r.variables, d.addVariable)
	each(r.locals, d.addLocals)
	d.defineVolumes(r.volumes)
	d.resolveVariables(varFiles)
	d.resolveLocals()
	each(r.secrets, d.addSecret)
	each(r.volumes, d.addVolume)
	each(r.workflows, d.addWorkflow)
	d.validate()
}

func each(blocks []*hcl.Block, do func(*hcl.Block)) {
	for _, b := range blocks {
		do(b)
	}
}

// assemble returns the finished workflows.
func (d *decoder) assemble() []*engine.Workflow {
	var list []*engine.Workflow
	for _, w := range d.workflows {
		list = append(list, d.finish(w))
	}
	return list
}
