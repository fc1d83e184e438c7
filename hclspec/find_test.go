package hclspec

import (
	"path/filepath"
	"strings"
	"testing"
)

const smallest = "workflow \"%\" {\n  service \"s\" {\n    image = \"img:1\"\n  }\n}\n"

func named(name string) string { return strings.ReplaceAll(smallest, "%", name) }

func names(p *Project) string {
	var list []string
	for _, w := range p.Workflows {
		list = append(list, w.Name)
	}
	return strings.Join(list, " ")
}

func TestWhichFiles(t *testing.T) {
	dir := write(t, map[string]string{
		"My_Shop!/limber.hcl":    named("main"),
		"My_Shop!/z.limber.hcl":  named("z"),
		"My_Shop!/a.limber.hcl":  named("a"),
		"My_Shop!/b.limber.json": `{"workflow": {"b": {"service": {"s": {"image": "img:1"}}}}}`,
		"My_Shop!/other.hcl":     named("other"),
		"My_Shop!/deep/er/x.txt": "",
		"plain/only.limber.hcl":  named("only"),
		"Kube/pod.yaml":          "kind: Pod\n",
		"empty/nothing.txt":      "",
	})
	shop := filepath.Join(dir, "My_Shop!")
	tests := map[string]struct {
		dir     string
		files   []string
		want    string
		project string
	}{
		"the nearest limber.hcl, alone":     {dir: shop, want: "main", project: "my_shop"},
		"in a parent":                       {dir: filepath.Join(shop, "deep/er"), want: "main", project: "my_shop"},
		"a directory is merged":             {dir: shop, files: []string{"."}, want: "main a b z", project: "my_shop"},
		"a directory without limber.hcl":    {dir: dir, files: []string{"plain"}, want: "only", project: "plain"},
		"a file":                            {dir: shop, files: []string{"other.hcl"}, want: "other", project: "my_shop"},
		"several, in their order":           {dir: dir, files: []string{"plain", "My_Shop!/other.hcl"}, want: "only other", project: "plain"},
		"a file that is there twice is not": {dir: shop, files: []string{".", "a.limber.hcl"}, want: "main a b z", project: "my_shop"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, diags := Load(Options{Dir: test.dir, Files: test.files})
			if len(diags) > 0 {
				t.Fatal(written(t, p, diags))
			}
			if got := names(p); got != test.want || p.Name != test.project {
				t.Errorf("got %q of project %q, want %q of %q", got, p.Name, test.want, test.project)
			}
		})
	}
	for file, want := range map[string]string{
		"empty":         "No files",
		"none.hcl":      "none.hcl: no such file or directory",
		"Kube/pod.yaml": "Not supported yet",
	} {
		p, diags := Load(Options{Dir: dir, Files: []string{file}})
		if text := written(t, p, diags); !strings.Contains(text, want) || len(diags) != 1 {
			t.Errorf("%s: want %q alone:\n%s", file, want, text)
		}
	}
}

func TestNoFileAnywhere(t *testing.T) {
	d := newDecoder(Options{}, nowhere{})
	if paths := d.findUpward("/a/b"); paths != nil || len(d.diags) != 1 || d.diags[0].Summary != sumNoFiles {
		t.Errorf("findUpward = %v, %v", paths, d.diags)
	}
}

// nowhere is a disk without files.
type nowhere struct{ osDisk }

func (nowhere) IsFile(string) bool { return false }

func TestPathsAreRelativeToTheFile(t *testing.T) {
	dir := write(t, map[string]string{
		"a/x.limber.hcl": "volume \"v\" {\n  host_path = \"src\"\n}\nsecret \"s\" {\n  file = \"../key\"\n}\n",
		"b/x.limber.hcl": `
workflow "w" {
  service "s" {
    image = "img:1"
    args  = [file("note"), path.module]
    secret "s" {}
    mount "v" {
      path = "/v"
    }
  }
}`,
		"b/note": "hello",
	})
	p, diags := Load(Options{Dir: dir, Files: []string{"a", "b"}})
	if len(diags) > 0 {
		t.Fatal(written(t, p, diags))
	}
	w := p.Workflows[0]
	got := []string{w.Volumes[0].HostPath, w.Secrets[0].File, w.Units[0].Container.Args[0], w.Units[0].Container.Args[1]}
	want := []string{filepath.Join(dir, "a/src"), filepath.Join(dir, "key"), "hello", filepath.Join(dir, "b")}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestExamplesAreValid(t *testing.T) {
	dirs, err := filepath.Glob("../examples/*/limber.hcl")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range dirs {
		p, diags := Load(testOptions(file))
		if len(diags) > 0 {
			t.Errorf("%s:\n%s", file, written(t, p, diags))
		}
	}
}
