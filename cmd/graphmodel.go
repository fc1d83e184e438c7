package cmd

import (
	"fmt"
	"slices"

	"github.com/limber-run/limber/engine"
)

// graph is what waits for what.
type graph struct {
	workflows []cluster
	shared    []node // volumes and secrets, which several workflows may use
	edges     []edge // between workflows, and to what is shared
}

// cluster is a workflow with its units.
type cluster struct {
	id    string
	name  string
	nodes []node
	edges []edge
}

type node struct {
	id    string
	name  string
	kind  string // init, sidecar, service, volume or secret
	about string
}

// edge leads from what must have happened to what then may.
type edge struct {
	from, to string
	label    string
	loose    bool // no order: a unit uses something
}

// newGraphOf makes the graph of workflows, with all their volumes and secrets
// if wanted.
func newGraphOf(workflows []engine.Workflow, all bool) graph {
	var g graph
	for i, w := range workflows {
		c := cluster{id: fmt.Sprintf("w%d", i), name: w.Name}
		for j, u := range w.Units {
			c.nodes = append(c.nodes, node{fmt.Sprintf("%su%d", c.id, j), u.Name, u.Kind.String(), aboutUnit(u)})
		}
		c.edges = orderOf(w, c.nodes)
		g.workflows = append(g.workflows, c)
	}
	for i, w := range workflows {
		for _, name := range w.DependsOn {
			if j := slices.IndexFunc(workflows, func(other engine.Workflow) bool { return other.Name == name }); j >= 0 {
				g.edges = append(g.edges, edge{from: g.workflows[j].id, to: g.workflows[i].id, label: "ready"})
			}
		}
	}
	if all {
		g.addShared(workflows)
	}
	return g
}

func aboutUnit(u engine.UnitSpec) string {
	switch {
	case u.Kind == engine.Init && u.Run == engine.RunOnce:
		return "init step, once"
	case u.Kind == engine.Init && u.Run == engine.RunOnChange:
		return "init step, on change"
	case u.Kind == engine.Init:
		return "init step"
	}
	return u.Kind.String()
}

// orderOf returns the edges between the units of a workflow: steps and sidecars
// follow each other, and services what they depend on, else the last of those.
func orderOf(w engine.Workflow, nodes []node) []edge {
	var edges []edge
	last := -1
	for i, u := range w.Units {
		if u.Kind == engine.Service {
			continue
		}
		if last >= 0 {
			edges = append(edges, edge{from: nodes[last].id, to: nodes[i].id, label: awaited(w.Units[last])})
		}
		last = i
	}
	for i, u := range w.Units {
		switch {
		case u.Kind != engine.Service:
			continue
		case len(u.DependsOn) == 0 && last >= 0:
			edges = append(edges, edge{from: nodes[last].id, to: nodes[i].id, label: awaited(w.Units[last])})
		}
		for _, name := range u.DependsOn {
			edges = append(edges, edge{from: nodes[w.Index(name)].id, to: nodes[i].id, label: "ready"})
		}
	}
	return edges
}

// awaited is what a step or sidecar must be for the next.
func awaited(u engine.UnitSpec) string {
	if u.Kind == engine.Init {
		return "succeeded"
	}
	return "started"
}

// addShared adds volumes and secrets, each once, and who uses them.
func (g *graph) addShared(workflows []engine.Workflow) {
	id := func(kind, name string) string {
		i := slices.IndexFunc(g.shared, func(n node) bool { return n.kind == kind && n.name == name })
		if i < 0 {
			i = len(g.shared)
			g.shared = append(g.shared, node{fmt.Sprintf("s%d", i), name, kind, kind})
		}
		return g.shared[i].id
	}
	for i, w := range workflows {
		for j, u := range w.Units {
			from := g.workflows[i].nodes[j].id
			for _, m := range u.Container.Mounts {
				g.edges = append(g.edges, edge{from: from, to: id("volume", m.Source), label: m.Target, loose: true})
			}
			for _, s := range u.Secrets {
				g.edges = append(g.edges, edge{from: from, to: id("secret", s.Name), loose: true})
			}
		}
	}
}
