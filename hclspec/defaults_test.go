package hclspec

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/hclspec/schema"
)

// needed is what a block needs beside its required attributes, by its noun.
var needed = map[string]string{
	"a variable":     `default = "x"`,
	"a secret":       `env = "X"`,
	"a port":         `host = 8080`,
	"a restart_rule": `on_exit = [1]`,
	"a probe":        anyHandler,
	"a hook":         anyHandler,
	"a workflow":     "service \"some\" {\n  image = \"img:1\"\n}",
}

const anyHandler = "exec {\n  command = [\"true\"]\n}"

// TestDefaultsAreThoseOfTheDecoder writes each default out, which must change
// nothing.
func TestDefaultsAreThoseOfTheDecoder(t *testing.T) {
	tried := 0
	eachAttribute(Language(), nil, func(path []*schema.Block, a schema.Attribute) {
		if a.Default == "" {
			return
		}
		tried++
		line := a.Name + " = " + a.Type.Literal(a.Default)
		if a.Type.Name == "type" {
			line = a.Name + " = " + a.Default
		}
		without, with := loadBlock(t, path, ""), loadBlock(t, path, line)
		if diff := gocmp.Diff(without, with); diff != "" {
			t.Errorf("%s is not what holds without it:\n%s", where(path, a), diff)
		}
	})
	if tried < 30 {
		t.Errorf("%d defaults were tried, which cannot be all", tried)
	}
}

// eachAttribute visits the attributes of b and of all blocks in it.
func eachAttribute(b *schema.Block, path []*schema.Block, visit func([]*schema.Block, schema.Attribute)) {
	for _, a := range b.Attrs {
		visit(path, a)
	}
	for _, inner := range b.Blocks {
		eachAttribute(inner, append(path[:len(path):len(path)], inner), visit)
	}
}

func where(path []*schema.Block, a schema.Attribute) string {
	var names []string
	for _, b := range path {
		names = append(names, b.Name)
	}
	return strings.Join(names, " ") + "." + a.Name
}

// loadBlock loads the smallest file with the block that path leads to and a
// line in it, and prints the project.
func loadBlock(t *testing.T, path []*schema.Block, line string) string {
	t.Helper()
	text := "volume \"x\" {}\nsecret \"x\" {\n  env = \"X\"\n}\n"
	if path[0].Name != "workflow" {
		text = named("w")
	}
	p, diags := loadText("limber.hcl", text+writeBlock(path, line))
	if len(diags) > 0 {
		t.Fatalf("%s\n%s", text+writeBlock(path, line), written(t, p, diags))
	}
	return printed(t, p)
}

func writeBlock(path []*schema.Block, line string) string {
	b := path[0]
	var text strings.Builder
	text.WriteString(b.Name)
	if b.Label != "" {
		text.WriteString(` "x"`)
	}
	text.WriteString(" {\n")
	for _, a := range b.Attrs {
		if a.Required {
			fmt.Fprintf(&text, "%s = %s\n", a.Name, example(a.Type))
		}
	}
	if holdsHandler := needed[b.Noun] == anyHandler; !holdsHandler || len(path) == 1 {
		text.WriteString(needed[b.Noun] + "\n")
	}
	if len(path) > 1 {
		text.WriteString(writeBlock(path[1:], line))
	} else {
		text.WriteString(line + "\n")
	}
	return text.String() + "}\n"
}

// example writes some value of a type.
func example(ty schema.Type) string {
	switch {
	case ty.Example != "":
		return ty.Example
	case len(ty.Words) > 0:
		return ty.Literal(ty.Words[0])
	}
	switch ty.Form {
	case schema.Integer, schema.Number:
		return fmt.Sprint(max(ty.Least, 1))
	case schema.Bool, schema.Any:
		return "true"
	case schema.List:
		return "[" + example(*ty.Element) + "]"
	case schema.Map:
		return "{ x = " + example(*ty.Element) + " }"
	case schema.Object:
		return "{}"
	default:
		return `"x"`
	}
}
