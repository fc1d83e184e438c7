package hclspec

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// expressionRemedies are what to write instead, by hcl's summary of an error in an
// expression.
var expressionRemedies = map[string]string{
	"Attempt to get attribute from null value": "Write try(…, OTHER) where it may be null.",
	"Attempt to index null value":              "Write try(…, OTHER) where it may be null.",
	"Incorrect condition type":                 "Compare it with something, such as var.x == 1.",
	"Invalid template interpolation value":     "Write join(\", \", LIST) for a list, or jsonencode(VALUE).",
	"Iteration over non-iterable value":        "It must be a list, a set or a map.",
	"Iteration over null value":                "Write coalesce(…, []) where it may be null.",
	"Variables not allowed":                    "Here is a fixed value: functions are fine, references are not.",
}

// explainExpression adds to hcl's diagnostics what to write instead, or what
// there is.
func explainExpression(diags hcl.Diagnostics, refs []hcl.Traversal, ctx *hcl.EvalContext) hcl.Diagnostics {
	for _, diag := range diags {
		if remedy := expressionRemedies[diag.Summary]; remedy != "" {
			diag.Detail += " " + remedy
		}
		for _, ref := range refs {
			if diag.Subject != nil && ref.SourceRange().Overlaps(*diag.Subject) && !refersToMarked(ref, ctx) {
				diag.Detail += thereIs(ref, ctx)
			}
		}
	}
	return diags
}

// thereIs says what a reference could go on with where it fails.
func thereIs(ref hcl.Traversal, ctx *hcl.EvalContext) string {
	for n := 1; n < len(ref); n++ {
		if _, diags := ref[:n+1].TraverseAbs(ctx); !diags.HasErrors() {
			continue
		}
		v, diags := ref[:n].TraverseAbs(ctx)
		switch {
		case diags.HasErrors() || v.IsNull() || !v.IsKnown():
		case v.Type().IsObjectType():
			names := slices.Sorted(maps.Keys(v.Type().AttributeTypes()))
			return fmt.Sprintf(" There is %s.%s", oneOf(names), didYouMean(stepName(ref[n]), names))
		case v.Type().IsTupleType() || v.Type().IsListType():
			return fmt.Sprintf(" There are %d elements, counted from 0.", v.LengthInt())
		}
		return ""
	}
	return ""
}

// stepName is the name in a step of a reference, or "".
func stepName(step hcl.Traverser) string {
	switch step := step.(type) {
	case hcl.TraverseAttr:
		return step.Name
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() && !step.Key.IsMarked() {
			return step.Key.AsString()
		}
	}
	return ""
}
