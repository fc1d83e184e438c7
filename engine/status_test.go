package engine

import (
	"strings"
	"testing"
)

// TestStatusAsKubectlShowsIt plays events, and compares the STATUS column
// (SEMANTICS B 98-109).
func TestStatusAsKubectlShowsIt(t *testing.T) {
	const (
		one = "workflow\ninit a\ninit b\nsidecar log startup=1/1\nservice api\nservice web\n"
		all = "up; sandbox ready 1; started init/a#1; exited init/a#1 0; started init/b#1; exited init/b#1 0; started sidecar/log#1; probe sidecar/log#1 startup ok"
		up  = all + "; started service/api#1; started service/web#1"
	)
	for _, c := range []struct {
		rule     string
		workflow string
		events   string
		want     string // phase status
	}{
		{"never ran", one, "", "Pending Unknown"},
		{"no sandbox yet", one, "up", "Pending Init:0/3"},
		{"B 104 the first step runs", one, "up; sandbox ready 1; started init/a#1", "Pending Init:0/3"},
		{"B 104 the second", one, "up; sandbox ready 1; started init/a#1; exited init/a#1 0", "Pending Init:1/3"},
		{"B 103 a step waits to be tried again", one, "up; sandbox ready 1; started init/a#1; exited init/a#1 1", "Pending Init:CrashLoopBackOff"},
		{"B 103 its image cannot be pulled", one, "up; sandbox ready 1; waiting init/a#1 ErrImagePull", "Pending Init:ImagePullBackOff"},
		{"B 99 it is tried again", one, "up; sandbox ready 1; started init/a#1; exited init/a#1 1; +1s; started init/a#2", "Pending Init:0/3"},
		{"B 103 it has failed for good", "workflow policy=never\ninit a policy=never\nservice api\n", "up; sandbox ready 1; started init/a#1; exited init/a#1 1", "Failed Init:Error"},
		{"B 103, 142 of its memory", "workflow policy=never\ninit a policy=never\nservice api\n", "up; sandbox ready 1; started init/a#1; exited init/a#1 137 oom", "Failed Init:OOMKilled"},
		{"B 42 a sidecar has not started", one, "up; sandbox ready 1; started init/a#1; exited init/a#1 0; started init/b#1; exited init/b#1 0; started sidecar/log#1", "Pending Init:2/3"},
		{"B 107 services are to come", one, all, "Pending PodInitializing"},
		{"B 107 without init entries", "workflow\nservice api\n", "up; sandbox ready 1", "Pending ContainerCreating"},
		{"B 100 one service is missing", one, all + "; started service/api#1", "Pending PodInitializing"},
		{"B 98 all run", one, up, "Running Running"},
		{"B 105 a service is down", one, up + "; exited service/web#1 1; started service/web#2; exited service/web#2 1", "Running CrashLoopBackOff"},
		{
			"B 105 the first service in the list wins", "workflow policy=never\nservice api\nservice web\nservice keep\n",
			"up; sandbox ready 1; started service/api#1; started service/web#1; started service/keep#1; exited service/web#1 2; exited service/api#1 137 oom", "Running OOMKilled",
		},
		{"B 109 a sidecar is down", one, up + "; exited sidecar/log#1 1; started sidecar/log#2; exited sidecar/log#2 1", "Running Init:CrashLoopBackOff"},
		{"B 105, 109 a sidecar and a service", one, up + "; exited sidecar/log#1 1; exited service/web#1 1; started service/web#2; exited service/web#2 1", "Running CrashLoopBackOff"},
		{
			"B 106 some are done, the others ready", "workflow policy=never\nservice api\nservice web\n",
			"up; sandbox ready 1; started service/api#1; started service/web#1; exited service/api#1 0", "Running Running",
		},
		{
			"B 106 some are done, the others not ready", "workflow policy=never\nservice api\nservice web readiness=1/1\n",
			"up; sandbox ready 1; started service/api#1; started service/web#1; exited service/api#1 0", "Running NotReady",
		},
		{"B 108 it is being stopped", one, up + "; stop", "Running Terminating"},
		{"B 101 all succeeded", "workflow policy=never\nservice api\n", "up; sandbox ready 1; started service/api#1; exited service/api#1 0", "Succeeded Completed"},
		{"B 101 one failed", "workflow policy=never\nservice api\n", "up; sandbox ready 1; started service/api#1; exited service/api#1 3", "Failed Error"},
		{"B 102 the workflow's own reason", "workflow deadline=1s\nservice api\n", "up; sandbox ready 1; started service/api#1; +1s; exited service/api#1 0", "Failed DeadlineExceeded"},
		{"A5 the next run has a back-off", "workflow\nservice api scope=workflow immediate=0\n", "up; sandbox ready 1; started service/api#1; exited service/api#1 1", "Running CrashLoopBackOff"},
		{"the sandbox cannot be made", one, "up; sandbox failed 1", "Pending FailedCreatePodSandBox"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := NewScenario(parseWorkflow(t, c.workflow))
			for line := range strings.SplitSeq(c.events, "; ") {
				if line == "" {
					continue
				}
				if _, err := s.Do(line); err != nil {
					t.Fatal(err)
				}
			}
			status := StatusOf(s.Run)
			if got := string(status.Phase) + " " + status.Status; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
