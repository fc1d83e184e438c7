//go:build podman

package podman_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// ownService returns an adapter that started a service, and its socket. It
// works on the storage of the private Podman.
func ownService(t *testing.T) (*podman.Runtime, string) {
	t.Helper()
	t.Setenv("CONTAINER_HOST", "")
	dir := t.TempDir()
	r := open(t, podman.Config{RuntimeDir: dir})
	found, err := filepath.Glob(filepath.Join(dir, "*.sock"))
	if err != nil || len(found) != 1 {
		t.Fatalf("sockets %q, %v, want one", found, err)
	}
	return r, found[0]
}

// listener returns the process that listens on a socket.
func listener(t *testing.T, socket string) int {
	t.Helper()
	pid, err := listenerOf(socket)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func listenerOf(socket string) (int, error) {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	raw, err := c.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0, err
	}
	pid := 0
	controlErr := raw.Control(func(fd uintptr) {
		var cred *unix.Ucred
		if cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	return pid, errors.Join(err, controlErr)
}

func TestOwnServiceMayDie(t *testing.T) {
	r, socket := ownService(t)
	id := start(t, r, runtime.Spec{Command: []string{"sh", "-c", "echo first; sleep 1; echo second; exit 4"}})
	wait, err := r.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	first := listener(t, socket)
	if err := unix.Kill(first, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if exit, err := wait(); err != nil || exit.Code != 4 {
		t.Errorf("wait() = %+v, %v, want code 4", exit, err)
	}
	if got := logOf(t, r, id); got != "first\nsecond" {
		t.Errorf("log %q", got)
	}
	if second := listener(t, socket); second == first {
		t.Errorf("the service is still %d", second)
	}
}

func TestFilesOfAKilledLimberAreRemoved(t *testing.T) {
	dir := t.TempDir()
	const dead = 4194305 // above the highest PID that Linux gives
	left := filepath.Join(dir, fmt.Sprintf("podman-%d.log", dead))
	other := filepath.Join(dir, "podman-notes.log")
	if err := errors.Join(os.WriteFile(left, nil, 0o600), os.WriteFile(other, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONTAINER_HOST", "")
	open(t, podman.Config{RuntimeDir: dir})
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", left, err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsOwnService(t *testing.T) {
	r, socket := ownService(t)
	pid := listener(t, socket)
	if group, err := unix.Getpgid(pid); err != nil || group == unix.Getpgrp() {
		t.Errorf("the service is in process group %d (%v), ours", group, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) {
		t.Errorf("the service is still there: %v", err)
	}
	if _, err := r.Info(context.WithoutCancel(t.Context())); !errors.Is(err, runtime.ErrUnavailable) {
		t.Errorf("Info() after Close() = %v, want %v", err, runtime.ErrUnavailable)
	}
}

func TestServiceRestartsWhileWatched(t *testing.T) {
	r := connect(t)
	id := start(t, r, runtime.Spec{Command: []string{"sh", "-c", "echo first; sleep 1; echo second; exit 6"}})
	wait, err := r.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	podmantest.Restart(t)
	if exit, err := wait(); err != nil || exit.Code != 6 {
		t.Errorf("wait() = %+v, %v, want code 6", exit, err)
	}
	if got := logOf(t, r, id); got != "first\nsecond" {
		t.Errorf("log %q", got)
	}
}

func TestOnlyUnixSocketsAreSupported(t *testing.T) {
	for _, uri := range []string{"ssh://user@host/run/podman/podman.sock", "tcp://127.0.0.1:1"} {
		if _, err := podman.New(t.Context(), podman.Config{URL: uri}); !errors.Is(err, runtime.ErrUnsupported) || !errors.Is(err, runtime.ErrUnavailable) {
			t.Errorf("New(%s) = %v, want %v and %v", uri, err, runtime.ErrUnsupported, runtime.ErrUnavailable)
		}
	}
	if _, err := podman.New(t.Context(), podman.Config{URL: "unix:///no/such.sock"}); !errors.Is(err, runtime.ErrUnavailable) {
		t.Errorf("New() of a dead socket = %v, want %v", err, runtime.ErrUnavailable)
	}
}

// A service killed at any moment leaves half-made containers behind. Each is
// run nevertheless, and once only; how it ended is known, except where the
// service died while it started the container.
func TestServiceDiesWhileContainersRun(t *testing.T) {
	r, socket := ownService(t)
	const runs, kills = 40, 6
	dir := t.TempDir()
	kill := time.NewTicker(time.Second)
	defer kill.Stop()
	done := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		for range kills {
			select {
			case <-done:
				return
			case <-kill.C:
				if pid, err := listenerOf(socket); err == nil {
					_ = unix.Kill(pid, unix.SIGKILL) // it may be dead already
				}
			}
		}
	})
	lost := 0
	for i := range runs {
		id := prepare(t, r, runtime.Spec{
			Command: []string{"sh", "-c", "echo x >> /out/" + strconv.Itoa(i)},
			Mounts:  []runtime.Mount{{Kind: runtime.MountBind, Source: dir, Target: "/out"}},
		})
		exit := startAndWait(t, r, id)
		if exit.Lost {
			lost++
		} else if exit.Code != 0 {
			t.Errorf("container %d ended with %+v", i, exit)
		}
	}
	if lost > kills {
		t.Errorf("%d containers were lost to %d deaths of the service", lost, kills)
	}
	close(done)
	killer.Wait()
	for i := range runs {
		if got, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(i))); err != nil || string(got) != "x\n" {
			t.Errorf("container %d wrote %q, %v, want one x", i, got, err)
		}
	}
}
