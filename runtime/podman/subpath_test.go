//go:build podman

package podman

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// newRuntime connects to the private Podman.
func newRuntime(t *testing.T) *Runtime {
	t.Helper()
	r, err := New(t.Context(), Config{RuntimeDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// A container that runs beside may put a link in the place of a directory
// after it has been found and before Podman mounts it.
func TestAPartThatIsExchangedIsRefused(t *testing.T) {
	r, dir, outside := newRuntime(t), t.TempDir(), t.TempDir()
	spec := runtime.Spec{
		Name: "limber-test-exchanged", Image: podmantest.BusyboxImage(t), Command: []string{"true"},
		Mounts: []runtime.Mount{{Kind: runtime.MountBind, Source: dir, SubPath: "a/b", Target: "/part"}},
	}
	prepare := func(meanwhile func() error) error {
		t.Helper()
		parts, err := r.findParts(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		if err := meanwhile(); err != nil {
			t.Fatal(err)
		}
		found := spec
		found.Mounts = replaceParts(spec.Mounts, parts)
		_, err = r.createAndInit(t.Context(), found, parts)
		return errors.Join(err, r.remove(context.WithoutCancel(t.Context()), spec.Name))
	}
	if err := prepare(func() error { return nil }); err != nil {
		t.Errorf("what was not exchanged: %v", err)
	}
	err := prepare(func() error {
		a := filepath.Join(dir, "a")
		return errors.Join(os.Rename(a, a+".old"), os.Symlink(outside, a), os.Mkdir(filepath.Join(outside, "b"), 0o700))
	})
	if !errors.Is(err, runtime.ErrSubPath) {
		t.Errorf("what was exchanged: %v, want %v", err, runtime.ErrSubPath)
	}
}

func TestSubPathsNeedAPodmanOnThisHost(t *testing.T) {
	r := newRuntime(t)
	r.samePIDs = false
	_, err := r.Prepare(t.Context(), runtime.Spec{
		Name: "limber-test-remote", Image: podmantest.BusyboxImage(t), Command: []string{"true"},
		Mounts: []runtime.Mount{{Kind: runtime.MountBind, Source: t.TempDir(), SubPath: "a", Target: "/part"}},
	})
	if !errors.Is(err, runtime.ErrSubPath) {
		t.Errorf("Prepare() = %v, want %v", err, runtime.ErrSubPath)
	}
}
