package hclspec

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/limber-run/limber/engine"
)

// TestDuplicatesNameBothPlaces declares everything twice, in two files of a
// directory and in two files that are named one by one.
func TestDuplicatesNameBothPlaces(t *testing.T) {
	module := "variable \"x\" {\n  default = 1\n}\n"
	blocks := map[string]string{
		"variable": "variable \"x\" {\n  default = 1\n}\n",
		"locals":   "locals {\n  x = 1\n}\n",
		"secret":   "secret \"x\" {\n  env = \"X\"\n}\n",
		"volume":   "volume \"x\" {}\n",
		"workflow": named("x"),
		"module":   "module \"x\" {\n  source = \"./m\"\n}\n",
		"output":   "output \"x\" {\n  value = 1\n}\n",
	}
	for _, n := range rootTable.blocks {
		text, ok := blocks[n.name]
		if !ok {
			t.Errorf("there is no test of the block %s", n.name)
		}
		dir := write(t, map[string]string{"a.limber.hcl": named("w") + text, "b.limber.hcl": text, "m/m.limber.hcl": module})
		for _, files := range [][]string{{"."}, {"a.limber.hcl", "b.limber.hcl"}, {filepath.Join(dir, "a.limber.hcl"), "."}} {
			p, diags := Load(Options{Dir: dir, Files: files, Project: "p"})
			if len(diags) != 1 || diags[0].Summary != sumDuplicate || diags[0].Subject.Filename != "b.limber.hcl" || !strings.Contains(diags[0].Detail, "at a.limber.hcl:") {
				t.Errorf("%s in %v:\n%s", n.name, files, written(t, p, diags))
			}
		}
	}
}

