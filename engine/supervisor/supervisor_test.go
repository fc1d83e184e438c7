package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// bench is a supervisor on a fake engine, in a synctest bubble.
type bench struct {
	t       *testing.T
	rt      *fake.Runtime
	state   string
	runtime string
	begun   time.Time

	project *Project
	crash   context.CancelFunc // the supervisor is gone at once
	ended   chan struct{}
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, rt: fake.New("toolbox"), state: t.TempDir(), runtime: t.TempDir(), begun: time.Now()}
	t.Setenv(secrets.AllowDisk, "1")
	b.rt.NameBy(func(s runtime.Spec) string {
		if s.Labels[LabelUnit] == "" {
			return "sandbox" + s.Labels[LabelSandbox]
		}
		return fmt.Sprintf("%s#%s", s.Labels[LabelUnit], s.Labels[LabelAttempt])
	})
	b.open()
	return b
}

// open starts a supervisor, also after crash.
func (b *bench) open() {
	b.t.Helper()
	p, err := Open(Config{
		Project: "p", StateDir: b.state, RuntimeDir: b.runtime, Runtime: b.rt,
		Toolbox:    Toolbox{Ref: "toolbox", Ensure: func(context.Context) error { return nil }},
		Executable: "/bin/true", Log: zerolog.Nop(),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	b.project, b.crash, b.ended = p, cancel, ended
	go func() {
		defer close(ended)
		if err := p.Run(ctx); err != nil {
			b.t.Error(err)
		}
	}()
}

func (b *bench) reopen() {
	b.t.Helper()
	b.crash()
	<-b.ended
	b.rt = b.rt.Reconnect()
	b.open()
}

func (b *bench) apply(workflows ...engine.Workflow) control.ApplyResult {
	b.t.Helper()
	result, err := b.project.Apply(b.t.Context(), control.ApplyRequest{
		Workflows: workflows, Env: map[string]string{"PASSWORD": "canary-7f3a"},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

var errEnough = errors.New("enough")

// until waits for an event that begins like want, in the words of line.
func (b *bench) until(after int64, want string) journal.Event {
	b.t.Helper()
	var found journal.Event
	err := b.project.Events(b.t.Context(), after, true, func(ev journal.Event) error {
		if strings.HasPrefix(line(ev), want) {
			found = ev
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		b.t.Fatalf("the journal ended without %q (%v):\n%s", want, err, strings.Join(b.events(), "\n"))
	}
	return found
}

func line(ev journal.Event) string {
	s := string(ev.Type)
	if ev.Unit != "" {
		s += fmt.Sprintf(" %s#%d", ev.Unit, ev.Attempt)
	}
	if ev.Run > 1 {
		s += fmt.Sprintf("@%d", ev.Run)
	}
	if ev.ExitCode != nil {
		s += fmt.Sprintf(" code=%d", *ev.ExitCode)
	}
	if ev.Reason != "" {
		s += " " + string(ev.Reason)
	}
	return s
}

// events are the lines of the journal of some types, with their times; all
// types if none is named.
func (b *bench) events(types ...engine.NoticeType) []string {
	b.t.Helper()
	var lines []string
	err := journal.Read(b.state, 0, func(ev journal.Event) error {
		if len(types) == 0 || slices.Contains(types, ev.Type) {
			lines = append(lines, fmt.Sprintf("%s %s", ev.Time.Sub(b.begun), line(ev)))
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return lines
}

func (b *bench) down() {
	b.t.Helper()
	if err := b.project.Down(b.t.Context(), control.DownRequest{}); err != nil {
		b.t.Fatal(err)
	}
	<-b.ended
	if left := b.rt.Leftovers(projectLabels("p")); left != "" {
		b.t.Errorf("left after down:\n%s", left)
	}
}

func workflow(units ...engine.UnitSpec) engine.Workflow {
	return engine.Workflow{
		Name: "w", RestartPolicy: engine.RestartAlways, TerminationGracePeriod: 10 * time.Second,
		Network: engine.NetworkPod, Units: units,
		Secrets: []engine.SecretSource{{Name: "password", Env: "PASSWORD"}},
	}
}

func unit(kind engine.Kind, name string, command ...string) engine.UnitSpec {
	u := engine.UnitSpec{Kind: kind, Name: name, Container: runtime.Spec{Image: "toolbox", Command: command}}
	u.Restart = engine.Restart{Policy: engine.RestartAlways, Backoff: engine.DefaultBackoff}
	u.Restart.Backoff.Jitter = 0
	if kind == engine.Init {
		u.Restart.Policy = engine.RestartOnFailure
	} else {
		u.Restart.Backoff.Immediate = 1
	}
	return u
}

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

// grep returns the files of the supervisor that contain text.
func (b *bench) grep(text string) (found []string) {
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

func TestApplyUnchangedDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		if got := b.apply(w).Changed; len(got) != 0 {
			t.Errorf("changed: %v", got)
		}
		w.TerminationGracePeriod = time.Second
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
