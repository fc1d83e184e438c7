package hclspec

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

func TestFormat(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"indentation": {
			"workflow \"w\" {\nservice \"s\" {\n      image=\"x\"\n}\n}\n",
			"workflow \"w\" {\n  service \"s\" {\n    image = \"x\"\n  }\n}\n",
		},
		"equals signs in line": {
			"a = 1\nlonger = 2\n\nx = 3\n",
			"a      = 1\nlonger = 2\n\nx = 3\n",
		},
		"comments stay, in line": {
			"# one\na = 1 # two\nlong = 22 // three\n/* four */\n",
			"# one\na    = 1  # two\nlong = 22 // three\n/* four */\n",
		},
		"lists and maps": {
			"a = [1,2,\n3]\nb = {x=1,\ny = 22}\n",
			"a = [1, 2,\n3]\nb = { x = 1,\ny = 22 }\n",
		},
		"a heredoc is as it was":           {"a = <<EOT\n  x\n   y  \nEOT\n", "a = <<EOT\n  x\n   y  \nEOT\n"},
		"no spaces at the end of a line":   {"a = 1   \n\t\nb = 2\n", "a = 1\n\nb = 2\n"},
		"one newline at the end":           {"a = 1\n\n\n", "a = 1\n"},
		"a newline at the end":             {"a = 1", "a = 1\n"},
		"an empty file":                    {"", "\n"},
		"a template of one expression":     {"a = \"${var.x}\"\n", "a = var.x\n"},
		"a template with more":             {"a = \"${var.x}y\"\n", "a = \"${var.x}y\"\n"},
		"a template over several lines":    {"a = \"${f(\n1)}\"\n", "a = \"${f(\n1)}\"\n"},
		"a template that trims":            {"a = \"${~ var.x ~}\"\n", "a = var.x\n"},
		"a template in a list":             {"a = [\"${var.x}\"]\n", "a = [\"${var.x}\"]\n"},
		"a label without quotes":           {"workflow w {\n}\n", "workflow \"w\" {\n}\n"},
		"lines of Windows":                 {"a = 1\r\nbb=2\r\n", "a  = 1\r\nbb = 2\r\n"},
		"lines of Windows by mistake":      {"a = 1\nbb=2\r\n", "a  = 1\nbb = 2\n"},
		"lines of Windows, twice":          {"a = 1 # x\r\r\n", "a = 1 # x\r\n"},
		"a byte order mark":                {"\ufeffa=1\n", "a = 1\n"},
		"letters of any language are fine": {"a=\"日本\" # é\n", "a = \"日本\" # é\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, p, diags := Format("limber.hcl", []byte(test.text))
			if diags.HasErrors() {
				t.Fatal(written(t, p, diags))
			}
			if diff := gocmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestFormatShowsNoSecrets: as when they are loaded, nobody can say which
// values of a broken file are sensitive.
func TestFormatShowsNoSecrets(t *testing.T) {
	for name, text := range map[string]string{
		"x.limbervars": "pw = \"" + canary + "\n",
		"limber.hcl":   "variable \"pw\" {\n  sensitive = true\n  default = \"" + canary + "\n}\n",
	} {
		_, p, diags := Format(name, []byte(text))
		if got := written(t, p, diags); !diags.HasErrors() || strings.Contains(got, canary) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// FuzzFormat checks that formatting keeps what a file says, down to comments,
// and that what is formatted stays as it is.
func FuzzFormat(f *testing.F) {
	for _, pattern := range []string{"testdata/valid/*.hcl", "testdata/invalid/*.hcl", "../examples/*/*.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, _, diags := Format("limber.hcl", []byte(text))
		if diags.HasErrors() {
			return
		}
		twice, p, diags := Format("limber.hcl", once)
		if diags.HasErrors() {
			t.Fatalf("what was formatted is broken:\n%s\n%s", once, written(t, p, diags))
		}
		if diff := gocmp.Diff(string(once), string(twice)); diff != "" {
			t.Errorf("formatting it once more changes it:\n%s", diff)
		}
		if diff := gocmp.Diff(meaning(t, text), meaning(t, string(once))); diff != "" {
			t.Errorf("it says something else:\n%s", diff)
		}
	})
}

// meaning is all that a file says: its tree, and its comments.
func meaning(t *testing.T, text string) []string {
	t.Helper()
	text = lineEnd.ReplaceAllString(text, "\n")
	f, diags := parseNative([]byte(text), "limber.hcl")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return append(meaningOf(f.Body.(*hclsyntax.Body)), comments(text)...)
}

func meaningOf(body *hclsyntax.Body) []string {
	var says []string
	for _, a := range slices.SortedFunc(maps.Values(body.Attributes), func(a, b *hclsyntax.Attribute) int {
		return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte
	}) {
		says = append(says, "attribute "+a.Name)
		_ = hclsyntax.VisitAll(a.Expr, func(node hclsyntax.Node) hcl.Diagnostics {
			switch n := node.(type) {
			case *hclsyntax.LiteralValueExpr:
				says = append(says, literal(n.Val))
			case *hclsyntax.ScopeTraversalExpr:
				says = append(says, fmt.Sprint(n.Traversal.RootName(), len(n.Traversal)))
			case *hclsyntax.FunctionCallExpr:
				says = append(says, "call "+n.Name)
			case *hclsyntax.TemplateWrapExpr:
			default:
				says = append(says, reflect.TypeOf(node).String())
			}
			return nil
		})
	}
	for _, b := range body.Blocks {
		says = append(says, fmt.Sprint("block ", b.Type, b.Labels))
		says = append(says, meaningOf(b.Body)...)
	}
	return says
}

// literal prints a value, a number in a way that is quick for huge ones.
func literal(v cty.Value) string {
	if v.Type() == cty.Number && !v.IsNull() {
		return v.AsBigFloat().Text('p', 0)
	}
	return v.GoString()
}

func comments(text string) []string {
	var list []string
	tokens, _ := hclsyntax.LexConfig(bytes.TrimPrefix([]byte(text), byteOrderMark), "", hcl.InitialPos)
	for _, token := range tokens {
		if token.Type == hclsyntax.TokenComment {
			list = append(list, strings.TrimRight(string(token.Bytes), " \t\r\n"))
		}
	}
	return list
}

// TestOurOwnFilesAreFormatted: what people copy from looks as fmt would have
// it.
func TestOurOwnFilesAreFormatted(t *testing.T) {
	tried := 0
	for _, pattern := range []string{"../examples/*/*.hcl", "../cmd/*.hcl", "testdata/valid/*.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			tried++
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			formatted, _, _ := Format(file, text)
			if diff := gocmp.Diff(string(text), string(formatted)); diff != "" {
				t.Errorf("%s:\n%s", file, diff)
			}
		}
	}
	if tried == 0 {
		t.Error("there are no files")
	}
}
