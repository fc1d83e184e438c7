// Package schema describes a configuration language as data: its blocks, their
// attributes, and what values those take. hclspec makes the data from the
// tables that it decodes with, so that what is said about the language is what
// the decoder does.
package schema

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
