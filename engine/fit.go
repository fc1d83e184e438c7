package engine

import (
	"errors"
	"fmt"
	"strings"
)

// Fit reports why a machine has no room for workflows that are to begin,
// beside those that run already and go on. What the machine has is not known
// where it is 0. A workflow that requests nothing always has room.
func Fit(machine Amounts, begin, beside []Workflow) error {
	var problems []error
	for _, r := range AllResources {
		problems = append(problems, fit(r, machine[r], begin, beside))
	}
	return errors.Join(problems...)
}

func fit(r Resource, has int64, begin, beside []Workflow) error {
	var asked, total int64
	var lines []string
	for i, w := range append(begin[:len(begin):len(begin)], beside...) {
		request := w.Requests()[r]
		if request == 0 {
			continue
		}
		total = add(total, request)
		line := fmt.Sprintf("\n  workflow %s: %s = %s", w.Name, r.Format(request), w.terms(r))
		if i < len(begin) {
			asked = add(asked, request)
		} else {
			line += " (it runs already)"
		}
		lines = append(lines, line)
	}
	if has == 0 || asked == 0 || total <= has {
		return nil
	}
	return fmt.Errorf("not enough %s: %s is requested, and this machine has %s:%s\n%s",
		r, r.Format(total), r.approximate(has), strings.Join(lines, ""), remedy(r, asked < total))
}

// terms says how the request of w for r comes about.
func (w Workflow) terms(r Resource) string {
	if r.request(w.Resources) != 0 {
		return "what its own resources block requests"
	}
	return w.RequestSum(r).Text(r)
}

func remedy(r Resource, others bool) string {
	text := fmt.Sprintf("Lower requests.%s of these units (or limits.%s, which is the request where there is none)", r, r)
	if others {
		return text + ", or stop a workflow that runs: limber stop NAME."
	}
	return text + ", or run it on a larger machine."
}

// approximate prints what a machine has, which is no round number.
func (r Resource) approximate(amount int64) string {
	exact := r.Format(amount)
	if r == CPU || digits(exact) <= 4 {
		return exact
	}
	return fmt.Sprintf("%s (%.1fGi)", exact, float64(amount)/(1<<30))
}
