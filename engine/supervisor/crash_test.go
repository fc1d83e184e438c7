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

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

func TestStopEndsEvenIfTheEngineHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready")
		lift := b.rt.Inject(fake.Fault{On: fake.Signal, Hang: true})
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		b.until(0, "workflow.failed Stopped")
		if got := time.Since(b.begun); got != 40*time.Second { // 10s grace, 30s until it is given up
			t.Errorf("ended after %s", got)
		}
		lift()
		<-b.ended
	})
}

func TestAnEngineThatComesBackIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "a", "sleep", "1s"), unit(engine.Service, "api", "pause")))
		b.until(0, "unit.started a#1")
		b.rt.Unavailable(true)
		time.Sleep(time.Minute)
		b.rt.Unavailable(false)
		b.until(0, "workflow.ready")
		if got := b.events(engine.TypeUnitStarted); len(got) != 2 {
			t.Errorf("started: %v", got)
		}
		b.down()
	})
}

func TestCrashAndAdopt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Init, "a", "sleep", "10s"), unit(engine.Service, "api", "pause"), unit(engine.Service, "x", "pause"))
		b.apply(w)
		b.until(0, "unit.started a#1")
		b.reopen() // while the step runs
		b.apply(w)
		b.until(0, "workflow.ready")
		b.crash()
		<-b.ended
		b.rt.Kill("p.w.x.1.1", 3) // while nobody is there
		b.rt = b.rt.Reconnect()
		b.open()
		b.until(0, "unit.started x#2")
		got := b.events(engine.TypeUnitStarted, engine.TypeRunStarted)
		slices.Sort(got[2:])
		want := []string{
			"0s run.started Up", "0s unit.started a#1",
			"10s unit.started api#1", "10s unit.started x#1", "10s unit.started x#2",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}

func TestSandboxKilledBehindTheBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "a", "true"), unit(engine.Service, "api", "pause")))
		ready := b.until(0, "workflow.ready")
		b.rt.Vanish("p.w.sandbox1")
		b.until(ready.Seq, "run.started@2 SandboxLost")
		b.until(ready.Seq, "workflow.ready")
		b.down()
	})
}

func TestNothingStartsThatIsNotOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "a", "sleep", "1s"), unit(engine.Service, "api", "pause")))
		b.until(0, "unit.started a#1")
		runs := filepath.Join(b.state, "runs")
		if err := os.Rename(runs, runs+"-away"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(runs, nil, 0o600); err != nil { // a file where a directory must be
			t.Fatal(err)
		}
		b.until(0, "unit.exited a#1")
		time.Sleep(time.Minute)
		if got := b.events(engine.TypeUnitStarted); len(got) != 1 {
			t.Errorf("started without a record: %v", got)
		}
		if err := errors.Join(os.Remove(runs), os.Rename(runs+"-away", runs)); err != nil {
			t.Fatal(err)
		}
		b.until(0, "unit.started api#1")
		b.down()
	})
}

func TestSecondSupervisorIsLockedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		_, err := Open(b.project.cfg)
		if !errors.Is(err, ErrLocked) {
			t.Errorf("Open = %v, want ErrLocked", err)
		}
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.down()
	})
}

func TestReleaseLeavesEverythingAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "pause"))
		b.apply(w)
		ready := b.until(0, "workflow.ready")
		if err := b.project.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.down()
		if got := b.events(engine.TypeRunStarted); len(got) != 1 {
			t.Errorf("after event %d runs began: %v", ready.Seq, got)
		}
	})
}

func TestWhatIsOnNoRecordIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Init, "a", "true"), unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		b.crash()
		<-b.ended
		if err := os.RemoveAll(b.state); err != nil {
			t.Fatal(err)
		}
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.until(0, "workflow.ready") // the names of the containers are free
		if got := b.events(engine.TypeUnitWaiting); len(got) != 0 {
			t.Errorf("not at once: %v", got)
		}
		b.down()
	})
}

// The back-off may end after the deadline of its unit, by its jitter; then what
// was prepared is discarded, and may be asked for at once.
func TestAnAttemptThatWasDiscardedCanBeStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api := unit(engine.Service, "api", "true")
		api.Restart.Policy = engine.RestartNever
		b.apply(workflow(api, unit(engine.Service, "web", "pause")))
		b.until(0, "workflow.ready")
		d, ref := b.project.drivers["w"], engine.Ref{Run: 1, Kind: engine.Service, Name: "api", Attempt: 9}
		b.rt.Script(fake.Labelled(LabelAttempt, "9"), fake.Behaviour{For: fake.Forever})
		d.post(func() { d.do(engine.Prepare{Ref: ref}) })
		synctest.Wait()
		b.rt.Inject(fake.Fault{On: fake.Remove, Subject: "api#9", Times: 1, Delay: 5 * time.Second})
		d.post(func() {
			d.do(engine.Discard{Ref: ref})
			d.do(engine.Start{Ref: ref})
		})
		time.Sleep(time.Minute)
		if c, err := b.rt.Inspect(t.Context(), "p.w.api.1.9"); err != nil || c.State != runtime.Running {
			t.Errorf("after discard and start: %+v, %v", c, err)
		}
		b.rt.Kill("p.w.api.1.9", 0)
		b.down()
	})
}

func TestWhatTheJournalWasNotToldIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "a", "true"), unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready")
		b.crash()
		<-b.ended
		want := b.events()
		path := filepath.Join(b.state, "events.jsonl")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
		for cut := range 3 { // the last one or two are what the record was written for
			if err := os.WriteFile(path, []byte(strings.Join(lines[:len(lines)-cut], "")), 0o600); err != nil {
				t.Fatal(err)
			}
			b.rt = b.rt.Reconnect()
			b.open()
			synctest.Wait()
			b.crash()
			<-b.ended
			if diff := cmp.Diff(want, b.events()); diff != "" {
				t.Errorf("without the last %d (-want +got):\n%s", cut, diff)
			}
		}
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(workflow(unit(engine.Init, "a", "true"), unit(engine.Service, "api", "pause")))
		b.down()
	})
}

// Who asks right after a crash must not be told what was true before it.
func TestNobodyIsToldWhatIsNotTrueAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Init, "a", "sleep", "1s"), unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		b.crash()
		<-b.ended
		b.rt.Reboot()
		b.boot = "another"
		b.rt = b.rt.Reconnect()
		b.rt.Inject(fake.Fault{On: fake.List, Times: 1, Delay: 3 * time.Second})
		b.open()
		time.Sleep(time.Second)
		status, err := b.project.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b.apply(w)
		if got := status.Workflows[0]; got.Ready || got.Run != 2 {
			t.Errorf("after a reboot: %+v", got)
		}
		b.until(0, "run.started@2 Boot")
		b.until(0, "workflow.ready@2")
		b.down()
	})
}
