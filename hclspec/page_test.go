package hclspec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/limber-run/limber/hclspec/schema"
)

// page prints the language as Markdown.
type page struct {
	sections []*section
	examples sourceFile
}

// section is about one kind of block, which may have several names and be in
// several blocks.
type section struct {
	title   string
	block   *schema.Block
	names   []*schema.Block
	parents []string // titles
	inside  []*section
	depth   int
}

func newPage(examples sourceFile) *page {
	p := &page{examples: examples}
	for _, b := range Language().Blocks {
		if b.Name == "workflow" {
			b = splitUnits(b)
		}
		p.add(b, nil, 0)
	}
	for _, s := range p.sections {
		s.title = title(s)
	}
	return p
}

// splitUnits puts what all units have into a block of its own.
func splitUnits(workflow *schema.Block) *schema.Block {
	common := &schema.Block{Name: "units", Noun: "a unit", Doc: "what init steps, sidecars and services have in common"}
	first := workflow.Blocks[slices.IndexFunc(workflow.Blocks, isUnit)]
	for _, a := range first.Attrs {
		if everyUnit(workflow, func(u *schema.Block) bool { return hasAttribute(u, a.Name) }) {
			common.Attrs = append(common.Attrs, a)
		}
	}
	for _, b := range first.Blocks {
		if everyUnit(workflow, func(u *schema.Block) bool { return hasBlock(u, b.Name) }) {
			common.Blocks = append(common.Blocks, b)
		}
	}
	split := *workflow
	split.Blocks = nil
	for _, b := range workflow.Blocks {
		if isUnit(b) {
			own := *b
			own.Attrs = slices.DeleteFunc(slices.Clone(b.Attrs), func(a schema.Attribute) bool { return hasAttribute(common, a.Name) })
			own.Blocks = slices.DeleteFunc(slices.Clone(b.Blocks), func(inner *schema.Block) bool { return hasBlock(common, inner.Name) })
			b = &own
		}
		split.Blocks = append(split.Blocks, b)
	}
	at := slices.IndexFunc(split.Blocks, isUnit)
	split.Blocks = slices.Insert(split.Blocks, at, common)
	return &split
}

func isUnit(b *schema.Block) bool { return slices.Contains(unitTypes, b.Name) }

var unitTypes = []string{"init", "sidecar", "service"}

func everyUnit(workflow *schema.Block, has func(*schema.Block) bool) bool {
	return !slices.ContainsFunc(workflow.Blocks, func(b *schema.Block) bool { return isUnit(b) && !has(b) })
}

func hasAttribute(b *schema.Block, name string) bool {
	return slices.ContainsFunc(b.Attrs, func(a schema.Attribute) bool { return a.Name == name })
}

func hasBlock(b *schema.Block, name string) bool {
	return slices.ContainsFunc(b.Blocks, func(inner *schema.Block) bool { return inner.Name == name })
}

// add makes a section of b and of what is in it, each kind once.
func (p *page) add(b *schema.Block, parent *section, depth int) {
	s := p.section(b)
	if s == nil {
		s = &section{block: b, depth: depth}
		p.sections = append(p.sections, s)
	}
	if !slices.ContainsFunc(s.names, func(n *schema.Block) bool { return n.Name == b.Name }) {
		s.names = append(s.names, b)
	}
	if parent != nil && !slices.Contains(s.parents, title(parent)) {
		s.parents = append(s.parents, title(parent))
		s.inside = append(s.inside, parent)
	}
	for _, inner := range b.Blocks {
		p.add(inner, s, depth+1)
	}
}

func (p *page) section(b *schema.Block) *section {
	i := slices.IndexFunc(p.sections, func(s *section) bool { return s.block.Noun == b.Noun && s.block.Free == b.Free })
	if i < 0 {
		return nil
	}
	return p.sections[i]
}

func title(s *section) string {
	switch s.block.Noun {
	case "a unit's secret":
		return "secret of a unit"
	case "an output of a step":
		return "output of a step"
	case "a workflow's resources block":
		return "resources of a workflow"
	case "a probe":
		return "probes"
	case "a hook":
		return "hooks"
	}
	return s.block.Name
}

