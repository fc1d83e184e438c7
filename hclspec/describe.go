package hclspec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/limber-run/limber/hclspec/schema"
)

// describer is what a block may hold, as data.
type describer interface{ describe(b *schema.Block) }

// Language describes all that a file may hold.
func Language() *schema.Block {
	file := &schema.Block{}
	rootTable.describe(file)
	return file
}

func (t *table[T]) describe(b *schema.Block) {
	b.Noun, b.Attrs, b.Free, b.OneOf = t.noun, attributes(t.attrs), t.free, t.oneOf
	b.Dynamic = t.takesDynamic()
	for _, n := range t.blocks {
		b.Blocks = append(b.Blocks, n.describe())
	}
	for _, r := range t.refusals {
		b.Refused = append(b.Refused, schema.Refusal{Name: r.name, Detail: r.detail, Later: r.summary == sumNotYet})
	}
}

func (n *nested[T]) describe() *schema.Block {
	b := &schema.Block{Name: n.name, Label: n.label, Pattern: n.pattern(), Doc: n.doc, Kube: n.kube, Once: n.once}
	n.of.describe(b)
	return b
}

// pattern is what a label looks like.
func (n *nested[T]) pattern() string {
	switch {
	case n.label == "":
		return ""
	case n.name == "variable":
		return `^[\p{L}_][\p{L}\p{N}_-]*$`
	}
	return nameRule.String()
}

func attributes[T any](attrs []attr[T]) []schema.Attribute {
	var list []schema.Attribute
	for _, a := range attrs {
		ty := a.set.ty
		if a.raw != nil {
			ty = a.takes
		}
		list = append(list, schema.Attribute{
			Name: a.name, Doc: a.doc, Type: ty,
			Required: a.required, Default: a.def, Unset: a.unset, Kube: a.kube,
		})
	}
	return list
}

// free is a block that holds attributes of any name, and what they are.
type free string

func (f free) describe(b *schema.Block) { b.Free = string(f) }

// elsewhere says which blocks know a name that another one does not; "" if
// none does. A space comes first.
func (d *decoder) elsewhere(name string) string {
	name = snake(name)
	var nouns []string
	d.language().Each(func(b *schema.Block) {
		if b.Has(name) && !slices.Contains(nouns, b.Noun) {
			nouns = append(nouns, b.Noun)
		}
	})
	if len(nouns) == 0 || len(nouns) > 4 {
		return ""
	}
	return fmt.Sprintf(" %s belongs into %s.", name, strings.Join(nouns, " or "))
}
