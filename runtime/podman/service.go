package podman

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
)

const (
	// serviceStartTimeout is how long a service of ours may take to answer.
	serviceStartTimeout = 20 * time.Second
	// serviceStopTimeout is how long it may take to end.
	serviceStopTimeout = 5 * time.Second
	// longestSocket is how long the path of a unix socket may be.
	longestSocket = 107
)

// A service is a "podman system service" of our own. It is started again
// when it dies, and ends with this process.
type service struct {
	log     zerolog.Logger
	binary  string
	socket  string
	output  string // the file that takes what it prints
	stop    chan struct{}
	started chan error // the outcome of the first start
	stopped chan struct{}
	once    sync.Once
}

// startService starts a service with its socket in dir, and waits until it
// answers.
func startService(ctx context.Context, dir string, log zerolog.Logger) (*service, error) {
	binary, err := exec.LookPath("podman")
	if err != nil {
		return nil, fmt.Errorf("%w: no Podman service is running and there is no podman command: install Podman %s or later", runtime.ErrUnavailable, oldest)
	}
	if dir == "" {
		return nil, fmt.Errorf("%w: no Podman service is running and there is no directory to start one in", runtime.ErrUnavailable)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("start podman service: %w", err)
	}
	removeDead(dir)
	s := &service{
		log:     log,
		binary:  binary,
		socket:  filepath.Join(dir, fmt.Sprintf("podman-%d.sock", os.Getpid())),
		output:  filepath.Join(dir, fmt.Sprintf("podman-%d.log", os.Getpid())),
		stop:    make(chan struct{}),
		started: make(chan error, 1),
		stopped: make(chan struct{}),
	}
	if len(s.socket) > longestSocket {
		return nil, fmt.Errorf("start podman service: the path of its socket %s is longer than %d bytes", s.socket, longestSocket)
	}
	removeLeft(dir)
	go s.run()
	if err := s.awaitAnswer(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// removeLeft removes the files of services whose limber was killed.
func removeLeft(dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "podman-*.*")) // the pattern is a good one
	for _, file := range files {
		var pid int
		var end string
		if n, _ := fmt.Sscanf(filepath.Base(file), "podman-%d.%s", &pid, &end); n == 2 && !exists(fmt.Sprintf("/proc/%d", pid)) {
			_ = os.Remove(file) // it is in nobody's way
		}
	}
}

func (s *service) uri() string { return "unix://" + s.socket }

// close ends the service and waits for that.
func (s *service) close() error {
	s.once.Do(func() { close(s.stop) })
	<-s.stopped
	return errors.Join(removeIfThere(s.socket), removeIfThere(s.output))
}

// run keeps a service process running until stop. It stays on one thread: the
// kernel ends the process when the thread that started it ends.
func (s *service) run() {
	goruntime.LockOSThread()
	defer close(s.stopped)
	pause := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(50*time.Millisecond),
		backoff.WithMaxInterval(2*time.Second),
		backoff.WithMaxElapsedTime(0),
	)
	for {
		begun := time.Now()
		err := s.runOnce()
		select {
		case s.started <- err: // somebody waits for the first start only
		default:
		}
		if time.Since(begun) > time.Minute {
			pause.Reset()
		}
		select {
		case <-s.stop:
			return
		case <-time.After(pause.NextBackOff()):
			s.log.Warn().Err(err).Msg("podman service ended, starting it again")
		}
	}
}

// runOnce runs one service process to its end.
func (s *service) runOnce() error {
	if err := removeIfThere(s.socket); err != nil {
		return err
	}
	output, err := os.OpenFile(s.output, os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer output.Close()
	cmd := s.command(output)
	if err := cmd.Start(); err != nil {
		return err
	}
	s.log.Debug().Int("pid", cmd.Process.Pid).Strs("args", cmd.Args).Msg("podman service started")
	ended := make(chan struct{})
	stopper := sync.WaitGroup{}
	stopper.Go(func() { s.endOnStop(cmd.Process, ended) })
	_ = cmd.Wait() // how it ended is in its state
	close(ended)
	stopper.Wait()
	return fmt.Errorf("%s: %s: %s", strings.Join(cmd.Args, " "), cmd.ProcessState, s.lastWords())
}

// endOnStop ends the process at stop, first gently.
func (s *service) endOnStop(p *os.Process, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-s.stop:
	}
	_ = p.Signal(syscall.SIGTERM) // an error means that it has ended
	select {
	case <-ended:
	case <-time.After(serviceStopTimeout):
		_ = p.Kill() // as above
	}
}

// command is the service's. Its output goes to a file, because containers'
// monitors inherit it and would hold a pipe open.
func (s *service) command(output *os.File) *exec.Cmd {
	args := append(hostFlags(), "system", "service", "--time=0", s.uri())
	cmd := exec.Command(s.binary, args...)
	cmd.Stdout = output
	cmd.Stderr = output
	cmd.Env = serviceEnv(os.Environ())
	cmd.Dir = filepath.Dir(s.socket) // monitors leave files where they run
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:   true, // Ctrl-C in the terminal is meant for us
		Pdeathsig: syscall.SIGTERM,
	}
	return cmd
}

// awaitAnswer waits until the service answers for the first time.
func (s *service) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, serviceStartTimeout)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-s.started:
			return fmt.Errorf("%w: podman system service does not start: %w", runtime.ErrUnavailable, err)
		case <-ctx.Done():
			return fmt.Errorf("%w: podman system service does not answer: %w", runtime.ErrUnavailable, ctx.Err())
		case <-tick.C:
			if answers(ctx, s.socket) {
				return nil
			}
		}
	}
}

// lastWords returns the end of what the service printed.
func (s *service) lastWords() string {
	data, err := os.ReadFile(s.output)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data[max(0, len(data)-1024):]))
}

// hostFlags are the flags without which Podman does not run on hosts that
// have no systemd, no journal, or not only the second version of cgroups.
func hostFlags() []string {
	var flags []string
	if !exists("/run/systemd/system") {
		flags = append(flags, "--cgroup-manager", "cgroupfs")
	}
	if !exists("/run/systemd/journal/socket") {
		flags = append(flags, "--events-backend", "file")
	}
	if installed("crun") && installed("runc") && !unifiedCgroups() {
		flags = append(flags, "--runtime", "runc") // crun refuses mixed cgroups
	}
	return flags
}

// serviceEnv takes out of env what would make the service a client, or tell
// our own service manager about it.
func serviceEnv(env []string) []string {
	return slices.DeleteFunc(env, func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "CONTAINER_HOST", "CONTAINER_CONNECTION", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES":
			return true
		}
		return false
	})
}

// removeDead removes what services of processes that were killed left in dir.
func removeDead(dir string) {
	logs, _ := filepath.Glob(filepath.Join(dir, "podman-*.log")) // the pattern is good
	for _, log := range logs {
		name := strings.TrimSuffix(log, ".log")
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(name), "podman-"))
		if err != nil || unix.Kill(pid, 0) != unix.ESRCH {
			continue
		}
		_ = os.Remove(log) // left for the next time otherwise
		_ = os.Remove(name + ".sock")
	}
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func installed(command string) bool {
	_, err := exec.LookPath(command)
	return err == nil
}

// unifiedCgroups is whether the host has cgroups version 2 only.
func unifiedCgroups() bool {
	var fs unix.Statfs_t
	err := unix.Statfs("/sys/fs/cgroup", &fs)
	return err == nil && fs.Type == unix.CGROUP2_SUPER_MAGIC
}
