package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestPlan asks for a workflow in different situations.
func TestPlan(t *testing.T) {
	const declared = `workflow grace=5s
sidecar db post_start=x startup=1/3
init schema run=once
init migrate
service api image=a readiness=2/3 pre_stop=x
service worker`
	for name, tc := range map[string]struct {
		lived string // what has happened before
		now   string // declared; "": it is not any more
		done  string // a step that need not run
		want  string
	}{
		"for the first time": {
			now: declared,
			want: `start run 1 Up
1 start sidecar/db
2 start init/schema
3 start init/migrate
4 start service/api a
4 start service/worker`,
		},
		"a step that need not run": {
			now: declared, done: "schema",
			want: `start run 1 Up
1 start sidecar/db
2 skip init/schema Once
3 start init/migrate
4 start service/api a
4 start service/worker`,
		},
		"nothing has changed": {
			lived: "all", now: declared,
			want: `none run 1
kept db api worker`,
		},
		"services have": {
			lived: "all",
			now: strings.Replace(declared, "image=a", "image=b", 1) + `
service new`,
			want: `update run 1
1 stop service/api
1 start service/new (new)
2 start service/api b image: "a" → "b"
kept db worker`,
		},
		"a step has": {
			lived: "all", done: "schema",
			now: strings.Replace(declared, "init migrate", "init migrate image=x", 1),
			want: `renew run 2 SpecChanged
1 stop service/api
1 stop service/worker
2 stop sidecar/db
3 start sidecar/db
4 skip init/schema Once
5 start init/migrate x image: none → "x"
6 start service/api a
6 start service/worker`,
		},
		"the workflow has, and a unit is gone": {
			lived: "all",
			now:   "workflow grace=0s deadline=1m\nservice api",
			want: `renew run 2 SpecChanged
workflow active_deadline: none → 1m0s
workflow termination_grace_period: 5s → none
1 stop service/api
1 stop service/worker (not declared any more)
2 stop sidecar/db (not declared any more)
3 start service/api image: "a" → none, readiness: {"period":1000000000,"timeout":1000000000,"success_threshold":2,"failure_threshold":3} → none, pre_stop: {"exec":{"command":["x"]}} → none`,
		},
		"after a stop": {
			lived: "stopped", now: declared, done: "schema",
			want: `start run 2 Up
1 start sidecar/db
2 skip init/schema Once
3 start init/migrate
4 start service/api a
4 start service/worker`,
		},
		"it is not declared any more": {
			lived: "all",
			want: `remove run 1
1 stop service/api (not declared any more)
1 stop service/worker (not declared any more)
2 stop sidecar/db (not declared any more)`,
		},
		"it is not declared any more, and nothing of it lives": {
			lived: "stopped", want: `remove run 1`,
		},
		"after a boot": {
			lived: "booted", now: declared,
			want: `renew run 2 Boot
1 start sidecar/db
2 start init/schema
3 start init/migrate
4 start service/api a
4 start service/worker`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewScenario(parseWorkflow(t, declared))
			needless := func(u UnitSpec) Reason {
				if u.Name == tc.done {
					return ReasonOnce
				}
				return ""
			}
			var first []Event
			if tc.lived != "" {
				l := &ideal{run: s.Run, now: s.Now, needless: needless, ending: map[Ref]bool{}, queue: []Event{RunRequested{At: s.Now, Spec: s.Run.Spec, Reason: ReasonUp}}}
				l.live(func(int, Action) {})
				if tc.lived == "stopped" {
					l.tell(StopRequested{At: s.Now})
					l.live(func(int, Action) {})
				}
				s.Run = l.run
			}
			if tc.lived == "booted" {
				first = []Event{Observed{At: s.Now}}
			}
			before := fmt.Sprintf("%+v", s.Run)
			plan := RemovalOf(s.Run, s.Now.Add(time.Second), first...)
			if tc.now != "" {
				plan = PlanOf(s.Run, parseWorkflow(t, tc.now), needless, s.Now.Add(time.Second), first...)
			}
			if diff := cmp.Diff(tc.want, printedPlan(plan)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if after := fmt.Sprintf("%+v", s.Run); after != before {
				t.Errorf("the run was changed: %s", cmp.Diff(before, after))
			}
		})
	}
}

func printedPlan(p Plan) string {
	lines := []string{strings.TrimSpace(fmt.Sprintf("%s run %d %s", p.Action, p.Run, p.Reason))}
	for _, c := range p.Changes {
		lines = append(lines, "workflow "+c.String())
	}
	for _, s := range p.Steps {
		line := fmt.Sprintf("%d %s %s/%s", s.Turn, s.Do, s.Role, s.Unit)
		if s.Image != "" {
			line += " " + s.Image
		}
		switch {
		case s.Do == PlanVerbSkip:
			line += " " + s.Why
		case s.Why != "":
			line += " (" + s.Why + ")"
		}
		var changes []string
		for _, c := range s.Changes {
			changes = append(changes, c.String())
		}
		if len(changes) > 0 {
			line += " " + strings.Join(changes, ", ")
		}
		lines = append(lines, line)
	}
	if len(p.Kept) > 0 {
		lines = append(lines, "kept "+strings.Join(p.Kept, " "))
	}
	return strings.Join(lines, "\n")
}
