package schema

import (
	"fmt"
	"math"
	"strings"
)

// Form is how a value is written.
type Form int

// The forms of values. A duration is a Text, a port an Integer.
const (
	Any Form = iota
	Text
	Bool
	Integer
	Number
	List
	Map
	Object
)

// Type says what values an attribute takes.
type Type struct {
	Form    Form
	Name    string      // what people call it, if that is not its form: "duration"
	Words   []string    // of a Text: these alone
	Pattern string      // of a Text: a regular expression that each value matches
	Least   float64     // of an Integer or Number
	Most    float64     // 0 or +Inf: any
	Unit    string      // of a bare number or quantity
	Example string      // as it is written
	Element *Type       // of a List or Map
	Items   []Attribute // of an Object
	Or      *Type       // another way to write it
}

// Unbounded is the Most of a number that has no upper limit.
var Unbounded = math.Inf(1)

var formNames = map[Form]string{
	Any: "any", Text: "string", Bool: "bool", Integer: "whole number", Number: "number", Object: "object",
}

// String prints the type as people write it: "duration", "list of strings",
// `"tcp" | "udp"`.
func (t Type) String() string {
	if t.Or != nil {
		first := t
		first.Or = nil
		return first.String() + " or " + t.Or.String()
	}
	switch {
	case len(t.Words) > 0:
		return strings.Join(t.quotedWords(), " | ")
	case t.Name != "":
		return t.Name
	case t.Form == List:
		return "list of " + Plural(t.Element.String())
	case t.Form == Map:
		return "map of " + Plural(t.Element.String())
	}
	return formNames[t.Form]
}

// Plural is of a type's name.
func Plural(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return stem + "ies"
	}
	return noun + "s"
}

func (t Type) quotedWords() []string {
	quoted := make([]string, len(t.Words))
	for i, word := range t.Words {
		quoted[i] = fmt.Sprintf("%q", word)
	}
	return quoted
}

// Range prints the bounds of a number, or "".
func (t Type) Range() string {
	bounds := t
	if t.Form == List {
		bounds = *t.Element
	}
	switch {
	case bounds.Form != Integer && bounds.Form != Number:
		return ""
	case bounds.Most == 0 || math.IsInf(bounds.Most, 1) || bounds.Most >= math.MaxInt32:
		return fmt.Sprintf("at least %v", bounds.Least)
	}
	return fmt.Sprintf("%v to %v", bounds.Least, bounds.Most)
}

// Literal writes a value of the type as in a file.
func (t Type) Literal(value string) string {
	if t.Form == Text {
		return fmt.Sprintf("%q", value)
	}
	return value
}

// Takes reports whether the type, or another way to write it, has a form.
func (t Type) Takes(form Form) bool {
	return t.Form == form || t.Or != nil && t.Or.Takes(form)
}

// ListOf is a list of values of a type.
func ListOf(element Type) Type { return Type{Form: List, Element: &element} }

// MapOf is a map of values of a type.
func MapOf(element Type) Type { return Type{Form: Map, Element: &element} }

// OneOf is one of a few words.
func OneOf[S ~string](words ...S) Type {
	t := Type{Form: Text}
	for _, word := range words {
		t.Words = append(t.Words, string(word))
	}
	return t
}

// Either is a type with another way to write it.
func Either(a, b Type) Type {
	a.Or = &b
	return a
}
