package hclspec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/hclspec/schema"
)

// output is a value that a module gives to whoever calls it. Nobody calls the
// project itself: its outputs are checked, so that a directory can be a module
// as well as a project, and then have no effect.
type output struct {
	decl        hcl.Range
	expr        hcl.Expression
	description string
	sensitive   bool
	value       cty.Value
}

var outputTable = newTable(table[output]{
	noun: "an output",
	attrs: []attr[output]{
		{name: "value", doc: "what module.NAME.OUTPUT stands for where the module is called", required: true, takes: schema.Type{Name: "value"}, raw: func(_ *decoder, a *hcl.Attribute, o *output) { o.expr = a.Expr }},
		{name: "description", doc: "what it is for", unset: "none", set: text(func(o *output) *string { return &o.description })},
		{name: "sensitive", doc: "whether nothing must show its value", def: "false", set: boolean(func(o *output) *bool { return &o.sensitive })},
	},
	refusals: []refusal{
		notHere("depends_on", "an output is known before anything starts."),
		notHere("ephemeral", "write sensitive = true; limber stores no values of outputs."),
	},
})

// addOutput takes in an output block.
func (d *decoder) addOutput(b *hcl.Block) {
	name := b.Labels[0]
	if !hclsyntax.ValidIdentifier(name) {
		d.errorf(b.LabelRanges[0], sumInvalidName, "%q is not a valid name of an output: module.NAME.OUTPUT must be able to refer to it.", name)
	}
	o := &output{decl: b.DefRange}
	outputTable.decode(d, b, o)
	o.value = d.outputValue(o)
	if first, again := d.outputs[name]; again {
		d.errorf(b.LabelRanges[0], sumDuplicate, "The output %q is already declared at %s.", name, place(first.decl))
		d.also("first declared", first.decl)
		return
	}
	d.outputs[name] = o
}

func (d *decoder) outputValue(o *output) cty.Value {
	if o.expr == nil {
		return cty.DynamicVal
	}
	v, ok := d.eval(o.expr, d.context(o.decl.Filename))
	switch {
	case !ok, !d.fits(o.expr, v):
		return cty.DynamicVal
	case o.sensitive:
		return v.Mark(sensitive)
	case v.ContainsMarked():
		d.errorf(o.expr.Range(), sumSensitive, "The output uses a sensitive variable. Write sensitive = true, and nothing that uses the output will show it.")
		return cty.DynamicVal
	}
	return v
}

// outputValues returns what module.NAME stands for.
func (d *decoder) outputValues() cty.Value {
	values := map[string]cty.Value{}
	for name, o := range d.outputs {
		values[name] = o.value
	}
	return cty.ObjectVal(values)
}
