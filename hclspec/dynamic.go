package hclspec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/limber-run/limber/hclspec/schema"
)

// dynamicType is the type of the blocks that stand for others.
const dynamicType = "dynamic"

// dynamic is a dynamic block: a block of its type for each element.
type dynamic struct {
	forEach  *hcl.Attribute
	iterator string
	labels   *hcl.Attribute
	content  *hcl.Block
}

var dynamicTable = newTable(table[dynamic]{
	noun: "a dynamic block",
	attrs: []attr[dynamic]{
		{name: "for_each", doc: "a map, set or list: one block for each of its elements", required: true, takes: schema.Type{Name: "value"}, raw: func(_ *decoder, a *hcl.Attribute, into *dynamic) { into.forEach = a }},
		{name: "iterator", doc: "what stands for the element in content, with .key and .value", unset: "the type of the block", takes: schema.Type{Name: "word"}, raw: iterator},
		{name: "labels", doc: "a list of the labels of the block", unset: "none", takes: schema.Type{Name: "list of strings"}, raw: func(_ *decoder, a *hcl.Attribute, into *dynamic) { into.labels = a }},
	},
	blocks: []nested[dynamic]{
		{name: "content", doc: "what is in each block", once: true, add: func(_ *decoder, b *hcl.Block, into *dynamic) { into.content = b }, of: free("of the block that it stands for")},
	},
	refusals: []refusal{
		notHere(dynamicType, "write it into the content block."),
	},
})

func iterator(d *decoder, a *hcl.Attribute, into *dynamic) {
	steps, diags := hcl.AbsTraversalForExpr(a.Expr)
	if diags.HasErrors() || len(steps) != 1 {
		d.errorf(a.Expr.Range(), sumInvalidName, "iterator must be a single word without quotes, such as iterator = it.")
		return
	}
	into.iterator = steps.RootName()
}

// expand calls add for each block that a dynamic block stands for, as if it
// were written there.
func (t *table[T]) expand(d *decoder, b *hcl.Block, add func(*hcl.Block)) {
	n := t.nested(b.Labels[0])
	if n == nil {
		d.diags = append(d.diags, t.leftover(d, "", b.Labels[0], b.LabelRanges[0]))
		return
	}
	dyn := &dynamic{iterator: n.name}
	before := len(d.diags)
	dynamicTable.decode(d, b, dyn)
	if dyn.content == nil && len(d.diags) == before {
		d.errorf(b.DefRange, sumMissingBlock, "A dynamic block needs a block content { … }: what is in each %s block.", n.name)
	}
	if dyn.content == nil || dyn.forEach == nil || !d.checkLabels(dyn, n.label, b.DefRange) {
		return
	}
	v, ok := d.collection(dyn.forEach)
	if !ok {
		return
	}
	for _, e := range elementsOf(v) {
		if !d.affordable(dyn.forEach.Expr.Range()) {
			return
		}
		d.spent += blockPrice
		d.iterate(dyn.iterator, e, func() {
			if one, ok := d.generated(dyn, n.name); ok {
				add(one)
			}
		})
	}
}

// checkLabels checks that a dynamic block has labels if its type has one.
func (d *decoder) checkLabels(dyn *dynamic, label string, decl hcl.Range) bool {
	switch {
	case label == "" && dyn.labels != nil:
		d.errorf(dyn.labels.NameRange, sumMissingLabel, "A block of this type has no label. Leave labels out.")
		return false
	case label != "" && dyn.labels == nil:
		d.errorf(decl, sumMissingLabel, "A block of this type has a label, the %s. Write labels = [ … ].", label)
		return false
	}
	return true
}

// generated returns the block that a dynamic block stands for at an element.
func (d *decoder) generated(dyn *dynamic, name string) (*hcl.Block, bool) {
	one := *dyn.content
	one.Type = name
	if dyn.labels == nil {
		return &one, true
	}
	exprs, diags := hcl.ExprList(dyn.labels.Expr)
	if diags.HasErrors() || len(exprs) != 1 {
		d.errorf(dyn.labels.Expr.Range(), sumMissingLabel, "A block of this type has one label: write labels = [ … ] with one element.")
		return nil, false
	}
	label, ok := d.plainText(exprs[0], "A label")
	one.Labels, one.LabelRanges = []string{label}, []hcl.Range{exprs[0].Range()}
	return &one, ok
}

// plainText evaluates what is to be known to everybody, such as a label.
func (d *decoder) plainText(expr hcl.Expression, what string) (string, bool) {
	v, ok := d.eval(expr, d.context(expr.Range().Filename))
	if !ok {
		return "", false
	}
	if v.ContainsMarked() {
		d.errorf(expr.Range(), sumSensitive, "%s must not use a sensitive variable, because everybody can see it.", what)
		return "", false
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil || text.IsNull() {
		d.errorf(expr.Range(), sumInvalidType, "%s must be a string.", what)
		return "", false
	}
	return text.AsString(), true
}
