package hclspec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/limber-run/limber/hclspec/schema"
)

// table says what a block may hold. The decoder, the suggestions and the
// language reference are made from it.
type table[T any] struct {
	noun     string // what diagnostics call the block: "an init step"
	attrs    []attr[T]
	blocks   []nested[T]
	oneOf    bool                            // exactly one of blocks; who decodes the block checks that
	others   func(a *hcl.Attribute, into *T) // what takes attributes of any other name; nil: there are none
	free     string                          // what those are
	refusals []refusal
	schema   *hcl.BodySchema
}

// attr is an attribute of a block that becomes a T, or an item of an object.
// What holds if it is left out is one of required, def and unset.
type attr[T any] struct {
	name     string
	doc      string // what it means
	set      setter[T]
	raw      func(d *decoder, a *hcl.Attribute, into *T) // instead of set: the expression, not evaluated
	takes    schema.Type                                 // with raw: what it is
	required bool
	outputs  bool   // whether its strings may have outputs of steps in them
	def      string // its default, without quotes
	unset    string // instead of def: what holds, in words
	kube     string // what Kubernetes calls it; "": it does not have it
}

// nested is a block within a block that becomes a T.
type nested[T any] struct {
	name  string
	label string // what the label is; "": the block has none
	doc   string
	once  bool
	add   func(d *decoder, b *hcl.Block, into *T)
	of    describer // what it may hold
	kube  string    // what Kubernetes calls it; "": it does not have it
}

// refusal is a name that a block does not take, attribute or block, and why.
type refusal struct {
	name    string
	summary string
	detail  string
}

// notYet refuses what a later version will make work. The detail names a way
// around, if there is one.
func notYet(name, detail string) refusal {
	return refusal{name: name, summary: sumNotYet, detail: detail}
}

// notHere refuses what has no meaning in a block.
func notHere(name, detail string) refusal {
	return refusal{name: name, summary: sumNotAllowed, detail: detail}
}

// newTable completes a table with the schema that hcl wants.
func newTable[T any](t table[T]) *table[T] {
	t.schema = &hcl.BodySchema{}
	for _, a := range t.attrs {
		t.schema.Attributes = append(t.schema.Attributes, hcl.AttributeSchema{Name: a.name})
	}
	for _, b := range t.blocks {
		header := hcl.BlockHeaderSchema{Type: b.name}
		if b.label != "" {
			header.LabelNames = []string{b.label}
		}
		t.schema.Blocks = append(t.schema.Blocks, header)
	}
	if t.takesDynamic() {
		t.schema.Blocks = append(t.schema.Blocks, hcl.BlockHeaderSchema{Type: dynamicType, LabelNames: []string{"type"}})
	}
	return &t
}

// takesDynamic reports whether dynamic blocks may stand for blocks of the
// table.
func (t *table[T]) takesDynamic() bool { return len(t.blocks) > 0 && t.refused(dynamicType) == nil }

// given holds the attributes that a block sets, by name.
type given map[string]*hcl.Attribute

// at returns where the named attribute has its value, or other.
func (g given) at(name string, other hcl.Range) hcl.Range {
	if a := g[name]; a != nil {
		return a.Expr.Range()
	}
	return other
}

// decode reads b into a T and reports everything that is wrong with it.
func (t *table[T]) decode(d *decoder, b *hcl.Block, into *T) given {
	content, diags := t.content(d, b.Body)
	d.diags = append(d.diags, diags...)
	t.decodeAttributes(d, b, content.Attributes, into)
	t.decodeBlocks(d, content.Blocks, into)
	return given(content.Attributes)
}

func (t *table[T]) decodeAttributes(d *decoder, b *hcl.Block, attrs hcl.Attributes, into *T) {
	for i := range t.attrs {
		at := &t.attrs[i]
		a := attrs[at.name]
		switch {
		case a == nil:
			t.checkRequired(d, at, b.DefRange)
		case at.raw != nil:
			at.raw(d, a, into)
		default:
			v, ok := d.evalAttribute(a, at.outputs)
			if ok && v.IsNull() {
				t.checkRequired(d, at, a.Expr.Range())
			} else if ok {
				at.set.take(arg{d: d, attr: a, val: v}, into)
			}
		}
	}
	if t.others == nil {
		return
	}
	for name, a := range attrs {
		if !t.knowsAttribute(name) {
			t.others(a, into)
		}
	}
}

