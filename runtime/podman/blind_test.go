//go:build podman

package podman

import (
	"context"
	"testing"
	"time"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// Where the processes of Podman cannot be seen, ends are known all the same.
func TestWatchWithoutProcesses(t *testing.T) {
	r, err := New(t.Context(), Config{RuntimeDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if !r.samePIDs {
		t.Error("the processes of the private Podman cannot be seen")
	}
	r.samePIDs = false
	for name, script := range map[string]string{"short": "exit 3", "long": "sleep 1; exit 3"} {
		id, err := r.Prepare(t.Context(), runtime.Spec{Name: "limber-test-blind-" + name, Image: podmantest.BusyboxImage(t), Command: []string{"sh", "-c", script}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := r.Remove(context.WithoutCancel(t.Context()), id); err != nil {
				t.Error(err)
			}
		}()
		wait, err := r.Watch(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := r.Start(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		exit, err := wait()
		if err != nil || exit.Code != 3 {
			t.Errorf("%s: wait() = %+v, %v, want code 3", name, exit, err)
		}
		t.Logf("%s: known after %s", name, time.Since(begun))
	}
}
