package runtimetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/limber-run/limber/runtime"
)

// bench is what one test works with. Its methods end the test when something
// fails, so they are for the test's own goroutine.
type bench struct {
	*testing.T
	runtime.Runtime
	env    Env
	ctx    context.Context //nolint:containedctx // that of the test, which is as short as the bench
	prefix string
	labels map[string]string
	named  int
}

// clean removes all that carries the test's label, sandboxes last: they are
// the oldest.
func (b *bench) clean() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	found, err := b.List(ctx, b.labels)
	if errors.Is(err, runtime.ErrUnavailable) {
		return // the test has closed it
	}
	b.check(err)
	for _, c := range slices.Backward(found) {
		if err := b.Remove(ctx, c.ID); err != nil {
			b.Errorf("remove %s: %v", c.Name, err)
		}
	}
	_, err = b.RemoveVolumes(ctx, b.labels)
	if err := errors.Join(err, b.RemoveNetworks(ctx, b.labels)); err != nil {
		b.Error(err)
	}
}

// check ends the test if err is not nil.
func (b *bench) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// wantError ends the test unless err is of a kind.
func (b *bench) wantError(what string, err, kind error) {
	b.Helper()
	if !errors.Is(err, kind) {
		b.Fatalf("%s: error %v, want %v", what, err, kind)
	}
}

// name is a new name for something of this test.
func (b *bench) name() string {
	b.named++
	return fmt.Sprintf("%s-%d", b.prefix, b.named)
}

// spec is a container that does what words say.
func (b *bench) spec(words ...string) runtime.Spec {
	command := words
	if b.env.Shell {
		command = translate(words)
	}
	return runtime.Spec{
		Name:    b.name(),
		Labels:  maps.Clone(b.labels),
		Image:   b.env.Image,
		Command: command,
		Network: runtime.Network{Mode: runtime.NetworkNone},
	}
}

// script is a container that runs a shell script.
func (b *bench) script(script string) runtime.Spec {
	spec := b.spec("true")
	spec.Command = shell(script)
	return spec
}

func shell(script string) []string { return []string{"/bin/sh", "-c", script} }

// ready is the line that words for a long life write when they can be
// signalled: as process 1 a shell ignores signals until it has set a trap.
const ready = "ready"

// translate says words in shell.
func translate(words []string) []string {
	const forever = "; echo " + ready + "; while :; do sleep 3600 & wait $!; done"
	switch words[0] {
	case "exit":
		return shell("exit " + words[1])
	case "sleep":
		return shell("trap 'exit 143' TERM; trap 'exit 130' INT; sleep " + words[1] + " & echo " + ready + "; wait")
	case "pause":
		return shell("trap 'exit 0' TERM" + forever)
	case "deaf":
		return shell("trap '' TERM INT" + forever)
	case "eat-memory":
		size := strings.Replace(words[1], "Mi", "m", 1)
		return shell("trap 'exit 0' TERM; taken=$(head -c " + size + " /dev/zero | tr '\\0' x)" + forever)
	default:
		return words
	}
}

// prepare prepares a container.
func (b *bench) prepare(spec runtime.Spec) string {
	b.Helper()
	id, err := b.Prepare(b.ctx, spec)
	b.check(err)
	return id
}

// start starts a prepared container.
func (b *bench) start(id string) {
	b.Helper()
	b.check(b.Start(b.ctx, id))
}

// watch subscribes to the end of a container.
func (b *bench) watch(id string) func() runtime.Exit {
	b.Helper()
	wait, err := b.Watch(b.ctx, id)
	b.check(err)
	return func() runtime.Exit {
		b.Helper()
		exit, err := wait()
		b.check(err)
		return exit
	}
}

// run runs a container to its end.
func (b *bench) run(spec runtime.Spec) (string, runtime.Exit) {
	b.Helper()
	id := b.prepare(spec)
	wait := b.watch(id)
	b.start(id)
	return id, wait()
}

// running starts a container with a long life and returns when it can be
// signalled.
func (b *bench) running(spec runtime.Spec) string {
	b.Helper()
	id := b.prepare(spec)
	b.start(id)
	if !b.env.Shell {
		return id
	}
	err := b.Logs(b.ctx, id, runtime.LogOptions{Follow: true, Tail: -1}, func(l runtime.LogLine) error {
		if l.Text == ready {
			return errEnough
		}
		return nil
	})
	b.wantError("follow until it is ready", err, errEnough)
	return id
}

// errEnough ends a call of Logs.
var errEnough = errors.New("enough")

// inspect describes a container.
func (b *bench) inspect(id string) runtime.Container {
	b.Helper()
	c, err := b.Inspect(b.ctx, id)
	b.check(err)
	return c
}

// logs returns what a container wrote, of both streams.
func (b *bench) logs(id string, opts runtime.LogOptions) []runtime.LogLine {
	b.Helper()
	var lines []runtime.LogLine
	b.check(b.Logs(b.ctx, id, opts, func(l runtime.LogLine) error {
		lines = append(lines, l)
		return nil
	}))
	return lines
}

// all are the options for a whole log.
var all = runtime.LogOptions{Tail: -1}

// texts are the lines without their times, those of stderr marked.
func texts(lines []runtime.LogLine) []string {
	var out []string
	for _, l := range lines {
		text := l.Text
		if l.Stream == runtime.Stderr {
			text = "err: " + text
		}
		out = append(out, text)
	}
	return out
}

// wantLines ends the test unless lines have these texts.
func (b *bench) wantLines(lines []runtime.LogLine, want ...string) {
	b.Helper()
	if got := texts(lines); !slices.Equal(got, want) {
		b.Fatalf("log = %q, want %q", got, want)
	}
}

// wantCode ends the test unless a process ended with code.
func (b *bench) wantCode(exit runtime.Exit, code int) {
	b.Helper()
	if exit.Lost || exit.Code != code {
		b.Fatalf("exit = %+v, want code %d", exit, code)
	}
}
