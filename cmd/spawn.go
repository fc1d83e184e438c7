package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/supervisor"
	"github.com/limber-run/limber/runtime"
)

const (
	// maxLog is how long a supervisor's log may be when another one starts.
	maxLog = 1 << 20
	// reportFD is where a supervisor that was spawned says how that went.
	reportFD = 3
)

// startReport is what it says.
type startReport struct {
	Error       string `json:"error,omitempty"` // "": it answers on its socket
	Locked      bool   `json:"locked,omitempty"`
	Unavailable bool   `json:"unavailable,omitempty"`
}

func newStartReport(err error) startReport {
	if err == nil {
		return startReport{}
	}
	return startReport{
		Error:       err.Error(),
		Locked:      errors.Is(err, supervisor.ErrLocked),
		Unavailable: errors.Is(err, runtime.ErrUnavailable),
	}
}

func (r startReport) err() error {
	switch {
	case r.Error == "":
		return nil
	case r.Locked:
		return startError{r.Error, supervisor.ErrLocked}
	case r.Unavailable:
		return startError{r.Error, runtime.ErrUnavailable}
	}
	return startError{r.Error, nil}
}

// startError is why a supervisor in another process did not start.
type startError struct {
	text      string
	condition error
}

func (e startError) Error() string { return e.text }
func (e startError) Unwrap() error { return e.condition }

// dialOrSpawn returns a session with the supervisor of p, and leaves a new one
// behind if there is none. The new one does not inherit the variables in
// hidden.
func (a *App) dialOrSpawn(ctx context.Context, p project, hidden map[string]string) (*session, error) {
	s, err := dial(p)
	if !errors.Is(err, control.ErrNoSupervisor) {
		return s, err
	}
	if err := a.spawn(ctx, p, hidden); err != nil {
		return nil, err
	}
	return dial(p)
}

// spawn starts a supervisor in a session of its own, and returns when it
// answers. Errors: supervisor.ErrLocked.
func (a *App) spawn(ctx context.Context, p project, hidden map[string]string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find limber's own binary: %w", err)
	}
	log, err := openLog(filepath.Join(p.stateDir, "supervisor.log"))
	if err != nil {
		return fmt.Errorf("start a supervisor: %w", err)
	}
	defer func() { _ = log.Close() }()
	report, reporter, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("start a supervisor: %w", err)
	}
	defer func() { _ = report.Close() }()

	child := &exec.Cmd{
		Path: self, Args: a.superviseArgs(p), Dir: "/", Env: without(a.environ, hidden),
		Stdout: log, Stderr: log, ExtraFiles: []*os.File{reporter},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	err = child.Start()
	_ = reporter.Close() // the child has its own
	if err != nil {
		return fmt.Errorf("start a supervisor: %w", err)
	}
	return awaitReport(ctx, child, report, log.Name())
}

// superviseArgs are the arguments of a supervisor in the background. Its log
// is all there will be to look at, so it says more.
func (a *App) superviseArgs(p project) []string {
	level := a.global.logLevel
	if level == "" {
		level = zerolog.LevelInfoValue
	}
	args := []string{"limber", "supervise", "--project", p.name, "--log-level", level, "--log-format", a.global.logFormat, "--no-color"}
	if a.global.podmanURL != "" {
		args = append(args, "--podman", a.global.podmanURL)
	}
	return append(args, "--report")
}

// without returns the environment but for some variables.
func without(environ []string, hidden map[string]string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		_, hide := hidden[name]
		return hide
	})
}

func openLog(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		flags |= os.O_TRUNC
	}
	return os.OpenFile(path, flags, 0o600)
}

// awaitReport waits until a supervisor says that it has started, or ends
// without having said anything.
func awaitReport(ctx context.Context, child *exec.Cmd, report *os.File, log string) error {
	stop := context.AfterFunc(ctx, func() { _ = report.SetReadDeadline(time.Now()) })
	defer stop()
	text, err := io.ReadAll(report)
	if ctx.Err() != nil {
		_ = child.Process.Signal(syscall.SIGTERM) // an error means that it has ended
		return ctx.Err()
	}
	var r startReport
	if err != nil || json.Unmarshal(text, &r) != nil {
		_ = child.Wait() // how it ended is in its state
		return fmt.Errorf("the supervisor ended as it started (%s); the end of %s:\n%s", child.ProcessState, log, lastPart(log))
	}
	if err := r.err(); err != nil {
		_ = child.Wait() // it has said why it ends
		return err
	}
	return child.Process.Release()
}

// lastPart returns the end of a file.
func lastPart(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[max(0, len(text)-2048):]))
}
