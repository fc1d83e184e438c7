package hclspec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// TestDetails holds what people are told to do, where it matters.
func TestDetails(t *testing.T) {
	tests := map[string]struct{ unit, want string }{
		"a misspelt attribute":          {`imge = "x"`, `A service has no attribute or block "imge". Did you mean "image"?`},
		"camel case":                    {`workingDir = "/x"`, `Did you mean "working_dir"?`},
		"a block that is an attribute":  {"env {\n}", "env is an attribute: write env = …, with the equals sign."},
		"an attribute that is a block":  {`mount = "x"`, `mount is a block: write mount "VOLUME" { … } without the equals sign.`},
		"a misspelt word":               {`pull = "mising"`, `pull must be "missing", "always" or "never". Did you mean "missing"?`},
		"a number of seconds":           {"readiness_probe {\n  period = 5\n}", `period must be a duration such as "10s", "250ms" or "1h30m", in quotes and with a unit.`},
		"a probe handler to come":       {"liveness_probe {\n  dns {\n  }\n}", `"dns" in a probe: until then use exec`},
		"a hook that does nothing":      {"lifecycle {\n  pre_stop {\n  }\n}", `A hook needs a handler: exec { … }, http_get { … } or sleep { … }.`},
		"a hook too long":               {"lifecycle {\n  pre_stop {\n    sleep {\n      duration = \"31s\"\n    }\n  }\n}", `longer than the termination_grace_period of 30s`},
		"a misspelt reference":          {`args = [var.tga]`, `There is no var.tga. Declare it with variable "NAME" { }. Did you mean "tag"?`},
		"a misspelt root":               {`args = [locals.x]`, `Did you mean "local"?`},
		"a misspelt volume":             {"mount \"dat\" {\n  path = \"/x\"\n}", `No volume "dat" is declared. Did you mean "data"?`},
		"a volume that is not declared": {"mount \"elsewhere\" {\n  path = \"/x\"\n}", `Declare it with volume "NAME" { } at the top of the file.`},
		"a sensitive value":             {`env = { A = var.pw }`, `give the unit a secret "NAME" { } block instead.`},
		"an element of a list":          {`command = ["a", []]`, "Element 2 of command must be a string."},
		"an item of a map":              {`env = { A = [] }`, "env.A must be a string."},
		"a misspelt item":               {"resources {\n  limits = { memroy = 1 }\n}", `limits has no "memroy". It takes "cpu", "memory" or "pids". Did you mean "memory"?`},
		"a misspelt signal":             {"lifecycle {\n  stop_signal = \"SIGTREM\"\n}", `Did you mean "SIGTERM"?`},
		"two blocks where one will do":  {"security {\n}\nsecurity {\n}", `A service has one "security" block at most; the first is at limber.hcl:`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{"limber.hcl": "variable \"tag\" {\n  default = 1\n}\nvariable \"pw\" {\n  default = 1\n  sensitive = true\n}\nvolume \"data\" {}\n" +
				"workflow \"w\" {\n  service \"s\" {\n    image = \"img:1\"\n" + test.unit + "\n  }\n}\n"})
			p, diags := Load(Options{Dir: dir})
			if text := written(t, p, diags); !strings.Contains(text, test.want) {
				t.Errorf("no detail says %q:\n%s", test.want, text)
			}
		})
	}
}

