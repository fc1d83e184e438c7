package hclspec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/hclspec/schema"
)

// maxInstances is how many instances one for_each may make.
const maxInstances = 1000

// eachName is what for_each makes known to a block.
const eachName = "each"

// element is an element of a for_each.
type element struct{ key, value cty.Value }

// forEachAttribute is of a block that may have instances. repeat has heeded it
// by the time that a table sees it.
func forEachAttribute[T any](of string) attr[T] {
	return attr[T]{
		name:  "for_each",
		doc:   "a map or set of strings: one " + of + " NAME-KEY for each of its elements, which each.key and each.value stand for in the block",
		unset: "one alone", takes: schema.Either(schema.MapOf(schema.Type{Name: "value"}), schema.Type{Form: schema.List, Name: "set of strings", Element: &textType}),
		raw: func(*decoder, *hcl.Attribute, *T) {},
	}
}

var noCount = notHere("count", "instances have names and no numbers. Write for_each = toset([\"a\", \"b\"]), or for_each = { a = …, b = … }.")

// repeat calls do for each instance of a block, or once if the block has no
// for_each. If for_each is not as it should be it calls do once as well, with
// an element of which nothing is known, to find what else is wrong.
func (d *decoder) repeat(b *hcl.Block, do func(one *hcl.Block)) {
	a := forEachOf(b.Body)
	if a == nil {
		do(b)
		return
	}
	elements, ok := d.instances(b, a)
	if !ok {
		d.iterate(eachName, element{cty.UnknownVal(cty.String), cty.DynamicVal}, func() { do(b) })
		return
	}
	for _, e := range elements {
		if !d.affordable(a.Expr.Range()) {
			return
		}
		one := *b
		one.Labels = []string{instanceName(b.Labels[0], e.key.AsString())}
		d.iterate(eachName, e, func() { do(&one) })
	}
}

func instanceName(name, key string) string { return name + "-" + key }

var forEachSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "for_each"}}}

// forEachOf returns the for_each of a block, or nil.
func forEachOf(body hcl.Body) *hcl.Attribute {
	if native, ok := body.(*hclsyntax.Body); ok {
		if a := native.Attributes["for_each"]; a != nil {
			return a.AsHCLAttribute()
		}
		return nil
	}
	content, _, _ := body.PartialContent(forEachSchema) // the table reports what is wrong
	return content.Attributes["for_each"]
}

// instances returns the elements of a block's for_each, whose keys make valid
// names of the block's label.
func (d *decoder) instances(b *hcl.Block, a *hcl.Attribute) ([]element, bool) {
	v, ok := d.collection(a)
	if !ok || !ValidName(b.Labels[0]) { // d.name says so
		return nil, false
	}
	switch ty := v.Type(); {
	case ty.IsMapType(), ty.IsObjectType(), ty.IsSetType() && ty.ElementType() == cty.String:
	case ty.IsSetType() && v.LengthInt() == 0:
	case ty.IsSetType():
		d.errorf(a.Expr.Range(), sumForEach, "for_each takes a set of strings, of which names are made, and this one holds something else. Write toset([for x in … : tostring(x)]).")
		return nil, false
	default:
		d.errorf(a.Expr.Range(), sumForEach, "for_each takes a map or a set of strings. The elements of a list have no names that stay when it changes: write toset(…) around it.")
		return nil, false
	}
	elements := elementsOf(v)
	for _, e := range elements {
		ok = d.checkKey(b, a, e) && ok
	}
	return elements, ok
}

// checkKey checks that a key makes a name.
func (d *decoder) checkKey(b *hcl.Block, a *hcl.Attribute, e element) bool {
	if e.key.IsNull() {
		d.errorf(a.Expr.Range(), sumForEach, "for_each must not hold null, of which no name can be made.")
		return false
	}
	key := e.key.AsString()
	if name := instanceName(b.Labels[0], key); !ValidName(name) {
		d.errorf(a.Expr.Range(), sumInvalidName, "The key %q would make the name %q, which is not a valid one. %s", key, name, nameRuleText)
		return false
	}
	return true
}

// collection evaluates a for_each and checks what holds for all of them.
func (d *decoder) collection(a *hcl.Attribute) (cty.Value, bool) {
	v, ok := d.eval(a.Expr, d.context(a.Expr.Range().Filename))
	switch {
	case !ok:
		return v, false
	case v.IsMarked():
		d.errorf(a.Expr.Range(), sumSensitive, "for_each uses a sensitive variable, and whoever sees what is made of it would see the value. Use something that is not sensitive for the keys.")
		return v, false
	case v.IsNull():
		d.errorf(a.Expr.Range(), sumForEach, "for_each must not be null. Write {} for nothing at all.")
		return v, false
	case !v.CanIterateElements():
		d.errorf(a.Expr.Range(), sumForEach, "for_each takes a map or a set, and this is %s.", aType(v.Type()))
		return v, false
	case v.LengthInt() > maxInstances:
		d.errorf(a.Expr.Range(), sumForEach, "for_each has %d elements, and may have %d.", v.LengthInt(), maxInstances)
		return v, false
	}
	return v, true
}

// aType prints a type with its article.
func aType(ty cty.Type) string { return "a " + ty.FriendlyName() }

// elementsOf returns the elements of a collection: of a map in the order of
// its keys.
func elementsOf(v cty.Value) []element {
	var list []element
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		list = append(list, element{key, value})
	}
	return list
}
