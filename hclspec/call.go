package hclspec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// call is a module block: it calls a module, or with for_each several times.
type call struct {
	name    string
	block   *hcl.Block
	decl    hcl.Range
	forEach *hcl.Attribute // nil: none

	source hcl.Range
	dir    string // absolute; "": there is none
	shown  string // dir as it is written

	dependsOn []dependency
	args      hcl.Attributes
	instances []*decoder
}

func (c *call) title() string { return "module." + c.name }

// moduleTable is of what a module block holds beside the module's variables.
var moduleTable = newTable(table[call]{
	noun: "a module",
	attrs: []attr[call]{
		{name: "source", doc: "the directory of its files: from this file's if it begins with ./ or ../, else absolute", required: true, takes: pathType, raw: moduleSource},
		forEachAttribute[call]("module"),
		{name: "depends_on", doc: "workflows, as in [workflow.db], or all of another module, as in [module.db], that all of this one wait for", unset: "none", takes: referencesType("workflow", "module"), raw: dependsOn([]string{"workflow", "module"}, func(c *call) *[]dependency { return &c.dependsOn })},
	},
	free:   "the value of a variable of the module",
	others: func(a *hcl.Attribute, c *call) { c.args[a.Name] = a },
	refusals: []refusal{
		noCount,
		notHere("version", "a module is the directory that source names, as it is."),
		notHere("providers", "limber has none."),
	},
})

// addCall takes in a module block.
func (d *decoder) addCall(b *hcl.Block) {
	c := &call{name: d.name(b), block: b, decl: b.DefRange, args: hcl.Attributes{}}
	g := moduleTable.decode(d, b, c)
	c.forEach = g["for_each"]
	n := &node{root: "module", name: c.name, decl: b.DefRange, several: c.forEach != nil}
	for _, a := range inOrder(hcl.Attributes(g)) {
		if a.Name != "depends_on" { // names, not values
			n.exprs = append(n.exprs, a.Expr)
		}
	}
	n.evaluate = func() cty.Value { return d.evaluateCall(c) }
	if !d.nodes.add(n) {
		d.errorf(b.LabelRanges[0], sumDuplicate, "The module %q is already called at %s.", c.name, place(d.nodes[n.title()].decl))
		d.also("first called", d.nodes[n.title()].decl)
		return
	}
	d.calls = append(d.calls, c)
}

// moduleSource finds out which directory source names.
func moduleSource(d *decoder, a *hcl.Attribute, c *call) {
	c.source = a.Expr.Range()
	if len(a.Expr.Variables()) > 0 {
		d.errorf(c.source, sumModuleSource, "source must be a plain string, because modules are read before anything has a value.")
		return
	}
	v, ok := d.eval(a.Expr, d.literals(a.Range.Filename))
	if !ok {
		return
	}
	if v.Type() != cty.String || v.IsNull() || v.IsMarked() {
		d.errorf(c.source, sumModuleSource, "source must be a string, such as \"./modules/db\".")
		return
	}
	text := v.AsString()
	if why := notADirectory(text); why != "" {
		d.errorf(c.source, sumModuleSource, "%s", why)
		return
	}
	c.dir, c.shown = within(d.dirs[a.Range.Filename], text), text
}

// remote is in the addresses of modules elsewhere.
var remote = []string{"::", "://", "git@", "github.com/", "bitbucket.org/", ".git", "hg@"}

// notADirectory says what is wrong with a source that is not written as a
// directory.
func notADirectory(source string) string {
	isStart := func(start string) bool { return strings.HasPrefix(source+"/", start) }
	isIn := func(mark string) bool { return strings.Contains(source, mark) }
	switch {
	case slices.ContainsFunc([]string{"./", "../", "/"}, isStart) && source != "":
		return ""
	case slices.ContainsFunc(remote, isIn):
		return "limber reads modules from directories of this machine alone, so that what is declared depends on nothing that changes elsewhere. " +
			"Fetch the module first, for example as a git submodule, and name its directory: source = \"./modules/NAME\"."
	case source == "":
		return "source must name a directory, such as \"./modules/db\"."
	}
	return fmt.Sprintf("source must begin with ./, ../ or /, because it names a directory. Did you mean %q?", "./"+source)
}