// isIn reports whether the section's block may be in one of a name.
func (s *section) isIn(name string) bool {
	return slices.ContainsFunc(s.inside, func(parent *section) bool {
		return parent.block.Noun == "a unit" && slices.Contains(unitTypes, name) ||
			slices.ContainsFunc(parent.names, func(n *schema.Block) bool { return n.Name == name })
	})
}

// link is to a section, with GitHub's anchor.
func link(title string) string {
	anchor := strings.ReplaceAll(regexp.MustCompile(`[^a-z0-9_ -]`).ReplaceAllString(title, ""), " ", "-")
	return fmt.Sprintf("[%s](#%s)", title, anchor)
}

func (p *page) contents() string {
	var b strings.Builder
	for i, s := range p.sections {
		switch {
		case s.depth < 2:
			b.WriteString("\n" + strings.Repeat("  ", s.depth) + "- ")
		case p.sections[i-1].depth < 2:
			b.WriteString(": ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(link(s.title))
	}
	return strings.TrimSpace(b.String())
}

func (p *page) blocks() string {
	var b strings.Builder
	for _, s := range p.sections {
		fmt.Fprintf(&b, "%s %s\n\n", strings.Repeat("#", 3+min(s.depth, 1)), s.title)
		writeMeanings(&b, s)
		if example := p.example(s); example != "" {
			fmt.Fprintf(&b, "```hcl\n%s```\n\n", example)
		}
		writeAttributes(&b, s.block)
		p.writeInner(&b, s.block)
	}
	return b.String()
}

func writeMeanings(b *strings.Builder, s *section) {
	for _, n := range s.names {
		fmt.Fprintf(b, "`%s`: ", header(n))
		fmt.Fprintf(b, "%s.", n.Doc)
		if n.Kube != "" {
			fmt.Fprintf(b, " In Kubernetes: %s.", kube(n.Kube))
		}
		b.WriteString("\n")
		if n != s.names[len(s.names)-1] {
			b.WriteString("\n")
		}
	}
	switch {
	case s.block.Free != "" && len(s.block.Attrs) == 0:
		fmt.Fprintf(b, "Each attribute is %s.\n", s.block.Free)
	case s.block.Free != "":
		fmt.Fprintf(b, "Each attribute that is not in the table is %s.\n", s.block.Free)
	}
	if len(s.parents) > 0 && s.parents[0] != "workflow" {
		var links []string
		for _, parent := range s.parents {
			links = append(links, link(parent))
		}
		fmt.Fprintf(b, "Part of: %s.\n", strings.Join(links, ", "))
	}
	b.WriteString("\n")
}

func header(b *schema.Block) string {
	if b.Noun == "a unit" {
		return "init, sidecar, service"
	}
	if b.Label == "" {
		return b.Name
	}
	return fmt.Sprintf("%s %q", b.Name, strings.ToUpper(b.Label))
}

// example is the longest block of the examples that s is about; at the top of
// a file all of them.
func (p *page) example(s *section) string {
	found := p.find(p.examples.Body, "", s)
	if s.depth == 0 {
		var texts []string
		for _, block := range found {
			texts = append(texts, p.source(block))
		}
		return strings.Join(texts, "\n")
	}
	longest := ""
	for _, block := range found {
		if text := p.source(block); len(text) > len(longest) {
			longest = text
		}
	}
	return longest
}

func (p *page) find(body *hclsyntax.Body, parent string, s *section) []*hclsyntax.Block {
	var found []*hclsyntax.Block
	for _, block := range body.Blocks {
		named := slices.ContainsFunc(s.names, func(n *schema.Block) bool { return n.Name == block.Type })
		if named && (parent == "" && s.depth == 0 || s.isIn(parent)) {
			found = append(found, block)
		}
		found = append(found, p.find(block.Body, block.Type, s)...)
	}
	return found
}

// source is the text of a block. In a workflow or unit each block is one line:
// it has an example of its own.
func (p *page) source(block *hclsyntax.Block) string {
	rng := block.Range()
	indent := strings.Repeat(" ", rng.Start.Column-1)
	short := block.Type == "workflow" || slices.Contains(unitTypes, block.Type)
	skipTo, after := 0, ""
	var b strings.Builder
	for n := rng.Start.Line; n <= rng.End.Line; n++ {
		line := strings.TrimPrefix(p.examples.lines[n-1], indent)
		i := slices.IndexFunc(block.Body.Blocks, func(inner *hclsyntax.Block) bool { return short && inner.Range().Start.Line == n })
		switch {
		case n <= skipTo:
			continue
		case i >= 0:
			skipTo = block.Body.Blocks[i].Range().End.Line
			line = strings.TrimSuffix(line, "{") + "{ … }"
		case line == "" && after == "":
			continue
		}
		b.WriteString(line + "\n")
		after = line
	}
	return b.String()
}

func writeAttributes(b *strings.Builder, block *schema.Block) {
	if len(block.Attrs) == 0 {
		return
	}
	if isUnit(block) {
		fmt.Fprintf(b, "All that %s have, and:\n\n", link("units"))
	}
	known := slices.ContainsFunc(block.Attrs, func(a schema.Attribute) bool { return a.Kube != "" })
	if known {
		b.WriteString("| attribute | type | default | meaning | in Kubernetes |\n|---|---|---|---|---|\n")
	} else {
		b.WriteString("| attribute | type | default | meaning |\n|---|---|---|---|\n")
	}
	for _, a := range block.Attrs {
		writeRow(b, "", a, known)
	}
	b.WriteString("\n")
}

// writeRow prints an attribute and the items of an object, and with known also
// what Kubernetes calls them.
func writeRow(b *strings.Builder, prefix string, a schema.Attribute, known bool) {
	fmt.Fprintf(b, "| `%s%s` | %s | %s | %s |", prefix, a.Name, typeCell(a.Type), defaultCell(a), a.Doc)
	if known {
		fmt.Fprintf(b, " %s |", kube(a.Kube))
	}
	b.WriteString("\n")
	for _, item := range a.Type.Items {
		writeRow(b, prefix+a.Name+".", item, known)
	}
}

// kube prints what Kubernetes calls it, which may be several things.
func kube(names string) string {
	if names == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(names, ", ", "`, `") + "`"
}

func typeCell(ty schema.Type) string {
	if ty.Or != nil {
		first := ty
		first.Or = nil
		return typeCell(first) + ", or " + typeCell(*ty.Or)
	}
	text := ty.String()
	switch {
	case ty.Name == "duration", ty.Name == "quantity":
		text = fmt.Sprintf("[%s](#%s)", ty.Name, schema.Plural(ty.Name))
	case len(ty.Words) > 0:
		text = "`" + strings.ReplaceAll(text, " | ", "`, `") + "`"
	}
	if ty.Unit != "" {
		text += " of " + ty.Unit
	}
	if bounds := ty.Range(); bounds != "" {
		text += ", " + bounds
	}
	return text
}

func defaultCell(a schema.Attribute) string {
	switch {
	case a.Required:
		return "**required**"
	case a.Default == "":
		return a.Unset
	}
	return "`" + a.Type.Literal(a.Default) + "`"
}

func (p *page) writeInner(b *strings.Builder, block *schema.Block) {
	if len(block.Blocks) == 0 {
		return
	}
	b.WriteString("| block | how often | meaning |\n|---|---|---|\n")
	for _, inner := range block.Blocks {
		often := "any number"
		switch {
		case block.OneOf:
			often = "one of them"
		case inner.Once:
			often = "once"
		}
		s := p.section(inner)
		if s.block.Noun == "a unit" {
			continue
		}
		linked := strings.Replace(link(s.title), "["+s.title+"]", "[`"+header(inner)+"`]", 1)
		fmt.Fprintf(b, "| %s | %s | %s |\n", linked, often, inner.Doc)
	}
	b.WriteString("\n")
}

// refused lists what people look for, and where.
func (p *page) refused() string {
	type word struct{ name, detail string }
	places := map[word][]string{}
	for _, s := range p.sections {
		for _, r := range s.block.Refused {
			if !r.Later {
				w := word{r.Name, r.Detail}
				places[w] = append(places[w], link(s.title))
			}
		}
	}
	var rows []string
	for w, in := range places {
		where := strings.Join(in, ", ")
		if len(in) == len(unitTypes) {
			where = link("units")
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |", w.name, where, sentence(w.detail)))
	}
	slices.Sort(rows)
	return "| word | in | here |\n|---|---|---|\n" + strings.Join(rows, "\n")
}
