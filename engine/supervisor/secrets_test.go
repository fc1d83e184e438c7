package supervisor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

func TestSecretsAreGoneWhenTheAttemptHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		step := unit(engine.Init, "a", "sleep", "1s")
		step.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
		b.apply(workflow(step, unit(engine.Service, "api", "pause")))
		b.until(0, "unit.started a#1")
		if got := b.grep("canary-7f3a"); len(got) != 1 || !strings.Contains(got[0], "secrets") {
			t.Errorf("while the step runs the value is in %v", got)
		}
		b.until(0, "unit.exited a#1")
		if got := b.grep("canary-7f3a"); len(got) != 0 {
			t.Errorf("after its end the value is in %v", got)
		}
		b.down()
	})
}

// grep returns the files of the supervisor that contain text, once it has
// written what it has to write.
func (b *bench) grep(text string) (found []string) {
	synctest.Wait()
	for _, dir := range []string{b.state, b.runtime} {
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			if strings.Contains(string(content), text) {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return found
}

func TestALostAnswerDoesNotLoseTheSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Inject(fake.Fault{On: fake.Prepare, Subject: "a#1", Times: 1, Late: true, Err: runtime.ErrUnavailable})
		step := unit(engine.Init, "a", "sleep", "1s")
		step.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
		b.apply(workflow(step, unit(engine.Service, "api", "pause")))
		b.until(0, "unit.started a#1")
		c, err := b.rt.Inspect(t.Context(), "p.w.a.1.1")
		if err != nil {
			t.Fatal(err)
		}
		made := b.rt.Calls(fake.Prepare)
		if got := b.grep("canary-7f3a"); len(got) != 1 || strings.Count(strings.Join(made, "\n"), "a#1") != 2 {
			t.Errorf("container %s, its value is in %v after %v", c.ID, got, made)
		}
		if got := b.rt.Calls(fake.Remove); len(got) < 2 {
			t.Errorf("the container with the files of the first try was kept: %v", got)
		}
		b.down()
	})
}

func TestNothingBeginsWithoutItsSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Sidecar, "db", "pause"), unit(engine.Service, "api", "pause"))
		w.Secrets = []engine.SecretSource{{Name: "token", Env: "NOT_SET"}, {Name: "key", File: "/nowhere/key"}}
		_, err := b.project.Apply(t.Context(), control.ApplyRequest{Workflows: []engine.Workflow{w}})
		if !errors.Is(err, control.ErrMissing) || !strings.Contains(err.Error(), "NOT_SET") || !strings.Contains(err.Error(), "/nowhere/key") {
			t.Errorf("Apply = %v", err)
		}
		<-b.ended
		if got := b.rt.History(); len(got) != 0 {
			t.Errorf("done all the same: %v", got)
		}
	})
}