func TestUnknownPropertiesInJSON(t *testing.T) {
	dir := write(t, map[string]string{"x.limber.json": `{"workflow": {"w": [{"service": {"s": {"image": "img:1", "imge": "x", "plugin": {"x": {}}}}}]}}`})
	p, diags := Load(Options{Dir: dir, Files: []string{"."}})
	text := written(t, p, diags)
	for _, want := range []string{`Did you mean "image"?`, "Not supported yet"} {
		if !strings.Contains(text, want) {
			t.Errorf("no diagnostic says %q:\n%s", want, text)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"image", "read_only", "env", "db"}
	for given, want := range map[string]string{
		"imgae": "image", "readOnly": "read_only", "read-only": "read_only", "ReadOnly": "read_only",
		"xyz": "", "completely": "", "": "",
	} {
		if got := nearest(given, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestDiagnosticsAreWrappedAndColored(t *testing.T) {
	diags := hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "S", Detail: "one two three"}}
	var b strings.Builder
	if err := WriteDiagnostics(&b, nil, diags, true, 8); err != nil {
		t.Fatal(err)
	}
	if want := "\x1b[31mError\x1b[0m: S\n\none two\nthree\n\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// TestRelatedPlacesAreShown: who reads "already declared" sees where.
func TestRelatedPlacesAreShown(t *testing.T) {
	const unit = "    image = \"img:1\"\n"
	for name, text := range map[string]string{
		"variable":    "variable \"x\" {\n  default = 1\n}\nvariable \"x\" {\n  default = 1\n}\n" + named("w"),
		"local":       "locals {\n  x = 1\n}\nlocals {\n  x = 1\n}\n" + named("w"),
		"secret":      "secret \"x\" {\n  env = \"X\"\n}\nsecret \"x\" {\n  env = \"X\"\n}\n" + named("w"),
		"volume":      "volume \"x\" {}\nvolume \"x\" {}\n" + named("w"),
		"workflow":    named("w") + named("w"),
		"unit":        "workflow \"w\" {\n  init \"x\" {\n" + unit + "  }\n  service \"x\" {\n" + unit + "  }\n}\n",
		"port":        inService("port \"x\" {\n  container = 1\n}\nport \"x\" {\n  container = 2\n}"),
		"host port":   inService("port \"x\" {\n  container = 1\n  host = 1\n}\nport \"y\" {\n  container = 2\n  host = 1\n}"),
		"mount":       "volume \"v\" {}\n" + inService("mount \"v\" {\n  path = \"/x\"\n}\nmount \"v\" {\n  path = \"/x\"\n}"),
		"environment": "secret \"s\" {\n  env = \"S\"\n}\n" + inService("env = { X = 1 }\nsecret \"s\" {\n  env = \"X\"\n}"),
		"block":       inService("security {}\nsecurity {}"),
		"handler":     inService("startup_probe {\n  exec {\n    command = [\"a\"]\n  }\n  exec {\n    command = [\"b\"]\n  }\n}"),
	} {
		p, diags := loadText("limber.hcl", text)
		if len(diags) != 1 || len(RelatedOf(diags[0])) != 1 {
			t.Errorf("%s: want one diagnostic with one place:\n%s", name, written(t, p, diags))
			continue
		}
		line := RelatedOf(diags[0])[0].Range.Start.Line
		if shown := written(t, p, diags); strings.Count(shown, fmt.Sprintf("\n%4d: ", line)) != 1 || line >= diags[0].Subject.Start.Line {
			t.Errorf("%s: line %d is not shown:\n%s", name, line, shown)
		}
	}
}

func inService(text string) string {
	return "workflow \"w\" {\n  service \"s\" {\n    image = \"img:1\"\n" + text + "\n  }\n}\n"
}

func TestManyDiagnosticsAreCut(t *testing.T) {
	p, diags := loadText("limber.hcl", strings.Repeat("y {}\n", 2*maxDiagnostics)+named("w"))
	if text := written(t, p, diags); strings.Count(text, "Error: ") != maxDiagnostics+1 || !strings.Contains(text, "There are 200 more") {
		t.Errorf("%d diagnostics:\n%s", len(diags), text)
	}
}

func TestLongLinesAreNotShown(t *testing.T) {
	p, diags := loadText("limber.hcl", inService(`imge = "`+strings.Repeat("x", maxLine)+`"`))
	if text := written(t, p, diags); strings.Contains(text, "xxx") || !strings.Contains(text, "on limber.hcl line 4") {
		t.Error(text)
	}
}
