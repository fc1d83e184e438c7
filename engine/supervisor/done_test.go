package supervisor

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
)

// rerun restarts the workflow and returns which steps were skipped, and which
// were started.
func (b *bench) rerun() []string {
	b.t.Helper()
	before := len(b.events(engine.TypeUnitSkipped, engine.TypeUnitStarted))
	seq := b.project.journal.Seq()
	if err := b.project.Restart(b.t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
		b.t.Fatal(err)
	}
	b.until(seq, "workflow.ready")
	var lines []string
	for _, line := range b.events(engine.TypeUnitSkipped, engine.TypeUnitStarted)[before:] {
		lines = append(lines, line[len("0s unit."):])
	}
	return lines
}

func TestStepsThatNeedNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		inputs := t.TempDir()
		write := func(content string) {
			if err := os.WriteFile(filepath.Join(inputs, "schema.sql"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("create")
		once, change := unit(engine.Init, "once", "true"), unit(engine.Init, "change", "true")
		once.Run, change.Run = engine.RunOnce, engine.RunOnChange
		change.Inputs = []string{inputs}
		change.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
		w := workflow(once, change, unit(engine.Service, "api", "pause"))
		expect := func(why string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, b.rerun()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", why, diff)
			}
		}
		b.apply(w)
		b.until(0, "workflow.ready")
		expect("nothing changed", "skipped once#1@2 Once", "skipped change#1@2 Unchanged", "started api#1@2")
		write("alter")
		expect("an input changed", "skipped once#1@3 Once", "started change#1@3", "started api#1@3")
		expect("and then not", "skipped once#1@4 Once", "skipped change#1@4 Unchanged", "started api#1@4")
		b.project.mu.Lock()
		b.project.env["w"]["PASSWORD"] = "canary-other"
		b.project.mu.Unlock()
		expect("a secret changed", "skipped once#1@5 Once", "started change#1@5", "started api#1@5")
		b.rt.SetImage("toolbox", runtime.Image{ID: "other"})
		expect("an image changed", "skipped once#1@6 Once", "started change#1@6", "started api#1@6")
		if got := b.grep("canary"); len(got) != 0 {
			t.Errorf("the value is in %v", got)
		}
		b.down()

		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.until(0, "unit.skipped once#1 Once") // down remembers
		if _, err := b.project.Down(t.Context(), control.DownRequest{Volumes: true}); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		seq := b.project.journal.Seq()
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.until(seq, "unit.started once#1")
		b.down()
	})
}

func TestAStepThatEndsUnseenIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		seen, unseen := unit(engine.Init, "seen", "sleep", "10s"), unit(engine.Init, "unseen", "sleep", "10s")
		seen.Run, unseen.Run = engine.RunOnce, engine.RunOnChange
		w := workflow(seen, unseen, unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "unit.started seen#1")
		b.reopen()
		b.apply(w)
		b.until(0, "unit.started unseen#1")
		b.crash()
		<-b.ended
		time.Sleep(time.Minute)
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.until(0, "workflow.ready")
		seq := b.project.journal.Seq()
		if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
			t.Fatal(err)
		}
		b.until(seq, "unit.skipped seen#1@2 Once")
		b.until(seq, "unit.skipped unseen#1@2 Unchanged")
		b.until(seq, "workflow.ready")
		b.down()
	})
}

func TestAStepThatWasAskedToEndIsNotDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		step := unit(engine.Init, "step", "pause") // ends with 0 when it is asked to
		step.Run = engine.RunOnce
		w := workflow(step, unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "unit.started step#1")
		if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
			t.Fatal(err)
		}
		b.until(0, "unit.started step#1@2")
		b.down()
	})
}

func TestInputsThatAreMissingAreSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		step := unit(engine.Init, "step", "true")
		step.Run, step.Inputs = engine.RunOnChange, []string{"/nowhere/schema.sql"}
		b.apply(workflow(step, unit(engine.Service, "api", "pause")))
		if ev := b.until(0, "unit.waiting step#1 CreateContainerConfigError"); ev.Message != "inputs: stat /nowhere/schema.sql: no such file or directory" {
			t.Errorf("message %q", ev.Message)
		}
		b.down()
	})
}
