package cmd

import (
	"fmt"
	"io"
	"strings"
)

// graphColors are fill and line of a kind of node, on dark and light ground.
var graphColors = map[string]struct{ fill, line string }{
	"init":    {"#fde8c8", "#b7791f"},
	"sidecar": {"#d6e9fb", "#2b6cb0"},
	"service": {"#d5f2dd", "#2f855a"},
	"volume":  {"#ececec", "#6b7280"},
	"secret":  {"#fbdcdc", "#b83232"},
}

var graphKinds = []string{"init", "sidecar", "service", "volume", "secret"}

// mermaidShapes are what a node is between.
var mermaidShapes = map[string][2]string{
	"init": {"[", "]"}, "sidecar": {"([", "])"}, "service": {"(", ")"}, "volume": {"[(", ")]"}, "secret": {"{{", "}}"},
}

func writeMermaid(w io.Writer, g graph) error {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for _, c := range g.workflows {
		fmt.Fprintf(&b, "  subgraph %s[\"%s\"]\n    direction LR\n", c.id, c.name)
		for _, n := range c.nodes {
			mermaidNode(&b, "    ", n)
		}
		for _, e := range c.edges {
			mermaidEdge(&b, "    ", e)
		}
		b.WriteString("  end\n")
	}
	for _, n := range g.shared {
		mermaidNode(&b, "  ", n)
	}
	for _, e := range g.edges {
		mermaidEdge(&b, "  ", e)
	}
	for _, kind := range graphKinds {
		fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s,color:#1a202c\n", kind, graphColors[kind].fill, graphColors[kind].line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func mermaidNode(b *strings.Builder, indent string, n node) {
	shape := mermaidShapes[n.kind]
	fmt.Fprintf(b, "%s%s%s\"<b>%s</b><br/>%s\"%s:::%s\n", indent, n.id, shape[0], n.name, n.about, shape[1], n.kind)
}

func mermaidEdge(b *strings.Builder, indent string, e edge) {
	arrow := "-->"
	if e.loose {
		arrow = "-.-"
	}
	if e.label != "" {
		arrow += fmt.Sprintf("|\"%s\"|", e.label)
	}
	fmt.Fprintf(b, "%s%s %s %s\n", indent, e.from, arrow, e.to)
}

// dotShapes are Graphviz' words.
var dotShapes = map[string]string{
	"init": "box", "sidecar": "box, style=\"rounded,filled\", peripheries=2", "service": "box, style=\"rounded,filled\"",
	"volume": "cylinder", "secret": "hexagon",
}

func writeDot(w io.Writer, g graph) error {
	var b strings.Builder
	b.WriteString("digraph limber {\n" +
		"  rankdir=LR; compound=true; fontname=\"Helvetica\"; nodesep=0.35; ranksep=0.6;\n" +
		"  node [fontname=\"Helvetica\", fontsize=11, style=filled, penwidth=1.2, margin=\"0.18,0.09\"];\n" +
		"  edge [fontname=\"Helvetica\", fontsize=9, color=\"#4a5568\", fontcolor=\"#4a5568\", arrowsize=0.7];\n")
	first, last := map[string]string{}, map[string]string{} // nodes of workflows, for edges between them
	for _, c := range g.workflows {
		fmt.Fprintf(&b, "  subgraph cluster_%s {\n    label=%q; labeljust=l; style=rounded; color=\"#a0aec0\"; fontsize=13; margin=14;\n", c.id, c.name)
		for _, n := range c.nodes {
			dotNode(&b, "    ", n)
		}
		if len(c.nodes) > 0 {
			first[c.id], last[c.id] = c.nodes[0].id, c.nodes[len(c.nodes)-1].id
		}
		for _, e := range c.edges {
			dotEdge(&b, "    ", e, "")
		}
		b.WriteString("  }\n")
	}
	for _, n := range g.shared {
		dotNode(&b, "  ", n)
	}
	for _, e := range g.edges {
		if from, ok := last[e.from]; ok {
			clusters := fmt.Sprintf("ltail=cluster_%s, lhead=cluster_%s, ", e.from, e.to)
			dotEdge(&b, "  ", edge{from: from, to: first[e.to], label: e.label}, clusters)
			continue
		}
		dotEdge(&b, "  ", e, "")
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func dotNode(b *strings.Builder, indent string, n node) {
	color := graphColors[n.kind]
	fmt.Fprintf(b, "%s%s [label=<<b>%s</b><br/><font point-size=\"9\">%s</font>>, fillcolor=%q, color=%q, shape=%s];\n",
		indent, n.id, n.name, n.about, color.fill, color.line, dotShapes[n.kind])
}

func dotEdge(b *strings.Builder, indent string, e edge, more string) {
	if e.loose {
		more += "style=dotted, arrowhead=none, "
	}
	fmt.Fprintf(b, "%s%s -> %s [%slabel=%q];\n", indent, e.from, e.to, more, e.label)
}
