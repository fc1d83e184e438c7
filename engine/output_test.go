package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/runtime"
)

func TestContainersAreMadeWithOutputs(t *testing.T) {
	version, url := OutputRef{"build", "version"}, OutputRef{"build", "url"}
	declared := runtime.Spec{
		Command: []string{"serve"}, Args: []string{"--v=" + version.Placeholder() + "-" + url.Placeholder(), ""},
		WorkingDir: "/" + version.Placeholder(), Env: map[string]string{"A": url.Placeholder(), "B": "b"},
	}
	spec := Workflow{Units: []UnitSpec{{Name: "build", Kind: Init}, {Name: "api", Kind: Service, Container: declared}}}
	r := New(spec)
	r.Units[0].Outputs = map[string]string{"version": "3", "url": "a=b"}
	want := runtime.Spec{
		Command: []string{"serve"}, Args: []string{"--v=3-a=b", ""}, WorkingDir: "/3",
		Env: map[string]string{"A": "a=b", "B": "b"},
	}
	if diff := cmp.Diff(want, r.ContainerOf(1)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if r.Spec.Units[1].Container.Env["A"] == "a=b" {
		t.Error("the declaration was changed")
	}
	if diff := cmp.Diff([]OutputRef{version, url, version, url}, spec.Units[1].Uses()); diff != "" {
		t.Errorf("Uses: %s", diff)
	}
	other := spec.Units[1]
	other.Container.WorkingDir = "/"
	if got := spec.Units[1].Changes(other)[0].String(); got != `working_dir: "/${init.build.outputs.version}" → "/"` {
		t.Errorf("a change is shown as %s", got)
	}
}
