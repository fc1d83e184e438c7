package cmd

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// doctorPatience is how long Podman may take to answer the doctor.
const doctorPatience = 30 * time.Second

// collectFacts looks at the host. What cannot be found out is left zero.
func (a *App) collectFacts(ctx context.Context, p project) facts {
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	f := facts{root: os.Geteuid() == 0, user: userName(), stateDir: p.stateDir, runtimeDir: p.runtimeDir}
	f.podmanPath, f.podmanVersion = podmanCommand(ctx)
	f.info, f.reachError = a.podmanInfo(ctx, p)

	f.cgroups, f.controllers = cgroups()
	f.crun, f.runc = found("crun"), found("runc")
	f.aardvark = found("aardvark-dns", "/usr/lib/podman", "/usr/libexec/podman", "/usr/local/lib/podman", "/usr/local/libexec/podman")
	f.systemd = exists("/run/systemd/system")
	f.maxFiles, f.sysResource = maxFiles(), hasSysResource()

	f.newuidmap = found("newuidmap") && found("newgidmap")
	f.subuid, f.subgid = hasRange("/etc/subuid", f.user), hasRange("/etc/subgid", f.user)
	f.linger = exists(filepath.Join("/var/lib/systemd/linger", f.user))
	f.runtimeEnv, _ = a.getenv("XDG_RUNTIME_DIR")

	f.runtimeInRAM, f.shmInRAM = inMemory(p.runtimeDir), inMemory("/dev/shm")
	allowed, _ := a.getenv(secrets.AllowDisk)
	f.diskAllowed = allowed == "1"
	f.stateFree = freeSpace(p.stateDir)
	if f.info.StorageRoot != "" {
		f.storageFree = freeSpace(f.info.StorageRoot)
	}
	return f
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}

// podmanCommand finds the podman command and its version.
func podmanCommand(ctx context.Context) (path, version string) {
	path, err := exec.LookPath("podman")
	if err != nil {
		return "", ""
	}
	text, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return path, ""
	}
	fields := strings.Fields(string(text)) // "podman version 4.3.1"
	if len(fields) == 0 {
		return path, ""
	}
	return path, fields[len(fields)-1]
}

func (a *App) podmanInfo(ctx context.Context, p project) (runtime.Info, error) {
	rt, err := a.runtime(ctx, p)
	if err != nil {
		return runtime.Info{}, err
	}
	return rt.Info(ctx)
}

const cgroupRoot = "/sys/fs/cgroup"

// cgroups tells which hierarchy the host has, and the controllers in it that
// this process could pass on.
func cgroups() (kind string, controllers []string) {
	var fs unix.Statfs_t
	if err := unix.Statfs(cgroupRoot, &fs); err == nil && fs.Type == unix.CGROUP2_SUPER_MAGIC {
		text, err := os.ReadFile(filepath.Join(cgroupRoot, ownCgroup(), "cgroup.controllers"))
		if err != nil {
			text, _ = os.ReadFile(filepath.Join(cgroupRoot, "cgroup.controllers")) // none, then
		}
		return "v2", strings.Fields(string(text))
	}
	kind = "v1"
	if exists(filepath.Join(cgroupRoot, "unified")) {
		kind = "hybrid"
	}
	for _, name := range []string{"cpu", "memory", "pids"} {
		if exists(filepath.Join(cgroupRoot, name)) {
			controllers = append(controllers, name)
		}
	}
	return kind, controllers
}

// ownCgroup is the path of this process' cgroup of version 2.
func ownCgroup() string {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			return path
		}
	}
	return ""
}

// found looks for a command on the PATH and in some directories.
func found(command string, dirs ...string) bool {
	if _, err := exec.LookPath(command); err == nil {
		return true
	}
	for _, dir := range dirs {
		if exists(filepath.Join(dir, command)) {
			return true
		}
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func maxFiles() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return limit.Max
}

func hasSysResource() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return false
	}
	return sets[unix.CAP_SYS_RESOURCE/32].Effective&(1<<(unix.CAP_SYS_RESOURCE%32)) != 0
}

// hasRange reports whether a file like /etc/subuid has a line of this user.
func hasRange(path, name string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		who, _, _ := strings.Cut(lines.Text(), ":")
		if who == name || who == strconv.Itoa(os.Getuid()) {
			return true
		}
	}
	return false
}

// nearestDir is the first of path and its parents that is there.
func nearestDir(path string) string {
	for !exists(path) && path != filepath.Dir(path) {
		path = filepath.Dir(path)
	}
	return path
}

// inMemory reports whether files in dir never reach a disk.
func inMemory(dir string) bool {
	var fs unix.Statfs_t
	if err := unix.Statfs(nearestDir(dir), &fs); err != nil {
		return false
	}
	return fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC
}

// freeSpace is how much may be written to dir.
func freeSpace(dir string) uint64 {
	var fs unix.Statfs_t
	if err := unix.Statfs(nearestDir(dir), &fs); err != nil {
		return 0
	}
	return fs.Bavail * uint64(fs.Bsize)
}
