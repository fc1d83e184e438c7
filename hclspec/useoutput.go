package hclspec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/engine"
)

// Outputs of steps are known only in a run. Until then placeholders stand for
// them, which the engine replaces; so they can be put into strings, and not be
// computed with.

// stepRoot begins references to outputs of steps.
const stepRoot = "init"

// outputUse is a string with an output of a step in it.
type outputUse struct {
	ref  engine.OutputRef
	name string // of the attribute or item
	at   hcl.Range
	text string
}

// withOutputs returns the context of an expression that may refer to outputs
// of steps, or ctx if it does not. It is false after a report.
func (d *decoder) withOutputs(expr hcl.Expression, ctx *hcl.EvalContext) (*hcl.EvalContext, bool) {
	if d.isIterator(stepRoot) || !usesOutput(expr) {
		return ctx, true
	}
	uses, ok := d.outputsIn(expr)
	if !ok {
		return ctx, false
	}
	if part := computes(expr); part != nil {
		d.errorf(part.Range(), sumNotAllowed, "An output of a step is known when the step has ended, so that it can be put into a string and not be computed with: write it by itself, or as \"…${init.STEP.outputs.NAME}…\".")
		return ctx, false
	}
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{stepRoot: outputValues(uses)}
	return child, true
}

// passing are the functions that hand on strings as they are.
var passing = []string{"concat", "join", "merge", "tolist", "tomap"}

// computes returns the part of an expression that does more with an output
// than putting it into a string; nil if there is none.
func computes(expr hcl.Expression) hcl.Expression {
	if !usesOutput(expr) {
		return nil
	}
	if json.IsJSONExpression(expr) {
		return computesJSON(expr)
	}
	switch e := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return nil
	case *hclsyntax.RelativeTraversalExpr:
		if part, ok := indexedAt(e); ok && !usesOutput(part.key) {
			return nil
		}
	case *hclsyntax.ParenthesesExpr:
		return computes(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return computes(e.Wrapped)
	case *hclsyntax.TemplateExpr:
		return firstThatComputes(e.Parts)
	case *hclsyntax.TupleConsExpr:
		return firstThatComputes(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if usesOutput(item.KeyExpr) {
				return item.KeyExpr
			}
			if part := computes(item.ValueExpr); part != nil {
				return part
			}
		}
		return nil
	case *hclsyntax.ConditionalExpr:
		if usesOutput(e.Condition) {
			return e.Condition
		}
		return firstThatComputes([]hclsyntax.Expression{e.TrueResult, e.FalseResult})
	case *hclsyntax.FunctionCallExpr:
		if slices.Contains(passing, e.Name) {
			return firstThatComputes(e.Args)
		}
	}
	return expr
}

func firstThatComputes(parts []hclsyntax.Expression) hcl.Expression {
	for _, part := range parts {
		if found := computes(part); found != nil {
			return found
		}
	}
	return nil
}

// computesJSON looks into the strings of a JSON expression, which are
// templates.
func computesJSON(expr hcl.Expression) hcl.Expression {
	list := parts(expr)
	for _, part := range list {
		if found := computes(part); found != nil {
			return found
		}
	}
	if len(list) > 0 {
		return nil
	}
	template := templateOf(expr)
	if len(template) == 0 || computes(template[0]) != nil {
		return expr
	}
	return nil
}

// templateOf returns the template that a string of JSON is, if it is one.
func templateOf(expr hcl.Expression) []hcl.Expression {
	text, diags := expr.Value(nil)
	if diags.HasErrors() || text.Type() != cty.String {
		return nil
	}
	template, diags := hclsyntax.ParseTemplate([]byte(text.AsString()), expr.Range().Filename, expr.Range().Start)
	if diags.HasErrors() {
		return nil
	}
	return []hcl.Expression{template}
}

func usesOutput(expr hcl.Expression) bool {
	return slices.ContainsFunc(expr.Variables(), func(ref hcl.Traversal) bool { return ref.RootName() == stepRoot })
}

