package cmd

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/runtime"
)

// healthy is a host with nothing to mend.
func healthy() facts {
	return facts{
		root: true, user: "root", podmanPath: "/usr/bin/podman", podmanVersion: "5.4.2",
		info: runtime.Info{
			Version: "5.4.2", OCIRuntime: "crun", CgroupManager: "systemd",
			NetworkBackend: "netavark", StorageDriver: "overlay", StorageRoot: "/var/lib/containers",
		},
		cgroups: "v2", controllers: []string{"cpu", "memory", "pids"}, crun: true, aardvark: true, systemd: true,
		maxFiles: 1 << 20, sysResource: true, newuidmap: true, subuid: true, subgid: true, linger: true,
		runtimeEnv: "/run/user/1000", runtimeDir: "/run/limber/shop", runtimeInRAM: true,
		stateDir: "/var/lib/limber/shop", stateFree: 1 << 40, storageFree: 1 << 40,
	}
}

func TestDoctorFindsNothingOnAHealthyHost(t *testing.T) {
	rootless := healthy()
	rootless.root, rootless.sysResource = false, false
	for name, f := range map[string]facts{"root": healthy(), "rootless": rootless} {
		for _, found := range examine(f) {
			if found.Level != levelOK || found.Mend != "" {
				t.Errorf("%s: %+v", name, found)
			}
		}
	}
}

// TestDoctor makes one thing wrong at a time, and expects just that to be found.
func TestDoctor(t *testing.T) {
	tests := []struct {
		name  string
		wrong func(*facts)
		want  map[string]level
	}{
		{"no podman", func(f *facts) {
			f.podmanPath, f.podmanVersion, f.info, f.storageFree = "", "", runtime.Info{}, 0
			f.reachError = runtime.ErrUnavailable
		}, map[string]level{"podman": levelFail, "service": levelFail}},
		{"an old podman", func(f *facts) { f.info.Version = "4.2.1" }, map[string]level{"podman": levelFail}},
		{"a version with a suffix", func(f *facts) { f.info.Version = "5.6.0-dev" }, nil},
		{"an unknown version", func(f *facts) { f.info.Version = "main" }, map[string]level{"podman": levelWarn}},
		{"crun on hybrid cgroups", func(f *facts) { f.cgroups = "hybrid" }, map[string]level{"oci runtime": levelFail}},
		{"runc on hybrid cgroups", func(f *facts) { f.cgroups, f.info.OCIRuntime = "hybrid", "runc" }, nil},
		{"rootless on version 1", func(f *facts) { f.root, f.cgroups, f.info.OCIRuntime = false, "v1", "runc" }, map[string]level{"cgroups": levelWarn}},
		{"no memory controller", func(f *facts) { f.controllers = []string{"cpu", "pids"} }, map[string]level{"controllers": levelWarn}},
		{"vfs", func(f *facts) { f.info.StorageDriver = "vfs" }, map[string]level{"storage": levelWarn}},
		{"cni", func(f *facts) { f.info.NetworkBackend = "cni" }, map[string]level{"network": levelWarn}},
		{"no aardvark", func(f *facts) { f.aardvark = false }, map[string]level{"network": levelWarn}},
		{"few files", func(f *facts) { f.maxFiles = 1024 }, map[string]level{"limits": levelWarn}},
		{"no CAP_SYS_RESOURCE", func(f *facts) { f.sysResource = false }, nil},
		{"no uidmap", func(f *facts) { f.root, f.newuidmap = false, false }, map[string]level{"user ids": levelFail}},
		{"no ranges", func(f *facts) { f.root, f.subgid = false, false }, map[string]level{"user ids": levelFail}},
		{"no session", func(f *facts) { f.root, f.runtimeEnv = false, "" }, map[string]level{"session": levelFail}},
		{"no linger", func(f *facts) { f.root, f.linger = false, false }, map[string]level{"linger": levelWarn}},
		{"no linger, no systemd", func(f *facts) { f.root, f.linger, f.systemd = false, false, false }, nil},
		{"runtime directory on disk", func(f *facts) { f.runtimeInRAM = false }, map[string]level{"secrets": levelFail}},
		{"with a /dev/shm", func(f *facts) { f.runtimeInRAM, f.shmInRAM = false, true }, nil},
		{"on disk, as allowed", func(f *facts) { f.runtimeInRAM, f.diskAllowed = false, true }, map[string]level{"secrets": levelWarn}},
		{"little space", func(f *facts) { f.stateFree = 1 << 30 }, map[string]level{"state disk": levelWarn}},
		{"no space", func(f *facts) { f.storageFree = 1 << 20 }, map[string]level{"image disk": levelFail}},
	}
	for _, test := range tests {
		f := healthy()
		test.wrong(&f)
		got := map[string]level{}
		for _, found := range examine(f) {
			if found.Level != levelOK {
				got[found.Check] = found.Level
			}
			if (found.Mend != "") != (found.Level != levelOK) {
				t.Errorf("%s: %+v: a mend is for what is not ok", test.name, found)
			}
		}
		if test.want == nil {
			test.want = map[string]level{}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
