package runtimetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/limber-run/limber/runtime"
)

var prepareTests = []test{
	{"prepare runs nothing", testPrepareRunsNothing},
	{"prepare returns the container it has made before", testPrepareAgain},
	{"prepare at the same time makes one container", testPrepareAtOnce},
	{"prepare finds a name in use if the labels differ", testPrepareOtherLabels},
	{"prepare finds a name in use if it was started", testPrepareStarted},
	{"prepare does not find a missing image", testPrepareMissingImage},
	{"prepare that nobody waits for leaves nothing", testPrepareGivenUp},
	{"names and labels may have parts of 63 characters", testLongNames},
}

func testPrepareRunsNothing(b *bench) {
	id := b.prepare(b.spec("echo", "ran"))
	c := b.inspect(id)
	if c.State != runtime.Prepared || c.Pid != 0 || !c.Exit.StartedAt.IsZero() {
		b.Fatalf("after prepare: %+v", c)
	}
	b.wantLines(b.logs(id, all))
}

func testPrepareAgain(b *bench) {
	spec := b.spec("echo", "ran")
	id := b.prepare(spec)
	if again := b.prepare(spec); again != id {
		b.Fatalf("prepared %s, then %s", id, again)
	}
	wait := b.watch(id)
	b.start(id)
	b.wantCode(wait(), 0)
}

func testPrepareAtOnce(b *bench) {
	spec := b.spec("true")
	ids, errs := make([]string, 4), make([]error, 4)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() { ids[i], errs[i] = b.Prepare(b.ctx, spec) })
	}
	group.Wait()
	b.check(errors.Join(errs...))
	for _, id := range ids {
		if id != ids[0] {
			b.Fatalf("prepared %q", ids)
		}
	}
	wait := b.watch(ids[0])
	b.start(ids[0])
	b.wantCode(wait(), 0)
}

func testPrepareOtherLabels(b *bench) {
	spec := b.spec("true")
	b.prepare(spec)
	spec.Labels = map[string]string{"limber.test": b.prefix, "limber.attempt": "2"}
	_, err := b.Prepare(b.ctx, spec)
	b.wantError("prepare with other labels", err, runtime.ErrConflict)
}

func testPrepareStarted(b *bench) {
	for _, spec := range []runtime.Spec{b.spec("pause"), b.spec("true")} {
		id := b.prepare(spec)
		wait := b.watch(id)
		b.start(id)
		_, err := b.Prepare(b.ctx, spec)
		b.wantError("prepare what was started", err, runtime.ErrConflict)
		b.check(b.Signal(b.ctx, id, "SIGKILL"))
		wait()
		_, err = b.Prepare(b.ctx, spec)
		b.wantError("prepare what has ended", err, runtime.ErrConflict)
	}
}

func testPrepareMissingImage(b *bench) {
	spec := b.spec("true")
	spec.Image = "localhost/limber-test/no-such-image:1"
	_, err := b.Prepare(b.ctx, spec)
	b.wantError("prepare", err, runtime.ErrNotFound)
	found, err := b.List(b.ctx, b.labels)
	b.check(err)
	if len(found) != 0 {
		b.Fatalf("it has left %+v", found)
	}
}

// testPrepareGivenUp ends the context at many moments of a Prepare.
func testPrepareGivenUp(b *bench) {
	spec := b.spec("true")
	for after := time.Millisecond; after < 300*time.Millisecond; after += after/4 + time.Millisecond {
		ctx, cancel := context.WithTimeout(b.ctx, after)
		id, err := b.Prepare(ctx, spec)
		cancel()
		if err == nil {
			b.check(b.Remove(b.ctx, id))
			continue
		}
		b.wantError("prepare that was given up", err, context.DeadlineExceeded)
		found, err := b.List(b.ctx, b.labels)
		b.check(err)
		if len(found) != 0 {
			b.Fatalf("given up after %s, it has left %+v", after, found)
		}
	}
}

func testLongNames(b *bench) {
	const part = "a23456789-123456789-123456789-123456789-123456789-123456789-123"
	spec := b.spec("echo", "ran")
	spec.Name += "-" + part + "-" + part
	spec.Labels[part] = part
	id, exit := b.run(spec)
	b.wantCode(exit, 0)
	c := b.inspect(id)
	if c.Name != spec.Name || c.Labels[part] != part {
		b.Fatalf("inspect = %+v", c)
	}
}
