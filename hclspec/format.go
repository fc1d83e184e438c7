package hclspec

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format lays out the text of a file anew: indentation, spaces, and equals
// signs in line. Comments and the order of things stay. Only white space
// changes, and "${x}" becomes x, and a label gets its quotes.
//
// A file with errors is not formatted. The project is for WriteDiagnostics.
func Format(name string, text []byte) ([]byte, *Project, hcl.Diagnostics) {
	d := newDecoder(Options{}, osDisk{})
	s := source{path: name, shown: name, text: text}
	var body hcl.Body
	if strings.HasSuffix(name, varFileEnd) {
		d.parseVarFile(s, func(text []byte, name string) (*hcl.File, hcl.Diagnostics) {
			f, diags := parseNative(text, name)
			if f != nil {
				body = f.Body
			}
			return f, diags
		})
	} else if f := d.keep(s, parseNative); f != nil {
		body = f.Body
	}
	if d.diags.HasErrors() {
		return nil, &Project{Files: d.files}, d.sorted()
	}
	return layOut(simplify(text, body.(*hclsyntax.Body))), &Project{Files: d.files}, nil
}

// varFileEnd is that of files with values of variables.
const varFileEnd = ".limbervars"

// IsFormatted reports whether a file of a directory is one for Format.
func IsFormatted(name string) bool {
	base := filepath.Base(name)
	return base == ProjectFile || strings.HasSuffix(base, ".limber.hcl") || strings.HasSuffix(base, varFileEnd)
}

// lineEnd is what ends a line, also after a tool that has turned it twice.
var lineEnd = regexp.MustCompile(`\r*\n`)

// layOut changes white space alone. The file ends in one newline, and each
// line as the first one does.
func layOut(text []byte) []byte {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	windows := bytes.HasSuffix(first, []byte("\r"))
	text = bytes.TrimPrefix(text, byteOrderMark)
	text = hclwrite.Format(lineEnd.ReplaceAll(text, []byte("\n")))
	text = append(bytes.TrimRight(text, " \t\r\n"), '\n')
	if windows {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}

// edit replaces a part of a text.
type edit struct {
	from, to int
	by       string
}

// simplify takes away what says nothing: "${x}" is x. It quotes labels.
func simplify(text []byte, body *hclsyntax.Body) []byte {
	edits := simplifications(text, body)
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b bytes.Buffer
	at := 0
	for _, e := range edits {
		b.Write(text[at:e.from])
		b.WriteString(e.by)
		at = e.to
	}
	b.Write(text[at:])
	return b.Bytes()
}

func simplifications(text []byte, body *hclsyntax.Body) []edit {
	var edits []edit
	for _, a := range body.Attributes {
		if wrap, ok := a.Expr.(*hclsyntax.TemplateWrapExpr); ok && onOneLine(wrap.Range()) {
			edits = append(edits, unwrap(text, wrap))
		}
	}
	for _, b := range body.Blocks {
		for i, rng := range b.LabelRanges {
			if text[rng.Start.Byte] != '"' {
				edits = append(edits, edit{rng.Start.Byte, rng.End.Byte, `"` + b.Labels[i] + `"`})
			}
		}
		edits = append(edits, simplifications(text, b.Body)...)
	}
	return edits
}

// unwrap keeps what is between "${ and }", which may have dashes beside it.
func unwrap(text []byte, wrap *hclsyntax.TemplateWrapExpr) edit {
	rng := wrap.Range()
	inner := string(rng.SliceBytes(text))
	inner = strings.TrimSuffix(strings.TrimPrefix(inner, `"${`), `}"`)
	inner = strings.TrimSuffix(strings.TrimPrefix(inner, "~"), "~")
	return edit{rng.Start.Byte, rng.End.Byte, strings.TrimSpace(inner)}
}

func onOneLine(rng hcl.Range) bool { return rng.Start.Line == rng.End.Line }

// Sources returns the files of a project that Format takes, as people would
// write them: its own, and those with values of variables beside the first.
func Sources(opts Options) ([]string, *Project, hcl.Diagnostics) {
	d := newDecoder(opts, osDisk{})
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		d.failf(sumReadFile, "The working directory cannot be found: %v.", err)
		return nil, &Project{}, d.diags
	}
	paths := d.find(dir, opts.Files)
	if len(paths) > 0 {
		paths = append(paths, d.findVarFiles(filepath.Dir(paths[0]), dir)...)
	}
	var shown []string
	for _, path := range unique(paths) {
		if filepath.Ext(path) != ".json" {
			shown = append(shown, shorten(dir, path))
		}
	}
	return shown, &Project{}, d.diags
}
