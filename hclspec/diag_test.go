package hclspec

import (
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
