package hclspec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/limber-run/limber/engine"
)

// noOutputs is why other units have none.
const noOutputs = "only init steps leave outputs: they have ended when others need them."

// stepOutput is an output block of an init step.
type stepOutput struct {
	spec        engine.Output
	description string
}

var stepOutputTable = newTable(table[stepOutput]{
	noun: "an output of a step",
	attrs: []attr[stepOutput]{
		{name: "description", doc: "what it is for", unset: "none", set: text(func(o *stepOutput) *string { return &o.description })},
		{name: "sensitive", doc: "whether nothing must show it; units after the step can have it as a variable of their own", def: "false", set: boolean(func(o *stepOutput) *bool { return &o.spec.Sensitive })},
	},
	refusals: []refusal{
		notHere("value", "the step leaves it, as a line NAME=VALUE in the file that $LIMBER_OUTPUT names."),
	},
})

// addStepOutput takes in an output block of an init step.
func addStepOutput(d *decoder, b *hcl.Block, u *unit) {
	o := stepOutput{spec: engine.Output{Name: b.Labels[0]}}
	stepOutputTable.decode(d, b, &o)
	if !hclsyntax.ValidIdentifier(o.spec.Name) {
		d.errorf(b.LabelRanges[0], sumInvalidName, "%q is not a valid name of an output: init.NAME.outputs.%s must be able to refer to it.", o.spec.Name, "OUTPUT")
	}
	for _, other := range u.spec.Outputs {
		if other.Name == o.spec.Name {
			d.errorf(b.LabelRanges[0], sumDuplicate, "The step has an output %q already.", o.spec.Name)
			return
		}
	}
	if o.spec.Sensitive && u.sensitiveAt == nil {
		u.sensitiveAt = b.DefRange.Ptr()
	}
	u.spec.Outputs = append(u.spec.Outputs, o.spec)
}
