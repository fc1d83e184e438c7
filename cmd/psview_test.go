package cmd

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
)

func TestWriteStatus(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	zero := 0
	status := control.Status{Workflows: []engine.Status{
		{
			Name: "shop", Run: 2, Phase: engine.Running, Status: "Running", Ready: true, StartedAt: ago(3*time.Minute + 7*time.Second),
			Units: []engine.UnitStatus{
				{Name: "db", Role: "sidecar", State: engine.StateRunning, Attempts: 1, Ready: true, StartedAt: ago(3 * time.Minute)},
				{Name: "migrate", Role: "init", State: engine.StateExited, Reason: engine.ReasonCompleted, ExitCode: &zero, Attempts: 3, Ready: true, StartedAt: ago(50 * time.Hour)},
				{Name: "api", Role: "service", State: engine.StateWaiting, Reason: engine.ReasonCrashLoopBackOff, Attempts: 2, StartedAt: ago(time.Hour)},
			},
		},
		{Name: "x", Phase: engine.Pending, Status: "Init:0/1", Message: "the state cannot be written: no space left on device", Units: []engine.UnitStatus{
			{Name: "wait", Role: "init", State: engine.StateWaiting, Reason: "PodInitializing"},
		}},
	}}
	want := strings.TrimPrefix(`
WORKFLOW   STATUS     READY   RUN   RESTARTS   AGE
shop       Running    1/2     2     1          3m7s
  UNIT      ROLE      STATE                        READY   ATTEMPTS   EXIT   AGE
  db        sidecar   running                      yes     1          -      3m0s
  migrate   init      exited                       yes     3          0      2d2h
  api       service   waiting (CrashLoopBackOff)   no      2          -      1h0m
x          Init:0/1   0/0     0     0          -
  the state cannot be written: no space left on device
  UNIT      ROLE      STATE                        READY   ATTEMPTS   EXIT   AGE
  wait      init      waiting                      no      0          -      -
`, "\n")
	var out bytes.Buffer
	if err := writeStatus(newStream(&out, nil), status, now); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRestartsCountInitStepsWhileTheyRun(t *testing.T) {
	w := engine.Status{Units: []engine.UnitStatus{
		{Role: "sidecar", Attempts: 2, Ready: true},
		{Role: "init", Attempts: 4},
		{Role: "service"},
	}}
	if got := restartsOf(w); got != 4 {
		t.Errorf("while it initialises: %d restarts, want 4", got)
	}
	w.Units[1].Ready = true
	if got := restartsOf(w); got != 1 {
		t.Errorf("afterwards: %d restarts, want 1", got)
	}
}
