package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/blang/semver/v4"

	"github.com/limber-run/limber/engine/secrets"
)

const (
	// oldestPodman is the first version that limber supports.
	oldestPodman = "4.3.0"
	// fewFiles is how many open files are too few for many containers.
	fewFiles = 4096
	// littleSpace and noSpace are of a disk, in bytes.
	littleSpace = 2 << 30
	noSpace     = 100 << 20
)

// checks are what limber looks at, in this order. Each is pure: it says what
// the facts mean. The zero finding is left out: it does not concern this host.
var checks = []func(facts) finding{
	checkPodman, checkService, checkOCIRuntime, checkCgroups, checkControllers, checkStorage, checkNetwork,
	checkLimits, checkIDs, checkRuntimeEnv, checkLinger, checkRuntimeDir, checkStateSpace, checkStorageSpace,
}

// examine makes all checks.
func examine(f facts) []finding {
	var findings []finding
	for _, check := range checks {
		if found := check(f); found.Level != "" {
			findings = append(findings, found)
		}
	}
	return findings
}

func ok(check, format string, args ...any) finding {
	return finding{Check: check, Level: levelOK, Detail: fmt.Sprintf(format, args...)}
}

func warn(check, mend, format string, args ...any) finding {
	return finding{Check: check, Level: levelWarn, Detail: fmt.Sprintf(format, args...), Mend: mend}
}

func fail(check, mend, format string, args ...any) finding {
	return finding{Check: check, Level: levelFail, Detail: fmt.Sprintf(format, args...), Mend: mend}
}

func checkPodman(f facts) finding {
	const check, mend = "podman", "install Podman 4.3 or later with the system's packages: apt install podman, dnf install podman"
	version := f.podmanVersion
	if f.reachError == nil && f.info.Version != "" {
		version = f.info.Version // the service's counts, not the command's
	}
	if version == "" {
		return fail(check, mend, "there is no podman command on the PATH")
	}
	v, err := semver.ParseTolerant(version)
	switch {
	case err != nil:
		return warn(check, mend, "version %q cannot be read", version)
	case v.LT(semver.MustParse(oldestPodman)):
		return fail(check, mend, "Podman %s is too old", version)
	}
	return ok(check, "Podman %s", version)
}

func checkService(f facts) finding {
	const check = "service"
	if f.reachError == nil {
		return ok(check, "Podman's API answers")
	}
	mend := "see whether \"podman info\" works, and which socket --podman or $CONTAINER_HOST names"
	return fail(check, mend, "%v", f.reachError)
}

func checkOCIRuntime(f facts) finding {
	const check = "oci runtime"
	switch {
	case f.reachError != nil:
		return finding{}
	case f.info.OCIRuntime == "crun" && f.cgroups != "v2":
		return fail(check, "install runc: limber takes it by itself then; or boot with cgroups version 2 only",
			"crun does not work with %s cgroups", f.cgroups)
	case f.info.OCIRuntime == "":
		return fail(check, "install crun or runc", "there is no OCI runtime")
	case f.info.OCIRuntime == "runc" && f.cgroups == "v2" && !f.crun:
		return ok(check, "runc (crun starts containers three times as fast)")
	}
	return ok(check, "%s", f.info.OCIRuntime)
}

func checkCgroups(f facts) finding {
	const check = "cgroups"
	manager := ""
	if f.info.CgroupManager != "" {
		manager = ", manager " + f.info.CgroupManager
	}
	switch {
	case f.cgroups == "v2":
		return ok(check, "version 2%s", manager)
	case !f.root:
		return warn(check, "boot with systemd.unified_cgroup_hierarchy=1", "%s: rootless containers cannot be limited", f.cgroups)
	}
	return ok(check, "%s%s", f.cgroups, manager)
}

