package hclspec

import (
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// scope is what expressions can refer to for a while, beside what the whole
// module can: each, an iterator, or what a declaration depends on.
type scope struct {
	names     map[string]cty.Value
	iterators map[string]bool             // those of names that have a key and a value
	contexts  map[string]*hcl.EvalContext // by directory
}

// bind runs do with names that its expressions can refer to.
func (d *decoder) bind(names map[string]cty.Value, do func()) {
	d.enter(&scope{names: names}, do)
}

// iterate runs do with an iterator, such as each, at an element.
func (d *decoder) iterate(iterator string, e element, do func()) {
	d.enter(&scope{
		names:     map[string]cty.Value{iterator: cty.ObjectVal(map[string]cty.Value{"key": e.key, "value": e.value})},
		iterators: map[string]bool{iterator: true},
	}, do)
}

// enter puts a scope into the one that there is and runs do.
func (d *decoder) enter(inner *scope, do func()) {
	outer := d.scope
	if outer != nil {
		inner.names = merged(outer.names, inner.names)
		inner.iterators = merged(outer.iterators, inner.iterators)
	}
	inner.contexts = map[string]*hcl.EvalContext{}
	d.scope = inner
	do()
	d.scope = outer
}

// merged returns the union of two maps, of which the second wins.
func merged[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	if all == nil {
		return b
	}
	maps.Copy(all, b)
	return all
}

// isIterator reports whether a reference that begins with name is to an
// iterator.
func (d *decoder) isIterator(name string) bool { return d.scope != nil && d.scope.iterators[name] }

// context returns what expressions of the named file can use: functions and
// path.module are relative to its directory.
func (d *decoder) context(file string) *hcl.EvalContext {
	dir := d.dirs[file]
	if d.scope == nil {
		return d.moduleContext(dir)
	}
	ctx, ok := d.scope.contexts[dir]
	if !ok {
		ctx = d.moduleContext(dir).NewChild()
		ctx.Variables = d.scope.names
		d.scope.contexts[dir] = ctx
	}
	return ctx
}

// moduleContext returns what all expressions of a directory can use.
func (d *decoder) moduleContext(dir string) *hcl.EvalContext {
	if ctx, ok := d.contexts[dir]; ok {
		return ctx
	}
	variables := maps.Clone(d.names)
	variables["path"] = cty.ObjectVal(map[string]cty.Value{
		"module": cty.StringVal(dir),
		"root":   cty.StringVal(d.home),
		"cwd":    cty.StringVal(d.cwd),
	})
	ctx := &hcl.EvalContext{Variables: variables, Functions: d.functions(dir)}
	d.contexts[dir] = ctx
	return ctx
}

// define makes a name known to all expressions that are evaluated from now on.
func (d *decoder) define(name string, values map[string]cty.Value) {
	d.names[name] = cty.ObjectVal(values)
	clear(d.contexts)
}
