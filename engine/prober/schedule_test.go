package prober

import (
	"testing"
	"time"
)

func TestMissedTicksAreOne(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := begin(start, time.Minute, false)
	steps := []struct {
		after time.Duration
		due   bool
	}{
		{-time.Nanosecond, false},
		{0, true},
		{0, false},
		{time.Minute, true},
		{5*time.Minute + time.Second, true}, // the machine slept
		{5*time.Minute + time.Second, false},
		{6*time.Minute - time.Nanosecond, false},
		{6 * time.Minute, true},
	}
	for _, step := range steps {
		if due := s.takeTick(start.Add(step.after)); due != step.due {
			t.Errorf("after %v: due %v, want %v", step.after, due, step.due)
		}
	}
}
