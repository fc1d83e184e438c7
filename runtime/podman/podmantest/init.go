package podmantest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// runInit is the second stage, PID 1 of the new namespaces.
func runInit() int {
	if err := setUp(os.Getenv(dirVariable)); err != nil {
		return failed(err)
	}
	cmd, err := nextStage(stageTests)
	if err != nil {
		return failed(err)
	}
	signals := notifySignals()
	if err := cmd.Start(); err != nil {
		return failed(err)
	}
	go forward(signals, cmd)
	code, err := reapUntil(cmd.Process.Pid)
	if err != nil {
		return failed(err)
	}
	return code
}

// forward passes signals on. It ends with the process.
func forward(signals <-chan os.Signal, cmd *exec.Cmd) {
	for s := range signals {
		_ = cmd.Process.Signal(s) // it may just have ended
	}
}

// reapUntil reaps whatever ends, until pid does, and returns the exit code of
// that.
func reapUntil(pid int) (int, error) {
	for {
		var status unix.WaitStatus
		ended, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, fmt.Errorf("wait for the tests: %w", err)
		case ended == pid && status.Signaled():
			return 128 + int(status.Signal()), nil
		case ended == pid:
			return status.ExitStatus(), nil
		}
	}
}

// setUp makes the new namespaces a place where Podman can work.
func setUp(dir string) error {
	resolvConf, err := os.ReadFile("/etc/resolv.conf")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := mountAll(dir); err != nil {
		return err
	}
	if err := restoreResolvConf(resolvConf); err != nil {
		return err
	}
	return loopbackUp()
}

// mountAll gives the mount namespace what must be its own.
func mountAll(dir string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	mounts := []struct{ kind, target, data string }{
		{"proc", "/proc", ""},
		{"tmpfs", "/run", "mode=0755"},
		{"tmpfs", "/dev/shm", "mode=1777"},
	}
	for _, m := range mounts {
		if err := unix.Mount(m.kind, m.target, m.kind, unix.MS_NOSUID|unix.MS_NODEV, m.data); err != nil {
			return fmt.Errorf("mount %s on %s: %w", m.kind, m.target, err)
		}
	}
	return mountStorage(dir)
}

// mountStorage puts the directory of this run on a tmpfs if it lies on an
// overlay, as in a container: the kernel puts no overlay upon an overlay.
func mountStorage(dir string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("statfs %s: %w", dir, err)
	}
	if fs.Type != unix.OVERLAYFS_SUPER_MAGIC {
		return nil
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700"); err != nil {
		return fmt.Errorf("mount tmpfs on %s: %w", dir, err)
	}
	return nil
}

// restoreResolvConf writes /etc/resolv.conf again if it is a link into /run,
// which is empty now.
func restoreResolvConf(content []byte) error {
	target, err := os.Readlink("/etc/resolv.conf")
	if err != nil {
		return nil // a file, or not there
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join("/etc", target)
	}
	if !strings.HasPrefix(target, "/run/") {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, content, 0o644)
}

// loopbackUp switches lo on, which is off in a new network namespace.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("switch lo on: %w", err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("switch lo on: %w", err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("switch lo on: %w", err)
	}
	return nil
}