func checkControllers(f facts) finding {
	const check = "controllers"
	var missing []string
	for _, name := range []string{"cpu", "memory", "pids"} {
		if !slices.Contains(f.controllers, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ok(check, "cpu, memory and pids can be limited")
	}
	mend := "boot without cgroup_disable, and with cgroup_enable=memory on a Raspberry Pi"
	if !f.root && f.systemd {
		mend = "delegate them: systemctl edit user@.service, [Service] Delegate=cpu cpuset io memory pids"
	}
	return warn(check, mend, "limits of %s have no effect or fail", strings.Join(missing, ", "))
}

func checkStorage(f facts) finding {
	const check = "storage"
	switch {
	case f.reachError != nil:
		return finding{}
	case f.info.StorageDriver == "vfs":
		return warn(check, "use overlay: install fuse-overlayfs, or run on a file system that overlay works on; then podman system reset",
			"driver vfs copies whole images for each container: slow, and large")
	}
	return ok(check, "driver %s in %s", f.info.StorageDriver, f.info.StorageRoot)
}

func checkNetwork(f facts) finding {
	const check = "network"
	switch {
	case f.reachError != nil:
		return finding{}
	case f.info.NetworkBackend != "" && f.info.NetworkBackend != "netavark":
		return warn(check, "install netavark and aardvark-dns, set network_backend=\"netavark\" in containers.conf, then podman system reset",
			"backend %s: workflows may not find each other by name", f.info.NetworkBackend)
	case !f.aardvark:
		return warn(check, "install aardvark-dns", "netavark without aardvark-dns: workflows cannot find each other by name")
	}
	return ok(check, "netavark with aardvark-dns")
}

func checkLimits(f facts) finding {
	const check = "limits"
	switch {
	case f.maxFiles < fewFiles:
		return warn(check, "raise the hard limit: ulimit -Hn, or LimitNOFILE= in a systemd unit",
			"only %d files may be open at a time", f.maxFiles)
	case f.root && !f.sysResource:
		return ok(check, "no CAP_SYS_RESOURCE: containers get this process' limits (%d files)", f.maxFiles)
	}
	return ok(check, "%d files may be open at a time", f.maxFiles)
}

func checkIDs(f facts) finding {
	const check = "user ids"
	mend := fmt.Sprintf("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s, then podman system migrate", f.user)
	switch {
	case f.root:
		return finding{}
	case !f.newuidmap:
		return fail(check, "install uidmap (Debian) or shadow-utils", "newuidmap and newgidmap are not installed")
	case !f.subuid || !f.subgid:
		return fail(check, mend, "%s has no range in /etc/subuid and /etc/subgid", f.user)
	}
	return ok(check, "%s has ranges in /etc/subuid and /etc/subgid", f.user)
}

func checkRuntimeEnv(f facts) finding {
	const check = "session"
	switch {
	case f.root:
		return finding{}
	case f.runtimeEnv == "":
		return fail(check, "log in with a real session (not su), or: export XDG_RUNTIME_DIR=/run/user/$(id -u)", "XDG_RUNTIME_DIR is not set")
	}
	return ok(check, "XDG_RUNTIME_DIR is %s", f.runtimeEnv)
}

func checkLinger(f facts) finding {
	const check = "linger"
	switch {
	case f.root || !f.systemd:
		return finding{}
	case !f.linger:
		return warn(check, "loginctl enable-linger "+f.user, "containers end when %s logs out", f.user)
	}
	return ok(check, "containers live on when %s logs out", f.user)
}

func checkRuntimeDir(f facts) finding {
	const check, mend = "secrets", "set LIMBER_RUNTIME_DIR to a directory on a tmpfs, such as one in /dev/shm"
	switch {
	case !f.runtimeInRAM && f.diskAllowed:
		return warn(check, mend, "%s is on a disk, and %s=1 lets secrets be written there", f.runtimeDir, secrets.AllowDisk)
	case !f.runtimeInRAM && f.shmInRAM:
		return ok(check, "kept in /dev/shm, in memory: %s is on a disk", f.runtimeDir)
	case !f.runtimeInRAM:
		return fail(check, mend, "%s is on a disk, where secrets must never be", f.runtimeDir)
	}
	return ok(check, "%s is in memory", f.runtimeDir)
}

func checkStateSpace(f facts) finding { return checkSpace("state disk", f.stateDir, f.stateFree) }

func checkStorageSpace(f facts) finding {
	if f.storageFree == 0 {
		return finding{}
	}
	return checkSpace("image disk", f.info.StorageRoot, f.storageFree)
}

func checkSpace(check, dir string, free uint64) finding {
	text := fmt.Sprintf("%.1f GiB free for %s", float64(free)/(1<<30), dir)
	switch {
	case free < noSpace:
		return fail(check, "make room: podman system prune", "%s", text)
	case free < littleSpace:
		return warn(check, "make room: podman system prune", "%s", text)
	}
	return ok(check, "%s", text)
}
