package runtimetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/limber-run/limber/runtime"
)

// outputTests are those of logs that need a shell.
var outputTests = []test{
	{"logs has the lines of each stream, in order", testStreams},
	{"logs has empty lines and a last line without its end", testOddLines},
	{"logs has long lines whole", testLongLine},
	{"logs has all of a large output, followed and afterwards", testLargeOutput},
	{"logs followed has lines as they are written", testFollowLive},
	{"logs with a tail has the last of many lines", testTailOfMany},
	{"logs since a line has that line and what follows", testSinceLine},
}

// of are the lines of one stream.
func of(stream runtime.Stream, lines []runtime.LogLine) []runtime.LogLine {
	return slices.DeleteFunc(slices.Clone(lines), func(l runtime.LogLine) bool { return l.Stream != stream })
}

// testStreams does not ask for an order between the streams: engines read
// two pipes.
func testStreams(b *bench) {
	id := b.prepare(b.script("for i in 1 2 3; do echo out $i; echo err $i >&2; done"))
	followed := b.following(id)
	b.start(id)
	for _, lines := range [][]runtime.LogLine{followed(), b.logs(id, all)} {
		b.wantLines(of(runtime.Stdout, lines), "out 1", "out 2", "out 3")
		b.wantLines(of(runtime.Stderr, lines), "err: err 1", "err: err 2", "err: err 3")
	}
}

func testOddLines(b *bench) {
	id, _ := b.run(b.script(`printf 'one\n\n  three\nlast'`))
	want := []string{"one", "", "  three", "last"}
	b.wantLines(b.logs(id, all), want...)
	b.wantLines(b.following(id)(), want...)
}

func testLongLine(b *bench) {
	const size = 100_000
	id := b.prepare(b.script(fmt.Sprintf("head -c %d /dev/zero | tr '\\0' x; echo; echo end", size)))
	followed := b.following(id)
	b.start(id)
	for _, lines := range [][]runtime.LogLine{followed(), b.logs(id, all)} {
		if len(lines) != 2 || lines[0].Text != strings.Repeat("x", size) || lines[1].Text != "end" {
			b.Fatalf("%d lines, not a long and a short one", len(lines))
		}
	}
}

func testLargeOutput(b *bench) {
	const count = 20_000
	filler := strings.Repeat("-", 80)
	id := b.prepare(b.script(fmt.Sprintf("i=0; while [ $i -lt %d ]; do echo $i %s; i=$((i+1)); done", count, filler)))
	followed := b.following(id)
	b.start(id)
	for _, lines := range [][]runtime.LogLine{followed(), b.logs(id, all)} {
		if len(lines) != count {
			b.Fatalf("%d lines of %d", len(lines), count)
		}
		for i, line := range lines {
			if want := fmt.Sprintf("%d %s", i, filler); line.Text != want {
				b.Fatalf("line %d is %q, want %q", i, line.Text, want)
			}
		}
	}
}

// testFollowLive answers a line by a signal: the container ends only if its
// first line has arrived while it runs.
func testFollowLive(b *bench) {
	id := b.prepare(b.script("trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 3600 & wait $!; done"))
	b.start(id)
	var got []string
	err := b.Logs(b.ctx, id, runtime.LogOptions{Follow: true, Tail: -1}, func(l runtime.LogLine) error {
		got = append(got, l.Text)
		if l.Text == "hello" {
			return b.Signal(b.ctx, id, "SIGTERM")
		}
		return nil
	})
	b.check(err)
	if !slices.Equal(got, []string{"hello", "bye"}) {
		b.Fatalf("followed %q", got)
	}
}

func testTailOfMany(b *bench) {
	id, _ := b.run(b.script("seq 1 100"))
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: 3}), "98", "99", "100")
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: 2, Follow: true}), "99", "100")
}

// testSinceLine lets a second and more pass, which some engines round to.
func testSinceLine(b *bench) {
	id, _ := b.run(b.script("echo one; sleep 2; echo two"))
	lines := b.logs(id, all)
	b.wantLines(lines, "one", "two")
	b.wantLines(b.logs(id, runtime.LogOptions{Tail: -1, Since: lines[1].Time}), "two")
}
