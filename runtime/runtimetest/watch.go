package runtimetest

import (
	"context"
	"errors"

	"github.com/limber-run/limber/runtime"
)

var watchTests = []test{
	{"watch before start misses no end, however short", testWatchShort},
	{"watch of a running container sees its end", testWatchRunning},
	{"watch of an ended container returns at once", testWatchEnded},
	{"watches see the same end, each", testWatchMany},
	{"watch does not find what is not there", testWatchMissing},
	{"watch of a prepared container that is removed finds nothing", testWatchRemovedPrepared},
	{"watch of a running container that is removed never sees success", testWatchRemovedRunning},
	{"watch ends with its context", testWatchContext},
}

func testWatchShort(b *bench) {
	for range 20 {
		_, exit := b.run(b.spec("true"))
		b.wantCode(exit, 0)
	}
}

func testWatchRunning(b *bench) {
	id := b.prepare(b.spec("sleep", "1"))
	b.start(id)
	b.wantCode(b.watch(id)(), 0)
}

func testWatchEnded(b *bench) {
	id, _ := b.run(b.spec("exit", "3"))
	b.wantCode(b.watch(id)(), 3)
}

func testWatchMany(b *bench) {
	id := b.prepare(b.spec("exit", "3"))
	first, second := b.watch(id), b.watch(id)
	b.start(id)
	if one, two := first(), second(); one.Code != 3 || two.Code != 3 {
		b.Fatalf("%+v, %+v", one, two)
	}
}

func testWatchMissing(b *bench) {
	_, err := b.Watch(b.ctx, b.name())
	b.wantError("watch", err, runtime.ErrNotFound)
}

func testWatchRemovedPrepared(b *bench) {
	id := b.prepare(b.spec("true"))
	wait, err := b.Watch(b.ctx, id)
	b.check(err)
	b.check(b.Remove(b.ctx, id))
	_, err = wait()
	b.wantError("wait", err, runtime.ErrNotFound)
}

// An engine kills before it removes, so the end may be seen or not.
func testWatchRemovedRunning(b *bench) {
	id := b.running(b.spec("pause"))
	wait, err := b.Watch(b.ctx, id)
	b.check(err)
	b.check(b.Remove(b.ctx, id))
	exit, err := wait()
	seen := err == nil && (exit.Lost || exit.Code != 0)
	if !seen && !errors.Is(err, runtime.ErrNotFound) {
		b.Fatalf("wait = %+v, %v", exit, err)
	}
}

func testWatchContext(b *bench) {
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	var waits []func() (runtime.Exit, error)
	for _, id := range []string{b.running(b.spec("pause")), b.prepare(b.spec("true"))} {
		wait, err := b.Watch(ctx, id)
		b.check(err)
		waits = append(waits, wait)
	}
	cancel()
	for _, wait := range waits {
		_, err := wait()
		b.wantError("wait", err, context.Canceled)
	}
}
