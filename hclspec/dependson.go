package hclspec

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// startsInOrder is why init steps and sidecars take no depends_on.
const startsInOrder = "the order of init and sidecar blocks is the order of start. Only services, which start together, depend on each other."

// dependency is one entry of depends_on.
type dependency struct {
	name string
	at   hcl.Range
}

// dependsOn reads a list of references such as [service.db]. They are names,
// not values, so that nothing is evaluated.
func dependsOn[T any](root string, field func(*T) *[]dependency) func(*decoder, *hcl.Attribute, *T) {
	return func(d *decoder, a *hcl.Attribute, into *T) {
		list, diags := hcl.ExprList(a.Expr)
		if diags.HasErrors() {
			d.errorf(a.Expr.Range(), sumInvalidType, "%s must be a list of references, such as [%s.db].", a.Name, root)
			return
		}
		for _, expr := range list {
			ref, diags := hcl.AbsTraversalForExpr(expr)
			if diags.HasErrors() || len(ref) != 2 || memberName(ref) == "" {
				d.errorf(expr.Range(), sumBadValue, "An element of %s is a reference such as %s.db, without quotes.", a.Name, root)
				continue
			}
			if ref.RootName() != root {
				d.errorf(expr.Range(), sumBadValue, "%s.%s: %s", ref.RootName(), memberName(ref), otherDependency(ref.RootName(), root))
				continue
			}
			*field(into) = append(*field(into), dependency{memberName(ref), expr.Range()})
		}
	}
}

// otherDependency says why a reference is not of the right kind.
func otherDependency(got, want string) string {
	switch {
	case want == "service" && (got == "init" || got == "sidecar"):
		return "services start after all init steps and sidecars anyway."
	case want == "service":
		return "a service depends on services of its workflow, as in service.db. What a whole workflow depends on is in its own depends_on."
	}
	return "a workflow depends on other workflows, as in workflow.db."
}

// validateDependsOn checks that what workflows and services depend on is
// there, and that none of them waits for itself.
func (d *decoder) validateDependsOn() {
	workflows := map[string][]dependency{}
	for _, w := range d.workflows {
		workflows[w.spec.Name] = w.dependsOn
		services := map[string][]dependency{}
		for _, u := range w.units {
			if u.spec.Kind == engine.Service {
				services[u.spec.Name] = u.dependsOn
			}
		}
		d.checkDependencies("service", services)
	}
	d.checkDependencies("workflow", workflows)
}

func (d *decoder) checkDependencies(noun string, all map[string][]dependency) {
	known := slices.Sorted(maps.Keys(all))
	for _, name := range known {
		for _, dep := range all[name] {
			if _, ok := all[dep.name]; !ok {
				d.errorf(dep.at, sumUnknownReference, "There is no %s %q to depend on.%s", noun, dep.name,
					cmp.Or(didYouMean(dep.name, known), " There is: "+strings.Join(known, ", ")+"."))
				continue
			}
			if path := pathTo(all, dep.name, name, map[string]bool{}); path != nil {
				d.errorf(dep.at, sumDependsOnItself, "The %s %q would wait for itself: %s.", noun, name, strings.Join(append([]string{name}, path...), " → "))
			}
		}
	}
}

// pathTo returns the way along dependencies, both ends included; nil if there
// is none.
func pathTo(all map[string][]dependency, from, to string, seen map[string]bool) []string {
	if from == to {
		return []string{to}
	}
	seen[from] = true
	for _, dep := range all[from] {
		if seen[dep.name] {
			continue
		}
		if path := pathTo(all, dep.name, to, seen); path != nil {
			return append([]string{from}, path...)
		}
	}
	return nil
}

// enabledDependencies are the names of those that are part of the workflow.
func enabledDependencies(u *unit, w *workflow) []string {
	var names []string
	for _, dep := range u.dependsOn {
		i := slices.IndexFunc(w.units, func(other *unit) bool { return other.spec.Name == dep.name })
		if i >= 0 && w.units[i].enabled && !slices.Contains(names, dep.name) {
			names = append(names, dep.name)
		}
	}
	return names
}
