package supervisor

import (
	"context"
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
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// named is a workflow with a name, files, scratch space and messages.
func named(name string, units ...engine.UnitSpec) engine.Workflow {
	w := workflow(units...)
	w.Name = name
	w.Volumes = []engine.Volume{filesVolume("conf", map[string]string{"a": "1"}), {Name: "tmp", Kind: engine.VolumeScratch}}
	for i := range w.Units {
		w.Units[i] = talking(w.Units[i], engine.MessageFile)
		for _, v := range w.Volumes {
			w.Units[i].Container.Mounts = append(w.Units[i].Container.Mounts, runtime.Mount{Kind: runtime.MountVolume, Source: v.Name, Target: "/" + v.Name})
		}
	}
	return w
}

// applyWhole asks for workflows as all that the files declare.
func (b *bench) applyWhole(workflows ...engine.Workflow) control.ApplyResult {
	b.t.Helper()
	result, err := b.project.Apply(b.t.Context(), control.ApplyRequest{
		Workflows: workflows, Env: map[string]string{"PASSWORD": "canary-7f3a"}, Whole: true,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// untilOf is until of one workflow.
func (b *bench) untilOf(workflow string, after int64, want string) journal.Event {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 24*time.Hour)
	defer cancel()
	var found journal.Event
	err := b.project.Events(ctx, after, true, func(ev journal.Event) error {
		if ev.Workflow == workflow && strings.HasPrefix(line(ev), want) {
			found = ev
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		b.t.Fatalf("the journal ended without %q of %s (%v):\n%s", want, workflow, err, strings.Join(b.events(), "\n"))
	}
	return found
}

// expectWorkflows compares what is there: in the status, on record, in the
// engine and in the runtime directory.
func (b *bench) expectWorkflows(want ...string) {
	b.t.Helper()
	synctest.Wait()
	status, err := b.project.Status(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	shown := []string{}
	for _, w := range status.Workflows {
		shown = append(shown, w.Name)
	}
	records, err := journal.LoadRecords(b.state)
	if err != nil {
		b.t.Fatal(err)
	}
	kept := []string{}
	for _, r := range records {
		kept = append(kept, r.Run.Spec.Name)
	}
	slices.Sort(shown)
	if diff := cmp.Diff([][]string{want, want}, [][]string{shown, kept}); diff != "" {
		b.t.Errorf("shown, on record (-want +got):\n%s", diff)
	}
	for _, name := range []string{"v", "w"} {
		left := b.rt.Leftovers(workflowLabels("p", name))
		dirs, err := filepath.Glob(filepath.Join(b.runtime, "*", name))
		if err != nil {
			b.t.Fatal(err)
		}
		if !slices.Contains(want, name) && (left != "" || len(dirs) > 0) {
			b.t.Errorf("left of %s: %v\n%s", name, dirs, left)
		}
	}
}

func TestWhatIsNotDeclaredAnyMoreIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w, v := named("w", unit(engine.Service, "api", "pause")), named("v", unit(engine.Sidecar, "db", "pause"), unit(engine.Service, "deaf", "deaf"))
		v.TerminationGracePeriod = 5 * time.Second
		b.applyWhole(w, v)
		b.untilOf("v", 0, "workflow.ready")
		b.untilOf("w", 0, "workflow.ready")

		if result := b.apply(w); len(result.Removed) > 0 {
			t.Errorf("an up of one workflow removes %v", result.Removed)
		}
		b.expectWorkflows("v", "w")
		before := b.events()
		result := b.applyWhole(w)
		if diff := cmp.Diff([]string{"v"}, result.Removed); diff != "" {
			t.Errorf("removed (-want +got):\n%s", diff)
		}
		stopping := b.untilOf("v", result.Seq, "unit.stopping deaf#1")
		if stopping.Message != "not declared any more" || *stopping.GraceMS != 5000 {
			t.Errorf("%+v", stopping)
		}
		b.expectWorkflows("v", "w") // it ends first
		if ended := b.untilOf("v", result.Seq, "workflow.failed NotDeclared"); ended.Message != "not declared any more" {
			t.Errorf("%+v", ended)
		}
		gone := b.untilOf("v", result.Seq, "workflow.removed NotDeclared")
		if took := gone.Time.Sub(stopping.Time); took != 5*time.Second || gone.Message == "" {
			t.Errorf("after %s: %+v", took, gone)
		}
		b.expectWorkflows("w")
		for _, ev := range b.events()[len(before):] {
			if strings.Contains(ev, "api") {
				t.Errorf("what is declared does not stay as it is: %s", ev)
			}
		}
		b.down()
	})
}

func TestRemovalsAreForecast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w, v := named("w", unit(engine.Service, "api", "pause")), named("v", unit(engine.Service, "api", "pause"))
		b.applyWhole(w, v)
		b.untilOf("v", 0, "workflow.ready")
		b.untilOf("w", 0, "workflow.ready")
		f := Forecast{Project: "p", StateDir: b.state, Runtime: b.rt, Supervised: true}
		plans, err := f.Removals(t.Context(), []engine.Workflow{w})
		if err != nil || len(plans) != 1 || plans[0].Workflow != "v" || plans[0].Action != engine.PlanRemove || len(plans[0].Steps) != 1 {
			t.Errorf("%+v, %v", plans, err)
		}
		b.down()
	})
}

