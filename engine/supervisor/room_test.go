package supervisor

import (
	"errors"
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

// requesting is a workflow with a service that requests thousandths of a core.
// The fake engine has two.
func requesting(name string, cpu int64) engine.Workflow {
	w := workflow(unit(engine.Service, "api", "pause"))
	w.Name, w.Secrets = name, nil
	w.Units[0].Container.Resources.CPURequest = cpu
	return w
}

// refused returns why workflows are refused, and ends the test if they are not.
func (b *bench) refused(workflows ...engine.Workflow) string {
	b.t.Helper()
	_, err := b.project.Apply(b.t.Context(), control.ApplyRequest{Workflows: workflows})
	if !errors.Is(err, control.ErrMissing) {
		b.t.Fatalf("Apply = %v, want ErrMissing", err)
	}
	return err.Error()
}

// wantRefused ends the test unless workflows are refused for a reason that has
// all of these texts, and the forecast says so too.
func (b *bench) wantRefused(texts []string, workflows ...engine.Workflow) {
	b.t.Helper()
	why := b.refused(workflows...)
	for _, text := range texts {
		if !strings.Contains(why, text) {
			b.t.Errorf("it says %q, want %q", why, text)
		}
	}
	if forecast := b.room(workflows...); forecast == nil || !strings.HasSuffix(why, forecast.Error()) {
		b.t.Errorf("it says %q, the forecast %v", why, forecast)
	}
}

// room forecasts whether workflows would be refused.
func (b *bench) room(workflows ...engine.Workflow) error {
	b.t.Helper()
	return Forecast{StateDir: b.state, Runtime: b.rt}.Room(b.t.Context(), control.ApplyRequest{Workflows: workflows})
}

func TestWhatDoesNotFitDoesNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.wantRefused([]string{"this machine has 2:", "workflow a: 1900m = service/api 1900m\n", "workflow b: 101m"},
			requesting("a", 1900), requesting("b", 101))
		<-b.ended
		if got := b.rt.History(); len(got) != 0 {
			t.Errorf("done all the same: %v", got)
		}
	})
}

func TestWhatRunsCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(requesting("a", 1500), requesting("idle", 0))
		synctest.Wait()
		const already = "workflow a: 1500m = service/api 1500m (it runs already)"
		b.wantRefused([]string{already}, requesting("b", 501))
		b.wantRefused([]string{already}, requesting("a", 1500), requesting("b", 501))
		b.wantRefused([]string{"workflow a: 2001m = service/api 2001m\n"}, requesting("a", 2001)) // instead of, not beside
		b.apply(requesting("a", 1400), requesting("b", 600))
		synctest.Wait()
		b.wantRefused([]string{"2001m is requested"}, requesting("c", 1))
		if err := b.project.Stop(t.Context(), control.StopRequest{Workflows: []string{"a"}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := b.room(requesting("c", 1400)); err != nil {
			t.Error(err)
		}
		b.apply(requesting("c", 1400))
		b.down()
	})
}

// Where the machine has become smaller, or limber stricter, what runs goes on.
func TestWhatRunsUnchangedIsNotRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		a := requesting("a", 1500)
		b.apply(a)
		b.until(0, "workflow.ready")
		b.rt.SetInfo(runtime.Info{CPUs: 1, Memory: 1 << 30})
		b.reopen()
		if got := b.apply(a).Changed; len(got) != 0 {
			t.Errorf("changed: %v", got)
		}
		b.apply(a, requesting("idle", 0)) // what requests nothing always has room
		b.wantRefused([]string{"1501m is requested, and this machine has 1"}, a, requesting("b", 1))
		b.down()
	})
}

// A run that ends for another one counts as that one; one that is only
// stopped will not run.
func TestWhatIsToRunCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		deaf := func(cpu int64) engine.Workflow { // each is another run, and takes its grace period to end
			w := requesting("a", cpu)
			w.ActiveDeadline = time.Duration(cpu) * time.Hour
			w.Units[0].Container.Command = []string{"deaf"}
			return w
		}
		b.apply(deaf(500))
		synctest.Wait()
		b.apply(deaf(1500))
		synctest.Wait()
		b.wantRefused([]string{"workflow a: 1500m = service/api 1500m (it runs already)"}, requesting("b", 501))
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		b.apply(requesting("b", 2000))
		b.down()
	})
}

// Two who ask at the same time do not both get the last of the room.
func TestRoomIsGivenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Inject(fake.Fault{On: fake.List, Times: 1, Delay: time.Minute}) // nothing is taken over before
		applied := make(chan error)
		go func() {
			_, err := b.project.Apply(t.Context(), control.ApplyRequest{Workflows: []engine.Workflow{requesting("a", 1500)}})
			applied <- err
		}()
		synctest.Wait()
		if why := b.refused(requesting("b", 501)); !strings.Contains(why, "workflow a: 1500m") {
			t.Errorf("it says %q", why)
		}
		if err := <-applied; err != nil {
			t.Errorf("Apply = %v", err)
		}
		b.down()
	})
}

func TestAMachineThatCannotBeAskedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Unavailable(true)
		_, err := b.project.Apply(t.Context(), control.ApplyRequest{Workflows: []engine.Workflow{requesting("a", 1)}})
		if !errors.Is(err, runtime.ErrUnavailable) {
			t.Errorf("Apply = %v, want ErrUnavailable", err)
		}
		<-b.ended
	})
}

// TestContainersGetTheirResources compares what the engine is given. The fake
// one has 4 GiB.
func TestContainersGetTheirResources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		got := map[string]runtime.Resources{}
		b.rt.OnChange(func(spec runtime.Spec, _ runtime.Container) { got[spec.Labels[LabelUnit]] = spec.Resources })
		w := workflow(unit(engine.Sidecar, "db", "pause"), unit(engine.Service, "api", "pause"))
		w.Resources = runtime.Resources{CPULimit: 1500}
		w.Units[1].Container.Resources = runtime.Resources{MemoryRequest: 1 << 30, MemoryLimit: 2 << 30}
		b.apply(w)
		b.until(0, "workflow.ready")
		want := map[string]runtime.Resources{
			"":    {}, // the holder
			"db":  {CPULimit: 1500, OOMScoreAdj: 750},
			"api": {CPULimit: 1500, MemoryRequest: 1 << 30, MemoryLimit: 2 << 30, OOMScoreAdj: 750},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := len(b.rt.Calls(fake.Info)); got != 1 {
			t.Errorf("the engine was asked %d times what its machine has", got)
		}
		b.down()
	})
}
