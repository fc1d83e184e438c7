package hclspec

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
)

// startsInOrder is why init steps and sidecars take no depends_on.
const startsInOrder = "the order of init and sidecar blocks is the order of start. Only services, which start together, depend on each other."

// dependency is one entry of depends_on: service.db, or service.db["a"] if db
// has for_each.
type dependency struct {
	root, name string
	key        string
	keyed      bool
	at         hcl.Range
}

func referencesType(roots ...string) schema.Type {
	return schema.ListOf(schema.Type{Form: schema.Text, Name: "reference", Pattern: "^(" + strings.Join(roots, "|") + `)\.`, Example: roots[0] + ".db"})
}

// dependsOn reads a list of references such as [service.db]. They are names,
// not values, so that nothing but a key is evaluated.
func dependsOn[T any](roots []string, field func(*T) *[]dependency) func(*decoder, *hcl.Attribute, *T) {
	return func(d *decoder, a *hcl.Attribute, into *T) {
		list, diags := hcl.ExprList(a.Expr)
		if diags.HasErrors() {
			d.errorf(a.Expr.Range(), sumInvalidType, "%s must be a list of references, such as [%s.db].", a.Name, roots[0])
			return
		}
		for _, expr := range list {
			if dep, ok := d.dependency(expr, a.Name, roots); ok {
				*field(into) = append(*field(into), dep)
			}
		}
	}
}

// dependency reads one element of depends_on.
func (d *decoder) dependency(expr hcl.Expression, attribute string, roots []string) (dependency, bool) {
	dep := dependency{at: expr.Range()}
	if index, ok := expr.(*hclsyntax.IndexExpr); ok {
		key, ok := d.plainText(index.Key, "A key")
		if !ok {
			return dep, false
		}
		dep.key, dep.keyed, expr = key, true, index.Collection
	}
	ref, diags := hcl.AbsTraversalForExpr(expr)
	if len(ref) == 3 && !dep.keyed {
		if _, ok := ref[2].(hcl.TraverseIndex); ok && stepName(ref[2]) != "" {
			dep.key, dep.keyed, ref = stepName(ref[2]), true, ref[:2]
		}
	}
	if diags.HasErrors() || len(ref) != 2 || memberName(ref) == "" {
		d.errorf(dep.at, sumBadValue, "An element of %s is a reference such as %s.db, without quotes.", attribute, roots[0])
		return dep, false
	}
	dep.root, dep.name = ref.RootName(), memberName(ref)
	if !slices.Contains(roots, dep.root) {
		d.errorf(dep.at, sumBadValue, "%s.%s: %s", dep.root, dep.name, otherDependency(dep.root, roots[0]))
		return dep, false
	}
	return dep, true
}

// otherDependency says why a reference is not of the right kind.
func otherDependency(got, want string) string {
	switch {
	case want == "service" && (got == "init" || got == "sidecar"):
		return "services start after all init steps and sidecars anyway. Leave it out."
	case want == "service":
		return "a service depends on services of its workflow, as in service.db. What a whole workflow depends on is in its own depends_on."
	}
	return "a workflow depends on other workflows, as in workflow.db, or on all of a module, as in module.db."
}

// validateDependsOn checks that what workflows and services depend on is
// there, and that none of them waits for itself.
func (d *decoder) validateDependsOn() {
	all := newDependencies("workflow")
	for m := range d.all() {
		m.tracing(func() {
			m.inherit()
			for _, w := range m.workflows {
				m.validateServices(w)
				w.waitsFor = append(m.workflowsOf(w.dependsOn), m.inherited...)
				all.add(w.spec.Name, m, w.waitsFor)
			}
		})
	}
	all.check()
}

// validateServices finds out which services of w the others wait for.
func (d *decoder) validateServices(w *workflow) {
	byName := map[string][]*unit{} // a name, or that of a block with for_each
	for _, g := range w.groups {
		if g.kind == engine.Service.String() {
			byName[g.name] = nil // its for_each may be empty
		}
	}
	for _, u := range w.units {
		if u.spec.Kind == engine.Service {
			byName[u.spec.Name] = append(byName[u.spec.Name], u)
			if u.group != "" {
				byName[u.group] = append(byName[u.group], u)
			}
		}
	}
	all := newDependencies("service")
	for _, u := range w.units {
		if u.spec.Kind == engine.Service {
			u.waitsFor = d.servicesOf(u, byName)
			all.add(u.spec.Name, d, u.waitsFor)
		}
	}
	all.check()
}

// servicesOf returns the services that u waits for.
func (d *decoder) servicesOf(u *unit, byName map[string][]*unit) []edge {
	var list []edge
	for _, dep := range u.dependsOn {
		name := dep.name
		if dep.keyed {
			name = instanceName(dep.name, dep.key)
		}
		found, ok := byName[name]
		if !ok && !(dep.keyed && isBroken(byName[dep.name])) {
			d.noDependency(dep.at, "service", name, namesOf(byName))
		}
		for _, other := range found {
			list = append(list, edge{name: other.spec.Name, at: dep.at, enabled: other.enabled})
		}
	}
	return list
}

// isBroken reports whether units stand for those of a for_each that is wrong.
func isBroken(units []*unit) bool {
	return len(units) > 0 && units[0].group == units[0].spec.Name
}

func (d *decoder) noDependency(at hcl.Range, noun, name string, known []string) {
	d.errorf(at, sumUnknownReference, "There is no %s %q to depend on.%s", noun, name, cmp.Or(didYouMean(name, known), " There is: "+strings.Join(known, ", ")+"."))
}

// inherit finds out which workflows a module's own wait for because its call
// says so, or that of a module around it.
func (d *decoder) inherit() {
	if d.parent != nil {
		d.inherited = append(d.parent.workflowsOf(d.call.dependsOn), d.parent.inherited...)
	}
}

// workflowsOf returns the workflows that entries of a depends_on are about.
func (d *decoder) workflowsOf(deps []dependency) []edge {
	var list []edge
	for _, dep := range deps {
		if dep.root == "module" {
			list = append(list, d.workflowsOfModule(dep)...)
			continue
		}
		var known []string
		for _, w := range d.workflows {
			known = append(known, strings.TrimPrefix(w.spec.Name, d.prefix))
		}
		if dep.keyed || !slices.Contains(known, dep.name) {
			slices.Sort(known)
			d.noDependency(dep.at, "workflow", dep.name, known)
			continue
		}
		list = append(list, edge{name: d.prefix + dep.name, at: dep.at, enabled: true})
	}
	return list
}

// workflowsOfModule returns the workflows of a module, or of one instance of
// it.
func (d *decoder) workflowsOfModule(dep dependency) []edge {
	i := slices.IndexFunc(d.calls, func(c *call) bool { return c.name == dep.name })
	if i < 0 {
		d.noDependency(dep.at, "module", dep.name, d.nodes.names("module"))
		return nil
	}
	var list []edge
	var keys []string
	for _, m := range d.calls[i].instances {
		keys = append(keys, m.key)
		if dep.keyed && m.key != dep.key {
			continue
		}
		for part := range m.all() {
			for _, w := range part.workflows {
				list = append(list, edge{name: w.spec.Name, at: dep.at, enabled: true})
			}
		}
	}
	if dep.keyed && len(keys) > 0 && !slices.Contains(keys, dep.key) {
		d.noDependency(dep.at, "instance of "+d.calls[i].title(), dep.key, keys)
	}
	return list
}
