package podman

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// errNoMonitor says that the process which monitors a container is dead.
var errNoMonitor = errors.New("the monitor of the container is dead")

// An alarm rings when a process of a container ends: its main one, or the one
// that monitors it (conmon). It costs Podman nothing, and works while the
// service is away. A nil alarm can be closed.
type alarm struct {
	monitor *os.File // a pidfd
	process *os.File // a pidfd
	either  *os.File // an epoll, readable as soon as one of them is
}

// newAlarm sets an alarm on the processes of the container called id, which
// it makes sure they are.
func newAlarm(id string, monitor, process int) (*alarm, error) {
	a := &alarm{}
	err := a.open(id, monitor, process)
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *alarm) open(id string, monitor, process int) (err error) {
	if a.monitor, err = openPID(monitor); errors.Is(err, unix.ESRCH) {
		return errNoMonitor
	}
	if err != nil {
		return err
	}
	if !names(monitor, id) {
		return errNoMonitor // another process has its number by now
	}
	if a.process, err = openPID(process); err != nil {
		return err
	}
	if parent, err := parentOf(process); err != nil || parent != monitor {
		return errors.Join(err, fmt.Errorf("process %d is not of container %s", process, id))
	}
	a.either, err = eitherOf(a.monitor, a.process)
	return err
}

// wait blocks until the alarm rings or ctx ends.
func (a *alarm) wait(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		_ = a.either.SetReadDeadline(time.Unix(1, 0)) // fails if it is closed, which ends the wait as well
	})
	defer stop()
	raw, err := a.either.SyscallConn()
	if err == nil {
		err = raw.Read(isReadable)
	}
	if ctx.Err() != nil {
		return endOf(ctx)
	}
	return err
}

// monitorDead is whether the monitor has ended.
func (a *alarm) monitorDead() bool {
	dead := false
	raw, err := a.monitor.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { dead = isReadable(fd) })
	}
	return err == nil && dead
}

func (a *alarm) close() {
	if a == nil {
		return
	}
	for _, f := range []*os.File{a.either, a.process, a.monitor} {
		if f != nil {
			_ = f.Close() // nothing is written to it
		}
	}
}

// openPID opens a pidfd, which is readable once the process has ended.
func openPID(pid int) (*os.File, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("open process %d: %w", pid, err)
	}
	return os.NewFile(uintptr(fd), "pidfd"), nil
}

// eitherOf returns a file that is readable when one of files is.
func eitherOf(files ...*os.File) (*os.File, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create epoll: %w", err)
	}
	for _, f := range files {
		event := unix.EpollEvent{Events: unix.EPOLLIN}
		if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, int(f.Fd()), &event); err != nil {
			return nil, errors.Join(fmt.Errorf("add to epoll: %w", err), unix.Close(epoll))
		}
	}
	if err := unix.SetNonblock(epoll, true); err != nil { // so that Go's poller takes it
		return nil, errors.Join(err, unix.Close(epoll))
	}
	return os.NewFile(uintptr(epoll), "epoll"), nil
}

func isReadable(fd uintptr) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	return n > 0 && err == nil
}

// names is whether an argument of a process contains what.
func names(pid int, what string) bool {
	arguments, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && bytes.Contains(arguments, []byte(what))
}

// isStarted is whether the process of a container is its own program, and not
// the OCI runtime that waits to run it. In doubt it is not.
func isStarted(pid int) bool {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil || bytes.HasPrefix(name, []byte("runc")) || bytes.HasPrefix(name, []byte("crun")) {
		return false
	}
	return !names(pid, "runc") && !names(pid, "crun")
}

// parentOf returns the parent of a process.
func parentOf(pid int) (int, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// pid (name) state parent …, and the name may contain anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0, fmt.Errorf("process %d: unknown format of stat", pid)
	}
	return strconv.Atoi(string(fields[1]))
}
