package hclspec

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// load makes a project of what was read.
func (d *decoder) load(home string, sources, varSources []source) (*Project, hcl.Diagnostics) {
	d.home = home
	d.nameProject(home)
	d.reals = d.realDirs(sources)
	bodies := d.parseAll(sources)
	if d.diags.HasErrors() { // what is left of a file with a syntax error is not what was meant
		return &Project{Name: d.project, Dir: home, Files: d.files}, d.sorted()
	}
	d.decodeProject(bodies, d.parseVarFiles(varSources))
	p := &Project{Name: d.project, Dir: home, Files: d.files}
	diags := d.sorted()
	if !diags.HasErrors() {
		p.Workflows = d.assemble()
	}
	return p, diags
}

// parseAll parses the files of the project or of a module.
func (d *decoder) parseAll(sources []source) []hcl.Body {
	var bodies []hcl.Body
	for _, s := range sources {
		if f := d.parse(s); f != nil {
			bodies = append(bodies, f.Body)
		}
	}
	return bodies
}

func (d *decoder) nameProject(home string) {
	d.project = d.opts.Project
	if d.project == "" {
		d.project = NameOfDir(home)
	}
	if !ValidName(d.project) {
		d.failf(sumInvalidName, "%q is not a valid name of a project. %s", d.project, nameRuleText)
	}
}

// parse parses a file of the project. The result is nil if it cannot be used.
func (d *decoder) parse(s source) *hcl.File {
	switch filepath.Ext(s.path) {
	case ".yaml", ".yml":
		d.failf(sumNotYet, "%s: Kubernetes and Compose YAML cannot be read yet. Until then write the workflow in HCL.", s.shown)
		return nil
	case ".json":
		return d.keep(s, json.Parse)
	}
	return d.keep(s, parseNative)
}

func parseNative(text []byte, name string) (*hcl.File, hcl.Diagnostics) {
	return hclsyntax.ParseConfig(text, name, hcl.InitialPos)
}

// keep parses s and remembers it for diagnostics and for paths in it.
func (d *decoder) keep(s source, parse func([]byte, string) (*hcl.File, hcl.Diagnostics)) *hcl.File {
	f, diags := parseText(s, parse)
	if diags.HasErrors() {
		f = blankDefaults(f, s.text)
	}
	d.diags = append(d.diags, diags...)
	d.order[s.shown] = len(d.order)
	d.dirs[s.shown] = filepath.Dir(s.path)
	d.files[s.shown] = f
	return f
}

// parseText parses what is fit for it, and explains what hcl cannot parse.
func parseText(s source, parse func([]byte, string) (*hcl.File, hcl.Diagnostics)) (*hcl.File, hcl.Diagnostics) {
	isJSON := filepath.Ext(s.path) == ".json"
	if problem := checkText(s, isJSON); problem != nil {
		return nil, hcl.Diagnostics{problem}
	}
	if isJSON {
		s.text = bytes.TrimPrefix(s.text, byteOrderMark) // hcl does so for HCL alone
		if problem := checkJSON(s.shown, s.text); problem != nil {
			return nil, hcl.Diagnostics{problem}
		}
	}
	f, diags := parse(s.text, s.shown)
	if diags.HasErrors() && !isJSON {
		diags = explainSyntax(s.shown, s.text, blankDefaults(f, s.text).Bytes, diags)
	}
	return f, diags
}

var (
	sensitiveFlag = regexp.MustCompile(`\bsensitive\b`)
	// maybeDefault is a default, and all that may belong to it: nobody can say
	// where it ends in a file that is broken.
	maybeDefault = regexp.MustCompile(`(?ms)\bdefault\b.*?(^\}|\z)`)
)

// blankDefaults makes the defaults of variables unreadable in a file that is
// broken, so that nobody can say which of them are sensitive.
func blankDefaults(f *hcl.File, text []byte) *hcl.File {
	safe := &hcl.File{Body: hcl.EmptyBody(), Bytes: text}
	if f != nil {
		safe.Body, safe.Nav = f.Body, f.Nav
	}
	if sensitiveFlag.Match(text) {
		safe.Bytes = maybeDefault.ReplaceAllFunc(text, starred)
	}
	return safe
}

// starred replaces all but the ends of lines.
func starred(text []byte) []byte {
	stars := bytes.Repeat([]byte("*"), len(text))
	for i, b := range text {
		if b == '\n' {
			stars[i] = b
		}
	}
	return stars
}

// varFile is a parsed file with values of variables.
type varFile struct{ attrs hcl.Attributes }

func (d *decoder) parseVarFiles(sources []source) []varFile {
	var list []varFile
	for _, s := range sources {
		parse := parseNative
		if filepath.Ext(s.path) == ".json" {
			parse = json.Parse
		}
		list = append(list, d.parseVarFile(s, parse))
	}
	return list
}

// parseVarFile parses values of variables. If that fails, nobody can say which
// of its lines is sensitive, so none is shown.
func (d *decoder) parseVarFile(s source, parse func([]byte, string) (*hcl.File, hcl.Diagnostics)) varFile {
	f, diags := parseText(s, parse)
	if diags.HasErrors() {
		d.diags = append(d.diags, withoutDetail(diags)...)
		return varFile{}
	}
	d.order[s.shown] = len(d.order)
	d.dirs[s.shown] = filepath.Dir(s.path)
	d.files[s.shown] = f
	attrs, diags := f.Body.JustAttributes()
	d.diags = append(d.diags, noBlocks(diags, "A file with values of variables holds lines such as tag = \"16\", and no blocks. Declare variables in limber.hcl.")...)
	return varFile{attrs: attrs}
}

func withoutDetail(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, diag := range diags {
		if diag.Summary == sumNotText || diag.Summary == sumTooDeep {
			continue // it says nothing about values
		}
		diag.Detail = fmt.Sprintf("The file is not valid HCL: it holds lines such as tag = \"16\". %s", sensitiveErrorDetail)
	}
	return diags
}
