package supervisor

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// TestOnlyWhatHasChangedIsRestarted updates a workflow that runs: one service
// is declared anew with a volume that it did not have, one is gone, one new.
func TestOnlyWhatHasChangedIsRestarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		var told [][]string
		b.rt.Script(fake.Labelled(LabelSandbox, "1"), fake.Behaviour{
			For: fake.Forever,
			Exec: func(_ time.Duration, command []string) runtime.ExecResult {
				told = append(told, command)
				return runtime.ExecResult{}
			},
		})
		b.rt.Script(fake.Labelled(LabelUnit, "api"), fake.Behaviour{For: fake.Forever, OnSignal: &fake.Reaction{After: time.Second}})
		w := workflow(unit(engine.Init, "step", "true"), unit(engine.Service, "api", "pause"),
			unit(engine.Service, "worker", "pause"), unit(engine.Service, "old", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")

		w.Units = slices.Clone(w.Units)
		w.Units[1].Container.Env = map[string]string{"MODE": "b"}
		w.Units[1].Container.Mounts = []runtime.Mount{{Kind: runtime.MountVolume, Source: "data", Target: "/data"}}
		w.Volumes = []engine.Volume{{Name: "data", Kind: engine.VolumeScratch}}
		w.Units[3] = unit(engine.Service, "new", "pause")
		result := b.apply(w)
		if diff := cmp.Diff([]string{"w"}, result.Updated); diff != "" || len(result.Changed) > 0 {
			t.Errorf("Apply = %+v", result)
		}
		if status, err := b.project.Status(t.Context()); err != nil || status.Workflows[0].Ready {
			t.Errorf("it is ready although it is being updated: %+v, %v", status, err)
		}
		stopping := b.until(result.Seq, "unit.stopping api#1")
		if want := `mounts: null → [{"kind":"volume","source":"data","target":"/data"}]`; !strings.Contains(stopping.Message, want) && !strings.Contains(stopping.Message, `env.MODE: none → "b"`) {
			t.Errorf("message: %s", stopping.Message)
		}
		b.until(result.Seq, "workflow.ready")
		for _, ev := range b.events() {
			if strings.Contains(ev, "worker#2") || strings.Contains(ev, "step#2") || strings.Contains(ev, "@2") {
				t.Errorf("%s", ev)
			}
		}
		if want := [][]string{addName("new")}; cmp.Diff(want, told) != "" {
			t.Errorf("the sandbox was told %v, want %v", told, want)
		}

		// Another supervisor knows that the sandbox may not know the name.
		told = nil
		b.reopen()
		result = b.apply(w)
		if len(result.Changed)+len(result.Updated) > 0 {
			t.Errorf("Apply of what runs = %+v", result)
		}
		b.rt.Kill("p.w.new.1.1", 137)
		b.until(result.Seq, "unit.started new#2")
		if len(told) != 1 {
			t.Errorf("the sandbox was told %v", told)
		}
		b.down()
	})
}
