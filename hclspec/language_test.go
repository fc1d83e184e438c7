package hclspec

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/limber-run/limber/hclspec/schema"
)

const languagePage = "../docs/language.md"

// TestLanguagePage checks that docs/language.md is what the tables say;
// -update rewrites it.
func TestLanguagePage(t *testing.T) {
	page := newPage(parseBody(t, "testdata/valid/reference.hcl"))
	text, err := template.New("language.md.tmpl").Funcs(template.FuncMap{
		"contents": page.contents, "blocks": page.blocks, "refused": page.refused,
	}).ParseFiles("testdata/language.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := text.Execute(&b, map[string]any{"Names": nameRuleText, "Suffixes": suffixRows()}); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, languagePage, b.String())
}

type suffixRow struct{ Suffix, Factor string }

func suffixRows() []suffixRow {
	var rows []suffixRow
	for _, s := range quantitySuffixes {
		if s.suffix != "" {
			rows = append(rows, suffixRow{s.suffix, strings.TrimSuffix(s.factor.FloatString(3), ".000")})
		}
	}
	return rows
}

// TestLanguagePageSaysAll checks what the tables do not know: functions and
// references.
func TestLanguagePageSaysAll(t *testing.T) {
	text, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	functions := newDecoder(Options{}, osDisk{}).functions("/")
	for name := range functions {
		if !strings.Contains(string(text), "`"+name+"(") {
			t.Errorf("it does not say what the function %s does: add it to testdata/language.md.tmpl", name)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\| .*?\|`).FindAllString(string(text), -1) {
		for _, call := range regexp.MustCompile("`([a-z0-9]+)\\(").FindAllStringSubmatch(m, -1) {
			if _, ok := functions[call[1]]; !ok {
				t.Errorf("it explains a function %s, which is not there", call[1])
			}
		}
	}
	for _, root := range roots {
		if !strings.Contains(string(text), "`"+root+".") {
			t.Errorf("it does not say what %s.NAME is: add it to testdata/language.md.tmpl", root)
		}
	}
}

// TestValidFilesUseEveryAttribute keeps testdata/valid as large as the
// language.
func TestValidFilesUseEveryAttribute(t *testing.T) {
	files, err := filepath.Glob("testdata/valid/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	var bodies []*hclsyntax.Body
	for _, file := range files {
		bodies = append(bodies, parseBody(t, file).Body)
	}
	used := map[string]bool{}
	markUsed(used, Language(), bodies)
	eachAttribute(Language(), nil, func(path []*schema.Block, a schema.Attribute) {
		if !used[path[len(path)-1].Noun+"."+a.Name] {
			t.Errorf("no file of testdata/valid uses %s", where(path, a))
		}
	})
}

// markUsed notes the attributes that bodies of the kind b have, by its noun.
func markUsed(used map[string]bool, b *schema.Block, bodies []*hclsyntax.Body) {
	for _, body := range bodies {
		for name := range body.Attributes {
			used[b.Noun+"."+name] = true
			if isUnit(b) { // and of the other units too, if they have it
				used["an init step."+name], used["a sidecar."+name], used["a service."+name] = true, true, true
			}
		}
	}
	for _, inner := range b.Blocks {
		var found []*hclsyntax.Body
		for _, body := range bodies {
			for _, block := range body.Blocks {
				if block.Type == inner.Name {
					found = append(found, block.Body)
				}
			}
		}
		markUsed(used, inner, found)
	}
}

// sourceFile is a parsed file with its text.
type sourceFile struct {
	*hclsyntax.Body
	lines []string
}

// slice is the text of a range.
func (f sourceFile) slice(rng hcl.Range) string {
	return string(rng.SliceBytes([]byte(strings.Join(f.lines, "\n"))))
}

func parseBody(t *testing.T, path string) sourceFile {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, diags := parseNative(text, path)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return sourceFile{f.Body.(*hclsyntax.Body), strings.Split(string(text), "\n")}
}
