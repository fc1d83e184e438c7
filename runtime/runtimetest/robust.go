package runtimetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/limber-run/limber/runtime"
)

var robustTests = []test{
	{"containers run at the same time", testConcurrent},
	{"a call with an ended context returns its error, quickly", testEndedContext},
	{"a call with an ended context does nothing", testEndedContextDoesNothing},
	{"info describes the engine", testInfo},
}

func testConcurrent(b *bench) {
	errs := make([]error, 8)
	var group sync.WaitGroup
	for i := range errs {
		spec := b.spec("exit", strconv.Itoa(i))
		group.Go(func() { errs[i] = b.cycle(spec, i) })
	}
	group.Wait()
	b.check(errors.Join(errs...))
	b.wantList(b.labels)
}

// cycle takes a container from prepare to remove. It is for goroutines.
func (b *bench) cycle(spec runtime.Spec, code int) error {
	id, err := b.Prepare(b.ctx, spec)
	if err != nil {
		return err
	}
	wait, err := b.Watch(b.ctx, id)
	if err != nil {
		return err
	}
	if err := b.Start(b.ctx, id); err != nil {
		return err
	}
	exit, err := wait()
	if err != nil {
		return err
	}
	if exit.Lost || exit.Code != code {
		return fmt.Errorf("%s: exit %+v, want code %d", spec.Name, exit, code)
	}
	return b.Remove(b.ctx, id)
}

func testEndedContext(b *bench) {
	id := b.running(b.spec("pause"))
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	for name, call := range b.calls(ctx, id) {
		began := time.Now()
		b.wantError(name, call(), context.Canceled)
		b.wantQuick(name, began)
	}
}

// calls are calls of all methods that reach the engine.
func (b *bench) calls(ctx context.Context, id string) map[string]func() error {
	return map[string]func() error{
		"info":  func() error { _, err := b.Info(ctx); return err },
		"image": func() error { _, err := b.Image(ctx, b.env.Image); return err },
		"pull":  func() error { _, err := b.Pull(ctx, b.env.Image, nil); return err },
		"import": func() error {
			_, err := b.Import(ctx, runtime.ImportSpec{Ref: b.prefix}, strings.NewReader(""))
			return err
		},
		"user":            func() error { _, _, err := b.User(ctx, b.env.Image, "root"); return err },
		"prepare":         func() error { _, err := b.Prepare(ctx, b.spec("true")); return err },
		"watch":           func() error { _, err := b.Watch(ctx, id); return err },
		"start":           func() error { return b.Start(ctx, id) },
		"signal":          func() error { return b.Signal(ctx, id, "SIGKILL") },
		"exec":            func() error { _, err := b.Exec(ctx, id, b.command("true")); return err },
		"check":           func() error { _, err := b.Check(ctx, id); return err },
		"logs":            func() error { return b.Logs(ctx, id, all, func(runtime.LogLine) error { return nil }) },
		"inspect":         func() error { _, err := b.Inspect(ctx, id); return err },
		"list":            func() error { _, err := b.List(ctx, b.labels); return err },
		"remove":          func() error { return b.Remove(ctx, id) },
		"create network":  func() error { return b.CreateNetwork(ctx, b.prefix, b.labels) },
		"remove networks": func() error { return b.RemoveNetworks(ctx, b.labels) },
		"create volume":   func() error { return b.CreateVolume(ctx, runtime.VolumeSpec{Name: b.prefix, Labels: b.labels}) },
		"remove volumes":  func() error { _, err := b.RemoveVolumes(ctx, b.labels); return err },
	}
}

func testEndedContextDoesNothing(b *bench) {
	id := b.running(b.spec("pause"))
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	b.wantError("signal", b.Signal(ctx, id, "SIGKILL"), context.Canceled)
	b.wantError("remove", b.Remove(ctx, id), context.Canceled)
	if c := b.inspect(id); c.State != runtime.Running {
		b.Fatalf("it is %s", c.State)
	}
}

func testInfo(b *bench) {
	info, err := b.Info(b.ctx)
	b.check(err)
	if info.Name == "" || info.Version == "" || info.CPUs < 1 || info.Memory <= 0 {
		b.Fatalf("info = %+v", info)
	}
}

// testClose leaves a container, as closing must; the other runtime removes it
// if it is one of the same engine.
func testClose(b *bench, other runtime.Runtime) {
	id := b.running(b.spec("pause"))
	defer func() { b.check(other.Remove(b.ctx, id)) }()
	wait, err := b.Watch(b.ctx, id)
	b.check(err)
	b.check(b.Close())
	_, err = wait()
	b.wantError("wait", err, runtime.ErrUnavailable)
	_, err = b.Inspect(b.ctx, id)
	b.wantError("inspect", err, runtime.ErrUnavailable)
}
