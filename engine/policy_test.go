package engine

import (
	"testing"
	"time"
)

func TestDelay(t *testing.T) {
	kubernetes := Backoff{Immediate: 1, Initial: 10 * time.Second, Max: 300 * time.Second, Multiplier: 2}
	constant := Backoff{Initial: time.Second, Max: time.Minute, Multiplier: 1}
	for _, c := range []struct {
		name    string
		backoff Backoff
		want    []time.Duration // of restart 1, 2, 3…
	}{
		{"default", DefaultBackoff, []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 32e9, 60e9, 60e9}},
		{"as the kubelet (B 14)", kubernetes, []time.Duration{0, 10e9, 20e9, 40e9, 80e9, 160e9, 300e9, 300e9}},
		{"constant", constant, []time.Duration{1e9, 1e9, 1e9}},
		{"initial above max", Backoff{Initial: time.Hour, Max: time.Second, Multiplier: 2}, []time.Duration{1e9, 1e9}},
	} {
		for i, want := range c.want {
			if got := c.backoff.Delay(i + 1); got != want {
				t.Errorf("%s: Delay(%d) = %s, want %s", c.name, i+1, got, want)
			}
		}
	}
	if got := DefaultBackoff.Delay(1 << 40); got != time.Minute {
		t.Errorf("Delay(1<<40) = %s, want the maximum", got)
	}
}
