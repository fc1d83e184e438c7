package hclspec

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// A few lines can stand for more than any memory holds: for_each in for_each
// in modules, or locals that double each other. So there is a price for
// everything, in about the bytes that it takes, and a limit.
const (
	maxValue  = 16 << 20 // of a local, an argument or an output
	maxSpent  = 32 << 20 // of all, before there may be another instance of anything
	partPrice = 160      // of each part of a value

	// Decoding a byte of a file costs about as much as some bytes of a value,
	// and there is something for every block and module.
	textPrice   = 4
	blockPrice  = 200
	modulePrice = 8000
)

// spend takes note of what an attribute costs.
func (d *decoder) spend(a *hcl.Attribute, v cty.Value) {
	rng := a.Expr.Range()
	d.spent += blockPrice + textPrice*(rng.End.Byte-rng.Start.Byte)
	if d.scope != nil || d.parent != nil {
		d.spent += size(v)
	}
}

// affordable reports whether there may be another instance of what the
// expression at rng makes, and complains once if not.
func (d *decoder) affordable(rng hcl.Range) bool {
	if d.spent <= maxSpent {
		return true
	}
	if !d.exhausted {
		d.exhausted = true
		d.errorf(rng, sumTooLarge, "What for_each, dynamic blocks and modules make of these files grows beyond all measure, so the rest is left out. Repeat less, or split the project.")
	}
	return false
}

// fits reports whether a value that others can refer to is of a size that
// they can bear, and complains if not.
func (d *decoder) fits(expr hcl.Expression, v cty.Value) bool {
	n := size(v)
	d.spent += n
	if n > maxValue {
		d.errorf(expr.Range(), sumTooLarge, "This value has more than %d MiB.", maxValue>>20)
	}
	return n <= maxValue
}

var errEnough = errors.New("enough")

// size returns about how many bytes a value has, or some number above maxValue
// if that is more.
func size(v cty.Value) int {
	total := 0
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		total += partPrice
		part, _ = part.Unmark()
		if part.Type() == cty.String && part.IsKnown() && !part.IsNull() {
			total += len(part.AsString())
		}
		if total > maxValue {
			return false, errEnough
		}
		return true, nil
	})
	return total
}
