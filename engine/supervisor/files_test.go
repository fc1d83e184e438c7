package supervisor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

func filesVolume(name string, content map[string]string) engine.Volume {
	return engine.Volume{Name: name, Kind: engine.VolumeFiles, Mode: 0o644, Files: content}
}

// tree returns what is below dir: modes, and content of files.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		found[name] = info.Mode().String()
		if entry.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		found[name] += " " + string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFilesArePlacedAsDeclared(t *testing.T) {
	defer unix.Umask(unix.Umask(0o077))
	f := &files{dir: filepath.Join(t.TempDir(), "files")}
	v := filesVolume("conf", map[string]string{"app.conf": "debug", "a/b/x.txt": "x", "a/y": ""})
	v.Mode = 0o640
	want := map[string]string{
		".": "drwxr-xr-x", "app.conf": "-rw-r----- debug", "a": "drwxr-xr-x", "a/b": "drwxr-xr-x",
		"a/b/x.txt": "-rw-r----- x", "a/y": "-rw-r----- ",
	}
	dir := f.path("w", v)
	at := func(name string) string { return filepath.Join(dir, name) }
	for what, damage := range map[string]func() error{
		"nothing is there":    func() error { return nil },
		"all is there":        func() error { return nil },
		"a file is missing":   func() error { return os.Remove(at("a/y")) },
		"a file has changed":  func() error { return os.WriteFile(at("app.conf"), []byte("DEBUG"), 0o600) },
		"a mode has changed":  func() error { return os.Chmod(at("app.conf"), 0o600) },
		"a link is in place":  func() error { return errors.Join(os.Remove(at("a/y")), os.Symlink("b/x.txt", at("a/y"))) },
		"the directory is":    func() error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)) },
		"a write was cut off": func() error { return os.Mkdir(filepath.Join(f.dir, "w", ".new-1"), 0o700) },
	} {
		if err := f.place("w", v); err != nil {
			t.Fatal(err)
		}
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if err := f.place("w", v); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if err := f.keep(engine.Workflow{Name: "w", Volumes: []engine.Volume{v}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	got := tree(t, f.dir)
	if got["."] != "drwx------" || got["w"] != "drwx------" || len(got) != 2+len(want) {
		t.Errorf("around it: %v", got)
	}
}

// Each content has a place of its own: what runs keeps what it began with.
func TestFilesAreKeptByContent(t *testing.T) {
	f := &files{dir: t.TempDir()}
	old, changed := filesVolume("conf", map[string]string{"a": "1"}), filesVolume("conf", map[string]string{"a": "2"})
	mode := old
	mode.Mode = 0o600
	if f.path("w", old) == f.path("w", changed) || f.path("w", old) == f.path("w", mode) || f.path("w", old) == f.path("v", old) {
		t.Error("two contents share a directory")
	}
	for _, v := range []engine.Volume{old, changed} {
		if err := f.place("w", v); err != nil {
			t.Fatal(err)
		}
	}
	if !holds(f.path("w", old), old) {
		t.Error("the old files are gone while they may be in use")
	}
	if err := f.keep(engine.Workflow{Name: "w", Volumes: []engine.Volume{changed}}); err != nil {
		t.Fatal(err)
	}
	if holds(f.path("w", old), old) || !holds(f.path("w", changed), changed) {
		t.Errorf("left is %v", tree(t, f.dir))
	}
}

// mountsOf returns the mounts of the container of a unit's attempt.
func (b *bench) mountsOf(name string) map[string]runtime.Mount {
	b.t.Helper()
	spec, ok := b.rt.Spec(name)
	if !ok {
		b.t.Fatalf("there is no container %s", name)
	}
	mounts := map[string]runtime.Mount{}
	for _, m := range spec.Mounts {
		mounts[m.Target] = m
	}
	return mounts
}

func TestFilesAreMountedAndWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		conf := filesVolume("conf", map[string]string{"app.conf": "one"})
		api := unit(engine.Service, "api", "pause")
		api.Container.Mounts = []runtime.Mount{{Kind: runtime.MountVolume, Source: "conf", Target: "/etc/app"}}
		w := workflow(unit(engine.Service, "other", "pause"), api)
		w.Volumes = []engine.Volume{conf}
		b.apply(w)
		b.until(0, "workflow.ready")
		mount := b.mountsOf("p.w.api.1.1")["/etc/app"]
		if mount.Kind != runtime.MountBind || !mount.ReadOnly || !holds(mount.Source, conf) {
			t.Errorf("mounted is %+v", mount)
		}
		b.crash()
		<-b.ended
		if err := os.RemoveAll(b.runtime); err != nil {
			t.Fatal(err)
		}
		b.rt = b.rt.Reconnect()
		b.open()
		b.rt.Kill("p.w.api.1.1", 1)
		b.until(0, "unit.started api#2")
		if mount = b.mountsOf("p.w.api.1.2")["/etc/app"]; !holds(mount.Source, conf) {
			t.Errorf("not written again: %+v", mount)
		}

		w.Volumes = []engine.Volume{filesVolume("conf", map[string]string{"app.conf": "two"})}
		if result := b.apply(w); len(result.Updated) != 1 {
			t.Errorf("Apply = %+v", result)
		}
		ev := b.until(0, "unit.stopping api#2 SpecChanged")
		if want := `volume.conf.files.app.conf: "one" → "two"`; ev.Message != want {
			t.Errorf("message %s, want %s", ev.Message, want)
		}
		b.until(ev.Seq, "workflow.ready")
		if mount = b.mountsOf("p.w.api.1.3")["/etc/app"]; !holds(mount.Source, w.Volumes[0]) {
			t.Errorf("after a change: %+v", mount)
		}
		if left := tree(t, filepath.Join(b.runtime, filesDir)); len(left) != 4 {
			t.Errorf("left is %v", left)
		}
		b.down()
		if _, err := os.Stat(filepath.Join(b.runtime, filesDir)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("left after down: %v", err)
		}
	})
}

