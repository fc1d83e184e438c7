package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConditionsAreKubernetes plays events, and compares the conditions
// (SEMANTICS B 112).
func TestConditionsAreKubernetes(t *testing.T) {
	const (
		one = "workflow\ninit a\nsidecar log startup=1/1\ninit b\nservice api readiness=1/1\nservice web\n"
		all = "up; sandbox ready 1; started init/a#1; exited init/a#1 0; started sidecar/log#1; probe sidecar/log#1 startup ok; started init/b#1; exited init/b#1 0"
		up  = all + "; started service/api#1; started service/web#1; probe service/api#1 readiness ok"
		job = "workflow policy=never\nservice job\nservice web\n"
	)
	for _, c := range []struct {
		when     string
		workflow string
		events   string
		want     string // TYPE or !TYPE, reason, message; of the conditions in order
	}{
		{
			"never ran", one, "",
			"!sandbox | !initialized ContainersNotInitialized containers with incomplete status: [a log b] | !containers ContainersNotReady containers with unready status: [log api web] | !ready ContainersNotReady containers with unready status: [log api web]",
		},
		{
			"the sandbox cannot be made", one, "up; sandbox failed 1",
			"!sandbox FailedCreatePodSandBox no luck | !initialized ContainersNotInitialized containers with incomplete status: [a log b] | !containers ContainersNotReady containers with unready status: [log api web] | !ready ContainersNotReady containers with unready status: [log api web]",
		},
		{
			"a sidecar has not started", one, "up; sandbox ready 1; started init/a#1; exited init/a#1 0; started sidecar/log#1",
			"sandbox | !initialized ContainersNotInitialized containers with incomplete status: [log b] | !containers ContainersNotReady containers with unready status: [log api web] | !ready ContainersNotReady containers with unready status: [log api web]",
		},
		{
			"services start", one, all + "; started service/api#1; started service/web#1",
			"sandbox | initialized | !containers ContainersNotReady containers with unready status: [api] | !ready ContainersNotReady containers with unready status: [api]",
		},
		{"all is up", one, up, "sandbox | initialized | containers | ready"},
		{
			"a sidecar is down", one, up + "; exited sidecar/log#1 1",
			"sandbox | initialized | !containers ContainersNotReady containers with unready status: [log] | !ready ContainersNotReady containers with unready status: [log]",
		},
		{"it ends and is ready as long as its units are", one, up + "; stop", "sandbox | initialized | containers | ready"},
		{
			"a new run begins anew", one, up + "; restart; exited service/api#1 0; exited service/web#1 0; exited sidecar/log#1 0",
			"sandbox | !initialized ContainersNotInitialized containers with incomplete status: [a log b] | !containers ContainersNotReady containers with unready status: [log api web] | !ready ContainersNotReady containers with unready status: [log api web]",
		},
		{
			"a service that has succeeded is no reason", job,
			"up; sandbox ready 1; started service/job#1; started service/web#1; exited service/job#1 0", "sandbox | initialized | containers | ready",
		},
		{
			"all has succeeded", job, "up; sandbox ready 1; started service/job#1; started service/web#1; exited service/job#1 0; exited service/web#1 0",
			"!sandbox | initialized PodCompleted | !containers PodCompleted | !ready PodCompleted",
		},
		{
			"one has failed", job, "up; sandbox ready 1; started service/job#1; started service/web#1; exited service/job#1 0; exited service/web#1 3",
			"!sandbox | initialized | !containers PodFailed | !ready PodFailed",
		},
		{
			"nothing but steps", "workflow\ninit a\n", "up; sandbox ready 1; started init/a#1",
			"sandbox | !initialized ContainersNotInitialized containers with incomplete status: [a] | containers | !ready ContainersNotInitialized containers with incomplete status: [a]",
		},
		{
			"what ends does not become ready", "workflow\nservice api readiness=1/1\n", "up; sandbox ready 1; started service/api#1; stop; probe service/api#1 readiness ok",
			"sandbox | initialized | containers | !ready Terminating",
		},
	} {
		t.Run(c.when, func(t *testing.T) {
			s := NewScenario(parseWorkflow(t, c.workflow))
			for line := range strings.SplitSeq(c.events, "; ") {
				if line == "" {
					continue
				}
				if _, err := s.Do(line); err != nil {
					t.Fatal(err)
				}
			}
			got := StatusOf(s.Run).Conditions
			if diff := cmp.Diff(c.want, printedConditions(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func printedConditions(conditions []Condition) string {
	short := map[ConditionType]string{
		ConditionSandbox: "sandbox", ConditionInitialized: "initialized", ConditionContainersReady: "containers", ConditionReady: "ready",
	}
	var parts []string
	for _, c := range conditions {
		text := short[c.Type]
		if !c.Status {
			text = "!" + text
		}
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s %s", text, c.Reason, c.Message)))
	}
	return strings.Join(parts, " | ")
}
