package runtimetest

import (
	"os"
	"path/filepath"

	"github.com/limber-run/limber/runtime"
)

// mountTests say what a process sees of its mounts; they need a shell and an
// engine on this host.
var mountTests = []test{
	{"a bind shows a directory of the host", testBind},
	{"a read-only bind cannot be written", testBindReadOnly},
	{"a file of the host can be bound, as a secret is", testBindFile},
	{"a tmpfs is empty, in memory and writable", testTmpfs},
	{"a volume keeps its files between containers", testVolumeKeeps},
	{"a tmpfs volume keeps its files while a sandbox mounts it", testTmpfsVolumeKeeps},
}

// with is spec with one mount.
func with(spec runtime.Spec, mount runtime.Mount) runtime.Spec {
	spec.Mounts = append(spec.Mounts, mount)
	return spec
}

func testBind(b *bench) {
	dir := b.TempDir()
	b.check(os.WriteFile(filepath.Join(dir, "in"), []byte("hello\n"), 0o600))
	bind := runtime.Mount{Kind: runtime.MountBind, Source: dir, Target: "/data"}
	b.wantOutput(with(b.script("cat /data/in; echo bye > /data/out"), bind), "hello")
	got, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil || string(got) != "bye\n" {
		b.Fatalf("on the host: %q, %v", got, err)
	}
}

func testBindReadOnly(b *bench) {
	bind := runtime.Mount{Kind: runtime.MountBind, Source: b.TempDir(), Target: "/data", ReadOnly: true}
	b.wantOutput(with(b.script("touch /data/out 2>/dev/null || echo refused"), bind), "refused")
}

func testBindFile(b *bench) {
	file := filepath.Join(b.TempDir(), "token")
	b.check(os.WriteFile(file, []byte("s3cret"), 0o400))
	bind := runtime.Mount{Kind: runtime.MountBind, Source: file, Target: "/run/secrets/token", ReadOnly: true}
	b.wantOutput(with(b.script("cat /run/secrets/token; echo; stat -c %a /run/secrets/token"), bind), "s3cret", "400")
}

func testTmpfs(b *bench) {
	tmpfs := runtime.Mount{Kind: runtime.MountTmpfs, Target: "/scratch", Size: 1 << 20}
	b.wantOutput(with(b.script("ls -A /scratch; touch /scratch/file; awk '$2 == \"/scratch\" {print $3}' /proc/mounts"), tmpfs), "tmpfs")
}

func testVolumeKeeps(b *bench) {
	volume := b.name()
	b.check(b.CreateVolume(b.ctx, runtime.VolumeSpec{Name: volume, Labels: b.labels}))
	mount := runtime.Mount{Kind: runtime.MountVolume, Source: volume, Target: "/data"}
	b.wantOutput(with(b.script("echo hello > /data/file"), mount))
	b.wantOutput(with(b.script("cat /data/file"), mount), "hello")
	mount.ReadOnly = true
	b.wantOutput(with(b.script("touch /data/other 2>/dev/null || echo refused"), mount), "refused")
}

func testTmpfsVolumeKeeps(b *bench) {
	volume := b.name()
	b.check(b.CreateVolume(b.ctx, runtime.VolumeSpec{Name: volume, Labels: b.labels, Tmpfs: true}))
	mount := runtime.Mount{Kind: runtime.MountVolume, Source: volume, Target: "/data"}
	holder := b.running(with(b.spec("pause"), mount))
	write := b.script("echo hello > /data/file; awk '$2 == \"/data\" {print $3}' /proc/mounts")
	b.wantOutput(b.member(holder, with(write, mount)), "tmpfs")
	b.wantOutput(b.member(holder, with(b.script("cat /data/file"), mount)), "hello")
}
