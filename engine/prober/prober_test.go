package prober

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
)

const ms = time.Millisecond

// execProbe returns a job whose command is run by exec.
func execProbe(kind engine.ProbeKind, exec func(ctx context.Context, n int) (bool, error)) Job {
	n := 0
	return Job{
		Kind: kind,
		Probe: engine.Probe{
			Handler: engine.Handler{Exec: &engine.Exec{Command: []string{"check"}}},
			Period:  time.Second,
			Timeout: 500 * ms,
		},
		StartedAt: time.Now(),
		Exec: func(ctx context.Context, _ []string) (bool, string, error) {
			n++
			ok, err := exec(ctx, n)
			return ok, "", err
		},
	}
}

// watch runs job for so long and returns its results, one a line, with their
// time since the start.
func watch(t *testing.T, p *Prober, job Job, long time.Duration) []string {
	t.Helper()
	var lines []string
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	p.Run(ctx, job, func(r Result) {
		if r.At != time.Now() {
			t.Errorf("result of %v reported at %v", r.At, time.Now())
		}
		lines = append(lines, line(r, begin))
	})
	if took := time.Since(begin); took != long {
		t.Errorf("Run took %v, want %v", took, long)
	}
	return lines
}

func line(r Result, begin time.Time) string {
	verdict := "failed"
	if r.OK {
		verdict = "passed"
	}
	s := fmt.Sprintf("%v %s", r.At.Sub(begin), verdict)
	if r.Extra {
		s += " extra"
	}
	if r.Detail != "" {
		s += ": " + r.Detail
	}
	return s
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

// bubble runs f in a bubble with a prober whose agent cannot be reached.
func bubble(t *testing.T, f func(t *testing.T, p *Prober)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := New(func(context.Context) (net.Conn, error) { return nil, errors.New("no agent") })
		defer p.Close()
		f(t, p)
	})
}

func always(ok bool) func(context.Context, int) (bool, error) {
	return func(context.Context, int) (bool, error) { return ok, nil }
}

// passing returns the outcome of the nth call: whether it is among those
// that pass.
func passing(calls ...int) func(context.Context, int) (bool, error) {
	return func(_ context.Context, n int) (bool, error) { return slices.Contains(calls, n), nil }
}