var placeholders = regexp.MustCompile("\x00init\\.[^\x00]+\\.outputs\\.[^\x00]+\x00")

// withoutOutputs is text without the placeholders of outputs.
func withoutOutputs(text string) string {
	if strings.IndexByte(text, 0) < 0 {
		return text
	}
	return placeholders.ReplaceAllString(text, "")
}

// noteOutputs remembers the outputs in a string, to be checked when all units
// of the workflow are known.
func (a arg) noteOutputs(text string) {
	if strings.IndexByte(text, 0) < 0 {
		return
	}
	for _, ref := range engine.OutputsIn(text) {
		a.d.outputUses = append(a.d.outputUses, outputUse{ref: ref, name: a.name(), at: a.attr.Expr.Range(), text: text})
	}
}

// validateOutputs checks that the outputs that u uses are there when it starts,
// and that sensitive ones reach it alone.
func (d *decoder) validateOutputs(w *workflow, u *unit) {
	for _, use := range u.outputUses {
		i := slices.IndexFunc(w.units, func(other *unit) bool { return other.spec.Name == use.ref.Step && other.spec.Kind == engine.Init })
		if i < 0 && slices.ContainsFunc(w.groups, func(g group) bool { return g.name == use.ref.Step }) {
			d.errorf(use.at, sumIncompleteRef, "%q has for_each, so there are several. Write init.%s[\"KEY\"].outputs.%s.", use.ref.Step, use.ref.Step, use.ref.Name)
			continue
		}
		if i < 0 {
			d.errorf(use.at, sumUnknownReference, "There is no init step %q in the workflow.%s", use.ref.Step, didYouMean(use.ref.Step, stepsOf(w)))
			continue
		}
		step := w.units[i]
		k := slices.IndexFunc(step.spec.Outputs, func(o engine.Output) bool { return o.Name == use.ref.Name })
		switch {
		case k < 0:
			d.errorf(use.at, sumUnknownReference, "The init step %q has no output %q. Declare it there with output %q { }.%s", use.ref.Step, use.ref.Name, use.ref.Name, didYouMean(use.ref.Name, outputNames(step)))
		case !step.enabled && u.enabled:
			d.errorf(use.at, sumConflict, "The init step %q is not enabled, so that it leaves no outputs.", use.ref.Step)
		case u.spec.Kind != engine.Service && slices.Index(w.units, u) <= i:
			d.errorf(use.at, sumConflict, "The init step %q has not run when this %s starts. Declare it before.", use.ref.Step, u.spec.Kind)
		case step.spec.Outputs[k].Sensitive && !isVariable(use):
			d.errorf(use.at, sumSensitive, "%s is sensitive, and whoever may run \"podman inspect\" would see it here. Give it to the unit as a variable, with nothing else in it: env = { NAME = %s }.", use.ref, use.ref)
		case step.spec.Outputs[k].Sensitive:
			u.takeSecretly(use)
		}
	}
}

func stepsOf(w *workflow) []string {
	var names []string
	for _, u := range w.units {
		if u.spec.Kind == engine.Init {
			names = append(names, u.spec.Name)
		}
	}
	return names
}

func outputNames(u *unit) []string {
	var names []string
	for _, o := range u.spec.Outputs {
		names = append(names, o.Name)
	}
	return names
}

// isVariable reports whether a use is the whole value of an item of env.
func isVariable(use outputUse) bool {
	return strings.HasPrefix(use.name, "env.") && use.text == use.ref.Placeholder()
}

// takeSecretly makes a variable of u that is a sensitive output one that comes
// as secrets do.
func (u *unit) takeSecretly(use outputUse) {
	name := strings.TrimPrefix(use.name, "env.")
	delete(u.spec.Container.Env, name)
	u.secretOutputs = append(u.secretOutputs, engine.SecretSource{Name: use.ref.String(), Output: &use.ref})
	u.spec.Secrets = append(u.spec.Secrets, engine.SecretUse{Name: use.ref.String(), Env: name})
}
