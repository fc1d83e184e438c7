package hclspec

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/engine"
)

// stepRef is a reference init.STEP.outputs.NAME, or init.STEP[KEY].outputs.NAME
// if the step has for_each.
type stepRef struct {
	step, key, name string
	keyed           bool
}

// ref is what the engine calls it.
func (r stepRef) ref() engine.OutputRef {
	if r.keyed {
		return engine.OutputRef{Step: instanceName(r.step, r.key), Name: r.name}
	}
	return engine.OutputRef{Step: r.step, Name: r.name}
}

// outputsIn returns the outputs that an expression refers to.
func (d *decoder) outputsIn(expr hcl.Expression) ([]stepRef, bool) {
	var list []stepRef
	indexed := indexedSteps(expr)
	for _, part := range indexed {
		key, ok := d.plainText(part.key, "A key")
		if !ok {
			return nil, false
		}
		list = append(list, stepRef{step: part.step, key: key, name: part.name, keyed: true})
	}
	for _, ref := range expr.Variables() {
		if ref.RootName() != stepRoot || len(ref) == 2 && slices.ContainsFunc(indexed, func(part indexedStep) bool { return part.step == stepName(ref[1]) }) {
			continue
		}
		out, ok := outputOf(ref)
		if !ok {
			d.errorf(ref.SourceRange(), sumIncompleteRef, "An output of a step is written init.STEP.outputs.NAME, or init.STEP[\"KEY\"].outputs.NAME if the step has for_each.")
			return nil, false
		}
		list = append(list, out)
	}
	return list, true
}

// outputOf reads a reference without anything to evaluate.
func outputOf(ref hcl.Traversal) (stepRef, bool) {
	var r stepRef
	if len(ref) == 5 {
		r.key, r.keyed = stepName(ref[2]), true
		ref = slices.Delete(slices.Clone(ref), 2, 3)
	}
	if len(ref) != 4 || stepName(ref[1]) == "" || stepName(ref[2]) != "outputs" || stepName(ref[3]) == "" {
		return r, false
	}
	r.step, r.name = stepName(ref[1]), stepName(ref[3])
	return r, !r.keyed || r.key != ""
}

// indexedStep is a reference whose key is an expression.
type indexedStep struct {
	step, name string
	key        hcl.Expression
}

// indexedSteps returns the references init.STEP[KEY].outputs.NAME in an
// expression whose keys are expressions themselves, such as each.key.
func indexedSteps(expr hcl.Expression) []indexedStep {
	var list []indexedStep
	if json.IsJSONExpression(expr) {
		for _, part := range append(parts(expr), templateOf(expr)...) {
			list = append(list, indexedSteps(part)...)
		}
		return list
	}
	if node, ok := expr.(hclsyntax.Node); ok {
		_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
			if part, ok := indexedAt(n); ok {
				list = append(list, part)
			}
			return nil
		})
	}
	return list
}

func indexedAt(n hclsyntax.Node) (indexedStep, bool) {
	rest, _ := n.(*hclsyntax.RelativeTraversalExpr)
	if rest == nil || len(rest.Traversal) != 2 || stepName(rest.Traversal[0]) != "outputs" || stepName(rest.Traversal[1]) == "" {
		return indexedStep{}, false
	}
	index, _ := rest.Source.(*hclsyntax.IndexExpr)
	if index == nil {
		return indexedStep{}, false
	}
	step, _ := index.Collection.(*hclsyntax.ScopeTraversalExpr)
	if step == nil || step.Traversal.RootName() != stepRoot || len(step.Traversal) != 2 {
		return indexedStep{}, false
	}
	return indexedStep{step: stepName(step.Traversal[1]), name: stepName(rest.Traversal[1]), key: index.Key}, true
}

// outputValues returns what init stands for: placeholders.
func outputValues(uses []stepRef) cty.Value {
	outputs := map[string]map[string]map[string]cty.Value{} // by step, key and name
	for _, use := range uses {
		if outputs[use.step] == nil {
			outputs[use.step] = map[string]map[string]cty.Value{}
		}
		if outputs[use.step][use.key] == nil {
			outputs[use.step][use.key] = map[string]cty.Value{}
		}
		outputs[use.step][use.key][use.name] = cty.StringVal(use.ref().Placeholder())
	}
	steps := map[string]cty.Value{}
	for step, byKey := range outputs {
		values := map[string]cty.Value{}
		for key, byName := range byKey {
			if key == "" {
				values["outputs"] = cty.ObjectVal(byName)
			} else {
				values[key] = cty.ObjectVal(map[string]cty.Value{"outputs": cty.ObjectVal(byName)})
			}
		}
		steps[step] = cty.ObjectVal(values)
	}
	return cty.ObjectVal(steps)
}
