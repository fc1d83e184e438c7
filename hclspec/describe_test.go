package hclspec

import (
	"strings"
	"testing"

	"github.com/limber-run/limber/hclspec/schema"
)

// TestTables checks that each name in a table is there once, and explained in
// full: the language reference is made of nothing else.
func TestTables(t *testing.T) {
	checkBlock(t, "file", Language())
}

func checkBlock(t *testing.T, path string, b *schema.Block) {
	t.Helper()
	seen := map[string]bool{}
	check := func(name, doc string) {
		if seen[name] || name == "" || doc == "" {
			t.Errorf("%s: %q is there twice, or not explained", path, name)
		}
		seen[name] = true
	}
	if b.Noun == "" && b.Free == "" {
		t.Errorf("%s: nothing says what it may hold", path)
	}
	for _, a := range b.Attrs {
		check(a.Name, a.Doc)
		checkAttribute(t, path+"."+a.Name, a)
	}
	for _, inner := range b.Blocks {
		check(inner.Name, inner.Doc)
		checkBlock(t, path+" "+inner.Name, inner)
	}
	for _, r := range b.Refused {
		check(r.Name, r.Detail)
		if !strings.HasSuffix(r.Detail, ".") {
			t.Errorf("%s: %q: the detail is not a sentence", path, r.Name)
		}
	}
}

func checkAttribute(t *testing.T, path string, a schema.Attribute) {
	t.Helper()
	if a.Type.Form == schema.Any && a.Type.Name == "" {
		t.Errorf("%s has no type", path)
	}
	said := 0
	for _, given := range []bool{a.Required, a.Default != "", a.Unset != ""} {
		if given {
			said++
		}
	}
	if said != 1 {
		t.Errorf("%s needs one of required, def and unset: what holds if it is left out", path)
	}
	if strings.Contains(a.Doc, "; default") || strings.HasSuffix(a.Doc, ".") {
		t.Errorf("%s: %q: the default has a field of its own, and the doc is no sentence", path, a.Doc)
	}
	for _, item := range a.Type.Items {
		checkAttribute(t, path+"."+item.Name, item)
	}
}