// TestReuseDetails holds what people are told about modules and repetition.
func TestReuseDetails(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"a list":                      {"volume \"v\" {\n  for_each = [1]\n}", "write toset(…) around it"},
		"a mount of several":          {"volume \"v\" {\n  for_each = toset([\"k\"])\n}\nworkflow \"x\" {\n  service \"s\" {\n    image = \"img:1\"\n    mount \"v\" {\n      path = \"/v\"\n    }\n  }\n}", `Write volume = volume.v["KEY"].name here; the label may then be any name.`},
		"a volume as a whole":         {"volume \"v\" {}\nworkflow \"x\" {\n  service \"s\" {\n    image = \"img:1\"\n    mount \"v\" {\n      volume = volume.v\n      path = \"/v\"\n    }\n  }\n}", "volume takes the name: write .name behind the reference."},
		"nothing":                     {"volume \"v\" {\n  for_each = null\n}", "for_each must not be null. Write {} for nothing at all."},
		"a port of several":           {"workflow \"x\" {\n  service \"s\" {\n    for_each = toset([\"a\", \"b\"])\n    image = \"img:1\"\n    port \"p\" {\n      container = 1\n      host = 1\n    }\n  }\n}", "Let each have a port of its own, such as host = each.value."},
		"each without for_each":       {"locals {\n  a = each.key\n}", `Write for_each = toset(["a", "b"]) into the unit, volume, secret or module.`},
		"count":                       {"volume \"v\" {\n  count = 1\n}", `Write for_each = toset(["a", "b"])`},
		"a key":                       {"volume \"v\" {\n  for_each = toset([\"a b\"])\n}", `The key "a b" would make the name "v-a b"`},
		"a collision":                 {"volume \"m-v\" {}\nmodule \"m\" {\n  source = \"./m\"\n  x = 1\n}", "Names of what a module declares begin with the module's"},
		"a source elsewhere":          {"module \"m\" {\n  source = \"git::https://x/y\"\n}", "limber reads modules from directories of this machine alone"},
		"a source without a dot":      {"module \"m\" {\n  source = \"m\"\n}", `Did you mean "./m"?`},
		"a misspelt argument":         {"module \"m\" {\n  source = \"./m\"\n  x = 1\n  imgae = 1\n}", `module.m has no variable "imgae". Did you mean "image"?`},
		"no argument":                 {"module \"m\" {\n  source = \"./m\"\n}", `module.m needs a value for its variable "x" (how many). Write x = … into this block.`},
		"an argument of a wrong type": {"module \"m\" {\n  source = \"./m\"\n  x = []\n}", "module.m gives var.x a value that does not fit its type, number: number required"},
		"an argument that is refused": {"module \"m\" {\n  source = \"./m\"\n  x = 10\n}", "limber.hcl line 10, in module \"m\":\n  10:   x = 10\n\nvar.x: Too many."},
		"an argument of an instance":  {"module \"m\" {\n  source = \"./m\"\n  for_each = { a = 1, b = 10 }\n  x = each.value\n}", "var.x: Too many.\n\nIn module.m[\"b\"]."},
		"an error in a module":        {"module \"m\" {\n  source = \"./m\"\n  x = 1\n  image = \"z\"\n}", "m/m.limber.hcl line 15, in workflow \"w\":"},
		"the call that led there":     {"module \"m\" {\n  source = \"./m\"\n  x = 1\n  image = \"z\"\n}", "In module.m, which is called at limber.hcl:8."},
		"an instance":                 {"module \"m\" {\n  source = \"./m\"\n  for_each = toset([\"k\"])\n  x = 1\n  image = \"z\"\n}", "In module.m[\"k\"], which is called at limber.hcl:8."},
		"the calls that led there":    {"module \"o\" {\n  source = \"./o\"\n}", "In module.o.module.i, which is called at o/o.limber.hcl:1, and that at limber.hcl:8."},
		"a misspelt output":           {"module \"m\" {\n  source = \"./m\"\n  x = 1\n}\nlocals {\n  a = module.m.otu\n}", `module.m has no output "otu". Did you mean "out"?`},
		"a misspelt instance":         {"module \"m\" {\n  source = \"./m\"\n  for_each = toset([\"key\"])\n  x = 1\n}\nlocals {\n  a = module.m[\"kye\"].out\n}", `module.m has no instance "kye". Did you mean "key"?`},
		"a misspelt module":           {"module \"mod\" {\n  source = \"./m\"\n  x = 1\n}\nlocals {\n  a = module.mdo.out\n}", `There is no module.mdo. Call it with module "NAME" { source = … }. Did you mean "mod"?`},
		"a misspelt path":             {"locals {\n  a = path.modul\n}", `Did you mean "module"?`},
		"a module in itself":          {"module \"m\" {\n  source = \"./\"\n}", "./ is the directory of this file, or of one that leads to it"},
		"a circle":                    {"locals {\n  a = local.b\n  b = local.a\n}", "each needs the next: local.a → local.b → local.a."},
		"a volume that is several":    {"volume \"v\" {\n  for_each = toset([\"k\"])\n}\nlocals {\n  a = volume.v.name\n}", `volume.v has for_each, so there are several. Write volume.v["KEY"].name`},
		"a type of dynamic":           {"workflow \"x\" {\n  dynamic \"servce\" {\n    for_each = []\n    content {}\n  }\n}", `A workflow has no attribute or block "servce". Did you mean "service"?`},
		"a function that is not pure": {"locals {\n  a = timestamp()\n}", "the same files must give the same plan at any time"},
		"many in a project":           {"workflow \"x\" {\n  for_each = {}\n}", "put one into a module, and give the module block the for_each"},
	}
	module := `variable "x" {
  type        = number
  description = "how many"
  validation {
    condition     = var.x < 10
    error_message = "Too many."
  }
}
variable "image" {
  default = "img:1"
}
volume "v" {}
workflow "w" {
  service "s" {
    pull  = var.image == "z" ? "z" : "always"
    image = var.image
  }
}
output "out" {
  value = 1
}
`
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{
				"limber.hcl":     strings.TrimSuffix(named("w"), "\n") + strings.Repeat("\n", 3) + test.text + "\n",
				"m/m.limber.hcl": module,
				"o/o.limber.hcl": "module \"i\" {\n  source = \"../m\"\n  x = 1\n  image = \"z\"\n}\n",
			})
			p, diags := Load(Options{Dir: dir, Project: "p"})
			if text := written(t, p, diags); !strings.Contains(text, test.want) {
				t.Errorf("no detail says %q:\n%s", test.want, text)
			}
		})
	}
}

