package runtimetest

import (
	"errors"
	"strconv"

	"github.com/limber-run/limber/runtime"
)

var startTests = []test{
	{"start runs the process", testStartRuns},
	{"start of a running container does nothing", testStartTwice},
	{"start of an ended container does not run it again", testStartEnded},
	{"start does not find what is not there", testStartMissing},
	{"start of a missing command is a StartError with code 127", testStartNoCommand},
	{"an exit has the code of the process", testExitCodes},
	{"an exit has times, in their order", testExitTimes},
}

func testStartRuns(b *bench) {
	id := b.prepare(b.spec("pause"))
	b.start(id)
	c := b.inspect(id)
	if c.State != runtime.Running || c.Pid == 0 || c.Exit.StartedAt.IsZero() {
		b.Fatalf("after start: %+v", c)
	}
}

func testStartTwice(b *bench) {
	id := b.prepare(b.spec("pause"))
	b.start(id)
	before := b.inspect(id)
	b.start(id)
	after := b.inspect(id)
	if after.Pid != before.Pid || !after.Exit.StartedAt.Equal(before.Exit.StartedAt) {
		b.Fatalf("before %+v, after %+v", before, after)
	}
}

func testStartEnded(b *bench) {
	id, exit := b.run(b.spec("echo", "ran"))
	b.start(id) // a start whose answer was lost is asked for again
	c := b.inspect(id)
	if c.State != runtime.Exited || !c.Exit.StartedAt.Equal(exit.StartedAt) {
		b.Fatalf("after a second start: %+v", c)
	}
	b.wantLines(b.logs(id, all), "ran")
}

func testStartMissing(b *bench) {
	b.wantError("start", b.Start(b.ctx, b.name()), runtime.ErrNotFound)
}

func testStartNoCommand(b *bench) {
	b.wantStartError(b.spec("no-such-command"), 127)
}

// wantStartError ends the test unless spec cannot be run, for a reason that a
// shell would call code. Some engines know so in Prepare and then leave no
// container, others when they start it.
func (b *bench) wantStartError(spec runtime.Spec, code int) {
	b.Helper()
	id, err := b.Prepare(b.ctx, spec)
	prepared := err == nil
	if prepared {
		err = b.Start(b.ctx, id)
	}
	var failed *runtime.StartError
	if !errors.As(err, &failed) || failed.Code != code || failed.Message == "" {
		b.Fatalf("error %v, want a StartError with code %d", err, code)
	}
	if !prepared {
		b.wantList(b.labels)
		return
	}
	if c := b.inspect(id); c.State == runtime.Running || c.State == runtime.Exited && c.Exit.Code == 0 {
		b.Fatalf("what could not be started is %+v", c)
	}
}

func testExitCodes(b *bench) {
	for _, code := range []int{0, 1, 3, 126, 137, 143, 255} {
		_, exit := b.run(b.spec("exit", strconv.Itoa(code)))
		b.wantCode(exit, code)
	}
	_, exit := b.run(b.spec("false"))
	b.wantCode(exit, 1)
}

func testExitTimes(b *bench) {
	id, exit := b.run(b.spec("true"))
	if exit.StartedAt.IsZero() || exit.FinishedAt.Before(exit.StartedAt) || exit.Lost || exit.OOMKilled {
		b.Fatalf("exit = %+v", exit)
	}
	c := b.inspect(id)
	if c.State != runtime.Exited || c.Pid != 0 || !c.Exit.FinishedAt.Equal(exit.FinishedAt) {
		b.Fatalf("inspect = %+v, the watch says %+v", c, exit)
	}
}
