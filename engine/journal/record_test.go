package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

// record is one that has a bit of everything.
func record(workflow string) Record {
	run := engine.New(engine.Workflow{
		Name:          workflow,
		RestartPolicy: engine.RestartAlways,
		Network:       engine.NetworkPod,
		Secrets:       []engine.SecretSource{{Name: "pw", Env: "PW"}},
		Units: []engine.UnitSpec{
			{Name: "migrate", Kind: engine.Init, Timeout: time.Minute, Container: runtime.Spec{
				Image: "busybox", Command: []string{"sh", "-c", "a < b && c > d"},
			}},
			{Name: "api", Kind: engine.Service, Container: runtime.Spec{Image: "busybox"}},
		},
	})
	run.Number = 3
	run.StartedAt = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	run.Units[0].Phase = engine.UnitSucceeded
	run.Units[0].Exit = &engine.UnitExit{Attempt: 1, Reason: engine.ReasonCompleted, FinishedAt: run.StartedAt}
	return Record{
		Version: RecordVersion, BootID: "b-1", SandboxID: "c0ffee",
		Containers: map[string]string{run.Ref(0).String(): "abc"},
		Run:        run,
	}
}

func save(t testing.TB, dir string, r Record) {
	t.Helper()
	if err := SaveRecord(dir, r); err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, dir string) []Record {
	t.Helper()
	records, err := LoadRecords(dir)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestRecordsAreLoadedAsSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	expect(t, []Record(nil), load(t, dir))

	first, second := record("a"), record("we/b..% <é>")
	save(t, dir, first)
	save(t, dir, second)
	expect(t, []Record{first, second}, load(t, dir))

	first.Run.Number = 4
	save(t, dir, first)
	expect(t, []Record{first, second}, load(t, dir))

	text := string(readFile(t, recordPath(dir, "a")))
	if !strings.Contains(text, "a < b && c > d") {
		t.Errorf("the record is escaped for HTML: %s", text)
	}
	info, err := os.Stat(recordPath(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, os.FileMode(0o600), info.Mode())
}

func TestRemoveRecord(t *testing.T) {
	dir := t.TempDir()
	if err := RemoveRecord(dir, "a"); err != nil {
		t.Fatal(err)
	}
	save(t, dir, record("a"))
	save(t, dir, record("b"))
	writeFile(t, recordPath(dir, "a")+temporaryEnd, []byte("half"))
	for range 2 {
		if err := RemoveRecord(dir, "a"); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, []Record{record("b")}, load(t, dir))
	expect(t, []string{"b.json"}, names(t, runsDir(dir)))
}

func names(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A crash in the middle of a save leaves the record before it.
func TestInterruptedSave(t *testing.T) {
	dir := t.TempDir()
	save(t, dir, record("a"))
	text := readFile(t, recordPath(dir, "a"))
	for n := 0; n < len(text); n += 9 {
		writeFile(t, recordPath(dir, "a")+temporaryEnd, text[:n])
		expect(t, []Record{record("a")}, load(t, dir))
	}
	next := record("a")
	next.Run.Number++
	save(t, dir, next)
	expect(t, []Record{next}, load(t, dir))
	expect(t, []string{"a.json"}, names(t, runsDir(dir)))
}

func TestFailedSaveKeepsTheRecord(t *testing.T) {
	dir := t.TempDir()
	save(t, dir, record("a"))
	temporary := recordPath(dir, "a") + temporaryEnd
	if err := os.MkdirAll(filepath.Join(temporary, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	next := record("a")
	next.Run.Number++
	if err := SaveRecord(dir, next); err == nil || !strings.Contains(err.Error(), temporary) {
		t.Fatalf("SaveRecord = %v, want an error that names the file", err)
	}
	expect(t, []Record{record("a")}, load(t, dir))
}

func TestSaveThatCannotReplaceLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(recordPath(dir, "a"), "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := SaveRecord(dir, record("a")); err == nil {
		t.Fatal("a directory was replaced")
	}
	expect(t, []string{"a.json"}, names(t, runsDir(dir)))
}

func TestBrokenRecordIsReportedAndOthersLoaded(t *testing.T) {
	good := record("good")
	fewer := record("bad")
	fewer.Run.Units = fewer.Run.Units[:1]
	tests := map[string]func(path string){
		"empty":      func(path string) { writeFile(t, path, nil) },
		"half":       func(path string) { writeFile(t, path, []byte(`{"version":1,"boot`)) },
		"zeros":      func(path string) { writeFile(t, path, make([]byte, 512)) },
		"wrong type": func(path string) { writeFile(t, path, []byte(`{"version":1,"run":7}`)) },
		"later version": func(path string) {
			save(t, filepath.Dir(filepath.Dir(path)), record("bad"))
			writeFile(t, path, bytes.Replace(readFile(t, path), []byte(`"version":1`), []byte(`"version":2`), 1))
		},
		"other name":  func(path string) { save(t, filepath.Dir(filepath.Dir(path)), good); copyFile(t, path, "good") },
		"fewer units": func(path string) { save(t, filepath.Dir(filepath.Dir(path)), fewer) },
		"directory": func(path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			save(t, dir, good)
			spoil(recordPath(dir, "bad"))
			records, err := LoadRecords(dir)
			expect(t, []Record{good}, records)
			broken, ok := errors.AsType[*BrokenRecordError](err)
			if !ok || broken.Workflow != "bad" {
				t.Fatalf("LoadRecords = %v, want that the record of bad is broken", err)
			}
			for _, want := range []string{recordPath(dir, "bad"), "limber down"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func copyFile(t *testing.T, path, from string) {
	t.Helper()
	writeFile(t, path, readFile(t, filepath.Join(filepath.Dir(path), from+recordEnd)))
}

func TestBootID(t *testing.T) {
	path := filepath.Join(t.TempDir(), "boot_id")
	if _, err := BootIDFrom(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("no file: %v, want an error that names it", err)
	}
	writeFile(t, path, []byte("\n"))
	if _, err := BootIDFrom(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("empty file: %v, want an error that names it", err)
	}
	writeFile(t, path, []byte("8e5f\n"))
	id, err := BootIDFrom(path)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "8e5f", id)
	if id, err := BootID(); err != nil || id == "" {
		t.Errorf("BootID = %q, %v", id, err)
	}
}

func BenchmarkSaveRecord(b *testing.B) {
	for _, units := range []int{2, 30} {
		b.Run(fmt.Sprintf("%d units", units), func(b *testing.B) {
			dir := b.TempDir()
			r := record("a")
			for i := len(r.Run.Units); i < units; i++ {
				r.Run.Spec.Units = append(r.Run.Spec.Units, r.Run.Spec.Units[1])
				r.Run.Units = append(r.Run.Units, r.Run.Units[1])
			}
			for b.Loop() {
				save(b, dir, r)
			}
		})
	}
}
