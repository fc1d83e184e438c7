package supervisor

import (
	"path/filepath"
	"testing"
)

func TestDirsAreAbsolute(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	t.Setenv("LIMBER_STATE_DIR", "state")
	t.Setenv("LIMBER_RUNTIME_DIR", "./run")
	state, runtime := Dirs("p")
	if want := filepath.Join(here, "state", "p"); state != want {
		t.Errorf("state in %s, want %s", state, want)
	}
	if want := filepath.Join(here, "run", "p"); runtime != want {
		t.Errorf("runtime in %s, want %s", runtime, want)
	}
}
