package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// bench is a supervisor on a fake engine, in a synctest bubble.
type bench struct {
	t       *testing.T
	rt      *fake.Runtime
	state   string
	runtime string
	begun   time.Time
	boot    string // ID of the host's boot; "": the real one
	// recorded is called after each record, unless nil.
	recorded func()

	project *Project
	crash   context.CancelFunc // the supervisor is gone at once
	ended   chan struct{}
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := memoryDir(t)
	b := &bench{t: t, rt: fake.New("toolbox"), state: filepath.Join(dir, "state"), runtime: filepath.Join(dir, "run"), begun: time.Now()}
	b.nameContainers()
	b.open()
	return b
}

// memoryDir is a directory that goes with the test. It is in memory: secrets
// must be, and records are synced, which takes a disk most of a test's time.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "limber-test") //nolint:usetesting // t.TempDir is on disk
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func (b *bench) nameContainers() {
	b.rt.NameBy(func(s runtime.Spec) string {
		if s.Labels[LabelUnit] == "" {
			return "sandbox" + s.Labels[LabelSandbox]
		}
		return fmt.Sprintf("%s#%s", s.Labels[LabelUnit], s.Labels[LabelAttempt])
	})
}

// open starts a supervisor, also after crash.
func (b *bench) open() {
	b.t.Helper()
	p, err := Open(Config{
		Project: "p", StateDir: b.state, RuntimeDir: b.runtime, Runtime: b.rt,
		Toolbox:    Toolbox{Ref: "toolbox", Ensure: func(context.Context) error { return nil }},
		Executable: "/bin/true", BootID: b.boot, Log: zerolog.Nop(), Recorded: b.recorded,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	b.project, b.crash, b.ended = p, cancel, ended
	go func() {
		defer close(ended)
		if err := p.Run(ctx); err != nil {
			b.t.Error(err)
		}
	}()
}

func (b *bench) reopen() {
	b.t.Helper()
	b.crash()
	<-b.ended
	b.rt = b.rt.Reconnect()
	b.open()
}

func (b *bench) apply(workflows ...engine.Workflow) control.ApplyResult {
	b.t.Helper()
	result, err := b.project.Apply(b.t.Context(), control.ApplyRequest{
		Workflows: workflows, Env: map[string]string{"PASSWORD": "canary-7f3a"},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

var errEnough = errors.New("enough")

// until waits for an event that begins like want, in the words of line; for a
// day at most, of the bubble's time.
func (b *bench) until(after int64, want string) journal.Event {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 24*time.Hour)
	defer cancel()
	var found journal.Event
	err := b.project.Events(ctx, after, true, func(ev journal.Event) error {
		if strings.HasPrefix(line(ev), want) {
			found = ev
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		b.t.Fatalf("the journal ended without %q (%v):\n%s", want, err, strings.Join(b.events(), "\n"))
	}
	return found
}

func line(ev journal.Event) string {
	s := string(ev.Type)
	if ev.Unit != "" {
		s += fmt.Sprintf(" %s#%d", ev.Unit, ev.Attempt)
	}
	if ev.Run > 1 {
		s += fmt.Sprintf("@%d", ev.Run)
	}
	if ev.ExitCode != nil {
		s += fmt.Sprintf(" code=%d", *ev.ExitCode)
	}
	if ev.Reason != "" {
		s += " " + string(ev.Reason)
	}
	return s
}

// events are the lines of the journal of some types, with their times; all
// types if none is named.
func (b *bench) events(types ...engine.NoticeType) []string {
	b.t.Helper()
	var lines []string
	err := journal.Read(b.state, 0, func(ev journal.Event) error {
		if len(types) == 0 || slices.Contains(types, ev.Type) {
			lines = append(lines, fmt.Sprintf("%s %s", ev.Time.Sub(b.begun), line(ev)))
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return lines
}

func (b *bench) down() {
	b.t.Helper()
	if _, err := b.project.Down(b.t.Context(), control.DownRequest{}); err != nil {
		b.t.Fatal(err)
	}
	<-b.ended
	if left := b.rt.Leftovers(projectLabels("p")); left != "" {
		b.t.Errorf("left after down:\n%s", left)
	}
}

func workflow(units ...engine.UnitSpec) engine.Workflow {
	return engine.Workflow{
		Name: "w", RestartPolicy: engine.RestartAlways, TerminationGracePeriod: 10 * time.Second,
		Network: engine.NetworkPod, Units: units,
		Secrets: []engine.SecretSource{{Name: "password", Env: "PASSWORD"}},
	}
}

func unit(kind engine.Kind, name string, command ...string) engine.UnitSpec {
	u := engine.UnitSpec{Kind: kind, Name: name, Container: runtime.Spec{Image: "toolbox", Command: command}}
	u.Restart = engine.Restart{Policy: engine.RestartAlways, Backoff: engine.DefaultBackoff}
	u.Restart.Backoff.Jitter = 0
	if kind == engine.Init {
		u.Restart.Policy = engine.RestartOnFailure
	} else {
		u.Restart.Backoff.Immediate = 1
	}
	return u
}