// A volume that only a service uses is there before the first step (SEMANTICS
// B 1).
func TestFilesThatCannotBeWrittenHoldBackTheSandbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api := unit(engine.Service, "api", "pause")
		api.Container.Mounts = []runtime.Mount{{Kind: runtime.MountVolume, Source: "conf", Target: "/etc/app"}}
		w := workflow(unit(engine.Init, "a", "sleep", "1s"), unit(engine.Init, "b", "true"), api)
		w.Volumes = []engine.Volume{filesVolume("conf", map[string]string{"a": "1"})}
		if err := os.WriteFile(filepath.Join(b.runtime, filesDir), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		b.apply(w)
		b.until(0, "unit.waiting FailedCreatePodSandBox")
		if got := b.events(engine.TypeUnitStarted); len(got) != 0 {
			t.Errorf("started: %v", got)
		}
		if err := os.Remove(filepath.Join(b.runtime, filesDir)); err != nil {
			t.Fatal(err)
		}
		b.until(0, "unit.started a#1")
		if !holds(b.project.files.path("w", w.Volumes[0]), w.Volumes[0]) {
			t.Error("the first step runs before all volumes are there")
		}
		b.until(0, "workflow.ready")
		b.down()
	})
}

// An attempt does not run without its files, and is tried again.
func TestAnAttemptWaitsForItsFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api := unit(engine.Service, "api", "pause")
		api.Container.Mounts = []runtime.Mount{{Kind: runtime.MountVolume, Source: "conf", Target: "/etc/app"}}
		w := workflow(api)
		w.Volumes = []engine.Volume{filesVolume("conf", map[string]string{"a": "1"})}
		b.apply(w)
		b.until(0, "workflow.ready")
		dir := filepath.Join(b.runtime, filesDir)
		if err := errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		b.rt.Kill("p.w.api.1.1", 1)
		b.until(0, "unit.waiting api#2 CreateContainerError")
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		b.until(0, "unit.started api#2")
		b.down()
	})
}

func TestAChangedFileRunsTheStepsThatMountIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		with, without := unit(engine.Init, "with", "true"), unit(engine.Init, "without", "true")
		with.Run, without.Run = engine.RunOnChange, engine.RunOnChange
		with.Container.Mounts = []runtime.Mount{{Kind: runtime.MountVolume, Source: "conf", Target: "/conf"}}
		w := workflow(with, without, unit(engine.Service, "api", "pause"))
		w.Volumes = []engine.Volume{filesVolume("conf", map[string]string{"a": "1"})}
		b.apply(w)
		ready := b.until(0, "workflow.ready")
		w.Volumes = []engine.Volume{filesVolume("conf", map[string]string{"a": "2"})}
		if result := b.apply(w); len(result.Changed) != 1 {
			t.Errorf("Apply = %+v", result)
		}
		b.until(ready.Seq, "unit.started with#1@2")
		b.until(ready.Seq, "unit.skipped without#1@2 Unchanged")
		seq := b.until(ready.Seq, "workflow.ready@2").Seq
		if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
			t.Fatal(err)
		}
		b.until(seq, "unit.skipped with#1@3 Unchanged")
		b.down()
	})
}

func TestASubPathThatCannotBeUsedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		lift := b.rt.Inject(fake.Fault{On: fake.Prepare, Subject: "api#1", Err: fmt.Errorf("mount: %w", runtime.ErrSubPath)})
		api := unit(engine.Service, "api", "pause")
		api.Container.Mounts = []runtime.Mount{{Kind: runtime.MountVolume, Source: "src", SubPath: "a/b", Target: "/src"}}
		w := workflow(api)
		w.Volumes = []engine.Volume{{Name: "src", Kind: engine.VolumeHost, HostPath: "/home/src"}}
		b.apply(w)
		if ev := b.until(0, "unit.waiting api#1 CreateContainerConfigError"); !ev.Permanent {
			t.Errorf("%+v", ev)
		}
		lift()
		b.until(0, "unit.started api#1")
		want := runtime.Mount{Kind: runtime.MountBind, Source: "/home/src", SubPath: "a/b", Target: "/src"}
		if diff := cmp.Diff(want, b.mountsOf("p.w.api.1.1")["/src"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}

func TestScratchSpaceBeginsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(named("w", unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready")
		want := runtime.Mount{Kind: runtime.MountVolume, Source: "p.w.tmp", Target: "/tmp", Empty: true}
		if diff := cmp.Diff(want, b.mountsOf("p.w.api.1.1")["/tmp"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}
