package hclspec

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// memory is a disk with a few files.
type memory struct{ fstest.MapFS }

func (m memory) ReadFile(path string) ([]byte, error) { return fs.ReadFile(m.MapFS, rootless(path)) }

func (m memory) ReadDir(path string) ([]fs.DirEntry, error) {
	return fs.ReadDir(m.MapFS, rootless(path))
}

func (m memory) IsFile(path string) bool {
	info, err := fs.Stat(m.MapFS, rootless(path))
	return err == nil && info.Mode().IsRegular()
}

func (m memory) Real(path string) string { return path }

func rootless(path string) string { return cmp.Or(strings.TrimPrefix(path, "/"), ".") }

// hugeNumber matches what would fill the memory if it were printed.
var hugeNumber = regexp.MustCompile(`[0-9][eE]\+?[0-9]{4}`)

// loadText loads one file from memory.
func loadText(name, text string) (*Project, hcl.Diagnostics) {
	return loadTexts(map[string]string{name: text}, name)
}

// loadTexts loads one file of several in memory. The others are there to be
// called as modules.
func loadTexts(files map[string]string, name string) (*Project, hcl.Diagnostics) {
	disk := memory{fstest.MapFS{}}
	for name, text := range files {
		disk.MapFS["project/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	d := newDecoder(Options{ToolboxImage: "localhost/toolbox:1"}, disk)
	d.cwd = "/project"
	return d.load("/project", []source{{path: "/project/" + name, shown: name, text: []byte(files[name])}}, nil)
}

// FuzzLoad checks that no text crashes Load, that its diagnostics can be
// written, and that what it accepts is a workflow that can run. The second
// text is a module, in HCL and in JSON, and a template.
func FuzzLoad(f *testing.F) {
	module, err := os.ReadFile("testdata/valid/modules/db/work.limber.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, pattern := range []string{"testdata/valid/*.hcl", "testdata/valid/*.json", "testdata/invalid/*.hcl", "testdata/invalid/*.json", "testdata/invalid/*/*.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(filepath.Ext(file) == ".json", anySource.ReplaceAllString(string(text), "./m"), string(module))
			f.Add(false, callsModule, anySource.ReplaceAllString(string(text), "../m"))
		}
	}
	f.Fuzz(func(t *testing.T, isJSON bool, text, module string) {
		if hugeNumber.MatchString(text) || hugeNumber.MatchString(module) {
			t.Skip("hcl itself prints such numbers in full")
		}
		name := "limber.hcl"
		if isJSON {
			name = "limber.json"
		}
		p, diags := loadTexts(map[string]string{name: text, "m/m.limber.hcl": module, "j/j.limber.json": module, "t.tpl": module}, name)
		written(t, p, diags)
		if diags.HasErrors() != (p.Workflows == nil) {
			t.Fatalf("errors: %t, workflows: %v", diags.HasErrors(), p.Workflows)
		}
		names := map[string]bool{}
		for _, w := range p.Workflows {
			if names[w.Name] || !ValidName(w.Name) {
				t.Errorf("bad name of a workflow: %q", w.Name)
			}
			names[w.Name] = true
			checkWorkflow(t, w)
		}
	})
}

// anySource matches the source of a module, to be replaced by one that is
// there.
var anySource = regexp.MustCompile(`\.\.?/[a-z./]*`)

const callsModule = "module \"a\" {\n  source = \"./m\"\n  for_each = toset([\"x\", \"y\"])\n  tag = each.key\n}\n" +
	"module \"b\" {\n  source = \"./j\"\n}\nlocals {\n  l = [module.a, module.b, try(templatefile(\"t.tpl\", {}), \"\")]\n}\n"

func checkWorkflow(t *testing.T, w *engine.Workflow) {
	t.Helper()
	names, lasting := map[string]bool{}, 0
	for _, u := range w.Units {
		if names[u.Name] || !ValidName(u.Name) || u.Container.Image == "" || u.Restart.Policy == "" {
			t.Errorf("bad unit %+v", u)
		}
		if b := u.Restart.Backoff; b.Max < b.Initial || b.Multiplier < 1 || b.Jitter < 0 || b.Jitter > 1 {
			t.Errorf("bad back-off of %s: %+v", u.Name, b)
		}
		for _, p := range []*engine.Probe{u.Startup, u.Readiness, u.Liveness} {
			if p != nil && (p.Period <= 0 || p.Timeout <= 0 || handlers(p.Handler) != 1 || p.Sleep != nil) {
				t.Errorf("bad probe of %s: %+v", u.Name, p)
			}
		}
		for _, h := range []*engine.Handler{u.PostStart, u.PreStop} {
			if h != nil && handlers(*h) != 1 {
				t.Errorf("bad hook of %s: %+v", u.Name, h)
			}
		}
		for _, m := range u.Container.Mounts {
			if !slices.ContainsFunc(w.Volumes, func(v engine.Volume) bool { return v.Name == m.Source && ValidName(v.Name) }) {
				t.Errorf("%s mounts %q, which the workflow does not have", u.Name, m.Source)
			}
		}
		for _, s := range u.Secrets {
			if !slices.ContainsFunc(w.Secrets, func(v engine.SecretSource) bool { return v.Name == s.Name && (ValidName(v.Name) || v.Output != nil) }) {
				t.Errorf("%s sees %q, which the workflow does not have", u.Name, s.Name)
			}
		}
		names[u.Name] = true
		if u.Kind != engine.Sidecar {
			lasting++
		}
	}
	if lasting == 0 {
		t.Errorf("workflow %s has nothing to wait for", w.Name)
	}
}

// handlers counts the fields of h that are set.
func handlers(h engine.Handler) int {
	n, v := 0, reflect.ValueOf(h)
	for i := range v.NumField() {
		if !v.Field(i).IsNil() {
			n++
		}
	}
	return n
}

// BenchmarkLoad reads files with 100, 1,000 and 10,000 units. The cost of a unit is to stay the same.
func BenchmarkLoad(b *testing.B) {
	for _, units := range []int{100, 1000, 10_000} {
		text := manyUnits(units)
		b.Run(fmt.Sprintf("units=%d", units), func(b *testing.B) {
			for b.Loop() {
				if p, diags := loadText("limber.hcl", text); diags.HasErrors() || len(p.Workflows[0].Units) != units {
					b.Fatal(diags)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*units), "µs/unit")
		})
	}
}

// manyUnits returns a file with so many services.
func manyUnits(units int) string {
	var text strings.Builder
	text.WriteString("locals {\n  image = \"docker.io/acme/app:1\"\n}\nvolume \"data\" {}\nsecret \"s\" {\n  env = \"S\"\n}\nworkflow \"w\" {\n")
	for i := range units {
		fmt.Fprintf(&text, `
  service "unit-%d" {
    image   = local.image
    command = ["run", "--number", "%d"]
    env     = { A = "x", B = local.image }
    secret "s" {}
    mount "data" {
      path = "/data"
    }
    port "http" {
      container = 8080
    }
    readiness_probe {
      http_get {
        port = "http"
      }
      period = "5s"
    }
    resources {
      limits = { cpu = "250m", memory = "64Mi" }
    }
  }
`, i, i)
	}
	text.WriteString("}\n")
	return text.String()
}
