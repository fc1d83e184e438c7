package hclspec

import (
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// maxModuleDepth is how deep modules may call each other.
const maxModuleDepth = 20

// argument is what a call gives to a variable of a module.
type argument struct {
	value cty.Value
	ok    bool // false: something is wrong with it, and reported
	at    hcl.Range
}

// evaluateCall decodes a module once, or with for_each once for each element,
// and returns its outputs, or a map of those.
func (d *decoder) evaluateCall(c *call) cty.Value {
	if c.dir == "" || !ValidName(c.name) {
		return cty.DynamicVal
	}
	if c.forEach == nil {
		return d.instance(c, "")
	}
	elements, ok := d.instances(c.block, c.forEach)
	if !ok {
		return cty.DynamicVal
	}
	values := map[string]cty.Value{}
	for _, e := range elements {
		key := e.key.AsString()
		d.iterate(eachName, e, func() {
			values[key] = d.instance(c, key)
		})
	}
	return cty.ObjectVal(values)
}

// instance decodes a module for a call, or for a key of its for_each, and
// returns its outputs.
func (d *decoder) instance(c *call, key string) cty.Value {
	m := newModule(d.loading)
	m.parent, m.call, m.key = d, c, key
	m.title, m.prefix = c.title(), d.prefix+instanceName(c.name, "")
	if c.forEach != nil {
		m.title, m.prefix = m.title+"["+strconv.Quote(key)+"]", m.prefix+instanceName(key, "")
	}
	m.reals = []string{d.disk.Real(c.dir)}
	if !m.mayBeCalled() || !d.affordable(c.source) {
		return cty.DynamicVal
	}
	d.spent += modulePrice
	bodies := m.readModule()
	if bodies == nil {
		return cty.DynamicVal
	}
	m.tracing(func() { m.declare(bodies) })
	c.instances = append(c.instances, m)
	args := m.arguments()
	m.tracing(func() {
		m.resolveVariables(args)
		m.complete()
	})
	return m.outputValues()
}

// mayBeCalled reports a module that calls itself, or modules that call each
// other without end.
func (d *decoder) mayBeCalled() bool {
	depth := 0
	for m := d.parent; m != nil; m = m.parent {
		depth++
		if slices.Contains(m.reals, d.reals[0]) {
			d.parent.errorf(d.call.source, sumModuleCycle, "%s is the directory of this file, or of one that leads to it, so the module would call itself without end.", d.call.shown)
			return false
		}
	}
	if depth > maxModuleDepth {
		d.parent.errorf(d.call.source, sumModuleCycle, "Modules may call each other %d deep, and this would be deeper.", maxModuleDepth)
		return false
	}
	return true
}

// realDirs returns the directories that a module must not be, because the
// files of the project are in them.
func (d *decoder) realDirs(sources []source) []string {
	var dirs []string
	for _, s := range sources {
		if isProjectFile(filepath.Base(s.path)) {
			dirs = append(dirs, d.disk.Real(filepath.Dir(s.path)))
		}
	}
	return dirs
}

// readModule returns the parsed files of a module, which are read once however
// often it is called. There are none if any of them cannot be used.
func (d *decoder) readModule() []hcl.Body {
	paths := d.findIn(d.call.dir, d.call.shown, func(summary, format string, args ...any) {
		d.errorf(d.call.source, summary, format, args...)
	})
	if bodies, known := d.modules[d.call.dir]; known || len(paths) == 0 {
		return bodies
	}
	d.tracing(func() {
		before := len(d.diags)
		bodies := d.parseAll(d.read(d.cwd, paths))
		if d.diags[before:].HasErrors() {
			bodies = nil
		}
		d.modules[d.call.dir] = bodies
	})
	return d.modules[d.call.dir]
}

// arguments returns what the call of a module says about its variables.
func (d *decoder) arguments() map[string]assignment {
	assigned := map[string]assignment{}
	for _, a := range inOrder(d.call.args) {
		v := d.variables[a.Name]
		if v == nil {
			d.parent.errorf(a.NameRange, sumUnknownVariable, "%s has no variable %q.%s", d.call.title(), a.Name, d.variableHint(a.Name))
			continue
		}
		if v.sensitive && !isReference(a.Expr) {
			d.blank(a.Expr.Range())
		}
		value, ok := d.parent.eval(a.Expr, d.parent.context(a.Range.Filename))
		ok = ok && d.parent.fits(a.Expr, value)
		assigned[a.Name] = assignment{from: d.call.title(), arg: &argument{value: value, ok: ok, at: a.Expr.Range()}}
	}
	return assigned
}

// isReference reports whether an expression is a reference and nothing else,
// which shows no value.
func isReference(expr hcl.Expression) bool {
	_, ok := expr.(*hclsyntax.ScopeTraversalExpr)
	return ok
}

// tracing runs do, and notes of what it reports that it is about this module.
func (d *decoder) tracing(do func()) {
	before := len(d.diags)
	do()
	for _, diag := range d.diags[before:] {
		if d.origin[diag] == nil {
			d.origin[diag] = d
		}
	}
}

// trace says which calls led to a module, for the end of a diagnostic. What is
// in the call itself says that already, but for the instance.
func (d *decoder) trace(subject *hcl.Range) string {
	if subject == nil || d.dirs[subject.Filename] != d.call.dir {
		if d.call.forEach == nil {
			return ""
		}
		return "\n\nIn " + d.title + "."
	}
	title, calls := "", ""
	for m := d; m.parent != nil; m = m.parent {
		if title != "" {
			title, calls = "."+title, calls+", and that at "
		}
		title, calls = m.title+title, calls+place(m.call.decl)
	}
	return "\n\nIn " + title + ", which is called at " + calls + "."
}

// all returns a module and those that it calls, in declared order.
func (d *decoder) all() iter.Seq[*decoder] {
	return func(yield func(*decoder) bool) { d.walk(yield) }
}

func (d *decoder) walk(yield func(*decoder) bool) bool {
	if !yield(d) {
		return false
	}
	for _, c := range d.calls {
		for _, m := range c.instances {
			if !m.walk(yield) {
				return false
			}
		}
	}
	return true
}

// namesOf returns the sorted names of what is declared.
func namesOf[V any](declared map[string]V) []string { return slices.Sorted(maps.Keys(declared)) }
