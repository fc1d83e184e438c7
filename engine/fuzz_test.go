package engine

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/limber-run/limber/runtime"
)

// FuzzTransition lives through random worlds: a random workflow, random facts
// about it, likely and unlikely ones. After each the invariants of doc.go
// hold, and after a stop request every run ends.
func FuzzTransition(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(randomBytes(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { newWorld(t, data).live() })
}

// TestRandomWorlds is FuzzTransition with seeds of its own, for every run of
// the tests.
func TestRandomWorlds(t *testing.T) {
	for seed := range uint64(500) {
		newWorld(t, randomBytes(seed)).live()
	}
}

func randomBytes(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, 400)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return data
}

// world is what surrounds a run: it keeps its own books of what lives and
// what was asked for, and compares.
type world struct {
	t    *testing.T
	data []byte
	*Scenario
	trace []string
	added int // units so far

	books
}

func newWorld(t *testing.T, data []byte) *world {
	w := &world{t: t, data: data, books: newBooks()}
	w.Scenario = NewScenario(w.workflow())
	return w
}

// next returns a number below n, from the data; 0 when they are used up.
func (w *world) next(n int) int {
	if len(w.data) == 0 {
		return 0
	}
	b := int(w.data[0])
	w.data = w.data[1:]
	return b % n
}

func (w *world) workflow() Workflow {
	policies := []RestartPolicy{RestartAlways, RestartOnFailure, RestartNever}
	spec := Workflow{Name: "w", RestartPolicy: policies[w.next(3)]}
	spec.TerminationGracePeriod = time.Duration(w.next(3)) * 5 * time.Second
	spec.ActiveDeadline = time.Duration(max(w.next(8)-5, 0)) * time.Minute
	w.added = 1 + w.next(5)
	for i := range w.added {
		spec.Units = append(spec.Units, w.unit(i, spec.RestartPolicy))
	}
	return spec
}

func (w *world) unit(i int, policy RestartPolicy) UnitSpec {
	u := UnitSpec{Name: string(rune('a' + i)), Kind: []Kind{Init, Sidecar, Service}[w.next(3)]}
	u.Container.Resources.CPURequest = int64(w.next(5))
	u.Restart = Restart{Policy: policy, Backoff: DefaultBackoff, Attempts: max(w.next(6)-3, 0)}
	u.Restart.Backoff.Immediate = w.next(2)
	u.Restart.ResetAfter = time.Duration(w.next(2)) * time.Minute
	if i > 0 && w.next(3) == 0 {
		u.Container.Args = []string{OutputRef{string(rune('a' + w.next(i))), "x"}.Placeholder()}
	}
	if w.next(4) == 0 {
		actions := []RestartAction{ActionRestart, ActionRestartWorkflow, ActionFail}
		u.Restart.Rules = []RestartRule{{OnExit: []int{w.next(2)}, Action: actions[w.next(3)]}}
	}
	switch u.Kind {
	case Init:
		u.Restart.Policy = RestartOnFailure
		u.Run = []RunMode{RunAlways, RunOnce, RunOnChange}[w.next(3)]
		u.Timeout = time.Duration(w.next(2)) * 10 * time.Second
		u.Restart.Deadline = time.Duration(max(w.next(6)-4, 0)) * time.Minute
		return u
	case Sidecar:
		u.Restart.Policy = RestartAlways
	case Service:
	}
	if w.next(6) == 0 {
		u.Restart.Scope = ScopeWorkflow
	}
	if i > 0 && u.Kind == Service && w.next(3) == 0 {
		u.DependsOn = []string{string(rune('a' + w.next(i)))} // of another kind: ignored
	}
	for _, probe := range []**Probe{&u.Startup, &u.Readiness, &u.Liveness} {
		if w.next(3) == 0 {
			*probe = &Probe{Period: time.Second, SuccessThreshold: 1, FailureThreshold: 1 + w.next(2)}
		}
	}
	for _, hook := range []**Handler{&u.PostStart, &u.PreStop} {
		if w.next(3) == 0 {
			*hook = &Handler{Sleep: &Sleep{}}
		}
	}
	return u
}

