package supervisor

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
)

// weight is what a supervisor holds at a moment when nothing goes on.
type weight struct {
	goroutines, files, containers, entries int
	heap                                   uint64
}

func (b *bench) weigh() weight {
	b.t.Helper()
	synctest.Wait()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		b.t.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	d := b.project.drivers["w"]
	return weight{
		goroutines: runtime.NumGoroutine(), files: len(fds), heap: memory.HeapAlloc,
		containers: strings.Count(b.rt.Leftovers(projectLabels("p")), "\n"),
		entries:    len(d.attempts) + len(d.containers) + len(d.timers) + len(d.probes) + len(d.hooks) + len(d.sandbox.old),
	}
}

// TestAThousandRunsLeaveNothing restarts a workflow with all that a run has,
// and weighs the supervisor before and after.
func TestAThousandRunsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Forget()
		step, api := unit(engine.Init, "a", "true"), unit(engine.Service, "api", "pause")
		step.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
		api.Secrets = step.Secrets
		api.PostStart, api.PreStop = execHook("true"), execHook("true")
		api.Readiness = &engine.Probe{Handler: *execHook("true"), SuccessThreshold: 1, FailureThreshold: 3}
		b.apply(workflow(step, unit(engine.Sidecar, "db", "pause"), api))
		seq := b.until(0, "workflow.ready").Seq
		again := func(times int) {
			t.Helper()
			for range times {
				if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
					t.Fatal(err)
				}
				seq = b.until(seq, "workflow.ready").Seq
			}
		}
		again(10) // until what is kept for logs is full
		before := b.weigh()
		again(1000)
		after := b.weigh()
		const slack = 1 << 20 // bytes: of the test and the garbage collector
		if after.heap > before.heap+slack {
			t.Errorf("the heap has grown from %d to %d bytes", before.heap, after.heap)
		}
		after.heap = before.heap
		if after != before {
			t.Errorf("before %+v, after %+v", before, after)
		}
		b.down()
	})
}
