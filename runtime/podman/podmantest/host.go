package podmantest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	goruntime "runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// dirPattern names the directory of a run.
const dirPattern = "limber-podmantest-*"

// stopTimeout is how long the tests have after a signal before they are killed.
const stopTimeout = 10 * time.Second

// runHost is the first stage. It makes the directory of this run, starts PID 1
// of the new namespaces, and removes the directory when nothing runs there
// any more. By then the mounts are gone too: they were in the namespace.
func runHost() int {
	if err := checkHost(); err != nil {
		return failed(err)
	}
	removeAbandoned()
	dir, lock, err := makeDir()
	if err != nil {
		return failed(err)
	}
	defer lock.Close()
	code, err := runNamespaces(dir)
	if err := errors.Join(err, removeDir(dir)); err != nil {
		return failed(err)
	}
	return code
}

func checkHost() error {
	if _, err := exec.LookPath("podman"); err != nil {
		return errors.New("there is no podman command: run \"make setup\"")
	}
	if os.Geteuid() != 0 {
		return errors.New("tests that need Podman need root, for namespaces of their own: run \"make integration\", which uses sudo")
	}
	return nil
}

// makeDir makes the directory of this run and locks it, so that no other run
// takes it for abandoned.
func makeDir() (string, *os.File, error) {
	dir, err := os.MkdirTemp("", dirPattern)
	if err != nil {
		return "", nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return "", nil, err
	}
	return dir, lock, nil
}

func lockDir(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), f.Close())
	}
	return f, nil
}

// removeAbandoned removes what runs left behind that were killed. A directory
// that is not a minute old may not be locked yet.
func removeAbandoned() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPattern)) // the pattern is good
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		lock, err := lockDir(dir)
		if err != nil {
			continue
		}
		if err := removeDir(dir); err != nil {
			fmt.Fprintln(os.Stderr, "podmantest: left by an earlier run:", err)
		}
		lock.Close()
	}
}

// removeDir removes the directory of a run that has ended, and its cgroups.
func removeDir(dir string) error {
	removeCgroups(storageRoot(dir))
	return os.RemoveAll(dir)
}

// runNamespaces runs the next stage as PID 1 of new namespaces, and returns
// its exit code. It keeps its thread: the kernel kills the child when the
// thread that started it ends, so nothing is left if this process is killed.
func runNamespaces(dir string) (int, error) {
	goruntime.LockOSThread()
	defer goruntime.UnlockOSThread()
	cmd, err := nextStage(stageInit, dirVariable+"="+dir)
	if err != nil {
		return 0, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
	}
	signals := notifySignals()
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start the tests in namespaces of their own: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return exitCode(awaitEnd(cmd, ended, signals))
}

// awaitEnd waits for the end of the next stage. It passes signals on, and
// kills when one was not heeded.
func awaitEnd(cmd *exec.Cmd, ended <-chan error, signals <-chan os.Signal) error {
	var overdue <-chan time.Time
	for {
		select {
		case err := <-ended:
			return err
		case s := <-signals:
			if overdue == nil {
				overdue = time.After(stopTimeout)
			}
			_ = cmd.Process.Signal(s) // it may just have ended
		case <-overdue:
			_ = cmd.Process.Kill()
		}
	}
}

func notifySignals() chan os.Signal {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	return signals
}

// exitCode returns the exit code in the outcome of a command, and an error if
// it has none.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit) && exit.Exited():
		return exit.ExitCode(), nil
	default:
		return 0, fmt.Errorf("the tests did not end by themselves: %w", err)
	}
}

// nextStage returns the command that runs this test binary again, with the
// same arguments, as another stage.
func nextStage(stage string, env ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Args = os.Args
	cmd.Env = append(append(os.Environ(), stageVariable+"="+stage), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd, nil
}
