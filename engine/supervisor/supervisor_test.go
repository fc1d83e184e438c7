package supervisor

import (
	"errors"
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

func TestStepsInOrderThenServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(
			unit(engine.Sidecar, "db", "pause"),
			unit(engine.Init, "migrate", "sleep", "300ms"),
			unit(engine.Init, "seed", "sleep", "200ms"),
			unit(engine.Service, "api", "pause"),
			unit(engine.Service, "worker", "pause"),
		))
		b.until(0, "workflow.ready")
		want := []string{
			"0s unit.started db#1",
			"0s unit.started migrate#1", "300ms unit.exited migrate#1 code=0 Completed",
			"300ms unit.started seed#1", "500ms unit.exited seed#1 code=0 Completed",
			"500ms unit.started api#1", "500ms unit.started worker#1",
		}
		got := b.events(engine.TypeUnitStarted, engine.TypeUnitExited)
		slices.Sort(got[5:]) // services start together
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}

func TestOneStepAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Inject(fake.Fault{On: fake.Prepare, Delay: 50 * time.Millisecond})
		b.apply(workflow(
			unit(engine.Init, "a", "sleep", "300ms"), unit(engine.Init, "b", "sleep", "300ms"),
			unit(engine.Service, "api", "pause"),
		))
		b.until(0, "workflow.ready")
		want := []string{ // sandbox and the first step cost 50ms each, nothing after that
			"100ms unit.started a#1", "400ms unit.started b#1", "700ms unit.started api#1",
		}
		if diff := cmp.Diff(want, b.events(engine.TypeUnitStarted)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}

func TestRetryGrowsAndSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "flaky", "fail-times", "2", "/x"), unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready")
		want := []string{"0s unit.started flaky#1", "1s unit.started flaky#2", "3s unit.started flaky#3", "3s unit.started api#1"}
		if diff := cmp.Diff(want, b.events(engine.TypeUnitStarted)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}

func TestStepFailsForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		step := unit(engine.Init, "migrate", "exit", "7")
		step.Restart.Attempts = 2
		b.apply(workflow(unit(engine.Sidecar, "db", "pause"), step, unit(engine.Service, "api", "pause")))
		<-b.ended // nothing is left to drive
		status, err := Offline(b.state, "p")
		if err != nil {
			t.Fatal(err)
		}
		w := status.Workflows[0]
		if w.Phase != engine.Failed || w.Reason != engine.ReasonInitFailed || w.Status != "Init:Error" {
			t.Errorf("ended as %s %s %s", w.Phase, w.Reason, w.Status)
		}
		if got := b.events(engine.TypeUnitStarted); len(got) != 3 {
			t.Errorf("started: %v", got)
		}
	})
}

func TestServiceRestartsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "pause"), unit(engine.Service, "worker", "pause")))
		b.until(0, "workflow.ready")
		b.rt.Kill("p.w.api.1.1", 137)
		b.until(0, "unit.started api#2")
		b.rt.Kill("p.w.api.1.2", 137)
		b.until(0, "unit.started api#3")
		want := []string{"0s unit.started api#1", "0s unit.started worker#1", "0s unit.started api#2", "1s unit.started api#3"}
		got := b.events(engine.TypeUnitStarted)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}

func TestRestartRunsInitAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "a", "true"), unit(engine.Service, "api", "pause")))
		ready := b.until(0, "workflow.ready")
		if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
			t.Fatal(err)
		}
		b.until(ready.Seq, "workflow.ready")
		got := b.events(engine.TypeUnitStarted, engine.TypeRunStarted)
		want := []string{
			"0s run.started Up", "0s unit.started a#1", "0s unit.started api#1",
			"0s run.started@2 Restart", "0s unit.started a#1@2", "0s unit.started api#1@2",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w", Unit: "nobody"})
		if !errors.Is(err, control.ErrUnknown) {
			t.Errorf("restart of an unknown unit: %v", err)
		}
		b.down()
	})
}

func TestStopKillsTheDeafAfterTheGracePeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Sidecar, "db", "pause"), unit(engine.Service, "api", "deaf")))
		b.until(0, "workflow.ready")
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		want := []string{"10s unit.exited api#1 code=137 Killed", "10s unit.exited db#1 code=137 Killed"}
		if diff := cmp.Diff(want, b.events(engine.TypeUnitExited)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestApplyUnchangedDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		if got := b.apply(w).Changed; len(got) != 0 {
			t.Errorf("changed: %v", got)
		}
		w.ActiveDeadline = time.Hour
		if got := b.apply(w).Changed; len(got) != 1 {
			t.Errorf("changed: %v", got)
		}
		b.until(0, "run.started@2 SpecChanged")
		b.down()
	})
}

func TestHopelessImageIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		step := unit(engine.Init, "a", "true")
		step.Container.Image = "nowhere"
		b.apply(workflow(step, unit(engine.Service, "api", "pause")))
		ev := b.until(0, "unit.waiting a#1 ErrImagePull")
		if !ev.Permanent || !strings.Contains(ev.Message, "nowhere") {
			t.Errorf("%+v", ev)
		}
		b.rt.SetImage("nowhere", runtime.Image{ID: "found"}) // a supervisor that stays goes on trying
		b.until(0, "workflow.ready")
		b.down()
	})
}

func TestACrashLoopLeavesFewContainers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "false")))
		b.until(0, "unit.started api#9")
		synctest.Wait()
		got := strings.Count(b.rt.Leftovers(map[string]string{LabelUnit: "api"}), "\n") + 1
		if got > keptContainers {
			t.Errorf("%d containers are left, want at most %d:\n%s", got, keptContainers, b.rt.Leftovers(nil))
		}
		b.down()
	})
}

func TestASandboxThatCannotBeMadeIsSaidAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Inject(fake.Fault{On: fake.Prepare, Subject: "sandbox1", Err: errors.New("address already in use")})
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		ev := b.until(0, "unit.waiting FailedCreatePodSandBox")
		if !ev.Permanent || !strings.Contains(ev.Message, "address already in use") {
			t.Errorf("%+v", ev)
		}
		b.until(0, "workflow.ready")
		b.down()
	})
}
