package schema

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// node is a part of a JSON schema.
type node map[string]any

// JSON makes the JSON Schema (draft 2020-12) of the language's JSON form.
// Where a value may be computed a string with ${…} is taken for any type.
func JSON(file *Block) any {
	w := jsonWriter{defs: map[string]any{}}
	root := w.body(file)
	root["properties"].(node)["$schema"] = node{"type": "string", "description": "where an editor finds this schema"}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "limber project (*.limber.json)"
	root["$defs"] = w.defs
	return root
}

// jsonWriter collects the definitions of blocks, each kind once.
type jsonWriter struct{ defs map[string]any }

// body is what is between the braces of a block.
func (w jsonWriter) body(b *Block) node {
	n := node{"type": "object"}
	if b.Free != "" && len(b.Attrs) == 0 {
		return n
	}
	properties := node{"//": node{"description": "a comment"}}
	var required []string
	for _, a := range b.Attrs {
		properties[a.Name] = attribute(a)
		if a.Required {
			required = append(required, a.Name)
		}
	}
	var choices []any
	for _, inner := range b.Blocks {
		properties[inner.Name] = w.block(inner)
		choices = append(choices, node{"required": []string{inner.Name}})
	}
	n["properties"], n["additionalProperties"] = properties, b.Free != ""
	if b.Dynamic {
		properties["dynamic"] = oneOrMore(node{"type": "object"})
		choices = append(choices, node{"required": []string{"dynamic"}})
	}
	if required != nil {
		n["required"] = required
	}
	if b.OneOf {
		n["oneOf"] = choices
	}
	return n
}

// block is the property of a block: one body or a list of them, by label if it
// has one.
func (w jsonWriter) block(b *Block) node {
	name := strings.ReplaceAll(strings.ReplaceAll(b.Noun, "'s", ""), " ", "_")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "a_"), "an_")
	if b.Free != "" {
		name = b.Name
	}
	if _, ok := w.defs[name]; !ok {
		w.defs[name] = node{} // what is in it may lead here again
		w.defs[name] = w.body(b)
	}
	n := oneOrMore(node{"$ref": "#/$defs/" + name})
	if b.Label != "" {
		n = oneOrMore(node{"type": "object", "propertyNames": node{"pattern": b.Pattern}, "additionalProperties": n})
	}
	n["description"] = about(b.Doc, b.Kube)
	return n
}

// oneOrMore is n or a list of them: HCL takes either for a block.
func oneOrMore(n node) node {
	return node{"anyOf": []any{n, node{"type": "array", "items": n}}}
}

func attribute(a Attribute) node {
	n := a.Type.node()
	doc := a.Doc
	switch {
	case a.Default != "":
		n["default"] = a.Type.value(a.Default)
	case a.Unset != "":
		doc += "; default: " + a.Unset
	}
	n["description"] = about(doc, a.Kube)
	return n
}

func about(doc, kube string) string {
	if kube != "" {
		doc += " (Kubernetes: " + kube + ")"
	}
	return doc
}

// value is a default as JSON has it.
func (t Type) value(text string) any {
	var value any
	if t.Form == Text || json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return value
}

// template is a string that is computed when the file is read.
var template = node{"type": "string", "pattern": `[$%]\{`}

// node is the schema of a value.
func (t Type) node() node {
	switch {
	case t.Form == Any:
		return node{}
	case t.plain():
		return node{"type": []string{"string", "number", "boolean"}}
	}
	var ways []any
	for way := &t; way != nil; way = way.Or {
		ways = append(ways, way.literals()...)
	}
	return node{"anyOf": append(ways, template)}
}

// plain reports whether any text will do: HCL makes it of numbers and bools.
func (t Type) plain() bool {
	return t.Form == Text && len(t.Words) == 0 && t.Pattern == "" && t.Or == nil
}

// literals are the ways to write a value that is not computed.
func (t Type) literals() []any {
	switch t.Form {
	case Any:
		return nil
	case Text:
		return t.texts()
	case Bool:
		return []any{node{"type": "boolean"}}
	case Integer:
		return []any{t.bounds("integer")}
	case Number:
		return []any{t.bounds("number")}
	case List:
		return []any{node{"type": "array", "items": t.Element.node()}}
	case Map:
		element := node{"anyOf": []any{t.Element.node(), node{"type": "null"}}}
		return []any{node{"type": "object", "additionalProperties": element}}
	case Object:
		properties := node{}
		for _, item := range t.Items {
			properties[item.Name] = attribute(item)
		}
		return []any{node{"type": "object", "properties": properties, "additionalProperties": false}}
	}
	panic("unknown form of a type")
}

// texts are those of a Text.
func (t Type) texts() []any {
	switch {
	case len(t.Words) > 0:
		return []any{node{"enum": t.Words}}
	case t.Unit != "":
		return []any{node{"type": "string", "pattern": t.Pattern}, node{"type": "number", "exclusiveMinimum": 0}}
	case t.Pattern != "":
		return []any{node{"type": "string", "pattern": t.Pattern}}
	}
	return []any{node{"type": []string{"string", "number", "boolean"}}}
}

func (t Type) bounds(form string) node {
	n := node{"type": form, "minimum": t.Least}
	if t.Most != 0 && !math.IsInf(t.Most, 1) && t.Most < math.MaxFloat64 {
		n["maximum"] = json.Number(strconv.FormatFloat(t.Most, 'f', -1, 64))
	}
	return n
}