// What ends because of a request does not take the room of what it begins.
func TestOrphansMakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.applyWhole(requesting("a", 1500))
		synctest.Wait()
		b.wantRefused([]string{"workflow a: 1500m"}, requesting("b", 1000))
		req := control.ApplyRequest{Workflows: []engine.Workflow{requesting("b", 1000)}, Whole: true}
		if err := (Forecast{StateDir: b.state, Runtime: b.rt}).Room(t.Context(), req); err != nil {
			t.Error(err)
		}
		b.applyWhole(req.Workflows...)
		b.untilOf("a", 0, "workflow.removed")
		b.untilOf("b", 0, "workflow.ready")
		b.down()
	})
}

func TestAnOrphanOfWhichNothingLivesIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := named("v", unit(engine.Service, "job", "true"))
		job.Units[0].Restart.Policy = engine.RestartNever
		b.applyWhole(job)
		<-b.ended
		b.rt = b.rt.Reconnect()
		b.open()
		b.expectWorkflows("v")
		b.applyWhole(named("w", unit(engine.Service, "api", "pause")))
		b.untilOf("v", 0, "workflow.removed")
		b.expectWorkflows("w")
		b.down()
	})
}

// The supervisor stays until orphans are removed, and no longer.
func TestTheSupervisorEndsWhenOrphansAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		job := named("w", unit(engine.Service, "job", "true"))
		job.Units[0].Restart.Policy = engine.RestartNever
		b.applyWhole(job, named("v", unit(engine.Service, "api", "pause")))
		b.untilOf("v", 0, "workflow.ready")
		b.rt.Inject(fake.Fault{On: fake.Remove, Subject: "api#1", Times: 3, Err: runtime.ErrUnavailable})
		b.applyWhole(job)
		<-b.ended
		records, err := journal.LoadRecords(b.state)
		if err != nil || len(records) != 1 || records[0].Run.Spec.Name != "w" {
			t.Errorf("on record: %v, %v", records, err)
		}
	})
}

func TestAnOrphanCanBeDeclaredAgain(t *testing.T) {
	for name, delay := range map[string]time.Duration{"while it ends": time.Second, "while it is removed": 7 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				w, v := named("w", unit(engine.Service, "api", "pause")), named("v", unit(engine.Service, "deaf", "deaf"))
				v.TerminationGracePeriod = 5 * time.Second
				b.applyWhole(w, v)
				b.untilOf("v", 0, "workflow.ready")
				b.rt.Inject(fake.Fault{On: fake.Remove, Subject: "deaf#1", Delay: 10 * time.Second})
				seq := b.applyWhole(w).Seq
				time.Sleep(delay)
				b.applyWhole(w, v)
				b.untilOf("v", seq, "workflow.ready")
				b.expectWorkflows("v", "w")
				ended := b.indexOf("v", "workflow.removed") > 0
				if ended != (delay > v.TerminationGracePeriod) {
					t.Errorf("removed: %t", ended)
				}
				b.reopen() // it is on record as one of ours
				time.Sleep(time.Minute)
				b.expectWorkflows("v", "w")
				b.apply(w)
				b.down()
			})
		})
	}
}

func TestOrphansEndInReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		shop, db := shopAndDB()
		b.applyWhole(shop, db)
		b.untilOf("shop", 0, "workflow.ready")
		seq := b.applyWhole(named("w", unit(engine.Service, "api", "pause"))).Seq
		b.untilOf("shop", seq, "workflow.removed")
		b.untilOf("db", seq, "workflow.removed")
		if ended, stopping := b.indexOf("shop", "workflow.succeeded"), b.indexOf("db", "unit.stopping server"); ended < 0 || ended > stopping {
			t.Errorf("shop has ended at %d, db was asked to at %d", ended, stopping)
		}
		b.expectWorkflows("w")
		b.down()
	})
}

// One that waits for another to end is declared again before it was asked to:
// it is left alone, also by the next supervisor.
func TestAnOrphanThatWaitsCanBeDeclaredAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		v, w := named("v", unit(engine.Service, "server", "pause")), named("w", unit(engine.Service, "deaf", "deaf"))
		w.DependsOn = []string{"v"}
		b.applyWhole(v, w)
		b.untilOf("w", 0, "workflow.ready")
		b.applyWhole(named("x", unit(engine.Service, "api", "pause")))
		b.apply(v)
		b.untilOf("w", 0, "workflow.removed")
		b.expectWorkflows("v", "x")
		b.reopen()
		time.Sleep(time.Minute)
		b.expectWorkflows("v", "x")
		if ev := b.indexOf("v", "unit.stopping"); ev >= 0 {
			t.Error("it was stopped")
		}
		b.apply(v)
		b.down()
	})
}

func TestAnOrphanThatWaitsIsOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		v, w, x := named("v", unit(engine.Service, "server", "pause")), named("w", unit(engine.Service, "deaf", "deaf")), named("x", unit(engine.Service, "api", "pause"))
		w.DependsOn = []string{"v"}
		b.applyWhole(v, w)
		b.untilOf("w", 0, "workflow.ready")
		b.applyWhole(x)
		time.Sleep(time.Second)
		b.reopen()
		b.apply(x)
		b.untilOf("v", 0, "workflow.removed")
		b.expectWorkflows("x")
		b.down()
	})
}

// What is on no record must not happen: the next supervisor would not know why
// the containers are gone.
func TestOrphansStayUntilTheRecordCanBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w, v := named("w", unit(engine.Service, "api", "pause")), named("v", unit(engine.Service, "api", "pause"))
		b.applyWhole(w, v)
		b.untilOf("v", 0, "workflow.ready")
		b.untilOf("w", 0, "workflow.ready")
		runs := filepath.Join(b.state, "runs")
		if err := errors.Join(os.Rename(runs, runs+"-away"), os.WriteFile(runs, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		b.applyWhole(w)
		time.Sleep(time.Minute + saveAgain/2) // not at the moment when it is tried again
		if left := b.rt.Leftovers(workflowLabels("p", "v")); !strings.Contains(left, "p.v.api.1.1") {
			t.Errorf("left is %q", left)
		}
		if err := errors.Join(os.Remove(runs), os.Rename(runs+"-away", runs)); err != nil {
			t.Fatal(err)
		}
		b.untilOf("v", 0, "workflow.removed")
		b.expectWorkflows("w")
		b.down()
	})
}

func TestARequestThatIsGivenUpLeavesNoOrphans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w, v := named("w", unit(engine.Service, "api", "pause")), named("v", unit(engine.Service, "api", "pause"))
		b.applyWhole(w, v)
		b.untilOf("v", 0, "workflow.ready")
		b.untilOf("w", 0, "workflow.ready")
		b.crash()
		<-b.ended
		b.rt = b.rt.Reconnect()
		b.rt.Inject(fake.Fault{On: fake.List, Times: 2, Delay: 10 * time.Second})
		b.open()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.project.Apply(ctx, control.ApplyRequest{Workflows: []engine.Workflow{w}, Whole: true}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Apply = %v", err)
		}
		time.Sleep(time.Minute)
		b.expectWorkflows("v", "w")
		b.down()
	})
}

func TestDownTakesOrphansToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w, v := named("w", unit(engine.Service, "api", "pause")), named("v", unit(engine.Service, "deaf", "deaf"))
		b.applyWhole(w, v)
		b.untilOf("v", 0, "workflow.ready")
		b.applyWhole(w)
		err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "v"})
		if !errors.Is(err, control.ErrUnknown) {
			t.Errorf("restart of an orphan: %v", err)
		}
		b.down()
		if _, err := os.Stat(filepath.Join(b.runtime, messagesDir)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("left after down: %v", err)
		}
	})
}
