package engine

import "strconv"

// Resource is something that a machine has so much of, and a unit needs some.
type Resource int

// Resources of a machine. CPU is counted in thousandths of a core, Memory in
// bytes.
const (
	CPU Resource = iota
	Memory
)

// AllResources are the kinds that there are.
var AllResources = []Resource{CPU, Memory}

func (r Resource) String() string {
	if r == CPU {
		return "cpu"
	}
	return "memory"
}

// Amounts says how much of each resource; 0: none.
type Amounts [Memory + 1]int64

// suffix is the unit of a quantity: so many of the resource's smallest unit.
type suffix struct {
	text   string
	factor int64
}

// binarySuffixes and the decimal ones, from large to small.
var (
	binarySuffixes   = []suffix{{"Ei", 1 << 60}, {"Pi", 1 << 50}, {"Ti", 1 << 40}, {"Gi", 1 << 30}, {"Mi", 1 << 20}, {"Ki", 1 << 10}, {"", 1}}
	decimalSuffixes  = []suffix{{"E", 1e18}, {"P", 1e15}, {"T", 1e12}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {"", 1}}
	thousandSuffixes = []suffix{{"P", 1e18}, {"T", 1e15}, {"G", 1e12}, {"M", 1e9}, {"k", 1e6}, {"", 1e3}, {"m", 1}}
)

// Format prints an amount as Kubernetes does: exact, a whole number with the
// largest suffix that there is. Memory is in the powers, of 1024 or 1000, that
// need fewer digits; of 1024 if neither does.
func (r Resource) Format(amount int64) string {
	if r == CPU {
		return canonical(amount, thousandSuffixes)
	}
	binary, decimal := canonical(amount, binarySuffixes), canonical(amount, decimalSuffixes)
	if digits(decimal) < digits(binary) {
		return decimal
	}
	return binary
}

func canonical(amount int64, suffixes []suffix) string {
	if amount == 0 {
		return "0"
	}
	for _, s := range suffixes {
		if amount%s.factor == 0 {
			return strconv.FormatInt(amount/s.factor, 10) + s.text
		}
	}
	return strconv.FormatInt(amount, 10)
}

// digits counts those that a quantity begins with.
func digits(quantity string) int {
	for i, c := range quantity {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(quantity)
}

const mostAmount = 1<<63 - 1

// add is a+b for amounts, or the most that can be counted.
func add(a, b int64) int64 {
	if a > mostAmount-b {
		return mostAmount
	}
	return a + b
}
