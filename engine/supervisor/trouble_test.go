package supervisor

import (
	"errors"
	"fmt"
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

var env = map[string]string{"PASSWORD": "canary-7f3a"}

// breakDisk makes records fail until the returned function is called.
func (b *bench) breakDisk() (mend func()) {
	b.t.Helper()
	synctest.Wait() // nobody is writing just now
	runs := filepath.Join(b.state, "runs")
	if err := errors.Join(os.Rename(runs, runs+"-away"), os.WriteFile(runs, nil, 0o600)); err != nil {
		b.t.Fatal(err)
	}
	return func() {
		b.t.Helper()
		synctest.Wait()
		if err := errors.Join(os.Remove(runs), os.Rename(runs+"-away", runs)); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) state1(name string) runtime.State {
	b.t.Helper()
	c, err := b.rt.Inspect(b.t.Context(), name)
	if errors.Is(err, runtime.ErrNotFound) {
		return ""
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return c.State
}

func TestASandboxEndsEvenIfTheSupervisorLetsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready")
		b.rt.Inject(fake.Fault{On: fake.Signal, Subject: "sandbox1 SIGKILL", Delay: 2 * time.Second})
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		b.until(0, "workflow.succeeded Stopped")
		b.crash()
		<-b.ended
		if got := b.state1("p.w.sandbox1"); got != runtime.Exited {
			t.Errorf("the sandbox is %s", got)
		}
	})
}

func TestNothingIsAskedOfAProjectThatIsTakenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "deaf"))
		b.apply(w)
		b.until(0, "workflow.ready")
		down := make(chan error, 1)
		go func() {
			_, err := b.project.Down(t.Context(), control.DownRequest{})
			down <- err
		}()
		time.Sleep(time.Second)
		_, second := b.project.Down(t.Context(), control.DownRequest{})
		_, apply := b.project.Apply(t.Context(), control.ApplyRequest{Workflows: []engine.Workflow{w}, Env: env})
		for what, err := range map[string]error{
			"apply":   apply,
			"restart": b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}),
			"down":    second,
		} {
			if !errors.Is(err, control.ErrNoSupervisor) {
				t.Errorf("%s while it is taken down: %v", what, err)
			}
		}
		if err := b.project.Stop(t.Context(), control.StopRequest{Force: true}); err != nil {
			t.Errorf("stop while it is taken down: %v", err)
		}
		if err := <-down; err != nil || time.Since(b.begun) != time.Second {
			t.Errorf("down: %v after %s", err, time.Since(b.begun))
		}
		<-b.ended
	})
}

func TestWhatIsHeldIsForgottenWhenItIsNotWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "a", "sleep", "1s"), unit(engine.Init, "b", "true"), unit(engine.Service, "api", "pause")))
		b.until(0, "unit.started a#1")
		mend := b.breakDisk()
		b.until(0, "unit.exited a#1") // b's start and api's preparation are held
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		b.until(0, "workflow.failed Stopped")
		if got := time.Since(b.begun); got != time.Second {
			t.Errorf("stopped after %s", got)
		}
		select { // the record does not say so yet
		case <-b.ended:
			t.Error("the supervisor has ended with an old record")
		case <-time.After(time.Minute):
		}
		mend()
		<-b.ended
		if got := b.rt.Calls(fake.Start); len(got) != 2 {
			t.Errorf("started: %v", got)
		}
	})
}

func TestTheStatusSaysThatTheStateCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Init, "a", "sleep", "1s"), unit(engine.Service, "api", "pause")))
		b.until(0, "unit.started a#1")
		message := func() string {
			t.Helper()
			synctest.Wait()
			status, err := b.project.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return status.Workflows[0].Message
		}
		mend := b.breakDisk()
		b.until(0, "unit.exited a#1")
		if got, want := message(), "the state cannot be written: not a directory"; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
		mend()
		b.until(0, "workflow.ready")
		if got := message(); got != "" {
			t.Errorf("when it can be written again: %q", got)
		}
		b.down()
	})
}

func TestDownNeedsNoKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready")
		b.down()
		if _, err := os.Stat(filepath.Join(b.state, keyFile)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a key that nothing needs was made: %v", err)
		}
	})
}

func TestAHeldSandboxIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		mend := b.breakDisk()
		b.rt.Vanish("p.w.sandbox1")
		b.until(0, "run.started@2")
		w.ActiveDeadline = time.Hour
		b.apply(w)
		b.until(0, "run.started@3")
		mend()
		b.until(0, "workflow.ready@3")
		if got := strings.Count(strings.Join(b.rt.Calls(fake.Start), "\n"), "sandbox"); got != 2 {
			t.Errorf("%d sandboxes were started: %v", got, b.rt.Calls(fake.Start))
		}
		b.down()
	})
}

func TestDownDoesNotWaitForAProcessThatNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "pause"), unit(engine.Service, "web", "pause")))
		b.until(0, "workflow.ready")
		for _, subject := range []string{"api#1", "api#1 SIGKILL"} {
			b.rt.Inject(fake.Fault{On: fake.Signal, Subject: subject, Hang: true})
		}
		if _, err := b.project.Down(t.Context(), control.DownRequest{}); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(b.begun); got != 40*time.Second { // 10s grace, 30s until it is given up
			t.Errorf("down took %s", got)
		}
		<-b.ended
	})
}

func TestTheJournalHasAllOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		if err := b.project.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		status, err := Offline(b.state, "p")
		if err != nil {
			t.Fatal(err)
		}
		begun := len(b.events(engine.TypeRunStarted))
		if begun != status.Workflows[0].Run {
			t.Errorf("the record is of run %d, the journal has %d", status.Workflows[0].Run, begun)
		}
	})
}

func TestManyRequestsDoNotBlockOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		lift := b.rt.Inject(fake.Fault{On: fake.List, Hang: true})
		w := workflow(unit(engine.Service, "api", "pause"))
		for range 100 {
			go func() {
				_, _ = b.project.Apply(t.Context(), control.ApplyRequest{Workflows: []engine.Workflow{w}, Env: env}) // the answer does not matter
			}()
		}
		synctest.Wait()
		if _, err := b.project.Status(t.Context()); err != nil { // a deadlock would end the bubble
			t.Fatal(err)
		}
		lift()
		b.until(0, "workflow.ready")
		synctest.Wait() // for all answers
		b.down()
	})
}

func TestTheStateDirectoryIsLocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		cfg := b.project.cfg
		cfg.RuntimeDir = t.TempDir()
		_, err := Open(cfg)
		if !errors.Is(err, ErrLocked) {
			t.Errorf("Open with another runtime directory = %v", err)
		}
		if remedy := fmt.Sprintf("kill %d", os.Getpid()); err != nil && !strings.Contains(err.Error(), remedy) {
			t.Errorf("%v: it does not say %q", err, remedy)
		}
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.down()
	})
}

func TestAllWorkflowsAreAskedForOrNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w, v := workflow(unit(engine.Service, "api", "pause")), workflow(unit(engine.Service, "api", "pause"))
		v.Name = "v"
		if err := os.MkdirAll(filepath.Join(b.state, "runs", "v.json", "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		_, err := b.project.Apply(t.Context(), control.ApplyRequest{Workflows: []engine.Workflow{w, v}, Env: env})
		if err == nil || !strings.Contains(err.Error(), "nothing was started") {
			t.Errorf("Apply = %v", err)
		}
		<-b.ended // there is nothing to drive
		if got := b.events(); len(got) != 0 {
			t.Errorf("events: %v", got)
		}
	})
}

func TestAStartWhoseAnswerWasLostIsStoppedGracefully(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Inject(fake.Fault{On: fake.Start, Subject: "api#1", Late: true, Err: runtime.ErrUnavailable})
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.until(0, "unit.created api#1")
		time.Sleep(time.Second)
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		want := []string{"1s unit.exited api#1 code=0 Completed"}
		if got := b.events(engine.TypeUnitExited, engine.TypeUnitWaiting); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

func TestAPreparedSandboxThatIsNotWantedIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(unit(engine.Service, "api", "pause"))
		lift := b.rt.Inject(fake.Fault{On: fake.Prepare, Subject: "sandbox1", Hang: true, Late: true})
		b.apply(w)
		b.until(0, "run.started")
		synctest.Wait()
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		_ = b.rt.Close() // at the same time it is killed
		b.crash()
		<-b.ended
		lift()
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.until(0, "workflow.ready@2")
		if got := b.state1("p.w.sandbox1"); got != "" {
			t.Errorf("the first sandbox is %s", got)
		}
		b.down()
	})
}

func TestATransientErrorIsNotCalledPermanent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		step := unit(engine.Init, "a", "true")
		step.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
		b.rt.Inject(fake.Fault{On: fake.User, Times: 2, Err: runtime.ErrUnavailable})
		w := workflow(step, unit(engine.Service, "api", "pause"))
		w.RestartPolicy = engine.RestartNever
		b.apply(w)
		if ev := b.until(0, "unit.waiting a#1"); ev.Permanent {
			t.Errorf("%+v", ev)
		}
		b.until(0, "workflow.ready")
		b.down()
	})
}
