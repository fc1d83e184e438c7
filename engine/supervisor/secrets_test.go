package supervisor

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// ask applies workflows for somebody who has some variables.
func (b *bench) ask(env map[string]string, workflows ...engine.Workflow) (control.ApplyResult, error) {
	return b.project.Apply(b.t.Context(), control.ApplyRequest{Workflows: workflows, Env: env})
}

func TestSecretsAreNotTakenFromAnEarlierCaller(t *testing.T) {
	changed := workflow(unit(engine.Service, "api", "pause"))
	changed.RestartPolicy = engine.RestartOnFailure
	updated := workflow(unit(engine.Service, "api", "pause"), unit(engine.Service, "web", "pause"))
	for name, test := range map[string]struct {
		before func(*bench)
		ask    engine.Workflow
		want   error
	}{
		"it runs unchanged": {func(*bench) {}, workflow(unit(engine.Service, "api", "pause")), nil},
		"it is updated":     {func(*bench) {}, updated, nil},
		"it gets a new run": {func(*bench) {}, changed, control.ErrMissing},
		"it is being stopped": {func(b *bench) {
			b.rt.Inject(fake.Fault{On: fake.Signal, Subject: "api#1", Delay: time.Second})
			if err := b.project.Stop(b.t.Context(), control.StopRequest{}); err != nil {
				b.t.Fatal(err)
			}
			synctest.Wait()
		}, workflow(unit(engine.Service, "api", "pause")), control.ErrMissing},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.apply(workflow(unit(engine.Service, "api", "pause")))
				b.until(0, "workflow.ready")
				test.before(b)
				result, err := b.ask(nil, test.ask)
				if !errors.Is(err, test.want) || len(result.Warnings) > 0 {
					t.Errorf("Apply = %+v, %v; want %v", result, err, test.want)
				}
				if got := b.project.env["w"]["PASSWORD"]; got != env["PASSWORD"] {
					t.Errorf("after that it knows %q", got)
				}
				if test.want == nil {
					b.down()
					return
				}
				if _, err := b.ask(map[string]string{"PASSWORD": "other"}, test.ask); err != nil {
					t.Error(err)
				}
				if got := b.project.env["w"]["PASSWORD"]; got != "other" {
					t.Errorf("the next caller's value is %q", got)
				}
				b.down()
			})
		})
	}
}

func TestAnUpSaysThatASecretHasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		if result := b.apply(w); len(result.Warnings) != 0 {
			t.Errorf("with the same value: %+v", result)
		}
		result, err := b.ask(map[string]string{"PASSWORD": "canary-other"}, w)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{`secret "password" of workflow "w" has another value now: what runs keeps the old one until "limber restart w"`}
		if !slices.Equal(result.Warnings, want) {
			t.Errorf("warnings %q, want %q", result.Warnings, want)
		}
		b.down()
	})
}

func TestAnUpSaysWhichSecretsNobodyKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		b.reopen()
		result, err := b.ask(nil, w)
		if err != nil || len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0], "variable PASSWORD is not set") {
			t.Errorf("Apply = %+v, %v", result, err)
		}
		if result := b.apply(w); len(result.Warnings) != 0 {
			t.Errorf("with the variable: %+v", result)
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
