package hclspec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// TestTextThatIsNotParsed: whatever a file holds, it ends in a diagnostic. Without
// the bounds some of these overflow the stack, which nothing could report.
func TestTextThatIsNotParsed(t *testing.T) {
	const n = 20_000
	many := func(open, middle, end string) string {
		return "locals {\n  a = " + strings.Repeat(open, n) + middle + strings.Repeat(end, n) + "\n}\n"
	}
	tests := map[string]struct{ name, text, want string }{
		"brackets":               {"limber.hcl", many("[", "", "]"), sumTooDeep},
		"brackets left open":     {"limber.hcl", many("[", "", ""), sumTooDeep},
		"parentheses":            {"limber.hcl", many("(", "1", ")"), sumTooDeep},
		"parentheses and lines":  {"limber.hcl", many("(\n", "1", ")"), sumTooDeep},
		"blocks":                 {"limber.hcl", strings.Repeat("a {\n", n) + strings.Repeat("}\n", n), sumTooDeep},
		"templates":              {"limber.hcl", many(`"${`, "1", `}"`), sumTooDeep},
		"conditions in a string": {"limber.hcl", "locals {\n  a = \"" + strings.Repeat("%{if true}", n) + "\"\n}\n", sumTooDeep},
		"negations":              {"limber.hcl", many("!", "true", ""), sumTooDeep},
		"a long sum":             {"limber.hcl", many("1 + ", "1", ""), sumTooDeep},
		"a long choice":          {"limber.hcl", many("true ? 1 : ", "1", ""), sumTooDeep},
		"comments in a sum":      {"limber.hcl", many("1 + /* */ ", "1", ""), sumTooDeep},
		"comments at ends":       {"limber.hcl", many("(1 + # x\n", "1", ")"), sumTooDeep},
		"loops":                  {"limber.hcl", many("[for x in ", "[]", ": x]"), sumTooDeep},
		"indexes":                {"limber.hcl", many("", "local.a", "[local.a]"), sumTooDeep},
		"arrays in JSON":         {"x.limber.json", strings.Repeat("[", n) + strings.Repeat("]", n), sumTooDeep},
		"objects in JSON":        {"x.limber.json", strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n), sumTooDeep},
		"brackets in JSON":       {"x.limber.json", `{"locals": {"a": "${` + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) + `}"}}`, sumTooDeep},
		"a NUL":                  {"limber.hcl", "locals {\n  a = \"\x00\"\n}\n", sumNotText},
		"Latin-1":                {"limber.hcl", "# caf\xe9\n", sumNotText},
		"Latin-1 in a label":     {"limber.hcl", "workflow \"w\"\xd2 {\n}\n", sumNotText},
		"UTF-16":                 {"limber.hcl", "\xff\xfea\x00", sumNotText},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, diags := loadText(test.name, test.text)
			if !diags.HasErrors() || diags[0].Summary != test.want || diags[0].Subject == nil {
				t.Errorf("want %q:\n%.1000s", test.want, written(t, p, diags))
			}
		})
	}
}

func TestLargeExpressionsAreFine(t *testing.T) {
	for name, value := range map[string]string{
		"a long list": "[" + strings.Repeat("1 + 1, ", 100_000) + "]",
		"many sums":   "[\n" + strings.Repeat("(1 + 1 + 1),\n", 10_000) + "]",
	} {
		p, diags := loadText("limber.hcl", "locals {\n  a = "+value+"\n}\n"+named("w"))
		if diags.HasErrors() {
			t.Errorf("%s:\n%.1000s", name, written(t, p, diags))
		}
	}
}

// TestWindowsFiles: a byte order mark and CRLF change nothing.
func TestWindowsFiles(t *testing.T) {
	p, diags := loadText("limber.hcl", "\ufeff"+strings.ReplaceAll(named("w"), "\n", "\r\n"))
	if len(diags) > 0 || len(p.Workflows) != 1 {
		t.Error(written(t, p, diags))
	}
	p, diags = loadText("x.limber.json", "\ufeff"+`{"workflow": {"w": {"service": {"s": {"image": "img:1"}}}}}`)
	if len(diags) > 0 || len(p.Workflows) != 1 {
		t.Error(written(t, p, diags))
	}
}

func TestFilesThatAreTooLarge(t *testing.T) {
	dir := write(t, map[string]string{"limber.hcl": named("w")})
	f, err := os.OpenFile(filepath.Join(dir, "limber.hcl"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(10 << 20); err != nil { // costs no space
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"limber.hcl", "/dev/zero"} {
		p, diags := Load(Options{Dir: dir, Files: []string{file}})
		if text := written(t, p, diags); !strings.Contains(text, "it is larger than") {
			t.Errorf("%s:\n%s", file, text)
		}
	}
}

// FuzzSurelyShallow checks that the quick look at a file is never wrong. The
// bound is low so that short files reach it.
func FuzzSurelyShallow(f *testing.F) {
	for _, file := range invalidFiles(f) {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(string(text))
		}
	}
	f.Add("a = f(\n1 + 1 +\n\"\\\"\" + [\n1]\n+ 1)\n")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		tokens, diags := hclsyntax.LexConfig([]byte(text), "", hcl.InitialPos)
		for n := range 12 {
			most := bounds{n, n}
			if at := tooDeep(tokens, most); !diags.HasErrors() && at >= 0 && surelyShallow([]byte(text), most) {
				t.Errorf("it is more than %d deep at byte %d:\n%s", n, at, text)
			}
		}
	})
}

// TestManyMistakes: what each costs does not grow with their number.
func TestManyMistakes(t *testing.T) {
	const n = 20_000
	for name, text := range map[string]string{
		"words":             strings.Repeat("hello\n", n),
		"colons":            strings.Repeat("a: b\n", n),
		"attributes twice":  strings.Repeat("a = 1\n", n),
		"unknown blocks":    strings.Repeat("hello {}\n", n),
		"unknown names":     "workflow \"w\" {\n" + strings.Repeat("  service \"s\" {\n    imge = 1\n  }\n", n/10) + "}\n",
		"unknown variables": "locals {\n  a = [\n" + strings.Repeat("var.x,\n", n) + "]\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			p, diags := loadText("limber.hcl", text)
			if !diags.HasErrors() {
				t.Error("there is no error")
			}
			if text := written(t, p, diags); !strings.Contains(text, "on limber.hcl line") {
				t.Errorf("it does not say where:\n%.1000s", text)
			}
		})
	}
}
