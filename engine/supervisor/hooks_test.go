package supervisor

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

func execHook(command ...string) *engine.Handler {
	return &engine.Handler{Exec: &engine.Exec{Command: command}}
}

func TestHooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		db, api := unit(engine.Sidecar, "db", "pause"), unit(engine.Service, "api", "pause")
		db.PostStart = execHook("sleep", "2s")
		db.PreStop = execHook("sleep", "3s")
		api.PreStop = &engine.Handler{Sleep: &engine.Sleep{Duration: time.Second}}
		b.apply(workflow(db, api))
		b.until(0, "workflow.ready")
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		want := []string{
			"0s hook.started db#1", "2s hook.finished db#1 code=0",
			"2s unit.startup_complete db#1", "2s unit.startup_complete api#1",
			"2s hook.started api#1", "2s hook.started db#1", // the stop
			"3s hook.finished api#1 code=0", "3s unit.exited api#1 code=0 Completed",
			"5s hook.finished db#1 code=0", "5s unit.exited db#1 code=0 Completed",
		}
		got := b.events(engine.TypeHookStarted, engine.TypeHookFinished, engine.TypeUnitStartupComplete, engine.TypeUnitExited)
		slices.Sort(got[4:6])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAHookThatFailsIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api := unit(engine.Service, "api", "pause")
		api.PostStart = execHook("warm")
		secret := unit(engine.Service, "secret", "pause")
		secret.PostStart = execHook("warm")
		secret.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
		b.rt.Script(func(s runtime.Spec) bool { return s.Labels[LabelUnit] != "" }, fake.Behaviour{
			For: fake.Forever, OnSignal: &fake.Reaction{Code: 0},
			Exec: func(time.Duration, []string) runtime.ExecResult {
				return runtime.ExecResult{Code: 3, Output: "canary-7f3a\n"}
			},
		})
		b.apply(workflow(api, secret))
		if ev := b.until(0, "hook.finished api#1 code=3 PostStartHookError"); !strings.Contains(ev.Message, "canary-7f3a") {
			t.Errorf("api: %q", ev.Message)
		}
		if ev := b.until(0, "hook.finished secret#1 code=3 PostStartHookError"); ev.Message != "exit code 3" {
			t.Errorf("a unit with secrets is quoted: %q", ev.Message)
		}
		b.until(0, "unit.started api#2")
		b.down()
	})
}

func TestAHookIsRunAgainAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api := unit(engine.Service, "api", "pause")
		api.PostStart = execHook("sleep", "10s")
		b.apply(workflow(api))
		b.until(0, "hook.started api#1")
		time.Sleep(5 * time.Second)
		b.reopen()
		b.until(0, "workflow.ready")
		want := []string{"0s hook.started api#1", "5s hook.started api#1", "15s hook.finished api#1 code=0"}
		if diff := cmp.Diff(want, b.events(engine.TypeHookStarted, engine.TypeHookFinished)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.apply(workflow(api))
		b.down()
	})
}

func TestAStopDoesNotWaitForHooksOfALostSandbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api, web := unit(engine.Service, "api", "pause"), unit(engine.Service, "web", "pause")
		api.PreStop = &engine.Handler{HTTPGet: &engine.HTTPGet{Scheme: "http", Host: "127.0.0.1", Port: 80, Path: "/"}}
		web.PreStop = execHook("sleep", "1h")
		b.apply(workflow(api, web))
		b.until(0, "workflow.ready")
		if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w", Unit: "web"}); err != nil {
			t.Fatal(err)
		}
		b.until(0, "hook.started web#1")
		b.rt.Vanish("p.w.sandbox1")
		b.until(0, "run.started@2 SandboxLost")
		want := []string{
			"0s hook.finished api#1 code=1 FailedPreStopHook", "0s hook.finished web#1 code=1 FailedPreStopHook",
			"0s unit.exited api#1 code=0 Completed", "0s unit.exited web#1 code=0 Completed",
		}
		got := b.events(engine.TypeHookFinished, engine.TypeUnitExited)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}
