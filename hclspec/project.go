package hclspec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/engine"
)

// root is what a file declares, by type of block, in declared order.
type root struct {
	variables, locals, secrets, volumes, modules, workflows, outputs []*hcl.Block
}

const (
	fileNoun       = "a file"
	schemaProperty = "$schema" // in JSON: where editors find the schema
)

var rootTable = newTable(table[root]{
	noun: fileNoun,
	blocks: []nested[root]{
		{name: "variable", label: "name", doc: "a value from outside", add: collect(func(r *root) *[]*hcl.Block { return &r.variables }), of: variableTable},
		{name: "locals", doc: "named expressions", add: collect(func(r *root) *[]*hcl.Block { return &r.locals }), of: free("an expression, to which local.NAME refers")},
		{name: "secret", label: "name", doc: "a value that nobody but some units may see", add: collect(func(r *root) *[]*hcl.Block { return &r.secrets }), of: secretTable, kube: "Secret"},
		{name: "volume", label: "name", doc: "files that units share or that outlive them", add: collect(func(r *root) *[]*hcl.Block { return &r.volumes }), of: volumeTable, kube: "volumes"},
		{name: "module", label: "name", doc: "other files, with variables of their own", add: collect(func(r *root) *[]*hcl.Block { return &r.modules }), of: moduleTable},
		{name: "workflow", label: "name", doc: "what starts, restarts and stops as one", add: collect(func(r *root) *[]*hcl.Block { return &r.workflows }), of: workflowTable, kube: "Pod"},
		{name: "output", label: "name", doc: "a value for whoever calls the files as a module", add: collect(func(r *root) *[]*hcl.Block { return &r.outputs }), of: outputTable},
	},
	refusals: []refusal{
		notYet("plugin", "local plugins are not available yet. Until then give the unit an image and a command."),
		notHere("dynamic", "it makes blocks within a block. Secrets, volumes and modules take for_each."),
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

// decodeProject decodes all files of the project and of the modules that they
// call.
func (d *decoder) decodeProject(bodies []hcl.Body, varFiles []varFile) {
	d.declare(bodies)
	d.resolveVariables(d.assigned(varFiles))
	d.complete()
	d.validateProject()
}

// declare takes in what expressions of a module can refer to.
func (d *decoder) declare(bodies []hcl.Body) {
	for _, body := range bodies {
		rootTable.decode(d, &hcl.Block{Body: body, DefRange: body.MissingItemRange()}, &d.blocks)
	}
	d.define("limber", map[string]cty.Value{
		"project": cty.StringVal(d.project),
		"toolbox": cty.StringVal(d.opts.ToolboxImage),
		"version": cty.StringVal(d.opts.Version),
	})
	each(d.blocks.variables, d.addVariable)
	each(d.blocks.locals, d.addLocals)
	each(d.blocks.secrets, d.declareSecret)
	each(d.blocks.volumes, d.declareVolume)
	each(d.blocks.modules, d.addCall)
}

// complete decodes the rest of a module, whose variables have values.
func (d *decoder) complete() {
	d.evaluateNodes()
	each(d.blocks.secrets, func(b *hcl.Block) { d.repeat(b, d.addSecret) })
	each(d.blocks.volumes, func(b *hcl.Block) { d.repeat(b, d.addVolume) })
	each(d.blocks.workflows, d.addWorkflow)
	each(d.blocks.outputs, d.addOutput)
}

func each(blocks []*hcl.Block, do func(*hcl.Block)) {
	for _, b := range blocks {
		do(b)
	}
}

// assemble returns the finished workflows: a module's own, then those of the
// modules that it calls.
func (d *decoder) assemble() []*engine.Workflow {
	var list []*engine.Workflow
	for m := range d.all() {
		for _, w := range m.workflows {
			list = append(list, finish(w))
		}
	}
	return list
}