// TestOutputsOfInstancesInJSON refers to an instance of a step by an
// expression in a string.
func TestOutputsOfInstancesInJSON(t *testing.T) {
	dir := write(t, map[string]string{"x.limber.json": `{"workflow": {"w": {
		"init": {"build": {"for_each": {"a": 1}, "image": "img:1", "output": {"url": {}}}},
		"service": {"s": {"for_each": {"a": 1}, "image": "img:1", "args": ["at ${init.build[each.key].outputs.url}", "${init.build[\"a\"].outputs.url}"]}}
	}}}`})
	p, diags := Load(Options{Dir: dir, Files: []string{"."}, Project: "p"})
	if len(diags) > 0 {
		t.Fatal(written(t, p, diags))
	}
	url := engine.OutputRef{Step: "build-a", Name: "url"}.Placeholder()
	if got := p.Workflows[0].Units[1].Container.Args; got[0] != "at "+url || got[1] != url {
		t.Errorf("the arguments are %q", got)
	}
}

// TestEnabledAndForEach leaves out some instances: what is not enabled has a
// name all the same, and publishes no port.
func TestEnabledAndForEach(t *testing.T) {
	dir := write(t, map[string]string{"limber.hcl": `
workflow "w" {
  service "s" {
    for_each = { a = true, b = false, c = true }
    image    = "img:1"
    enabled  = each.value
    port "http" {
      container = 80
      host      = each.key == "a" ? 8080 : 8081
    }
  }
}
`})
	p, diags := Load(Options{Dir: dir})
	if len(diags) > 0 {
		t.Fatal(written(t, p, diags))
	}
	var list []string
	for _, u := range p.Workflows[0].Units {
		list = append(list, u.Name)
	}
	if got := strings.Join(list, " "); got != "s-a s-c" {
		t.Errorf("the units are %q", got)
	}
}

// TestModuleFiles checks where the paths of a module lead to.
func TestModuleFiles(t *testing.T) {
	dir := write(t, map[string]string{
		"sub/limber.hcl":           "module \"m\" {\n  source = \"../mods/m\"\n  given = abspath(\"key\")\n}\n",
		"mods/m/a.limber.hcl":      "variable \"given\" {}\nvolume \"v\" {\n  host_path = \"data\"\n}\nsecret \"k\" {\n  file = var.given\n}\n",
		"mods/m/note":              "of the module",
		"mods/m/ignored.hcl":       "this is not read",
		"mods/m/x.auto.limbervars": "given = \"not read\"",
		"mods/m/b.limber.hcl": `
workflow "w" {
  service "s" {
    image = "img:1"
    args  = [path.module, path.root, path.cwd, file("note")]
    mount "v" {
      path = "/v"
    }
    secret "k" {}
  }
}
`,
	})
	p, diags := Load(Options{Dir: dir, Files: []string{"sub/limber.hcl"}})
	if len(diags) > 0 {
		t.Fatal(written(t, p, diags))
	}
	w := p.Workflows[0]
	got := append([]string{w.Name, w.Volumes[0].Name, w.Volumes[0].HostPath, w.Secrets[0].File}, w.Units[0].Container.Args...)
	want := []string{"m-w", "m-v", filepath.Join(dir, "mods/m/data"), filepath.Join(dir, "sub/key"), filepath.Join(dir, "mods/m"), filepath.Join(dir, "sub"), dir, "of the module"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %v, want %v", got, want)
	}
}
