package runtimetest

import (
	"context"
	"strings"
	"time"

	"github.com/limber-run/limber/runtime"
)

var execTests = []test{
	{"exec returns the exit code of a command", testExecCode},
	{"exec returns the output of a command", testExecOutput},
	{"exec returns when its context ends", testExecContext},
	{"exec does not find what is not there", testExecMissing},
	{"exec needs a running container", testExecNotRunning},
	{"check is whether the health command exits with 0", testCheck},
}

// command is a command for Exec that does what words say.
func (b *bench) command(words ...string) []string { return b.spec(words...).Command }

func testExecCode(b *bench) {
	id := b.running(b.spec("pause"))
	for code, words := range map[int][]string{0: {"true"}, 1: {"false"}, 3: {"exit", "3"}} {
		result, err := b.Exec(b.ctx, id, b.command(words...))
		if err != nil || result.Code != code {
			b.Fatalf("exec %v = %+v, %v", words, result, err)
		}
	}
}

func testExecOutput(b *bench) {
	id := b.running(b.spec("pause"))
	result, err := b.Exec(b.ctx, id, b.command("echo", "hello"))
	if err != nil || result.Code != 0 || strings.TrimSpace(result.Output) != "hello" {
		b.Fatalf("exec = %+v, %v", result, err)
	}
}

func testExecContext(b *bench) {
	id := b.running(b.spec("pause"))
	ctx, cancel := context.WithTimeout(b.ctx, 500*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := b.Exec(ctx, id, b.command("sleep", "3600"))
	b.wantError("exec", err, context.DeadlineExceeded)
	b.wantQuick("exec", began)
	if c := b.inspect(id); c.State != runtime.Running {
		b.Fatalf("the container is %s", c.State)
	}
}

func testExecMissing(b *bench) {
	_, err := b.Exec(b.ctx, b.name(), []string{"true"})
	b.wantError("exec", err, runtime.ErrNotFound)
}

func testExecNotRunning(b *bench) {
	prepared := b.prepare(b.spec("true"))
	ended, _ := b.run(b.spec("true"))
	for _, id := range []string{prepared, ended} {
		if result, err := b.Exec(b.ctx, id, []string{"true"}); err == nil {
			b.Fatalf("exec = %+v", result)
		}
	}
}

func testCheck(b *bench) {
	for word, healthy := range map[string]bool{"true": true, "false": false} {
		spec := b.spec("pause")
		spec.HealthCommand = b.command(word)
		id := b.running(spec)
		if ok, err := b.Check(b.ctx, id); err != nil || ok != healthy {
			b.Fatalf("check with %s = %v, %v", word, ok, err)
		}
	}
}

// quick is how long a call may take that has nothing to wait for.
const quick = 15 * time.Second

// wantQuick ends the test if a call took long.
func (b *bench) wantQuick(what string, began time.Time) {
	b.Helper()
	if d := time.Since(began); d > quick {
		b.Fatalf("%s took %v", what, d)
	}
}
