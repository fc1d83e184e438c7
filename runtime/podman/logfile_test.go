package podman

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/limber-run/limber/runtime"
)

const stamp = "2026-11-23T02:22:00.497956709+00:00"

// writeLog writes a log file of records given without their time.
func writeLog(t *testing.T, records ...string) string {
	t.Helper()
	content := ""
	for _, r := range records {
		content += stamp + " " + r
		if !strings.HasSuffix(r, "…") {
			content += "\n"
		}
	}
	path := filepath.Join(t.TempDir(), "ctr.log")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(content, "…", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readLog returns the lines of a log that will not grow.
func readLog(t *testing.T, path string, opts runtime.LogOptions) []string {
	t.Helper()
	var lines []string
	l := newLogReader(path, opts, func(line runtime.LogLine) error {
		lines = append(lines, fmt.Sprintf("%s %s", line.Stream, line.Text))
		return nil
	})
	defer l.close()
	if err := l.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.finish(); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestLogLines(t *testing.T) {
	for name, c := range map[string]struct {
		records []string
		want    []string
	}{
		"lines":                        {[]string{"stdout F a", "stderr F b"}, []string{"stdout a", "stderr b"}},
		"an empty line":                {[]string{"stdout F "}, []string{"stdout "}},
		"spaces and carriage returns":  {[]string{"stdout F  a b\r"}, []string{"stdout  a b\r"}},
		"parts are joined":             {[]string{"stdout P a", "stdout P b", "stdout F c"}, []string{"stdout abc"}},
		"parts of two streams":         {[]string{"stdout P a", "stderr P x", "stdout F b", "stderr F y"}, []string{"stdout ab", "stderr xy"}},
		"a last line without its end":  {[]string{"stdout F a", "stdout P b"}, []string{"stdout a", "stdout b"}},
		"an end alone after a part":    {[]string{"stdout P a", "stdout F "}, []string{"stdout a"}},
		"a record that was cut off":    {[]string{"stdout F a", "stdout F b…"}, []string{"stdout a", "stdout b"}},
		"a record without a beginning": {[]string{"stdout F a", "stdout"}, []string{"stdout a"}},
		"nothing":                      {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := readLog(t, writeLog(t, c.records...), runtime.LogOptions{Tail: -1})
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLogTail(t *testing.T) {
	records := []string{"stdout F 1", "stderr P 2", "stdout F 3", "stderr P b", "stdout P 4", "stderr F c", "stdout F d", "stdout P 5"}
	for tail, want := range map[int][]string{
		0:  nil,
		1:  {"stdout 5"},
		2:  {"stdout 4d", "stdout 5"},
		3:  {"stderr 2bc", "stdout 4d", "stdout 5"},
		4:  {"stdout 3", "stderr 2bc", "stdout 4d", "stdout 5"},
		99: {"stdout 1", "stdout 3", "stderr 2bc", "stdout 4d", "stdout 5"},
		-1: {"stdout 1", "stdout 3", "stderr 2bc", "stdout 4d", "stdout 5"},
	} {
		if got := readLog(t, writeLog(t, records...), runtime.LogOptions{Tail: tail}); !slices.Equal(got, want) {
			t.Errorf("tail %d: got %q, want %q", tail, got, want)
		}
	}
}

// A tail of a log of many chunks is what the end of all its lines is.
func TestLogTailOfManyChunks(t *testing.T) {
	var records []string
	for i := range 5000 {
		records = append(records, fmt.Sprintf("stdout F line %d %s", i, strings.Repeat("x", i%100)))
	}
	path := writeLog(t, records...)
	all := readLog(t, path, runtime.LogOptions{Tail: -1})
	for _, tail := range []int{1, 7, 1000, 4999, 5000, 6000} {
		want := all[max(0, len(all)-tail):]
		if got := readLog(t, path, runtime.LogOptions{Tail: tail}); !slices.Equal(got, want) {
			t.Errorf("tail %d: got %d lines from %.20q, want %d", tail, len(got), got[0], len(want))
		}
	}
}

func TestLogGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ctr.log")
	var lines []string
	l := newLogReader(path, runtime.LogOptions{Tail: -1}, func(line runtime.LogLine) error {
		lines = append(lines, line.Text)
		return nil
	})
	defer l.close()
	for _, piece := range []string{"", stamp + " stdout F o", "ne\n" + stamp, " stdout P tw", "o\n" + stamp + " stdout F .\n"} {
		appendTo(t, path, piece)
		if err := l.readTail(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"one", "two."}; !slices.Equal(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	if text == "" {
		return // the file is not there yet
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestLogSince(t *testing.T) {
	path := writeLog(t, "stdout F a")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time]int{at: 1, at.Add(time.Nanosecond): 0, at.Add(-time.Hour): 1} {
		if got := readLog(t, path, runtime.LogOptions{Tail: -1, Since: since}); len(got) != want {
			t.Errorf("since %s: %q, want %d lines", since, got, want)
		}
	}
}
