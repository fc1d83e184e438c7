package hclspec

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// local is a named expression of a locals block.
type local struct {
	name  string
	attr  *hcl.Attribute
	state localState
	value cty.Value
}

type localState int

const (
	localUntouched localState = iota
	localInWork
	localDone
)

// addLocals takes in a locals block.
func (d *decoder) addLocals(b *hcl.Block) {
	attrs, diags := b.Body.JustAttributes()
	d.diags = append(d.diags, diags...)
	for _, a := range inOrder(attrs) {
		if first, again := d.locals[a.Name]; again {
			d.errorf(a.NameRange, sumDuplicate, "local.%s is already declared at %s.", a.Name, place(first.attr.NameRange))
			continue
		}
		d.locals[a.Name] = &local{name: a.Name, attr: a, value: cty.DynamicVal}
	}
}

// inOrder returns attributes as they are written.
func inOrder(attrs hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attrs), func(a, b *hcl.Attribute) int {
		return a.Range.Start.Byte - b.Range.Start.Byte
	})
}

// resolveLocals evaluates all locals, each after those that it refers to.
func (d *decoder) resolveLocals() {
	for _, name := range slices.Sorted(maps.Keys(d.locals)) {
		d.resolveLocal(d.locals[name], nil)
	}
	values := map[string]cty.Value{}
	for name, l := range d.locals {
		values[name] = l.value
	}
	d.define("local", values)
}

// resolveLocal evaluates a local. The path leads to it, for the report of a
// cycle.
func (d *decoder) resolveLocal(l *local, path []string) {
	path = append(path, "local."+l.name)
	switch l.state {
	case localDone:
		return
	case localInWork:
		cycle := path[slices.Index(path, "local."+l.name):]
		d.errorf(l.attr.Range, sumCycle, "These locals cannot be evaluated, because each needs the next: %s.", strings.Join(cycle, " → "))
		return
	case localUntouched:
	}
	l.state = localInWork
	uses := map[string]cty.Value{}
	for _, ref := range l.attr.Expr.Variables() {
		if used := d.localOf(ref); used != nil {
			d.resolveLocal(used, path)
			uses[used.name] = used.value
		}
	}
	ctx := d.context(l.attr.Range.Filename).NewChild()
	ctx.Variables = map[string]cty.Value{"local": cty.ObjectVal(uses)}
	if v, ok := d.eval(l.attr.Expr, ctx); ok {
		l.value = v
	}
	l.state = localDone
}

// localOf returns the local that a reference is to, or nil.
func (d *decoder) localOf(ref hcl.Traversal) *local {
	if ref.RootName() != "local" {
		return nil
	}
	return d.locals[memberName(ref)]
}
