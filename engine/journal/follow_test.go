package journal

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
)

// follow collects the numbers of what Follow emits, and calls each with each
// of them.
func follow(j *Journal, after int64, each func(seq int64)) ([]int64, error) {
	var seqs []int64
	err := j.Follow(context.Background(), after, true, func(e Event) error {
		seqs = append(seqs, e.Seq)
		each(e.Seq)
		return nil
	})
	return seqs, err
}

func TestFollowStopsAtTheLastEvent(t *testing.T) {
	j := open(t, t.TempDir())
	add(t, j, 1)
	j.maxSize = 3*j.size + 5
	add(t, j, 5) // 1-3 are in the old file
	for after := range int64(8) {
		var got []int64
		err := j.Follow(t.Context(), after, false, func(e Event) error {
			got = append(got, e.Seq)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, count(after+1, 6), got)
	}
}

func TestFollowFromTheMiddleOfALongFile(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	for i := range 1500 {
		message := strings.Repeat("m", i%300)
		if i%100 == 0 {
			message = strings.Repeat("long", 10_000)
		}
		if _, err := j.Append(Event{Message: message}); err != nil {
			t.Fatal(err)
		}
	}
	content := readFile(t, currentPath(dir))
	clear(content[500_000:500_100])
	writeFile(t, currentPath(dir), content)
	all := kept(t, dir, 0)
	if len(all) != 1499 {
		t.Fatalf("%d events are left, want 1499", len(all))
	}
	for n := 0; n < len(all); n += 41 {
		var got []int64
		err := j.Follow(t.Context(), all[n], false, func(e Event) error {
			got = append(got, e.Seq)
			if len(got) == 400 {
				return io.EOF
			}
			return nil
		})
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		rest := all[n+1:]
		expect(t, rest[:min(len(rest), 400)], append([]int64{}, got...))
	}
}

func TestFollowEndsWithTheJournal(t *testing.T) {
	j := open(t, t.TempDir())
	add(t, j, 2)
	got, err := follow(j, 0, func(seq int64) {
		switch seq {
		case 2:
			add(t, j, 1)
		case 3:
			add(t, j, 2)
			_ = j.Close()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, count(1, 5), got)
}

func TestFollowWhileOthersAppend(t *testing.T) {
	const writers, events = 4, 300
	j := open(t, t.TempDir())
	var reading, writing sync.WaitGroup
	for range 3 {
		reading.Go(func() {
			got, err := follow(j, 0, func(int64) {})
			if err != nil {
				t.Error(err)
			}
			expect(t, count(1, writers*events), got)
		})
	}
	for range writers {
		writing.Go(func() { add(t, j, events) })
	}
	writing.Wait()
	_ = j.Close()
	reading.Wait()
}

// A reader that is overtaken by a rotation finds its way from file to file.
func TestFollowOverRotations(t *testing.T) {
	j := open(t, t.TempDir())
	add(t, j, 1)
	j.maxSize = 3*j.size + 5
	got, err := follow(j, 0, func(seq int64) {
		switch {
		case seq == 33:
			_ = j.Close()
		case seq == 5, seq == 10, seq == 15: // falls behind, by a file in the end
			add(t, j, 2)
		case seq < 30:
			add(t, j, 1)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, count(1, 33), got)
}

func TestSlowReaderHoldsNobodyUp(t *testing.T) {
	j := open(t, t.TempDir())
	add(t, j, 1)
	j.maxSize = 3*j.size + 5
	got, err := follow(j, 0, func(seq int64) {
		if seq == 1 { // as emit blocks, three files come and go
			add(t, j, 11)
		}
	})
	if !errors.Is(err, ErrBehind) || !strings.Contains(err.Error(), j.path) {
		t.Fatalf("Follow = %v, want ErrBehind and the file", err)
	}
	expect(t, count(1, 3), got) // the file that it had open
}

func TestFollowEndsWithItsContext(t *testing.T) {
	j := open(t, t.TempDir())
	add(t, j, 3)
	for _, last := range []int64{1, 3} {
		ctx, cancel := context.WithCancel(t.Context())
		var got []int64
		err := j.Follow(ctx, 0, true, func(e Event) error {
			got = append(got, e.Seq)
			if e.Seq == last {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("Follow = %v, want that its context was cancelled", err)
		}
		expect(t, count(1, last), got)
	}
}

func TestErrorOfEmitIsReturned(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	add(t, j, 2)
	fail := func(Event) error { return io.ErrClosedPipe }
	if err := j.Follow(t.Context(), 0, true, fail); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Follow = %v", err)
	}
	if err := Read(dir, 0, fail); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Read = %v", err)
	}
}

// A line that was reported as not written, but could not be taken back, is
// not shown.
func TestWhatIsNotWrittenIsNotFollowed(t *testing.T) {
	j := open(t, t.TempDir())
	add(t, j, 1)
	if _, err := j.file.WriteString(`{"seq":2,"message":"never"}` + "\n"); err != nil {
		t.Fatal(err)
	}
	j.torn = true
	var got []string
	err := j.Follow(t.Context(), 0, true, func(e Event) error {
		got = append(got, e.Message)
		if e.Seq == 2 {
			return j.Close()
		}
		_, err := j.Append(Event{Message: "in its place"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, []string{"", "in its place"}, got)
}

// As if the file had been rotated between the opening of the two.
func TestReadWhileTheFileIsRotated(t *testing.T) {
	dir := t.TempDir()
	add(t, open(t, dir), 3)
	writeFile(t, oldPath(currentPath(dir)), readFile(t, currentPath(dir)))
	expect(t, count(1, 3), kept(t, dir, 0))
	expect(t, count(3, 3), kept(t, dir, 2))
}

func TestReadWithoutJournal(t *testing.T) {
	if got := kept(t, t.TempDir(), 0); got != nil {
		t.Fatalf("read %v of nothing", got)
	}
}

// The price of a client that wants the last event of a full journal.
func BenchmarkFollowLast(b *testing.B) {
	j := open(b, b.TempDir())
	add(b, j, 1)
	add(b, j, int(maxSize/(j.size+5)))
	for b.Loop() {
		err := j.Follow(b.Context(), j.Seq()-1, false, func(Event) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}

// The price of reading a full journal.
func BenchmarkFollowAll(b *testing.B) {
	j := open(b, b.TempDir())
	add(b, j, 1)
	add(b, j, int(maxSize/(j.size+5)))
	for b.Loop() {
		err := j.Follow(b.Context(), 0, false, func(Event) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}
