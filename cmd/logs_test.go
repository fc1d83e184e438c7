package cmd

import (
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/runtime"
)

func TestMergeKeepsTheOrderOfTimes(t *testing.T) {
	broken := errors.New("broken")
	a := logOf("a", nil, 1, 4, 5)
	b := logOf("b", nil, 2, 3, 9)
	c := logOf("c", broken, 6)
	var got []string
	for line, err := range merge([]iter.Seq2[sourcedLine, error]{a, b, c}) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, line.Text)
	}
	if diff := cmp.Diff([]string{"a1", "b2", "b3", "a4", "a5", "c6", "broken", "b9"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMergeStops(t *testing.T) {
	for line, err := range merge([]iter.Seq2[sourcedLine, error]{logOf("a", nil, 1, 2), logOf("b", nil, 3)}) {
		if line.Text != "a1" || err != nil {
			t.Errorf("began with %q, %v", line.Text, err)
		}
		break
	}
}

// logOf is a log with a line at each of these seconds.
func logOf(name string, err error, seconds ...int64) iter.Seq2[sourcedLine, error] {
	return func(yield func(sourcedLine, error) bool) {
		for _, s := range seconds {
			text := name + string(rune('0'+s))
			if !yield(sourcedLine{source{"shop", name}, runtime.LogLine{Time: time.Unix(s, 0), Text: text}}, nil) {
				return
			}
		}
		if err != nil {
			yield(sourcedLine{}, err)
		}
	}
}

func TestAttemptOf(t *testing.T) {
	containers := []container{ // as listContainers sorts them
		{id: "1", unit: "api", run: 1, attempt: 1, state: runtime.Exited},
		{id: "2", unit: "api", run: 1, attempt: 2, state: runtime.Exited},
		{id: "3", unit: "db", run: 2, attempt: 1, state: runtime.Running},
		{id: "4", unit: "api", run: 2, attempt: 1, state: runtime.Running},
		{id: "5", unit: "api", run: 2, attempt: 2, state: runtime.Prepared},
	}
	tests := []struct {
		unit   string
		before int
		want   string
	}{
		{"api", 0, "4"}, {"api", 1, "2"}, {"api", 2, "1"}, {"api", 3, ""}, {"db", 0, "3"}, {"web", 0, ""},
	}
	for _, test := range tests {
		if got, _ := attemptOf(containers, test.unit, test.before); got.id != test.want {
			t.Errorf("attemptOf(%s, %d) = %q, want %q", test.unit, test.before, got.id, test.want)
		}
	}
}
