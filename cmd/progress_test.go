package cmd

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
)

func TestProgress(t *testing.T) {
	one, zero := 1, 0
	flaky := func(e journal.Event) journal.Event {
		e.Workflow, e.Role, e.Unit, e.Run = "shop", "init", "flaky", 1
		return e
	}
	shop := func(e journal.Event) journal.Event {
		e.Workflow, e.Run = "shop", 1
		return e
	}
	tests := []struct {
		name   string
		events []journal.Event
		want   string
	}{
		{"a failed attempt is told with the next try", []journal.Event{
			flaky(journal.Event{Type: engine.TypeUnitExited, Attempt: 1, ExitCode: &one, Reason: engine.ReasonError}),
			flaky(journal.Event{Type: engine.TypeUnitBackoff, Attempt: 1, DelayMS: 200, Reason: engine.ReasonCrashLoopBackOff}),
		}, "shop  init/flaky  exited with code 1 (attempt 1), next try in 200ms"},
		{"the last failed attempt is told alone", []journal.Event{
			flaky(journal.Event{Type: engine.TypeUnitExited, Attempt: 2, ExitCode: &one, Reason: engine.ReasonOOMKilled}),
			shop(journal.Event{Type: engine.TypeWorkflowFailed, Reason: engine.ReasonInitFailed, Message: "it failed"}),
		}, "shop  init/flaky  exited with code 1, OOMKilled (attempt 2)\nshop  failed: InitFailed: it failed"},
		{"a workflow that is not declared any more", []journal.Event{
			shop(journal.Event{Type: engine.TypeWorkflowFailed, Reason: engine.ReasonNotDeclared, Message: "not declared any more"}),
			shop(journal.Event{Type: engine.TypeWorkflowRemoved, Reason: engine.ReasonNotDeclared, Message: "the files do not declare it any more"}),
		}, "shop  stopped\nshop  removed: the files do not declare it any more"},
		{"a success is short", []journal.Event{
			flaky(journal.Event{Type: engine.TypeUnitExited, Attempt: 3, ExitCode: &zero, Reason: engine.ReasonCompleted}),
		}, "shop  init/flaky  succeeded (attempt 3)"},
		{"not ready goes without saying at the end", []journal.Event{
			shop(journal.Event{Type: engine.TypeWorkflowUnready}),
			shop(journal.Event{Type: engine.TypeWorkflowPhase, Phase: engine.Failed}),
			shop(journal.Event{Type: engine.TypeWorkflowFailed, Reason: engine.ReasonStopped}),
		}, "shop  stopped"},
		{"not ready is told otherwise", []journal.Event{
			shop(journal.Event{Type: engine.TypeWorkflowUnready}),
		}, "shop  not ready any more"},
		{"a probe is told of when it matters", []journal.Event{
			flaky(journal.Event{Type: engine.TypeProbeFailed, Probe: "liveness", Message: "500"}),
			flaky(journal.Event{Type: engine.TypeProbeFailed, Probe: "liveness", Message: "500", Reason: engine.ReasonUnhealthy}),
		}, "shop  init/flaky  liveness probe failed: 500"},
		{"what cannot start says why, on one line", []journal.Event{
			flaky(journal.Event{Type: engine.TypeUnitWaiting, Reason: engine.ReasonErrImagePull, Message: "not\nfound"}),
		}, "shop  init/flaky  cannot start: ErrImagePull: not found"},
	}
	for _, test := range tests {
		var out bytes.Buffer
		p := newProgress(newStream(&out, nil))
		for _, e := range test.events {
			p.event(e)
		}
		p.flush()
		if diff := cmp.Diff(test.want, strings.TrimSuffix(out.String(), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestWhatAWorkflowWaitsForIsItsMessage(t *testing.T) {
	s := engine.Status{
		Name: "shop", Status: "PodInitializing", Message: "the state cannot be written: no space left on device",
		Units: []engine.UnitStatus{{Name: "api", Role: "service", State: engine.StateWaiting, Attempts: 1}},
	}
	want := []string{"shop (the state cannot be written: no space left on device)"}
	if got := unsettled(s); !slices.Equal(got, want) {
		t.Errorf("still waiting for %v, want %v", got, want)
	}
}
