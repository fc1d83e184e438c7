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
	{"a volume is given to the first user", testVolumeFirst},
	{"a shared volume can be written by any user, and may begin empty", testVolumeShared},
	{"a sub path shows a part of a volume, and makes it if it is missing", testSubPath},
	{"a sub path that is made has the mode of its volume, and is the user's", testSubPathOwner},
	{"a sub path shows a part of a tmpfs volume", testSubPathTmpfs},
	{"a sub path shows a file or directory of the host", testSubPathBind},
	{"a sub path that leads out of its source is refused", testSubPathEscapes},
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

// as is a container that runs a script as a user, with one mount.
func (b *bench) as(user, script string, mount runtime.Mount) runtime.Spec {
	spec := with(b.script(script), mount)
	spec.Security.User = user
	return spec
}

func testVolumeFirst(b *bench) {
	volume := b.name()
	b.check(b.CreateVolume(b.ctx, runtime.VolumeSpec{Name: volume, Labels: b.labels}))
	mount := runtime.Mount{Kind: runtime.MountVolume, Source: volume, Target: "/fresh"}
	b.wantOutput(b.as("1000:1000", "touch /fresh/a && echo written", mount), "written")
	b.wantOutput(b.as("2000:2000", "touch /fresh/b 2>/dev/null || echo refused", mount), "refused")
}

func testVolumeShared(b *bench) {
	spec := runtime.VolumeSpec{Name: b.name(), Labels: b.labels, Shared: true}
	b.check(b.CreateVolume(b.ctx, spec))
	mount := runtime.Mount{Kind: runtime.MountVolume, Source: spec.Name, Target: "/etc", Empty: true}
	b.wantOutput(b.as("1000:1000", "test -e /etc/passwd || echo empty; touch /etc/a && echo written", mount), "empty", "written")
	b.check(b.CreateVolume(b.ctx, spec))
	mount.Target = "/data"
	b.wantOutput(b.as("2000:2000", "touch /data/b && echo written", mount), "written")
	b.wantOutput(b.as("3000:3000", "touch /part/c && echo written", part(spec.Name, "new")), "written")
	b.wantOutput(b.as("0:0", "chmod 0700 /data", mount))
	b.check(b.CreateVolume(b.ctx, spec)) // it is left as it is
	b.wantOutput(b.as("1000:1000", "touch /data/c 2>/dev/null || echo refused", mount), "refused")
}

// part is a mount of a part of a volume on /part.
func part(volume, sub string) runtime.Mount {
	return runtime.Mount{Kind: runtime.MountVolume, Source: volume, SubPath: sub, Target: "/part"}
}

func testSubPath(b *bench) {
	volume := b.name()
	b.check(b.CreateVolume(b.ctx, runtime.VolumeSpec{Name: volume, Labels: b.labels}))
	whole := runtime.Mount{Kind: runtime.MountVolume, Source: volume, Target: "/data"}
	b.wantOutput(with(b.script("echo hello > /part/file"), part(volume, "a/b")))
	b.wantOutput(with(b.script("cat /data/a/b/file; ln -s a/b /data/link"), whole), "hello")
	b.wantOutput(with(b.script("cat /part/file"), part(volume, "link")), "hello")
	b.wantOutput(with(b.script("cat /part"), part(volume, "a/b/file")), "hello")
	readOnly := part(volume, "a/b")
	readOnly.ReadOnly = true
	b.wantOutput(with(b.script("cat /part/file; touch /part/other 2>/dev/null || echo refused"), readOnly), "hello", "refused")
}

func testSubPathOwner(b *bench) {
	volume := b.name()
	b.check(b.CreateVolume(b.ctx, runtime.VolumeSpec{Name: volume, Labels: b.labels}))
	whole := runtime.Mount{Kind: runtime.MountVolume, Source: volume, Target: "/data"}
	b.wantOutput(with(b.script("chmod 0750 /data"), whole))
	user := with(b.script("stat -c '%a %u %g' /part; touch /part/file"), part(volume, "a/b"))
	user.Security.User = "1000:1001"
	b.wantOutput(user, "750 1000 1001")
	other := with(b.script("stat -c '%a %u %g' /part"), part(volume, "a/b"))
	other.Security.User = "0:0"
	b.wantOutput(other, "750 1000 1001")
}

func testSubPathTmpfs(b *bench) {
	volume := b.name()
	b.check(b.CreateVolume(b.ctx, runtime.VolumeSpec{Name: volume, Labels: b.labels, Tmpfs: true}))
	_, err := b.Prepare(b.ctx, with(b.script("true"), part(volume, "a")))
	b.wantError("prepare with a part of a volume that nothing mounts", err, runtime.ErrSubPath)
	holder := b.running(with(b.spec("pause"), runtime.Mount{Kind: runtime.MountVolume, Source: volume, Target: "/data"}))
	write := b.script("echo hello > /part/file; awk '$2 == \"/part\" {print $3}' /proc/mounts")
	b.wantOutput(b.member(holder, with(write, part(volume, "a"))), "tmpfs")
	b.wantOutput(b.member(holder, with(b.script("cat /part/file"), part(volume, "a"))), "hello")
}

func testSubPathBind(b *bench) {
	dir := b.TempDir()
	b.check(os.WriteFile(filepath.Join(dir, "file"), []byte("hello\n"), 0o600))
	bind := runtime.Mount{Kind: runtime.MountBind, Source: dir, SubPath: "file", Target: "/part"}
	b.wantOutput(with(b.script("cat /part"), bind), "hello")
	b.check(os.Chown(dir, 1234, 5678))
	bind.SubPath = "new/dir"
	b.wantOutput(with(b.script("echo bye > /part/out; stat -c '%u %g' /part"), bind), "1234 5678")
	got, err := os.ReadFile(filepath.Join(dir, "new/dir/out"))
	if err != nil || string(got) != "bye\n" {
		b.Fatalf("on the host: %q, %v", got, err)
	}
}

func testSubPathEscapes(b *bench) {
	volume := b.name()
	b.check(b.CreateVolume(b.ctx, runtime.VolumeSpec{Name: volume, Labels: b.labels}))
	plant := "cd /data; ln -s /etc root; ln -s ../.. up; mkdir a; ln -s ../../../.. a/up; echo > file"
	b.wantOutput(with(b.script(plant), runtime.Mount{Kind: runtime.MountVolume, Source: volume, Target: "/data"}))
	for _, sub := range []string{"root", "root/ssh", "root/new", "up", "a/up/etc", "../x", "/etc", "file/x"} {
		spec := with(b.script("true"), part(volume, sub))
		_, err := b.Prepare(b.ctx, spec)
		b.wantError("prepare with the sub path "+sub, err, runtime.ErrSubPath)
		_, err = b.Inspect(b.ctx, spec.Name)
		b.wantError("inspect what was refused", err, runtime.ErrNotFound)
	}
	if _, err := os.Stat("/etc/new"); err == nil {
		b.Fatal("a directory was made on the host")
	}
}
