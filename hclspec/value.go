package hclspec

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// arg is an attribute with its value, which is known, not null and holds
// nothing sensitive.
type arg struct {
	d    *decoder
	attr *hcl.Attribute
	val  cty.Value
}

func (a arg) name() string { return a.attr.Name }

func (a arg) at() hcl.Range { return a.attr.Expr.Range() }

// errorf reports an error at the attribute's value.
func (a arg) errorf(summary, format string, args ...any) {
	a.d.errorf(a.at(), summary, format, args...)
	a.showValues()
}

// showValues lets the last diagnostic show what the references in the value
// are, unless one is sensitive.
func (a arg) showValues() {
	ctx := a.d.context(a.attr.Range.Filename)
	refs := a.attr.Expr.Variables()
	if len(refs) > 0 && !slices.ContainsFunc(refs, func(ref hcl.Traversal) bool { return refersToMarked(ref, ctx) }) {
		diag := a.d.diags[len(a.d.diags)-1]
		diag.Expression, diag.EvalContext = a.attr.Expr, ctx
	}
}

// element returns a list's element i, with its own place if it is among the
// expressions of the list.
func (a arg) element(i int, val cty.Value, exprs []hcl.Expression) arg {
	part := a.of(a.attr.Expr, val)
	if i < len(exprs) {
		part = a.of(exprs[i], val)
	}
	part.attr.Name = fmt.Sprintf("Element %d of %s", i+1, a.name())
	return part
}

// places returns the expressions of the items of an object or map by key, as
// far as they are written one by one.
func (a arg) places() map[string]hcl.Expression {
	pairs, _ := hcl.ExprMap(a.attr.Expr)
	exprs := make(map[string]hcl.Expression, len(pairs))
	for _, pair := range pairs {
		k, diags := pair.Key.Value(a.d.context(a.attr.Range.Filename))
		if !diags.HasErrors() && k.Type() == cty.String && k.IsKnown() && !k.IsNull() && !k.IsMarked() {
			if _, again := exprs[k.AsString()]; !again {
				exprs[k.AsString()] = pair.Value
			}
		}
	}
	return exprs
}

// named returns a as the item key of what it was: limits becomes limits.cpu.
func (a arg) named(key string) arg {
	a.attr.Name += "." + key
	return a
}

func (a arg) of(expr hcl.Expression, val cty.Value) arg {
	part := *a.attr
	part.Expr = expr
	return arg{d: a.d, attr: &part, val: val}
}

// convert returns the value as type ty, or reports that it is none.
func (a arg) convert(ty cty.Type, want string) (cty.Value, bool) {
	v, err := convert.Convert(a.val, ty)
	if err != nil || v.IsNull() {
		a.errorf(sumInvalidType, "%s must be %s.%s", a.name(), want, a.hint(a.meantInstead(ty)))
		return v, false
	}
	return v, true
}

func (a arg) text() (string, bool) {
	if a.val.Type() == cty.Number && !a.val.IsNull() && a.val.AsBigFloat().MantExp(nil) > maxExponent {
		a.errorf(sumOutOfRange, "%s is too large a number.", a.name())
		return "", false
	}
	if a.val.Type() == cty.Number && !a.val.IsNull() && a.val.AsBigFloat().IsInf() {
		a.errorf(sumOutOfRange, "%s is infinite: something is divided by 0.", a.name())
		return "", false
	}
	v, ok := a.convert(cty.String, "a string")
	if !ok {
		return "", false
	}
	if strings.ContainsRune(withoutOutputs(v.AsString()), 0) {
		a.errorf(sumBadValue, "%s must not contain a NUL character.", a.name())
		return "", false
	}
	a.noteOutputs(v.AsString())
	return v.AsString(), true
}

// shown prints a number that is wrong, unless that would take long.
func shown(n *big.Float) string {
	const digits = 10
	if exponent := n.MantExp(nil); exponent > maxExponent || exponent < -maxExponent {
		return "this one"
	}
	return n.Text('g', digits)
}

// integer returns a whole number from least to most.
func (a arg) integer(least, most int64) (int64, bool) {
	v, ok := a.convert(cty.Number, "a whole number")
	if !ok {
		return 0, false
	}
	n, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact || n < least || n > most {
		a.errorf(sumOutOfRange, "%s must be a whole number %s%s.", a.name(), interval(least, most), a.hint(", not "+shown(v.AsBigFloat())))
		return 0, false
	}
	return n, true
}

// elements returns the elements of a list, or reports that it is none.
func (a arg) elements(want string) ([]arg, bool) {
	ty := a.val.Type()
	if !ty.IsListType() && !ty.IsTupleType() && !ty.IsSetType() {
		a.errorf(sumInvalidType, "%s must be %s.%s", a.name(), want, a.hint(a.meantInstead(cty.List(cty.String))))
		return nil, false
	}
	exprs, _ := hcl.ExprList(a.attr.Expr)
	var list []arg
	for i, v := range a.val.AsValueSlice() {
		list = append(list, a.element(i, v, exprs))
	}
	return list, true
}

// texts returns a list of strings, or reports that it is none.
func (a arg) texts(want string) ([]string, bool) {
	elements, ok := a.elements(want)
	list := make([]string, 0, len(elements))
	for _, e := range elements {
		s, fine := e.text()
		list, ok = append(list, s), ok && fine
	}
	return list, ok
}

// items returns the items of a map or object, or reports that it is none.
func (a arg) items(example string) (map[string]arg, bool) {
	ty := a.val.Type()
	if !ty.IsMapType() && !ty.IsObjectType() {
		a.errorf(sumInvalidType, "%s must be a map, such as { %s }.", a.name(), example)
		return nil, false
	}
	exprs, items := a.places(), map[string]arg{}
	for key, v := range a.val.AsValueMap() {
		expr, ok := exprs[key]
		if !ok {
			expr = a.attr.Expr
		}
		items[key] = a.of(expr, v).named(key)
	}
	return items, true
}

// each hands the items of an object that are not null to what knows them.
func (a arg) each(known map[string]func(arg)) {
	names := slices.Sorted(maps.Keys(known))
	items, ok := a.items(names[0] + " = …")
	if !ok {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(items)) {
		take, ok := known[key]
		switch {
		case !ok:
			items[key].errorf(sumUnknownAttribute, "%s has no %q. It takes %s.%s", a.name(), key, oneOf(names), didYouMean(key, names))
		case !items[key].val.IsNull():
			take(items[key])
		}
	}
}
