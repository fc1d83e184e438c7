package hclspec

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// write makes a directory with files and returns its path.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const showsTag = `
variable "tag" {
  default = "from default"
}
workflow "w" {
  service "s" {
    image = "img:1"
    args  = [var.tag]
  }
}
`

func TestVariableSourcesLowToHigh(t *testing.T) {
	sources := []struct {
		want string
		add  func(*Options, map[string]string)
	}{
		{"from default", func(*Options, map[string]string) {}},
		{"from env", func(o *Options, _ map[string]string) { o.Environ = []string{"LIMBER_VAR_tag=from env"} }},
		{"from auto a", func(_ *Options, f map[string]string) { f["a.auto.limbervars"] = `tag = "from auto a"` }},
		{"from auto b", func(_ *Options, f map[string]string) { f["b.auto.limbervars"] = `tag = "from auto b"` }},
		{"from file", func(o *Options, f map[string]string) {
			f["more/one.vars"] = `tag = "from file"`
			o.VarFiles = []string{"more/one.vars"}
		}},
		{"from json", func(o *Options, f map[string]string) {
			f["two.json"] = `{"tag": "from json"}`
			o.VarFiles = append(o.VarFiles, "two.json")
		}},
		{"from flag", func(o *Options, _ map[string]string) { o.Variables = map[string]string{"tag": "from flag"} }},
	}
	files := map[string]string{"limber.hcl": showsTag}
	var opts Options
	for _, source := range sources {
		source.add(&opts, files)
		opts.Dir = write(t, maps.Clone(files))
		p, diags := Load(opts)
		if len(diags) > 0 {
			t.Fatal(written(t, p, diags))
		}
		if got := p.Workflows[0].Units[0].Container.Args[0]; got != source.want {
			t.Errorf("tag is %q, want %q", got, source.want)
		}
	}
}

func TestVariableText(t *testing.T) {
	const declared = `
