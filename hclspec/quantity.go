package hclspec

import (
	"math/big"
	"strings"
)

// A quantity is a number with a suffix, as in Kubernetes: "250m", "64Mi", "1G".
var quantitySuffixes = []struct {
	suffix string
	factor *big.Rat
}{
	{"Ki", big.NewRat(1<<10, 1)},
	{"Mi", big.NewRat(1<<20, 1)},
	{"Gi", big.NewRat(1<<30, 1)},
	{"Ti", big.NewRat(1<<40, 1)},
	{"Pi", big.NewRat(1<<50, 1)},
	{"Ei", big.NewRat(1<<60, 1)},
	{"m", big.NewRat(1, 1000)},
	{"k", big.NewRat(1e3, 1)},
	{"M", big.NewRat(1e6, 1)},
	{"G", big.NewRat(1e9, 1)},
	{"T", big.NewRat(1e12, 1)},
	{"P", big.NewRat(1e15, 1)},
	{"E", big.NewRat(1e18, 1)},
	{"", big.NewRat(1, 1)},
}

// quantityPattern is how a quantity looks.
const quantityPattern = `^([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[mkMGTPE])?$`

const maxQuantityLength = 32 // digits beyond are a mistake

// parseQuantity returns scale times the quantity, rounded up. It is false if
// text is no quantity, or negative, or too large.
func parseQuantity(text string, scale int64) (int64, bool) {
	if len(text) > maxQuantityLength {
		return 0, false
	}
	for _, s := range quantitySuffixes {
		digits, found := strings.CutSuffix(text, s.suffix)
		if !found || !isDecimal(digits) {
			continue
		}
		n, ok := new(big.Rat).SetString(digits)
		if !ok {
			return 0, false
		}
		n.Mul(n, s.factor).Mul(n, big.NewRat(scale, 1))
		return roundUp(n)
	}
	return 0, false
}

// isDecimal reports whether s is digits with at most one point.
func isDecimal(s string) bool {
	digits, points := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

func roundUp(n *big.Rat) (int64, bool) {
	quotient, rest := new(big.Int).QuoRem(n.Num(), n.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		quotient.Add(quotient, big.NewInt(1))
	}
	return quotient.Int64(), quotient.IsInt64()
}

// byteSize sets a number of bytes.
func byteSize[T any](field func(*T) *int64) setter[T] {
	return as(sizeType, func(a arg, into *T) {
		s, ok := a.text()
		switch m := numberAndUnit.FindStringSubmatch(s); {
		case !ok:
		case m != nil && m[2] == "m": // Kubernetes takes it, and nobody means it
			a.errorf(sumInvalidQuantity, "%s: m stands for a thousandth, and there is no thousandth of a byte.%s", a.name(), a.hint(meantSize(s)))
		default:
			*field(into) = a.quantity(s, 1, "a size such as \"64Mi\", \"1Gi\" or \"500M\"", meantSize(s))
		}
	})
}

// millicores sets thousandths of a core.
func millicores[T any](field func(*T) *int64) setter[T] {
	return as(coresType, func(a arg, into *T) {
		if s, ok := a.text(); ok {
			*field(into) = a.quantity(s, 1000, "cores such as \"1\", \"0.5\" or \"250m\"", meantCores(s))
		}
	})
}

// quantity returns scale times a quantity, or 0 after a report, which ends in
// a hint.
func (a arg) quantity(s string, scale int64, want, hint string) int64 {
	n, ok := parseQuantity(s, scale)
	if !ok || n == 0 {
		a.errorf(sumInvalidQuantity, "%s must be %s, and more than 0.%s", a.name(), want, a.hint(hint))
		return 0
	}
	return n
}