func (w *world) live() {
	w.request(RunRequested{At: w.Now, Spec: w.Run.Spec, Reason: ReasonUp})
	for len(w.data) > 0 {
		w.step()
	}
	w.request(StopRequested{At: w.Now})
	deaf := w.next(2) == 0
	for range 10_000 {
		if !w.Run.Live() {
			return
		}
		if deaf || len(w.alive) == 0 {
			w.advance()
			continue
		}
		ref := w.anyAlive()
		w.exited(UnitExited{At: w.Now, Ref: ref, Code: 143})
	}
	w.fatalf("the run has not ended: %+v", w.Run)
}

func (w *world) step() {
	switch w.next(16) {
	case 0, 1, 2, 3, 4:
		w.advanceUnit()
	case 5:
		w.advance()
	case 6:
		w.request(SandboxReady{At: w.Now, Number: w.Run.Sandbox.Number})
	case 7:
		w.probe()
	case 8:
		w.sandboxTrouble()
	case 9:
		w.ask()
	case 10:
		w.stale()
	case 11:
		w.crash()
	default:
		w.request(SandboxReady{At: w.Now, Number: w.Run.Sandbox.Number})
		w.advanceUnit()
	}
}

// advanceUnit tells the next fact about something alive.
func (w *world) advanceUnit() {
	if len(w.alive) == 0 {
		w.advance()
		return
	}
	ref := w.anyAlive()
	switch w.next(8) {
	case 0:
		w.exited(UnitExited{At: w.Now, Ref: ref, Code: 1})
	case 1:
		w.exited(UnitExited{At: w.Now, Ref: ref, OOM: true})
	case 2:
		w.exited(UnitExited{At: w.Now, Ref: ref, Lost: true})
	case 3:
		if !w.alive[ref] {
			delete(w.alive, ref)
			delete(w.signaled, ref) // a new attempt may have the same name
			if w.spec(ref).Run != RunAlways && w.next(2) == 0 {
				w.done[ref.Name] = true
				w.skips[ref] = true
				w.request(UnitSkipped{At: w.Now, Ref: ref, Reason: ReasonOnce})
				return
			}
			w.request(UnitWaiting{At: w.Now, Ref: ref, Reason: "ErrImagePull", Permanent: w.next(2) == 0})
		}
	case 4, 5:
		w.exited(UnitExited{At: w.Now, Ref: ref})
	default:
		if !w.alive[ref] {
			w.began(ref)
			w.request(UnitStarted{At: w.Now, Ref: ref})
			return
		}
		if kind := w.hooks[ref]; kind != "" {
			delete(w.hooks, ref)
			ok := w.next(4) > 0
			if kind == PostStart && ok && w.spec(ref).Startup == nil {
				w.started[ref.Name] = true
			}
			w.request(HookDone{At: w.Now, Ref: ref, Hook: kind, OK: ok})
		}
	}
}

func (w *world) exited(ev UnitExited) {
	w.ended(ev.Ref, ev.Code == 0 && !ev.OOM && !ev.Lost)
	w.request(ev)
}

func (w *world) probe() {
	if len(w.alive) == 0 {
		return
	}
	ev := ProbeDone{
		At: w.Now, Ref: w.anyAlive(), Probe: ProbeKind(1 + w.next(3)), OK: w.next(2) == 0, Extra: w.next(3) == 0,
	}
	if ev.Probe == Startup && ev.OK && w.alive[ev.Ref] {
		w.started[ev.Ref.Name] = true
	}
	w.request(ev)
}

func (w *world) sandboxTrouble() {
	switch number := w.Run.Sandbox.Number; w.next(4) {
	case 0:
		w.request(SandboxFailed{At: w.Now, Number: number, Permanent: w.next(2) == 0})
	case 1:
		w.request(SandboxLost{At: w.Now, Number: number})
	case 2:
		w.request(SandboxLost{At: w.Now, Number: number - 1})
	default:
		if w.Run.Sandbox.Phase == SandboxRemoving {
			w.request(SandboxLost{At: w.Now, Number: number})
		}
	}
}

func (w *world) ask() {
	names := []string{"", "a", "b", "c"}
	switch w.next(6) {
	case 0:
		w.request(StopRequested{At: w.Now, Force: w.next(4) == 0})
	case 1:
		w.request(RestartRequested{At: w.Now, Unit: names[w.next(4)], NoInit: w.next(3) == 0})
	case 2:
		w.request(RunRequested{At: w.Now, Spec: w.changed(), Reason: ReasonUp})
	default:
		w.request(RunRequested{At: w.Now, Spec: w.Run.Target(), Reason: ReasonUp})
	}
}