variable "list" {
  type = list(string)
}
variable "n" {
  type = number
}
variable "any" {}
variable "b" {
  type     = bool
  nullable = false
  default  = true
}
workflow "w" {
  service "s" {
    image = "img:1"
    args  = concat(var.list, [var.n + 1, var.any, var.b])
  }
}
`
	dir := write(t, map[string]string{"limber.hcl": declared, "x.auto.limbervars": "b = null"})
	p, diags := Load(Options{Dir: dir, Variables: map[string]string{"list": `["a", "b"]`, "n": "41", "any": "[x"}})
	if len(diags) > 0 {
		t.Fatal(written(t, p, diags))
	}
	if got := strings.Join(p.Workflows[0].Units[0].Container.Args, " "); got != "a b 42 [x true" {
		t.Errorf("args are %q", got)
	}
}

func TestVariableProblems(t *testing.T) {
	const number = "\nvariable \"n\" {\n  type = number\n  default = 1\n}\nvariable \"l\" {\n  type = list(number)\n  default = []\n}\n"
	tests := map[string]struct {
		opts    Options
		file    string // other.vars
		warning string
		err     string
	}{
		"an unknown name in --var":         {opts: Options{Variables: map[string]string{"tga": "x"}}, err: `Did you mean "tag"?`},
		"an unknown name in a file":        {file: `tga = "x"`, warning: `Did you mean "tag"?`},
		"a flag of the wrong type":         {opts: Options{Variables: map[string]string{"n": "many"}}, err: "--var n gives var.n a value that does not fit its type, number"},
		"a variable of the wrong type":     {opts: Options{Environ: []string{"LIMBER_VAR_n=many"}}, err: "LIMBER_VAR_n gives var.n a value"},
		"text that is no expression":       {opts: Options{Variables: map[string]string{"l": "1, 2"}}, err: "--var l is not an expression of type list(number)"},
		"text that refers to something":    {opts: Options{Variables: map[string]string{"l": "[var.n]"}}, err: "--var l is not an expression"},
		"a value in a file of wrong type":  {file: `n = []`, err: "other.vars:1 gives var.n a value"},
		"a file that refers to something":  {file: `n = var.tag`, err: "Variables may not be used here"},
		"a file that is not HCL":           {file: `n = `, err: "The file is not valid HCL"},
		"a file that is not there":         {opts: Options{VarFiles: []string{"none.vars"}}, err: "none.vars: no such file or directory"},
		"a file with a block":              {file: "variable \"x\" {\n}\n", err: "and no blocks"},
		"a name of a project with a space": {opts: Options{Project: "a b"}, err: "not a valid name of a project"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			opts := test.opts
			opts.Dir = write(t, map[string]string{"limber.hcl": showsTag + number, "other.vars": test.file})
			opts.VarFiles = append(opts.VarFiles, "other.vars")
			p, diags := Load(opts)
			text := written(t, p, diags)
			want := test.err + test.warning
			if len(diags) == 0 || !strings.Contains(text, want) {
				t.Errorf("no diagnostic says %q:\n%s", want, text)
			}
			if diags.HasErrors() != (test.err != "") {
				t.Errorf("errors: %t\n%s", diags.HasErrors(), text)
			}
		})
	}
}

// TestSensitiveValuesAreNeverWritten gives a sensitive variable its value in
// every way, uses it in every way, and reads all that limber would show.
func TestSensitiveValuesAreNeverWritten(t *testing.T) {
	const declared = "variable \"pw\" {\n  sensitive = true\n  TYPE\n}\n"
	ways := map[string]func(*Options, map[string]string){
		"default": func(_ *Options, f map[string]string) {
			f["limber.hcl"] = strings.Replace(f["limber.hcl"], "TYPE", "TYPE\n  default = \""+canary+"\"", 1)
		},
		"environment":             func(o *Options, _ map[string]string) { o.Environ = []string{"LIMBER_VAR_pw=" + canary} },
		"auto file":               func(_ *Options, f map[string]string) { f["x.auto.limbervars"] = `pw = "` + canary + `"` },
		"misspelt":                func(_ *Options, f map[string]string) { f["x.auto.limbervars"] = `pww = "` + canary + `"` },
		"broken file":             func(_ *Options, f map[string]string) { f["x.auto.limbervars"] = `pw = "` + canary + "\n" },
		"file with an expression": func(_ *Options, f map[string]string) { f["x.auto.limbervars"] = `pw = "${x}` + canary + `"` },
		"default after a mistake": func(_ *Options, f map[string]string) {
			f["limber.hcl"] = strings.Replace(f["limber.hcl"], "TYPE", "TYPE\n  default = = \""+canary+"\"", 1)
		},
		"flag": func(o *Options, _ map[string]string) { o.Variables = map[string]string{"pw": canary} },
		"broken default": func(_ *Options, f map[string]string) {
			f["limber.hcl"] = strings.Replace(f["limber.hcl"], "TYPE", "TYPE\n  default = \""+canary, 1)
		},
	}
	types := []string{"type = string", "type = number", "type = list(string)", "", "type = object({ a = string })"}
	uses := []string{
		`env = { A = var.pw }`,
		`env = { (var.pw) = "x" }`,
		`env = { for k, v in { x = var.pw } : v => parseint(v, 10) }`,
		`args = [for v in [var.pw] : v + 1]`,
		`args = [for v in jsondecode(jsonencode([var.pw])) : parseint(v, 10)]`,
		`args = [for v in split("", var.pw) : v.nothing]`,
		`args = [parseint(var.pw, 10), jsondecode(var.pw), tonumber(var.pw), regex(var.pw, "x"), var.pw.x, var.pw[0]]`,
		`args = [file(var.pw), templatefile("t.tpl", { x = var.pw }), templatefile(var.pw, {}), base64decode(var.pw)]`,
		`args = [formatdate(var.pw, "x"), timeadd(var.pw, "1s"), csvdecode(var.pw), { a = 1 }[var.pw], [1][var.pw]]`,
		`args = [local.derived, local.hidden, try(var.pw.x, var.pw), can(var.pw), var.pw ? 1 : 2, -var.pw, "${var.pw}"]`,
		`image = var.pw`,
		`enabled = var.pw`,
		`pull = var.pw`,
		`working_dir = var.pw`,
		`labels = { (var.pw) = var.pw }`,
		`env_file = var.pw`,
		"liveness_probe {\n  period = var.pw\n  exec {\n    command = [var.pw]\n  }\n}",
		"port \"a\" {\n  container = var.pw\n}",
		"lifecycle {\n  stop_signal = var.pw\n}",
		"security {\n  add = [var.pw]\n}",
		"resources {\n  limits = { cpu = var.pw, (var.pw) = 1 }\n}",
		"restart {\n  policy = var.pw\n}",
	}
	for way, give := range ways {
		for _, ty := range types {
			for _, use := range uses {
				main := declared + "locals {\n  derived = \"x${var.pw}\"\n  hidden = parseint(var.pw, 10)\n}\n" +
					"workflow \"w\" {\n  service \"s\" {\n    image = \"i:1\"\n" + use + "\n  }\n}\n"
				files := map[string]string{"limber.hcl": main, "t.tpl": "${x.y}"}
				var opts Options
				give(&opts, files)
				files["limber.hcl"] = strings.Replace(files["limber.hcl"], "TYPE", ty, 1)
				opts.Dir = write(t, files)
				p, diags := Load(opts)
				text := written(t, p, diags) + inFull(diags) + printed(t, p)
				if !diags.HasErrors() || strings.Contains(text, canary) {
					t.Errorf("%s, %s, %s:\n%s", way, ty, use, text)
				}
			}
		}
	}
}

// inFull returns what a machine-readable form of diagnostics would hold.
func inFull(diags hcl.Diagnostics) string {
	var b strings.Builder
	for _, diag := range diags {
		b.WriteString(diag.Summary + "\n" + diag.Detail + "\n")
	}
	return b.String()
}

func TestSensitiveKeysInJSON(t *testing.T) {
	dir := write(t, map[string]string{"x.limber.json": `{
		"variable": {"pw": {"sensitive": true, "default": "` + canary + `"}},
		"workflow": {"w": {"service": {"s": {"image": "i:1", "env": {"${var.pw}": "x"}, "labels": [{"a": {"${var.pw}": 1}}]}}}}
	}`})
	p, diags := Load(Options{Dir: dir, Files: []string{"."}})
	text := written(t, p, diags)
	if !diags.HasErrors() || strings.Contains(text, canary) {
		t.Error(text)
	}
}

func TestSensitiveValuesMayDecide(t *testing.T) {
	dir := write(t, map[string]string{"limber.hcl": `
variable "pw" {
  sensitive = true
  default   = "long enough"
  validation {
    condition     = length(var.pw) > 3
    error_message = "Too short."
  }
}
workflow "w" {
  service "s" {
    image = "i:1"
  }
}
`})
	p, diags := Load(Options{Dir: dir})
	if len(diags) > 0 {
		t.Error(written(t, p, diags))
	}
}
