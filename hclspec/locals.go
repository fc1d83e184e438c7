package hclspec

import (
	"maps"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// addLocals takes in a locals block.
func (d *decoder) addLocals(b *hcl.Block) {
	attrs, diags := b.Body.JustAttributes()
	d.diags = append(d.diags, noBlocks(diags, "Locals are attributes: write NAME = { … } for a map.")...)
	for _, a := range inOrder(attrs) {
		n := &node{root: "local", name: a.Name, decl: a.NameRange, exprs: []hcl.Expression{a.Expr}}
		n.evaluate = func() cty.Value {
			v, ok := d.eval(a.Expr, d.context(a.Range.Filename))
			if !ok || !d.fits(a.Expr, v) {
				return cty.DynamicVal
			}
			return v
		}
		if !d.nodes.add(n) {
			d.errorf(a.NameRange, sumDuplicate, "local.%s is already declared at %s.", a.Name, place(d.nodes[n.title()].decl))
			d.also("first declared", d.nodes[n.title()].decl)
		}
	}
}

// noBlocks explains a block where only attributes are.
func noBlocks(diags hcl.Diagnostics, remedy string) hcl.Diagnostics {
	for _, diag := range diags {
		if unexpectedBlock.MatchString(diag.Summary) {
			diag.Summary, diag.Detail = sumUnknownBlock, remedy
		}
	}
	return diags
}

var unexpectedBlock = regexp.MustCompile(`^Unexpected ".*" block$`)

// inOrder returns attributes as they are written.
func inOrder(attrs hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attrs), func(a, b *hcl.Attribute) int {
		return a.Range.Start.Byte - b.Range.Start.Byte
	})
}
