package supervisor

import (
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// specs keeps what containers were made from, by their names.
type specs struct {
	mu   sync.Mutex
	made map[string]runtime.Spec
}

func watchSpecs(b *bench) *specs {
	s := &specs{made: map[string]runtime.Spec{}}
	b.rt.OnChange(func(spec runtime.Spec, _ runtime.Container) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.made[spec.Name] = spec
	})
	return s
}

func (s *specs) of(name string) runtime.Spec {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made[name]
}

// leave has the process of a container write its outputs, as it can.
func (s *specs) leave(t *testing.T, container, text string) {
	t.Helper()
	spec := s.of(container)
	i := slices.IndexFunc(spec.Mounts, func(m runtime.Mount) bool { return m.Target == spec.Env[engine.OutputEnv] })
	if i < 0 {
		t.Fatalf("%s has no place for outputs: %+v", container, spec)
	}
	if err := os.WriteFile(spec.Mounts[i].Source, []byte(text), 0); err != nil {
		t.Fatal(err)
	}
}

// buildAndUse is a workflow whose service is made with outputs of its step, of
// which one is sensitive.
func buildAndUse() engine.Workflow {
	build, api := unit(engine.Init, "build"), unit(engine.Service, "api", "serve")
	build.Outputs = []engine.Output{{Name: "version"}, {Name: "token", Sensitive: true}}
	api.Container.Args = []string{"--v=" + engine.OutputRef{Step: "build", Name: "version"}.Placeholder()}
	api.Secrets = []engine.SecretUse{{Name: "init.build.outputs.token", Env: "TOKEN"}}
	w := workflow(build, api)
	w.Secrets = append(w.Secrets, engine.SecretSource{
		Name: "init.build.outputs.token", Output: &engine.OutputRef{Step: "build", Name: "token"},
	})
	return w
}

func (b *bench) scriptBuild() {
	b.rt.Script(fake.Labelled(LabelUnit, "build"), fake.Behaviour{For: time.Second})
	b.rt.Script(fake.Labelled(LabelUnit, "api"), fake.Behaviour{For: fake.Forever, OnSignal: &fake.Reaction{}})
}

func TestOutputsOfAStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		made := watchSpecs(b)
		b.scriptBuild()
		w := buildAndUse()
		b.apply(w)
		b.until(0, "unit.started build#1")
		made.leave(t, "p.w.build.1.1", "version=1\n")
		ev := b.until(0, "unit.exited build#1")
		if ev.Reason != engine.ReasonOutputInvalid || !strings.Contains(ev.Message, "no line token=… in the file $LIMBER_OUTPUT") {
			t.Errorf("%+v", ev)
		}
		b.until(0, "unit.started build#2")
		made.leave(t, "p.w.build.1.2", "version=2\ntoken=canary-9b1c\nother=x\n")

		// Another supervisor takes over while the step runs.
		b.reopen()
		b.until(0, "unit.started api#1")
		if got := strings.Join(made.of("p.w.api.1.1").Command, " "); !strings.HasSuffix(got, " serve --v=2") {
			t.Errorf("api is run with %s", got)
		}
		synctest.Wait()
		if got := b.grep("canary-9b1c"); len(got) != 2 { // the file of the step, the environment of the service
			t.Errorf("the sensitive output is in %v", got)
		}
		status, err := b.project.Status(t.Context())
		if err != nil || !maps.Equal(status.Workflows[0].Units[0].Outputs, map[string]string{"version": "2"}) {
			t.Errorf("%+v, %v", status, err)
		}

		// And another while the service runs, which is then started again.
		b.reopen()
		b.apply(w)
		b.rt.Kill("p.w.api.1.1", 137)
		b.until(0, "unit.started api#2")
		if got := b.grep("canary-9b1c"); len(got) != 2 {
			t.Errorf("the sensitive output is in %v", got)
		}
		b.down()
		if got := b.grep("canary-9b1c"); len(got) != 0 {
			t.Errorf("after down the sensitive output is in %v", got)
		}
	})
}

// TestOutputsOfAStepThatEndsUnseen has the step end while nobody supervises.
func TestOutputsOfAStepThatEndsUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		made := watchSpecs(b)
		b.scriptBuild()
		b.apply(buildAndUse())
		b.until(0, "unit.started build#1")
		made.leave(t, "p.w.build.1.1", "version=7\ntoken=canary-9b1c")
		b.crash()
		<-b.ended
		time.Sleep(time.Minute)
		b.rt = b.rt.Reconnect()
		b.open()
		b.until(0, "unit.started api#1")
		if got := strings.Join(made.of("p.w.api.1.1").Command, " "); !strings.HasSuffix(got, "--v=7") {
			t.Errorf("api is run with %s", got)
		}
		b.down()
	})
}

// TestOutputsOfAStepThatIsSkipped has them from the run in which it ran; one
// that is declared since has it run again.
func TestOutputsOfAStepThatIsSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		made := watchSpecs(b)
		b.scriptBuild()
		w := buildAndUse()
		w.Units[0].Outputs, w.Units[0].Run = w.Units[0].Outputs[:1], engine.RunOnce
		w.Units[1].Secrets = nil
		b.apply(w)
		b.until(0, "unit.started build#1")
		made.leave(t, "p.w.build.1.1", "version=3")
		b.until(0, "workflow.ready")
		b.down()

		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		seq := b.until(0, "unit.skipped build").Seq
		b.until(seq, "unit.started api#1")
		if got := made.of("p.w.api.1.1").Args; len(got) != 1 || got[0] != "--v=3" {
			t.Errorf("api is run with %v", got)
		}
		w.Units = slices.Clone(w.Units)
		w.Units[0].Outputs = append(slices.Clone(w.Units[0].Outputs), engine.Output{Name: "more"})
		b.apply(w)
		b.until(0, "unit.started build#1@2")
		b.down()
	})
}
