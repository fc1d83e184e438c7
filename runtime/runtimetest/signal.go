package runtimetest

import "github.com/limber-run/limber/runtime"

var signalTests = []test{
	{"signal ends a process as the process will", testSignalGraceful},
	{"a process that does not catch its signal ends with 128 and its number", testSignalCodes},
	{"signal without a name is SIGTERM", testSignalDefault},
	{"signal without a name is the stop signal of the container", testStopSignal},
	{"a deaf process is only killed", testSignalDeaf},
	{"signal on an ended container does nothing", testSignalEnded},
	{"signal does not find what is not there", testSignalMissing},
	{"signal refuses a name that is no signal's", testSignalUnknown},
}

// signalled runs spec, sends it a signal and returns its end.
func (b *bench) signalled(spec runtime.Spec, signals ...string) runtime.Exit {
	b.Helper()
	id := b.running(spec)
	wait := b.watch(id)
	for _, signal := range signals {
		b.check(b.Signal(b.ctx, id, signal))
	}
	return wait()
}

func testSignalGraceful(b *bench) {
	b.wantCode(b.signalled(b.spec("pause"), "SIGTERM"), 0)
}

func testSignalCodes(b *bench) {
	b.wantCode(b.signalled(b.spec("sleep", "3600"), "SIGTERM"), 143)
	b.wantCode(b.signalled(b.spec("sleep", "3600"), "SIGKILL"), 137)
}

func testSignalDefault(b *bench) {
	b.wantCode(b.signalled(b.spec("sleep", "3600"), ""), 143)
}

func testStopSignal(b *bench) {
	spec := b.spec("sleep", "3600")
	spec.StopSignal = "SIGINT"
	b.wantCode(b.signalled(spec, ""), 130)
}

func testSignalDeaf(b *bench) {
	b.wantCode(b.signalled(b.spec("deaf"), "SIGTERM", "", "SIGKILL"), 137)
}

func testSignalEnded(b *bench) {
	id, exit := b.run(b.spec("true"))
	for _, signal := range []string{"SIGTERM", "SIGKILL", ""} {
		b.check(b.Signal(b.ctx, id, signal))
	}
	if c := b.inspect(id); c.State != runtime.Exited || c.Exit.Code != 0 || !c.Exit.FinishedAt.Equal(exit.FinishedAt) {
		b.Fatalf("the exit was %+v, now it is %+v", exit, c)
	}
}

func testSignalMissing(b *bench) {
	b.wantError("signal", b.Signal(b.ctx, b.name(), "SIGTERM"), runtime.ErrNotFound)
}

func testSignalUnknown(b *bench) {
	id := b.running(b.spec("pause"))
	if err := b.Signal(b.ctx, id, "SIGNONSENSE"); err == nil {
		b.Fatal("it was sent")
	}
	if c := b.inspect(id); c.State != runtime.Running {
		b.Fatalf("it is %s", c.State)
	}
}
