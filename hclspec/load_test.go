package hclspec

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// canary is the value of the sensitive variables of the tests.
const canary = "canary-value"

func testOptions(files ...string) Options {
	return Options{
		Files:        files,
		Project:      "test",
		Environ:      []string{"LIMBER_TEST=from the environment", "LIMBER_VAR_name=somebody", "LIMBER_VAR_undeclared=x"},
		Version:      "1.2.3",
		ToolboxImage: "localhost/limber-toolbox:1.2.3",
	}
}

// written returns diagnostics as people see them.
func written(t testing.TB, p *Project, diags hcl.Diagnostics) string {
	t.Helper()
	var b strings.Builder
	if err := WriteDiagnostics(&b, p.Files, diags, false, 0); err != nil {
		t.Fatalf("WriteDiagnostics: %v", err)
	}
	return b.String()
}

// printed returns a project as JSON, without this machine's paths.
func printed(t testing.TB, p *Project) string {
	t.Helper()
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := json.Marshal(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ReplaceAll(text, bytes.Trim(dir, `"`), []byte("$DIR"))) + "\n"
}

func TestValid(t *testing.T) {
	files, err := filepath.Glob("testdata/valid/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p, diags := Load(testOptions(file))
			if len(diags) > 0 {
				t.Fatalf("unexpected:\n%s", written(t, p, diags))
			}
			compareGolden(t, strings.TrimSuffix(file, ".hcl")+".golden", printed(t, p))
		})
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestJSONGivesTheSameProject(t *testing.T) {
	twins, err := filepath.Glob("testdata/valid/*.limber.json")
	if err != nil || len(twins) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, twin := range twins {
		t.Run(filepath.Base(twin), func(t *testing.T) {
			native, diags := Load(testOptions(strings.TrimSuffix(twin, ".limber.json") + ".hcl"))
			if len(diags) > 0 {
				t.Fatal(written(t, native, diags))
			}
			same, diags := Load(testOptions(twin))
			if len(diags) > 0 {
				t.Fatal(written(t, same, diags))
			}
			if diff := gocmp.Diff(printed(t, native), printed(t, same)); diff != "" {
				t.Errorf("-hcl +json:\n%s", diff)
			}
		})
	}
}

func TestInvalid(t *testing.T) {
	for _, path := range invalidFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			opts := testOptions(path)
			opts.Variables = flagsIn(t, path)
			p, diags := Load(opts)
			if p.Workflows != nil {
				t.Error("there are workflows in spite of errors")
			}
			if diff := gocmp.Diff(expected(t, path), summaries(diags)); diff != "" {
				t.Errorf("-want +got:\n%s\n%s", diff, written(t, p, diags))
			}
			checkDiagnostics(t, p, diags)
		})
	}
}

// flagsIn returns what comments such as "# --var n=1" give to variables.
func flagsIn(t *testing.T, path string) map[string]string {
	t.Helper()
	if filepath.Ext(path) != ".hcl" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^# --var (\w+)=(.*)$`).FindAllStringSubmatch(string(text), -1) {
		flags[m[1]] = m[2]
	}
	return flags
}

var expectation = regexp.MustCompile(`# (ERROR|WARNING)(\(project\)|\(next\))?: ([^#"]+)`)

// expected reads what the comments in a file, or in those of a directory,
// announce about their line, or the next one, or none: "file:line severity:
// summary".
func expected(t *testing.T, path string) []string {
	t.Helper()
	var files, list []string
	err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, m := range expectation.FindAllStringSubmatch(line, -1) {
				where := fmt.Sprintf("%s:%d", filepath.Base(file), i+1)
				switch m[2] {
				case "(project)":
					where = "project"
				case "(next)":
					where = fmt.Sprintf("%s:%d", filepath.Base(file), i+2)
				}
				list = append(list, fmt.Sprintf("%s %s: %s", where, m[1], strings.TrimSpace(m[3])))
			}
		}
	}
	slices.Sort(list)
	return list
}

func summaries(diags hcl.Diagnostics) []string {
	var list []string
	for _, diag := range diags {
		where, severity := "project", "ERROR"
		if diag.Subject != nil {
			where = fmt.Sprintf("%s:%d", filepath.Base(diag.Subject.Filename), diag.Subject.Start.Line)
		}
		if diag.Severity == hcl.DiagWarning {
			severity = "WARNING"
		}
		list = append(list, fmt.Sprintf("%s %s: %s", where, severity, diag.Summary))
	}
	slices.Sort(list)
	return list
}

// checkDiagnostics checks what holds for all diagnostics: they are in order,
// they say something, and they do not tell secrets.
func checkDiagnostics(t *testing.T, p *Project, diags hcl.Diagnostics) {
	t.Helper()
	inOrder := slices.IsSortedFunc(diags, func(a, b *hcl.Diagnostic) int {
		if a.Subject == nil || b.Subject == nil || a.Subject.Filename != b.Subject.Filename {
			return 0
		}
		return cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte)
	})
	if !inOrder {
		t.Error("the diagnostics are not in the order of the file")
	}
	for _, diag := range diags {
		if !strings.HasSuffix(diag.Detail, ".") && !strings.HasSuffix(diag.Detail, "?") {
			t.Errorf("the detail is not a sentence: %q", diag.Detail)
		}
	}
	if text := written(t, p, diags); strings.Contains(text, canary) {
		t.Errorf("a diagnostic shows the sensitive value:\n%s", text)
	}
}