// changed is the workflow as somebody may declare it next.
func (w *world) changed() Workflow {
	spec := w.Run.Target()
	spec.Units = slices.Clone(spec.Units)
	i := w.next(len(spec.Units))
	switch w.next(4) {
	case 0:
		spec.TerminationGracePeriod = time.Duration(w.next(5)) * time.Second
	case 1:
		spec.Units[i].Container.Image += "+"
	case 2:
		if len(spec.Units) > 1 {
			spec.Units = slices.Delete(spec.Units, i, i+1)
		}
	case 3:
		added := w.unit(w.added, spec.RestartPolicy)
		w.added++
		spec.Units = append(spec.Units, added)
	}
	return spec
}

// stale tells facts about attempts that are not current.
func (w *world) stale() {
	i := w.next(len(w.Run.Units))
	ref := w.Run.Ref(i)
	if w.next(2) == 0 {
		ref.Attempt--
	} else {
		ref.Run--
	}
	before := w.record()
	w.request(UnitStarted{At: w.Now, Ref: ref})
	w.request(UnitExited{At: w.Now, Ref: ref})
	w.request(UnitWaiting{At: w.Now, Ref: ref, Reason: "ErrImagePull"})
	w.request(UnitSkipped{At: w.Now, Ref: ref, Reason: ReasonOnce})
	w.request(ProbeDone{At: w.Now, Ref: ref, Probe: Startup, OK: true})
	w.request(HookDone{At: w.Now, Ref: ref, Hook: PostStart, OK: true})
	for _, kind := range []TimerKind{TimerBackoff, TimerTimeout, TimerGrace, TimerGiveUp} {
		w.request(TimerFired{At: w.Now, Timer: Timer{Kind: kind, Ref: ref}})
	}
	for _, kind := range []TimerKind{TimerActiveDeadline, TimerEnding, TimerSandbox, TimerNextRun} {
		w.request(TimerFired{At: w.Now, Timer: Timer{Kind: kind, Ref: Ref{Run: w.Run.Number - 1}}})
	}
	old := w.Run.Sandbox.Number - 1
	w.request(SandboxReady{At: w.Now, Number: old})
	w.request(SandboxFailed{At: w.Now, Number: old})
	if after := w.record(); before != after {
		w.fatalf("an event of %s changed the run:\n%s\n%s", ref, before, after)
	}
}

// crash is a supervisor that dies and comes back with the record alone.
func (w *world) crash() {
	if w.Run.Number == 0 {
		return
	}
	var run Run
	if err := json.Unmarshal([]byte(w.record()), &run); err != nil {
		w.fatalf("read the record: %v", err)
	}
	w.Run = run
	clear(w.timers)
	clear(w.hooks)
	clear(w.prepared) // adoption removes them
	ev := Observed{At: w.Now, SameBoot: w.next(4) > 0, Sandbox: w.next(4) > 0 && run.Sandbox.Phase == SandboxUp}
	for _, ref := range w.refs() {
		if seen, found := w.found(ref, ev.SameBoot); found {
			ev.Units = append(ev.Units, seen)
		}
	}
	w.request(ev)
}

// found decides what is found of an attempt that was alive. What the dead
// supervisor did last may not have been told.
func (w *world) found(ref Ref, sameBoot bool) (seen ObservedUnit, found bool) {
	seen = ObservedUnit{Ref: ref, State: runtime.Running}
	seen.Exit.StartedAt = w.Now
	switch runs := w.alive[ref]; {
	case !sameBoot && w.next(2) == 0:
		seen.State = runtime.Lost
		w.ended(ref, false)
	case w.next(4) == 0:
		seen.State = runtime.Exited
		seen.Exit.Code = w.next(2)
		seen.Exit.FinishedAt = w.Now
		w.ended(ref, seen.Exit.Code == 0)
	case !sameBoot:
		w.ended(ref, false)
		return seen, false
	case !runs && w.next(2) == 0:
		seen.State = runtime.Prepared // Start is repeated
		delete(w.alive, ref)
		delete(w.signaled, ref)
	case !runs:
		w.began(ref)
	}
	return seen, true
}

func (w *world) advance() {
	timer, due, ok := w.NextTimer()
	if !ok {
		return
	}
	delete(w.timers, timer)
	w.Now = due
	if timer.Kind == TimerGiveUp {
		w.ended(timer.Ref, false)
	}
	w.request(TimerFired{At: w.Now, Timer: timer})
}