func (t *table[T]) checkRequired(d *decoder, at *attr[T], rng hcl.Range) {
	if at.required {
		d.errorf(rng, sumMissingAttribute, "%s needs the attribute %q: %s.", sentence(t.noun), at.name, at.doc)
	}
}

func (t *table[T]) decodeBlocks(d *decoder, blocks hcl.Blocks, into *T) {
	seen := map[string]hcl.Range{}
	add := func(b *hcl.Block) {
		n := t.nested(b.Type)
		first, again := seen[b.Type]
		seen[b.Type] = b.DefRange
		if n.once && again {
			d.errorf(b.DefRange, sumTooMany, "%s has one %q block at most; the first is at %s.", sentence(t.noun), b.Type, place(first))
			d.also("the first one", first)
			return
		}
		n.add(d, b, into)
	}
	for _, b := range blocks {
		if b.Type == dynamicType {
			t.expand(d, b, add)
		} else {
			add(b)
		}
	}
}

// content splits a body by the table and reports what is left over.
func (t *table[T]) content(d *decoder, body hcl.Body) (*hcl.BodyContent, hcl.Diagnostics) {
	if native, ok := body.(*hclsyntax.Body); ok {
		return t.nativeContent(d, native)
	}
	if t.others != nil {
		return t.anyJSON(d, body)
	}
	content, diags := body.Content(t.schema)
	return content, t.explainJSON(d, diags)
}

// nativeContent does for HCL what hcl's own Content would do, with
// explanations of ours, and at half the cost.
func (t *table[T]) nativeContent(d *decoder, body *hclsyntax.Body) (*hcl.BodyContent, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	content := &hcl.BodyContent{Attributes: make(hcl.Attributes, len(body.Attributes))}
	for name, a := range body.Attributes {
		if t.knowsAttribute(name) || t.others != nil && t.refused(name) == nil {
			content.Attributes[name] = a.AsHCLAttribute()
		} else {
			diags = append(diags, t.leftover(d, name, "", a.NameRange))
		}
	}
	for _, b := range body.Blocks {
		n := t.nested(b.Type)
		if b.Type == dynamicType && t.takesDynamic() {
			n = dynamicHeader[T]()
		}
		switch {
		case n == nil:
			diags = append(diags, t.leftover(d, "", b.Type, b.TypeRange))
		case len(b.Labels) != n.labels():
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  sumMissingLabel,
				Detail:   fmt.Sprintf("A block of this type is written %s.", n.header()),
				Subject:  b.DefRange().Ptr(),
			})
		default:
			content.Blocks = append(content.Blocks, b.AsHCLBlock())
		}
	}
	return content, diags
}

// dynamicHeader is how a dynamic block is written.
func dynamicHeader[T any]() *nested[T] { return &nested[T]{name: dynamicType, label: "type"} }

// anyJSON splits a JSON body that may hold attributes of any name.
func (t *table[T]) anyJSON(d *decoder, body hcl.Body) (*hcl.BodyContent, hcl.Diagnostics) {
	attrs, diags := body.JustAttributes()
	for name, a := range attrs {
		if t.refused(name) != nil {
			diags = append(diags, t.leftover(d, name, "", a.NameRange))
			delete(attrs, name)
		}
	}
	return &hcl.BodyContent{Attributes: attrs}, diags
}

func (t *table[T]) knowsAttribute(name string) bool {
	return slices.ContainsFunc(t.attrs, func(a attr[T]) bool { return a.name == name })
}

// nested returns the block of a name, or nil.
func (t *table[T]) nested(name string) *nested[T] {
	for i := range t.blocks {
		if t.blocks[i].name == name {
			return &t.blocks[i]
		}
	}
	return nil
}

func (n *nested[T]) labels() int {
	if n.label == "" {
		return 0
	}
	return 1
}

// explainJSON replaces hcl's reports of unknown properties by ours. They are
// told apart by the summary, and the name is in the text that they are about.
func (t *table[T]) explainJSON(d *decoder, diags hcl.Diagnostics) hcl.Diagnostics {
	var explained hcl.Diagnostics
	for _, diag := range diags {
		if t.explainOneJSON(d, diag) {
			explained = append(explained, diag)
		}
	}
	return slices.CompactFunc(explained, func(a, b *hcl.Diagnostic) bool { return a.Subject.Start == b.Subject.Start })
}

