// Package schema describes a configuration language as data: its blocks, their
// attributes, and what values those take. hclspec makes the data from the
// tables that it decodes with, so that what is said about the language is what
// the decoder does.
package schema

import "slices"

// Block is a block and all that it may hold.
type Block struct {
	Name    string // "" for a file
	Noun    string // as in diagnostics: "an init step"
	Label   string // what the label is; "": it has none
	Pattern string // of its label
	Doc     string // what it is for
	Kube    string // what Kubernetes calls it; "": it has none
	Once    bool   // one at most
	Free    string // it holds attributes of any name: what they are; "": it does not
	Attrs   []Attribute
	Blocks  []*Block
	OneOf   bool // it holds exactly one of Blocks
	Dynamic bool // dynamic blocks may stand for Blocks
	Refused []Refusal
}

// Refusal is a name that a block does not take, and what to write instead.
type Refusal struct {
	Name   string
	Detail string
	Later  bool // a later version takes it
}

// Attribute is an attribute of a block, or an item of an object.
type Attribute struct {
	Name     string
	Doc      string // what it means
	Type     Type
	Required bool
	Default  string // the value if it is left out, without quotes
	Unset    string // instead of Default: what holds if it is left out
	Kube     string // what Kubernetes calls it; "": it has none
}

// Each visits b and all blocks in it, a block that is in several once in each.
func (b *Block) Each(visit func(*Block)) {
	visit(b)
	for _, inner := range b.Blocks {
		inner.Each(visit)
	}
}

// Has reports whether b has an attribute or a block of a name.
func (b *Block) Has(name string) bool {
	return slices.ContainsFunc(b.Attrs, func(a Attribute) bool { return a.Name == name }) ||
		slices.ContainsFunc(b.Blocks, func(inner *Block) bool { return inner.Name == name })
}
