package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/limber-run/limber/runtime"
)

// claim reads what a unit or workflow asks for, requests then limits:
// "100/2 200/4" is 100m and 2 bytes, at most 200m and 4 bytes.
func claim(t *testing.T, text string) (res runtime.Resources) {
	t.Helper()
	if _, err := fmt.Sscanf(text, "%d/%d %d/%d", &res.CPURequest, &res.MemoryRequest, &res.CPULimit, &res.MemoryLimit); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return res
}

// claiming reads a workflow: "workflow CLAIM; KIND NAME CLAIM; …".
func claiming(t *testing.T, text string) Workflow {
	t.Helper()
	w := Workflow{Name: "w"}
	for part := range strings.SplitSeq(text, "; ") {
		if own, ok := strings.CutPrefix(part, "workflow "); ok {
			w.Resources = claim(t, own)
			continue
		}
		words := strings.SplitN(part, " ", 3)
		u := UnitSpec{Name: words[1]}
		if err := u.Kind.UnmarshalText([]byte(words[0])); err != nil {
			t.Fatal(err)
		}
		u.Container.Resources = claim(t, words[2])
		w.Units = append(w.Units, u)
	}
	return w
}

func TestEffectiveResources(t *testing.T) {
	for _, c := range []struct {
		rule             string
		workflow         string
		requests, limits Amounts
	}{
		{"nothing", "service a 0/0 0/0", Amounts{}, Amounts{}},
		{"services add up", "service a 100/1 200/2; service b 10/4 0/8", Amounts{110, 5}, Amounts{200, 10}},
		{"steps do not", "init a 100/1 100/1; init b 50/9 50/9; service c 10/2 10/2", Amounts{100, 9}, Amounts{100, 9}},
		{"services are more than any step", "init a 15/1 0/0; service b 10/2 0/0; service c 10/2 0/0", Amounts{20, 4}, Amounts{}},
		{"sidecars live beside services", "service a 10/1 0/0; sidecar b 5/1 0/0", Amounts{15, 2}, Amounts{}},
		{"and beside the steps after them", "sidecar a 5/1 5/1; init b 20/1 20/1; service c 1/1 1/1", Amounts{25, 2}, Amounts{25, 2}},
		{"but not beside those before them", "init b 20/1 20/1; sidecar a 5/1 5/1; service c 1/1 1/1", Amounts{20, 2}, Amounts{20, 2}},
		{"only the sidecars before a step", "sidecar a 1/0 0/0; init b 10/0 0/0; sidecar c 2/0 0/0; init d 10/0 0/0", Amounts{13, 0}, Amounts{}},
		{"each resource at its own time", "init a 9/1 0/0; service b 1/9 0/0", Amounts{9, 9}, Amounts{}},
		{"B 94 the workflow's own", "workflow 50/60 70/80; service a 1/2 3/4", Amounts{50, 60}, Amounts{70, 80}},
		{"B 94 only where they are set", "workflow 0/60 0/0; service a 1/2 3/4", Amounts{1, 60}, Amounts{3, 4}},
		{"no overflow", "service a 9223372036854775807/1 0/0; service b 1/1 0/0", Amounts{mostAmount, 2}, Amounts{}},
	} {
		w := claiming(t, c.workflow)
		if got := w.Requests(); got != c.requests {
			t.Errorf("%s: requests %v, want %v", c.rule, got, c.requests)
		}
		if got := w.Limits(); got != c.limits {
			t.Errorf("%s: limits %v, want %v", c.rule, got, c.limits)
		}
	}
}

func TestSumsSayWhatTheyAreMadeOf(t *testing.T) {
	w := claiming(t, "sidecar a 1/0 0/0; sidecar b 1/0 0/0; sidecar c 1/0 0/0; init d 9/0 0/0; sidecar e 1/7 0/0; service f 1/0 0/0")
	for r, want := range map[Resource]string{CPU: "sidecar/a 1m + sidecar/b 1m + sidecar/c 1m + init/d 9m", Memory: "sidecar/e 7"} {
		if got := w.RequestSum(r).Text(r); got != want {
			t.Errorf("%s: %s, want %s", r, got, want)
		}
	}
}

// TestEffectiveResourcesAreTheMostThatEverLives runs random workflows, and adds
// up what is live after each event.
func TestEffectiveResourcesAreTheMostThatEverLives(t *testing.T) {
	for seed := range uint64(500) {
		w := randomClaims(seed)
		s := NewScenario(w)
		var most Amounts
		s.Feed(RunRequested{At: s.Now, Spec: w, Reason: ReasonUp})
		for ev := Event(SandboxReady{At: s.Now, Number: 1}); ev != nil; ev = nextInAGoodRun(&s.Run, s) {
			s.Feed(ev)
			var now Amounts
			for i, u := range s.Run.Units {
				if res := w.Units[i].Container.Resources; u.Phase.Live() {
					now[CPU], now[Memory] = now[CPU]+res.CPURequest, now[Memory]+res.MemoryRequest
				}
			}
			most = Amounts{max(most[CPU], now[CPU]), max(most[Memory], now[Memory])}
		}
		if got := w.Requests(); got != most {
			t.Fatalf("seed %d: the requests are %v, but at most %v was live: %+v", seed, got, most, w.Units)
		}
	}
}

// nextInAGoodRun is what happens next where all goes well; nil if all is up.
func nextInAGoodRun(r *Run, s *Scenario) Event {
	for i, u := range r.Units {
		switch {
		case u.Phase == UnitStarting:
			return UnitStarted{At: s.Now, Ref: r.Ref(i)}
		case u.Phase == UnitRunning && r.Spec.Units[i].Kind == Init:
			return UnitExited{At: s.Now, Ref: r.Ref(i)}
		}
	}
	return nil
}

