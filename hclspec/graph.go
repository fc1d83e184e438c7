package hclspec

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// node is a declaration that expressions refer to, and that refers to others
// itself: a local, the instances of a secret or volume, the call of a module.
type node struct {
	root, name string
	decl       hcl.Range
	several    bool             // whether it has for_each
	exprs      []hcl.Expression // what its value depends on
	evaluate   func() cty.Value

	state nodeState
	value cty.Value
	uses  []*node
	next  int // of uses, the first that is not evaluated
}

type nodeState int

const (
	nodeUntouched nodeState = iota
	nodeInWork
	nodeDone
)

func (n *node) title() string { return n.root + "." + n.name }

// graph is the nodes of a module, by title.
type graph map[string]*node

// nodeRoots are the roots of references to nodes.
var nodeRoots = []string{"local", "secret", "volume", "module"}

// names returns the names that may follow a root.
func (g graph) names(root string) []string {
	var list []string
	for _, n := range g {
		if n.root == root {
			list = append(list, n.name)
		}
	}
	slices.Sort(list)
	return list
}

// add takes in a node. It is false if there is one of its title.
func (g graph) add(n *node) bool {
	if g[n.title()] != nil {
		return false
	}
	n.value = cty.DynamicVal
	g[n.title()] = n
	return true
}

// member returns the declaration that a reference is to, or nil.
func (g graph) member(ref hcl.Traversal) *node { return g[ref.RootName()+"."+memberName(ref)] }

// evaluateNodes evaluates all nodes, each after those that it refers to, and
// makes them known to expressions.
func (d *decoder) evaluateNodes() {
	values := map[string]map[string]cty.Value{}
	for _, root := range nodeRoots {
		values[root] = map[string]cty.Value{}
	}
	for _, title := range slices.Sorted(maps.Keys(d.nodes)) {
		n := d.nodes[title]
		d.evaluateNode(n)
		values[n.root][n.name] = n.value
	}
	for root, members := range values {
		d.define(root, members)
	}
}

// evaluateNode evaluates a node and, before it, those that it refers to. It
// does not call itself: a file may chain as many locals as it has lines.
func (d *decoder) evaluateNode(n *node) {
	stack := []*node{n}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		if n.state == nodeUntouched {
			n.state = nodeInWork
			n.uses = d.nodes.usedBy(n)
		}
		if n.state == nodeInWork && n.next < len(n.uses) {
			used := n.uses[n.next]
			n.next++
			switch used.state {
			case nodeUntouched:
				stack = append(stack, used)
			case nodeInWork:
				d.reportCycle(stack[slices.Index(stack, used):])
			case nodeDone:
			}
			continue
		}
		if n.state == nodeInWork {
			d.bind(valuesOf(n.uses), func() { n.value = n.evaluate() })
			n.state = nodeDone
		}
		stack = stack[:len(stack)-1]
	}
}

// usedBy returns the nodes that n refers to.
func (g graph) usedBy(n *node) []*node {
	var list []*node
	seen := map[*node]bool{}
	for _, expr := range n.exprs {
		for _, ref := range expr.Variables() {
			if used := g.member(ref); used != nil && !seen[used] {
				seen[used] = true
				list = append(list, used)
			}
		}
	}
	return list
}

// reportCycle reports nodes of which each needs the next, and the last the
// first.
func (d *decoder) reportCycle(nodes []*node) {
	var titles []string
	for _, n := range append(nodes, nodes[0]) {
		titles = append(titles, n.title())
	}
	if extra := len(titles) - maxCycleShown; extra > 0 {
		titles = slices.Replace(titles, maxCycleShown/2, maxCycleShown/2+extra, "…")
	}
	d.errorf(nodes[0].decl, sumCycle, "These cannot be evaluated, because each needs the next: %s.", strings.Join(titles, " → "))
}

const maxCycleShown = 12

// valuesOf returns nodes as what expressions refer to: local, volume and so on.
func valuesOf(nodes []*node) map[string]cty.Value {
	members := map[string]map[string]cty.Value{}
	for _, n := range nodes {
		if members[n.root] == nil {
			members[n.root] = map[string]cty.Value{}
		}
		members[n.root][n.name] = n.value
	}
	values := map[string]cty.Value{}
	for root, m := range members {
		values[root] = cty.ObjectVal(m)
	}
	return values
}
