package runtimetest

import (
	"context"
	"time"

	"github.com/limber-run/limber/runtime"
)

var logTests = []test{
	{"logs has what an ended container wrote", testLogsEnded},
	{"logs of a line says when and where it was written", testLogsLine},
	{"logs with a tail has the last lines only", testLogsTail},
	{"logs since a time has no older lines", testLogsSince},
	{"logs followed from before the start has all, and ends with the container", testFollowBeforeStart},
	{"logs followed after the end has all, and ends", testFollowEnded},
	{"logs followed ends with its context", testFollowContext},
	{"logs ends with the error of emit", testLogsEmitError},
	{"logs does not find what is not there", testLogsMissing},
}

func testLogsEnded(b *bench) {
	id, _ := b.run(b.spec("echo", "one", "line"))
	b.wantLines(b.logs(id, all), "one line")
	silent, _ := b.run(b.spec("true"))
	b.wantLines(b.logs(silent, all))
}

// testLogsLine allows for engines whose log has whole seconds.
func testLogsLine(b *bench) {
	began := time.Now()
	id, _ := b.run(b.spec("echo", "hello"))
	lines := b.logs(id, all)
	b.wantLines(lines, "hello")
	line := lines[0]
	if line.Stream != runtime.Stdout || line.Time.Before(began.Add(-time.Second)) || line.Time.After(time.Now()) {
		b.Fatalf("line = %+v, the container began after %v", line, began)
	}
}

func testLogsTail(b *bench) {
	id, _ := b.run(b.spec("echo", "hello"))
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: 0}))
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: 1}), "hello")
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: 100}), "hello")
}

func testLogsSince(b *bench) {
	id, exit := b.run(b.spec("echo", "hello"))
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: -1, Since: exit.StartedAt.Add(-time.Hour)}), "hello")
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: -1, Since: exit.FinishedAt.Add(time.Hour)}))
}

// following follows the log of a container and returns a function that waits
// for its end.
func (b *bench) following(id string) func() []runtime.LogLine {
	b.Helper()
	var lines []runtime.LogLine
	done := make(chan error, 1)
	go func() {
		done <- b.Logs(b.ctx, id, runtime.LogOptions{Follow: true, Tail: -1}, func(l runtime.LogLine) error {
			lines = append(lines, l)
			return nil
		})
	}()
	return func() []runtime.LogLine {
		b.Helper()
		b.check(<-done)
		return lines
	}
}

func testFollowBeforeStart(b *bench) {
	for range 5 {
		id := b.prepare(b.spec("echo", "hello"))
		lines := b.following(id)
		b.start(id)
		b.wantLines(lines(), "hello")
	}
}

func testFollowEnded(b *bench) {
	id, _ := b.run(b.spec("echo", "hello"))
	b.wantLines(b.following(id)(), "hello")
}

func testFollowContext(b *bench) {
	id := b.running(b.spec("pause"))
	ctx, cancel := context.WithTimeout(b.ctx, 100*time.Millisecond)
	defer cancel()
	err := b.Logs(ctx, id, runtime.LogOptions{Follow: true}, func(runtime.LogLine) error { return nil })
	b.wantError("logs", err, context.DeadlineExceeded)
}

func testLogsEmitError(b *bench) {
	id, _ := b.run(b.spec("echo", "hello"))
	for _, follow := range []bool{false, true} {
		opts := runtime.LogOptions{Follow: follow, Tail: -1}
		err := b.Logs(b.ctx, id, opts, func(runtime.LogLine) error { return errEnough })
		b.wantError("logs", err, errEnough)
	}
}

func testLogsMissing(b *bench) {
	err := b.Logs(b.ctx, b.name(), all, func(runtime.LogLine) error { return nil })
	b.wantError("logs", err, runtime.ErrNotFound)
}