func TestSchedule(t *testing.T) {
	tests := map[string]struct {
		kind engine.ProbeKind
		exec func(context.Context, int) (bool, error)
		edit func(*Job)
		long time.Duration
		want []string
	}{
		"a unit that never starts is probed more and more rarely": {
			kind: engine.Startup, exec: always(false), long: 3500 * ms,
			want: []string{
				"0s failed extra", "50ms failed extra", "150ms failed extra", "350ms failed extra",
				"750ms failed extra", "1s failed", "2s failed", "3s failed",
			},
		},
		"once passed it is probed each period only": {
			kind: engine.Readiness, exec: func(_ context.Context, n int) (bool, error) { return n >= 3, nil }, long: 2500 * ms,
			want: []string{"0s failed extra", "50ms failed extra", "150ms passed extra", "1s passed", "2s passed"},
		},
		"after a failure readiness has extra probes again": {
			kind: engine.Readiness, exec: passing(3, 6, 7), long: 2100 * ms,
			want: []string{
				"0s failed extra", "50ms failed extra", "150ms passed extra",
				"1s failed", "1.05s failed extra", "1.15s passed extra", "2s passed",
			},
		},
		"liveness has no extra probes, before and after a failure": {
			kind: engine.Liveness, exec: passing(2), long: 3500 * ms,
			want: []string{"0s failed", "1s passed", "2s failed", "3s failed"},
		},
		"the initial delay counts from the start of the attempt": {
			kind: engine.Liveness, exec: always(true), long: 9500 * ms,
			edit: func(j *Job) {
				j.Probe.InitialDelay = 10 * time.Second
				j.StartedAt = time.Now().Add(-3 * time.Second)
			},
			want: []string{"7s passed", "8s passed", "9s passed"},
		},
		"an initial delay that is over delays nothing": {
			kind: engine.Liveness, exec: always(true), long: 1500 * ms,
			edit: func(j *Job) {
				j.Probe.InitialDelay = time.Second
				j.StartedAt = time.Now().Add(-time.Hour)
			},
			want: []string{"0s passed", "1s passed"},
		},
		"a clock that was set back does not prolong the initial delay": {
			kind: engine.Liveness, exec: always(true), long: 2500 * ms,
			edit: func(j *Job) {
				j.Probe.InitialDelay = 2 * time.Second
				j.StartedAt = time.Now().Add(time.Hour)
			},
			want: []string{"2s passed"},
		},
		"the extra probes of a long period go on doubling": {
			kind: engine.Readiness, exec: always(false), long: 21 * time.Second,
			edit: func(j *Job) { j.Probe.Period = 10 * time.Second },
			want: []string{
				"0s failed extra", "50ms failed extra", "150ms failed extra", "350ms failed extra", "750ms failed extra",
				"1.55s failed extra", "3.15s failed extra", "6.35s failed extra", "10s failed", "20s failed",
			},
		},
		"a period without a value is the default": {
			kind: engine.Liveness, exec: always(true), long: 11 * time.Second,
			edit: func(j *Job) { j.Probe.Period = 0 },
			want: []string{"0s passed", "10s passed"},
		},
		"a slow probe delays its extra ones": {
			kind: engine.Startup, exec: func(context.Context, int) (bool, error) { time.Sleep(100 * ms); return false, nil }, long: 1500 * ms,
			want: []string{
				"100ms failed extra", "250ms failed extra", "450ms failed extra", "750ms failed extra",
				"1.1s failed",
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *Prober) {
				job := execProbe(tc.kind, tc.exec)
				if tc.edit != nil {
					tc.edit(&job)
				}
				expect(t, watch(t, p, job, tc.long), tc.want...)
			})
		})
	}
}

