package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
)

// open opens the journal of project "shop" in dir until the test ends.
func open(t testing.TB, dir string) *Journal {
	t.Helper()
	j, err := Open(dir, "shop")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// add appends n events.
func add(t testing.TB, j *Journal, n int) {
	t.Helper()
	for range n {
		if _, err := j.Append(Event{Workflow: "web", Type: engine.TypeUnitReady}); err != nil {
			t.Fatal(err)
		}
	}
}

// kept returns the numbers of the events in dir after the one numbered after.
func kept(t testing.TB, dir string, after int64) []int64 {
	t.Helper()
	var seqs []int64
	err := Read(dir, after, func(e Event) error {
		seqs = append(seqs, e.Seq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

// count returns the numbers from first to last.
func count(first, last int64) []int64 {
	var seqs []int64
	for seq := first; seq <= last; seq++ {
		seqs = append(seqs, seq)
	}
	return seqs
}

func expect(t testing.TB, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAppendStampsAndWritesALine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "shop")
	j := open(t, dir)

	code := 0
	at := time.Date(2026, 1, 2, 4, 4, 5, 123456789, time.FixedZone("CET", 3600))
	_, err := j.Append(Event{
		Time: at, Workflow: "web", Run: 1, Type: engine.TypeUnitExited, Unit: "migrate", Role: "init",
		Attempt: 2, ExitCode: &code, Reason: engine.ReasonCompleted, Message: "a < b & c",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"time":"2026-01-02T03:04:05.123456789Z","seq":1,"project":"shop","workflow":"web","run":1,` +
		`"type":"unit.exited","unit":"migrate","role":"init","attempt":2,"exit_code":0,` +
		`"reason":"Completed","message":"a < b & c"}` + "\n"
	expect(t, want, string(readFile(t, currentPath(dir))))

	before := time.Now()
	e, err := j.Append(Event{Workflow: "web"})
	if err != nil {
		t.Fatal(err)
	}
	if e.Time.Before(before.Round(0)) || e.Seq != 2 || e.Project != "shop" || j.Seq() != 2 {
		t.Errorf("Append returned %+v, Seq is %d", e, j.Seq())
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, currentPath(dir): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, mode, info.Mode().Perm())
	}
}

func TestWhatIsReadIsWhatAppendReturned(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	var wrote, read []Event
	for i := range 3 {
		e, err := j.Append(Event{Workflow: "web", DelayMS: int64(i), Message: "line\nof <text>"})
		if err != nil {
			t.Fatal(err)
		}
		wrote = append(wrote, e)
	}
	err := Read(dir, 0, func(e Event) error {
		read = append(read, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, wrote, read)
}

func TestTornLastLineIsCutOff(t *testing.T) {
	original := t.TempDir()
	j := open(t, original)
	add(t, j, 2)
	two := j.size
	add(t, j, 1)
	content := readFile(t, currentPath(original))

	tails := map[string][]byte{
		"zeros":          append(content[:two:two], make([]byte, 4096)...),
		"zeros and line": append(content[:two:two], "\x00\x00\x00\"}\n"...),
		"other text":     append(content[:two:two], "{}\n\nnull\n[1]\n"...),
	}
	for at := int(two); at < len(content); at++ {
		tails[fmt.Sprintf("cut at byte %d", at)] = content[:at]
	}
	for name, torn := range tails {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, currentPath(dir), torn)
			j := open(t, dir)
			expect(t, int64(2), j.Seq())
			add(t, j, 2)
			expect(t, count(1, 4), kept(t, dir, 0))
			if n := strings.Count(string(readFile(t, currentPath(dir))), "\n"); n != 4 {
				t.Errorf("the file has %d lines, want 4", n)
			}
		})
	}
}

func TestTornFirstLineIsCutOff(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, currentPath(dir), []byte(`{"time":"2026-01-`))
	j := open(t, dir)
	add(t, j, 1)
	expect(t, count(1, 1), kept(t, dir, 0))
}

func TestTornLineLongerThanWhatIsReadAtOnce(t *testing.T) {
	dir := t.TempDir()
	add(t, open(t, dir), 3)
	long := append(readFile(t, currentPath(dir)), strings.Repeat("x", 300<<10)...)
	writeFile(t, currentPath(dir), long)
	j := open(t, dir)
	add(t, j, 1)
	expect(t, count(1, 4), kept(t, dir, 0))
}

func TestBrokenLineInTheMiddleIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	add(t, j, 3)
	content := readFile(t, currentPath(dir))
	for i := j.size/3 + 5; i < j.size/2; i++ {
		content[i] = 0
	}
	writeFile(t, currentPath(dir), content)
	expect(t, []int64{1, 3}, kept(t, dir, 0))
}

func TestRotationKeepsOneOldFile(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	add(t, j, 1)
	j.maxSize = 3*j.size + 5 // three lines a file
	add(t, j, 6)
	expect(t, count(4, 7), kept(t, dir, 0))
	expect(t, count(6, 7), kept(t, dir, 5))
	add(t, j, 3)
	expect(t, count(7, 10), kept(t, dir, 0))
}

func TestNumbersGoOnAfterRotation(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	add(t, j, 3)
	if err := os.Rename(currentPath(dir), oldPath(currentPath(dir))); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir) // as after a crash between a rotation and its first event
	expect(t, int64(3), j.Seq())
	add(t, j, 1)
	expect(t, count(1, 4), kept(t, dir, 0))
}

func TestRotationThatFailedHalfWayIsFinished(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	add(t, j, 1)
	j.maxSize = 1
	if err := os.Rename(currentPath(dir), oldPath(currentPath(dir))); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(currentPath(dir), 0o700); err != nil { // nothing can be made or moved there
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(currentPath(dir), "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(Event{}); err == nil || !strings.Contains(err.Error(), currentPath(dir)) {
		t.Fatalf("Append = %v, want an error that names the file", err)
	}
	if err := os.RemoveAll(currentPath(dir)); err != nil {
		t.Fatal(err)
	}
	add(t, j, 1)
	expect(t, count(1, 2), kept(t, dir, 0))
}

// fullDisk writes the first n bytes of a line and no more.
func fullDisk(n int) func(*os.File, []byte) (int, error) {
	return func(f *os.File, line []byte) (int, error) {
		n, _ := f.Write(line[:n])
		return n, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
}

func TestAppendAfterAFullDisk(t *testing.T) {
	for _, n := range []int{0, 1, 40} {
		t.Run(fmt.Sprintf("%d bytes written", n), func(t *testing.T) {
			dir := t.TempDir()
			j := open(t, dir)
			add(t, j, 1)
			j.write = fullDisk(n)
			_, err := j.Append(Event{})
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), currentPath(dir)) {
				t.Fatalf("Append = %v, want ENOSPC and the file", err)
			}
			expect(t, int64(1), j.Seq())
			j.write = (*os.File).Write
			add(t, j, 1)
			expect(t, count(1, 2), kept(t, dir, 0))
		})
	}
}

func TestTornLineIsRepairedWhenItCanBe(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	add(t, j, 1)
	good := j.file
	unfit, err := os.Open(currentPath(dir)) // it cannot be written to, nor truncated
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unfit.Close() }()
	if _, err := good.WriteString(`{"time":"20`); err != nil {
		t.Fatal(err)
	}
	j.file = unfit
	for range 2 {
		if _, err := j.Append(Event{}); err == nil {
			t.Fatal("Append on a file that cannot be written to gave no error")
		}
	}
	j.file = good
	add(t, j, 1)
	expect(t, count(1, 2), kept(t, dir, 0))
}

func TestShortWriteIsAnError(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	j.write = func(f *os.File, line []byte) (int, error) { return f.Write(line[:7]) }
	if _, err := j.Append(Event{}); err == nil {
		t.Fatal("Append of half a line gave no error")
	}
	expect(t, 0, len(readFile(t, currentPath(dir))))
}

func TestConcurrentAppends(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range 50 {
				if _, err := j.Append(Event{Message: "m"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	expect(t, count(1, 400), kept(t, dir, 0))
}

func TestClosedJournalTakesNothing(t *testing.T) {
	j := open(t, t.TempDir())
	for range 2 {
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := j.Append(Event{}); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("Append = %v, want ErrClosed", err)
	}
}

func TestOpenNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(currentPath(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, "shop"); err == nil || !strings.Contains(err.Error(), currentPath(dir)) {
		t.Fatalf("Open = %v, want an error that names the file", err)
	}
}

func BenchmarkAppend(b *testing.B) {
	j := open(b, b.TempDir())
	for b.Loop() {
		add(b, j, 1)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	add(b, open(b, dir), 40_000)
	for b.Loop() {
		if err := open(b, dir).Close(); err != nil {
			b.Fatal(err)
		}
	}
}
