package supervisor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// plan forecasts a workflow and checks that this changes nothing: not the
// engine, not a file.
func (b *bench) plan(w engine.Workflow, supervised bool) string {
	b.t.Helper()
	synctest.Wait()
	before, calls := b.files(), b.mutations()
	f := Forecast{
		Project: "p", StateDir: b.state, Runtime: b.rt, Supervised: supervised, Toolbox: "toolbox",
		Env: func(string) (string, bool) { return "canary-7f3a", true },
	}
	p, err := f.Plan(b.t.Context(), w)
	if err != nil {
		b.t.Fatal(err)
	}
	if diff := cmp.Diff(before, b.files()); diff != "" {
		b.t.Errorf("a plan changes files:\n%s", diff)
	}
	if diff := cmp.Diff(calls, b.mutations()); diff != "" {
		b.t.Errorf("a plan changes the engine:\n%s", diff)
	}
	parts := []string{string(p.Action), fmt.Sprint(p.Run), string(p.Reason)}
	for _, s := range p.Steps {
		parts = append(parts, strings.Trim(fmt.Sprintf("%s:%s:%s:%s", s.Do, s.Unit, s.Why, s.Pull), ":"))
	}
	return strings.Join(parts, " ")
}

func (b *bench) files() map[string]string {
	b.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(b.state, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return files
}

// mutations are the calls so far that change something in the engine.
func (b *bench) mutations() (calls []string) {
	for _, method := range []fake.Method{
		fake.Pull, fake.Import, fake.Prepare, fake.Start, fake.Signal, fake.Exec, fake.Remove,
		fake.CreateNetwork, fake.RemoveNetworks, fake.CreateVolume, fake.RemoveVolumes,
	} {
		calls = append(calls, b.rt.Calls(method)...)
	}
	return calls
}

func TestForecast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		input := filepath.Join(b.runtime, "input")
		once, change := unit(engine.Init, "once", "true"), unit(engine.Init, "change", "true")
		once.Run, change.Run = engine.RunOnce, engine.RunOnChange
		change.Inputs = []string{input}
		change.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
		api := unit(engine.Service, "api", "pause")
		api.Container.Image, api.Container.Pull = "registry/api", runtime.PullMissing
		w := workflow(once, change, api)
		write := func(text string) {
			if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("a")
		check := func(situation string, supervised bool, want string) {
			t.Helper()
			if got := b.plan(w, supervised); got != want {
				t.Errorf("%s: %s\nwant %s", situation, got, want)
			}
		}
		check("at first", false, "start 1 Up start:once start:change start:api::missing")
		b.rt.SetImage("registry/api", runtime.Image{ID: "api"})
		check("with the image", false, "start 1 Up start:once start:change start:api")
		b.apply(w)
		b.until(0, "workflow.ready")
		check("while it runs", true, "none 1 ")

		b.crash()
		<-b.ended
		b.rt = b.rt.Reconnect()
		check("with nobody to drive it", false, "none 1 ")
		b.rt.Kill("p.w.sandbox1", 137)
		check("without its sandbox", false, "renew 2 SandboxLost stop:api skip:once:Once skip:change:Unchanged start:api")
		write("b")
		check("with another input", false, "renew 2 SandboxLost stop:api skip:once:Once start:change start:api")
		b.open()
		b.down()
		check("when it is down", false, "start 1 Up skip:once:Once start:change start:api")
	})
}