// explainOneJSON is false for what is no mistake.
func (t *table[T]) explainOneJSON(d *decoder, diag *hcl.Diagnostic) bool {
	switch diag.Summary {
	case "Extraneous JSON object property":
		name := strings.Trim(string(diag.Subject.SliceBytes(d.text(diag.Subject.Filename))), `"`)
		if name == schemaProperty && t.noun == fileNoun {
			return false
		}
		*diag = *t.leftover(d, name, "", *diag.Subject)
	case "Missing block label":
		diag.Summary, diag.Detail = sumMissingLabel, t.shapeInJSON(diag.Detail)
	case "Incorrect JSON value type", "Root value must be object":
		if strings.HasSuffix(diag.Detail, "labels for this block.") {
			return false // what is missing is reported as well
		}
		diag.Summary, diag.Detail = sumInvalidType, t.shapeInJSON(diag.Detail)
	case "Duplicate argument":
		diag.Summary, diag.Detail = sumDuplicate, "This is set already. Leave one of them out."
	}
	return true
}

// blockInJSON finds the block that hcl speaks of.
var blockInJSON = regexp.MustCompile(`represents the (\S+) block's|one or more "(\S+)" blocks`)

// shapeInJSON says how a block is written in JSON.
func (t *table[T]) shapeInJSON(detail string) string {
	if m := blockInJSON.FindStringSubmatch(detail); m != nil {
		if n := t.nested(m[1] + m[2]); n != nil && n.label != "" {
			return fmt.Sprintf("In JSON a %s block is an object in an object: \"%s\": {\"%s\": { … }}.", n.name, n.name, strings.ToUpper(n.label))
		} else if n != nil {
			return fmt.Sprintf("In JSON a %s block is an object: \"%s\": { … }.", n.name, n.name)
		}
	}
	return fmt.Sprintf("In JSON %s is an object, { … }.", t.noun)
}

// leftover explains an attribute or a block that the table does not know.
func (t *table[T]) leftover(d *decoder, attribute, block string, rng hcl.Range) *hcl.Diagnostic {
	diag := &hcl.Diagnostic{Severity: hcl.DiagError, Subject: &rng}
	name := attribute + block
	if r := t.refused(name); r != nil {
		diag.Summary = r.summary
		diag.Detail = fmt.Sprintf("%q in %s: %s", name, t.noun, r.detail)
		return diag
	}
	diag.Summary = sumUnknownAttribute
	if block != "" {
		diag.Summary = sumUnknownBlock
	}
	diag.Detail = t.explain(d, attribute, block)
	return diag
}

// refused returns the refusal of a name, or nil.
func (t *table[T]) refused(name string) *refusal {
	for i := range t.refusals {
		if t.refusals[i].name == name {
			return &t.refusals[i]
		}
	}
	return nil
}

// explain says what is wrong with an unknown attribute or block, and what its
// author may have meant.
func (t *table[T]) explain(d *decoder, attribute, block string) string {
	var names []string
	for _, a := range t.attrs {
		if a.name == block {
			return fmt.Sprintf("%s is an attribute: write %s = …, with the equals sign.", block, block)
		}
		names = append(names, a.name)
	}
	for _, b := range t.blocks {
		if b.name == attribute {
			return fmt.Sprintf("%s is a block: write %s without the equals sign.", attribute, b.header())
		}
		names = append(names, b.name)
	}
	hint := didYouMean(attribute+block, names)
	if hint == "" {
		hint = d.elsewhere(attribute + block)
	}
	if hint == "" && len(names) < 8 {
		hint = fmt.Sprintf(" It takes %s.", oneOf(names))
	}
	return fmt.Sprintf("%s has no attribute or block %q.%s", sentence(t.noun), attribute+block, hint)
}

// header prints how the block is written.
func (n *nested[T]) header() string {
	if n.label != "" {
		return fmt.Sprintf("%s %q { … }", n.name, strings.ToUpper(n.label))
	}
	return n.name + " { … }"
}

// sentence begins a sentence with noun.
func sentence(noun string) string { return strings.ToUpper(noun[:1]) + noun[1:] }
