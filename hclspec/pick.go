package hclspec

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// pick says which volume or secret a block of a unit is about: the one of the
// module that its label names, or the one of the project that an attribute
// names in full.
type pick struct {
	label string
	full  string // "": there is no such attribute, or it is wrong
	given bool   // whether there is such an attribute
	at    hcl.Range
}

// pickOf reads the pick of a block whose attribute full has been decoded.
func pickOf(b *hcl.Block, g given, attribute, full string) pick {
	return pick{label: b.Labels[0], full: full, given: g[attribute] != nil, at: g.at(attribute, b.LabelRanges[0])}
}

// fullNameOf sets the attribute of a pick.
func fullNameOf[T any](field func(*T) *string) setter[T] {
	name := text(field)
	return as(textType, func(a arg, into *T) {
		if ty := a.val.Type(); ty.IsObjectType() && ty.HasAttribute("name") {
			a.errorf(sumInvalidType, "%s takes the name: write .name behind the reference.", a.name())
			return
		}
		name.take(a, into)
	})
}

// picked returns what p picks, and reports if there is no such thing.
func picked[V any](d *decoder, p pick, root, summary string, own, all map[string]*V) *V {
	if p.given {
		if all[p.full] == nil && p.full != "" {
			d.errorf(p.at, summary, "No %s %q is declared.%s", root, p.full,
				cmp.Or(didYouMean(p.full, namesOf(all)), fmt.Sprintf(" Write %s = %s.NAME.name.", root, root)))
		}
		return all[p.full]
	}
	if own[p.label] != nil {
		return own[p.label]
	}
	if n := d.nodes[root+"."+p.label]; n != nil && n.several {
		d.errorf(p.at, summary, "The %s %q has for_each, so there are several. Write %s = %s.%s[\"KEY\"].name here; the label may then be any name.", root, p.label, root, root, p.label)
		return nil
	}
	d.errorf(p.at, summary, "No %s %q is declared.%s", root, p.label,
		cmp.Or(didYouMean(p.label, namesOf(own)), " "+remedies[root]))
	return nil
}
