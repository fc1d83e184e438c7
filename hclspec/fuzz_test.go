package hclspec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// noDisk is a file system without files.
type noDisk struct{}

func (noDisk) ReadFile(string) ([]byte, error) { return nil, errors.New("no such file") }
func (noDisk) IsFile(string) bool              { return false }
func (noDisk) Real(path string) string         { return path }

func (noDisk) ReadDir(string) ([]fs.DirEntry, error) { return nil, errors.New("no such directory") }

// hugeNumber matches what would fill the memory if it were printed.
var hugeNumber = regexp.MustCompile(`[0-9][eE]\+?[0-9]{4}`)

// loadText loads one file from memory.
func loadText(name, text string) (*Project, hcl.Diagnostics) {
	d := newDecoder(Options{ToolboxImage: "localhost/toolbox:1"}, noDisk{})
	return d.load("/project", []source{{path: "/project/" + name, shown: name, text: []byte(text)}}, nil)
}

// FuzzLoad checks that no text crashes Load, that its diagnostics can be
// written, and that what it accepts is a workflow that can run.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/valid/*.hcl", "testdata/valid/*.json", "testdata/invalid/*.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(filepath.Ext(file) == ".json", string(text))
		}
	}
	f.Fuzz(func(t *testing.T, isJSON bool, text string) {
		if hugeNumber.MatchString(text) {
			t.Skip("hcl itself prints such numbers in full")
		}
		name := "limber.hcl"
		if isJSON {
			name = "limber.json"
		}
		p, diags := loadText(name, text)
		written(t, p, diags)
		if diags.HasErrors() != (p.Workflows == nil) {
			t.Fatalf("errors: %t, workflows: %v", diags.HasErrors(), p.Workflows)
		}
		for _, w := range p.Workflows {
			checkWorkflow(t, w)
		}
	})
}

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
