package hclspec

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// edge is a dependency on one unit or workflow.
type edge struct {
	name    string
	at      hcl.Range
	enabled bool
}

// dependencies are what units of a workflow, or workflows of a project, wait
// for.
type dependencies struct {
	noun   string
	edges  map[string][]edge
	owners map[string]*decoder

	// Of the search for circles, by Tarjan.
	number, low map[string]int
	stack       []string
	open        map[string]bool
	circle      map[string]int // names with one number wait for each other
}

func newDependencies(noun string) *dependencies {
	return &dependencies{
		noun: noun, edges: map[string][]edge{}, owners: map[string]*decoder{},
		number: map[string]int{}, low: map[string]int{}, open: map[string]bool{}, circle: map[string]int{},
	}
}

// add takes in what name waits for. The owner is told of circles.
func (g *dependencies) add(name string, owner *decoder, edges []edge) {
	if g.owners[name] == nil {
		g.edges[name], g.owners[name] = edges, owner
	}
}

// check reports what waits for itself.
func (g *dependencies) check() {
	names := namesOf(g.edges)
	for _, name := range names {
		if g.number[name] == 0 {
			g.visit(name)
		}
	}
	for _, name := range names {
		for _, e := range g.edges[name] {
			if g.circle[e.name] == g.circle[name] {
				d, path := g.owners[name], append([]string{name}, g.path(e.name, name)...)
				d.tracing(func() {
					d.errorf(e.at, sumDependsOnItself, "The %s %q would wait for itself: %s.", g.noun, name, strings.Join(path, " → "))
				})
				break
			}
		}
	}
}

// visit numbers name and what it waits for, and finds the circles among them.
func (g *dependencies) visit(name string) {
	g.number[name] = len(g.number) + 1
	g.low[name] = g.number[name]
	g.stack, g.open[name] = append(g.stack, name), true
	for _, e := range g.edges[name] {
		if g.number[e.name] == 0 {
			g.visit(e.name)
			g.low[name] = min(g.low[name], g.low[e.name])
		} else if g.open[e.name] {
			g.low[name] = min(g.low[name], g.number[e.name])
		}
	}
	if g.low[name] != g.number[name] {
		return
	}
	first := slices.Index(g.stack, name)
	for _, member := range g.stack[first:] {
		g.circle[member], g.open[member] = g.number[name], false
	}
	g.stack = g.stack[:first]
}

// path returns a way from one name of a circle to another, both included.
func (g *dependencies) path(from, to string) []string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0 && before[to] == "" && from != to; queue = queue[1:] {
		for _, e := range g.edges[queue[0]] {
			if _, seen := before[e.name]; !seen && g.circle[e.name] == g.circle[to] {
				before[e.name] = queue[0]
				queue = append(queue, e.name)
			}
		}
	}
	var path []string
	for at := to; at != ""; at = before[at] {
		path = append(path, at)
	}
	slices.Reverse(path)
	return path
}

// namesIn returns the different names of what there is at the ends of edges.
func namesIn(edges []edge) []string {
	var names []string
	seen := map[string]bool{}
	for _, e := range edges {
		if e.enabled && !seen[e.name] {
			seen[e.name] = true
			names = append(names, e.name)
		}
	}
	return names
}
