package supervisor

import (
	"errors"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime/fake"
)

// TestOrphansAreRemovedAfterACrash kills the supervisor after each record and
// each call of the engine, from the request on.
func TestOrphansAreRemovedAfterACrash(t *testing.T) {
	for _, where := range []string{"record", "call"} {
		for n := int32(1); ; n++ {
			crashed := false
			synctest.Test(t, func(t *testing.T) { crashed = orphanAndCrash(t, where, n) })
			if !crashed || t.Failed() {
				t.Logf("there are less than %d of each %s", n, where)
				break
			}
		}
	}
}

// orphanAndCrash reports whether there was an n-th record or call to crash at.
func orphanAndCrash(t *testing.T, where string, n int32) bool {
	t.Helper()
	b := newBench(t)
	b.crash()
	<-b.ended
	var left atomic.Int32
	disk := b.state + ".crash" // as it is at the moment of the crash
	count := func() {
		if left.Add(-1) == 0 {
			_ = b.rt.Close()
			if err := os.CopyFS(disk, os.DirFS(b.state)); err != nil {
				t.Error(err)
			}
			b.crash()
		}
	}
	b.rt = b.rt.Reconnect()
	if where == "record" {
		b.recorded = count
	} else {
		b.rt.Observe(func(fake.Call) { count() })
	}
	b.open()
	w, v := named("w", unit(engine.Service, "api", "pause")), named("v", unit(engine.Service, "api", "pause"))
	b.applyWhole(w, v)
	b.untilOf("v", 0, "workflow.ready")
	b.untilOf("w", 0, "workflow.ready")
	synctest.Wait()
	left.Store(n)
	b.applyWhole(w)
	time.Sleep(time.Minute)
	crashed := left.Load() <= 0
	left.Store(0)
	if crashed {
		<-b.ended
		if err := errors.Join(os.RemoveAll(b.state), os.Rename(disk, b.state)); err != nil {
			t.Fatal(err)
		}
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		time.Sleep(time.Minute)
	}
	b.expectWorkflows("w")
	once := []engine.NoticeType{engine.TypeRunStarted, engine.TypeUnitStarted, engine.TypeUnitExited, engine.TypeWorkflowReady}
	told := map[string]bool{}
	err := journal.Read(b.state, 0, func(ev journal.Event) error {
		text := ev.Workflow + " " + line(ev)
		if slices.Contains(once, ev.Type) && told[text] {
			t.Errorf("crash at %s %d: told twice: %s", where, n, text)
		}
		told[text] = true
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	b.down()
	return crashed
}
