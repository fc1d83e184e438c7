package hclspec

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// mark is what sensitive values carry.
type mark string

const sensitive mark = "sensitive"

// text returns the bytes of a file by the name that diagnostics show.
func (d *decoder) text(name string) []byte {
	if f := d.files[name]; f != nil {
		return f.Bytes
	}
	return nil
}

// evalAttribute evaluates an attribute that people can see in the engine, so
// that it must not hold anything sensitive.
func (d *decoder) evalAttribute(a *hcl.Attribute, outputs bool) (cty.Value, bool) {
	ctx := d.context(a.Expr.Range().Filename)
	if outputs {
		with, ok := d.withOutputs(a.Expr, ctx)
		if !ok {
			return cty.DynamicVal, false
		}
		ctx = with
	}
	v, ok := d.eval(a.Expr, ctx)
	if !ok {
		return v, false
	}
	d.spend(a, v)
	if v.ContainsMarked() {
		d.errorf(d.whereMarked(a.Expr), sumSensitive, "%s uses a sensitive variable, and whoever may run \"podman inspect\" or read limber's state would see the value. "+
			"Declare a secret, with env or file as its source, and give the unit a secret \"NAME\" { } block instead.", a.Name)
		return v, false
	}
	return v, true
}

// eval evaluates an expression. It is false if an error was reported now, or
// earlier, about something that the expression uses.
func (d *decoder) eval(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, bool) {
	refs := expr.Variables()
	if _, known := ctx.Variables[stepRoot]; known && !d.isIterator(stepRoot) { // checked by withOutputs
		refs = slices.DeleteFunc(refs, func(ref hcl.Traversal) bool { return ref.RootName() == stepRoot })
	}
	if !d.checkKeyNames(expr) || !d.checkReferences(refs) || !d.checkKeys(expr, ctx) {
		return cty.DynamicVal, false
	}
	v, diags := expr.Value(ctx)
	if len(diags) > 0 {
		d.diags = append(d.diags, discreet(explainExpression(diags, refs, ctx), refs, ctx)...)
	}
	return v, !diags.HasErrors() && v.IsWhollyKnown()
}

// discreet takes from the diagnostics of an expression with something
// sensitive in it all that could show the value: functions quote their
// arguments, and a loop's own variables are not marked.
func discreet(diags hcl.Diagnostics, refs []hcl.Traversal, ctx *hcl.EvalContext) hcl.Diagnostics {
	if !slices.ContainsFunc(refs, func(ref hcl.Traversal) bool { return refersToMarked(ref, ctx) }) {
		return diags
	}
	for _, diag := range diags {
		diag.Detail, diag.Expression, diag.EvalContext = sensitiveErrorDetail, nil, nil
	}
	return diags
}

// refersToMarked reports whether a reference leads to something sensitive.
// Only its first two steps are looked at: the rest may be what is wrong.
func refersToMarked(ref hcl.Traversal, ctx *hcl.EvalContext) bool {
	v, diags := ref[:min(len(ref), 2)].TraverseAbs(ctx)
	return diags.HasErrors() || v.ContainsMarked()
}

// whereMarked returns the place of what makes a value sensitive: an element or
// item of expr if it is a list or map, else all of it.
func (d *decoder) whereMarked(expr hcl.Expression) hcl.Range {
	ctx := d.context(expr.Range().Filename)
	for _, part := range parts(expr) {
		v, diags := part.Value(ctx)
		if !diags.HasErrors() && v.ContainsMarked() {
			return d.whereMarked(part)
		}
	}
	return expr.Range()
}

// parts returns the elements of a list or the keys and values of a map, as
// they are written.
func parts(expr hcl.Expression) []hcl.Expression {
	if list, diags := hcl.ExprList(expr); !diags.HasErrors() {
		return list
	}
	pairs, _ := hcl.ExprMap(expr)
	var list []hcl.Expression
	for _, pair := range pairs {
		list = append(list, pair.Key, pair.Value)
	}
	return list
}

// checkKeys refuses sensitive keys in JSON, on which hcl's JSON expressions
// panic.
func (d *decoder) checkKeys(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	if !json.IsJSONExpression(expr) {
		return true
	}
	pairs, _ := hcl.ExprMap(expr)
	for _, pair := range pairs {
		if len(pair.Key.Variables()) == 0 {
			continue
		}
		if v, diags := pair.Key.Value(ctx); !diags.HasErrors() && v.IsMarked() {
			d.errorf(pair.Key.Range(), sumSensitive, "The name of an item must not use a sensitive variable.")
			return false
		}
	}
	for _, part := range parts(expr) {
		if !d.checkKeys(part, ctx) {
			return false
		}
	}
	return true
}

// checkKeyNames reports names of items that should be in quotes: org.example
// is a reference otherwise.
func (d *decoder) checkKeyNames(expr hcl.Expression) bool {
	ok := true
	pairs, _ := hcl.ExprMap(expr)
	for _, pair := range pairs {
		for _, ref := range pair.Key.Variables() {
			if root := ref.RootName(); !slices.Contains(roots, root) && !d.isIterator(root) && ok {
				d.errorf(pair.Key.Range(), sumNeedsQuotes, "The name of an item is in double quotes if it has other characters than letters, digits, dashes and underscores, such as { \"org.example/x\" = … }.")
				ok = false
			}
		}
	}
	for _, part := range parts(expr) {
		ok = d.checkKeyNames(part) && ok
	}
	return ok
}