// randomClaims makes up a workflow, of which a part has no limits, no requests,
// or neither.
func randomClaims(seed uint64) Workflow {
	random := rand.New(rand.NewPCG(seed, 2))
	w := Workflow{Name: "w", RestartPolicy: RestartAlways}
	for i := range 1 + random.IntN(7) {
		u := UnitSpec{Name: string(rune('a' + i)), Kind: Kind(1 + random.IntN(3)), Restart: Restart{Policy: RestartAlways, Backoff: DefaultBackoff}}
		u.Container.Resources = runtime.Resources{
			CPURequest: random.Int64N(3), MemoryRequest: random.Int64N(20), CPULimit: random.Int64N(3), MemoryLimit: random.Int64N(3),
		}
		w.Units = append(w.Units, u)
	}
	w.Units = append(w.Units, UnitSpec{Name: "z", Kind: Service})
	return w
}

func TestQoS(t *testing.T) {
	for _, c := range []struct {
		workflow string
		want     QoSClass
	}{
		{"service a 0/0 0/0", BestEffort},
		{"init a 0/0 0/0; sidecar b 0/0 0/0; service c 0/0 0/0", BestEffort},
		{"service a 1/0 0/0", Burstable},
		{"service a 0/0 0/1", Burstable},
		{"service a 0/1 0/1", Burstable}, // cpu has no limit
		{"service a 1/1 1/1", Guaranteed},
		{"service a 1/1 2/1", Burstable},
		{"service a 1/1 1/1; service b 0/0 0/0", Burstable},
		{"init a 0/0 0/0; service b 1/1 1/1", Burstable}, // steps count
		{"sidecar a 0/0 0/0; service b 1/1 1/1", Burstable},
		{"init a 1/2 1/2; sidecar b 3/4 3/4; service c 1/1 1/1", Guaranteed},
		{"workflow 1/1 1/1; service a 0/0 0/0", Guaranteed},
		{"workflow 1/0 0/0; service a 1/1 1/1", Burstable},
		{"workflow 0/1 0/1; service a 0/0 0/0", Burstable},
	} {
		if got := claiming(t, c.workflow).QoS(); got != c.want {
			t.Errorf("%s: %s, want %s", c.workflow, got, c.want)
		}
	}
	pids := Workflow{Units: []UnitSpec{{Name: "a", Kind: Service}}}
	pids.Units[0].Container.Resources.PidsLimit = 10
	if got := pids.QoS(); got != BestEffort {
		t.Errorf("with a limit of processes alone: %s", got)
	}
}

// The machine has 1000 bytes: 1 of them is 1 of the score.
func TestWhoIsKilledFirst(t *testing.T) {
	for _, c := range []struct {
		rule     string
		workflow string
		want     []int
	}{
		{"best effort", "service a 0/0 0/0; sidecar b 0/0 0/0", []int{1000, 1000}},
		{"guaranteed", "service a 1/500 1/500", []int{0}},
		{"the less it requests the sooner", "service a 0/100 0/0; service b 0/600 0/0", []int{900, 400}},
		{"burstable never as soon as best effort", "service a 1/0 0/0", []int{999}},
		{"nor as late as guaranteed", "service a 0/1000 0/0; init b 0/5000 0/0", []int{3, 3}},
		{"B 97 a sidecar not sooner than the smallest service", "sidecar a 0/1 0/0; service b 0/100 0/0; service c 0/700 0/0", []int{900, 900, 300}},
		{"B 97 later it may be", "sidecar a 0/300 0/0; service b 0/100 0/0", []int{700, 900}},
		{"B 97 no rule for steps", "init a 0/1 0/0; service b 0/100 0/0", []int{999, 900}},
		{"a sidecar without services", "sidecar a 0/1 0/0; init b 0/10 0/0", []int{999, 990}},
		{"what the workflow requests beyond its units is shared", "workflow 0/500 0/0; service a 0/100 0/0; sidecar b 0/0 0/0", []int{700, 700}},
	} {
		w := claiming(t, c.workflow)
		for i, want := range c.want {
			if got := w.ContainerResources(w.Units[i], 1000).OOMScoreAdj; got != want {
				t.Errorf("%s: %s has %d, want %d", c.rule, w.Units[i].Name, got, want)
			}
		}
	}
	w := claiming(t, "service a 0/5 0/0")
	if got := w.ContainerResources(w.Units[0], 0).OOMScoreAdj; got != 999 {
		t.Errorf("on a machine that nobody knows: %d", got)
	}
}

// TestNoSidecarIsKilledBeforeTheServices is B 97 for any workflow.
func TestNoSidecarIsKilledBeforeTheServices(t *testing.T) {
	for seed := range uint64(1000) {
		w := randomClaims(seed)
		first := 0
		for _, u := range w.Units {
			if u.Kind == Service {
				first = max(first, w.ContainerResources(u, 25).OOMScoreAdj)
			}
		}
		for _, u := range w.Units {
			if score := w.ContainerResources(u, 25).OOMScoreAdj; u.Kind == Sidecar && score > first || score < 0 {
				t.Fatalf("seed %d: %s has %d, the services at most %d", seed, u.Name, score, first)
			}
		}
	}
}

func TestUnitsWithoutLimitHaveThatOfTheWorkflow(t *testing.T) {
	w := claiming(t, "workflow 0/0 900/90; service a 1/2 0/0; service b 1/2 3/4")
	for i, want := range []string{"1/2 900/90", "1/2 3/4"} {
		got := w.ContainerResources(w.Units[i], 1000)
		got.OOMScoreAdj = 0
		if got != claim(t, want) {
			t.Errorf("%s gets %+v, want %s", w.Units[i].Name, got, want)
		}
	}
}