// takes returns the outcome of a command that runs as long as times says, by
// call, and then passes. It counts how many run at once.
func takes(t *testing.T, times ...time.Duration) func(context.Context, int) (bool, error) {
	running := 0
	return func(ctx context.Context, n int) (bool, error) {
		running++
		defer func() { running-- }()
		if running > 1 {
			t.Errorf("%d commands at once", running)
		}
		if n > len(times) {
			return true, nil
		}
		select {
		case <-time.After(times[n-1]):
			return true, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

func TestHangingCommand(t *testing.T) {
	const forever = time.Hour
	tests := map[string]struct {
		kind    engine.ProbeKind
		timeout time.Duration
		times   []time.Duration
		long    time.Duration
		want    []string
	}{
		"a timeout is a failure, and the hanging command alone fails each period": {
			kind: engine.Liveness, timeout: 500 * ms, times: []time.Duration{2700 * ms}, long: 4500 * ms,
			want: []string{
				"500ms failed: timed out after 500ms",
				"1s failed: timed out after 500ms, and still runs after 1s",
				"2s failed: timed out after 500ms, and still runs after 2s",
				"3s passed", "4s passed",
			},
		},
		"a command for ever": {
			kind: engine.Readiness, timeout: 500 * ms, times: []time.Duration{forever}, long: 2500 * ms,
			want: []string{
				"500ms failed extra: timed out after 500ms",
				"1s failed: timed out after 500ms, and still runs after 1s",
				"2s failed: timed out after 500ms, and still runs after 2s",
			},
		},
		"a timeout of one period is one failure a period": {
			kind: engine.Liveness, timeout: time.Second, times: []time.Duration{forever}, long: 3500 * ms,
			want: []string{
				"1s failed: timed out after 1s",
				"2s failed: timed out after 1s, and still runs after 2s",
				"3s failed: timed out after 1s, and still runs after 3s",
			},
		},
		"a timeout longer than the period": {
			kind: engine.Liveness, timeout: 2500 * ms, times: []time.Duration{2200 * ms, 2600 * ms}, long: 6100 * ms,
			want: []string{"2.2s passed", "5.5s failed: timed out after 2.5s", "6s passed"},
		},
		"an extra probe that is under way when the period comes takes its place": {
			kind: engine.Startup, timeout: 2 * time.Second, times: []time.Duration{1200 * ms}, long: 2100 * ms,
			want: []string{"1.2s passed", "2s passed"},
		},
		"a probe that came back late is followed by an extra one": {
			kind: engine.Readiness, timeout: 200 * ms, times: []time.Duration{700 * ms}, long: 900 * ms,
			want: []string{"200ms failed extra: timed out after 200ms", "700ms passed extra"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, p *Prober) {
				job := execProbe(tc.kind, takes(t, tc.times...))
				job.Probe.Timeout = tc.timeout
				expect(t, watch(t, p, job, tc.long), tc.want...)
			})
		})
	}
}

func TestHandlerErrorsAreNoResult(t *testing.T) {
	unreachable := errors.New("engine unreachable")
	t.Run("two are made good by a third try", func(t *testing.T) {
		bubble(t, func(t *testing.T, p *Prober) {
			job := execProbe(engine.Liveness, func(_ context.Context, n int) (bool, error) {
				if n <= 2 {
					return false, unreachable
				}
				return true, nil
			})
			expect(t, watch(t, p, job, 500*ms), "0s passed")
		})
	})
	t.Run("a third is ignored until the next period", func(t *testing.T) {
		bubble(t, func(t *testing.T, p *Prober) {
			job := execProbe(engine.Liveness, func(_ context.Context, n int) (bool, error) {
				if n <= 3 {
					return false, unreachable
				}
				return false, nil
			})
			expect(t, watch(t, p, job, 1500*ms), "1s failed")
		})
	})
	t.Run("extra probes go on", func(t *testing.T) {
		bubble(t, func(t *testing.T, p *Prober) {
			job := execProbe(engine.Startup, func(_ context.Context, n int) (bool, error) {
				if n <= 6 {
					return false, unreachable
				}
				return true, nil
			})
			expect(t, watch(t, p, job, 500*ms), "150ms passed extra")
		})
	})
	t.Run("a probe without handler has none", func(t *testing.T) {
		bubble(t, func(t *testing.T, p *Prober) {
			expect(t, watch(t, p, Job{Kind: engine.Liveness, StartedAt: time.Now()}, time.Minute))
		})
	})
}

func TestRunWaitsForItsCommand(t *testing.T) {
	bubble(t, func(t *testing.T, p *Prober) {
		returned := false
		job := execProbe(engine.Liveness, func(ctx context.Context, _ int) (bool, error) {
			<-ctx.Done()
			time.Sleep(time.Second) // slow to notice
			returned = true
			return false, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 200*ms)
		defer cancel()
		p.Run(ctx, job, func(r Result) { t.Errorf("result after the end: %+v", r) })
		if !returned {
			t.Error("Run returned before its command")
		}
	})
}

func TestAnExtraProbeWaitsForARegularOne(t *testing.T) {
	bubble(t, func(t *testing.T, p *Prober) {
		running := 0
		job := execProbe(engine.Startup, func(_ context.Context, n int) (bool, error) {
			running++
			defer func() { running-- }()
			if running > 1 {
				t.Errorf("%d commands at once", running)
			}
			if n == 6 { // at 1s; an extra one is due at 1.55s
				time.Sleep(1500 * ms)
			}
			return n > 6, nil
		})
		job.Probe.Timeout = 5 * time.Second
		expect(t, watch(t, p, job, 3500*ms), "0s failed extra", "50ms failed extra", "150ms failed extra",
			"350ms failed extra", "750ms failed extra", "2.5s failed", "3s passed")
	})
}

func TestNoResultAfterTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T, p *Prober) {
		job := execProbe(engine.Liveness, func(ctx context.Context, _ int) (bool, error) {
			<-ctx.Done() // and fail at that very moment
			return false, nil
		})
		for range 100 {
			expect(t, watch(t, p, job, 200*ms))
		}
	})
}
