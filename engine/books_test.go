package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// books are what a world knows by itself, from the actions that it was asked
// for and the facts that it told: never from the run.
type books struct {
	alive    map[Ref]bool // started, end not yet told; true: its process runs
	signaled map[Ref]bool // has been sent a signal
	prepared map[Ref]bool
	hooks    map[Ref]HookKind // under way
	skips    map[Ref]bool     // told to be needless
	started  map[string]bool  // sidecars that were started in this run
	done     map[string]bool  // units that have succeeded in this run, by themselves
	before   map[string]bool  // done, of the run before
	early    map[Ref]bool     // was being stopped before the run was
	hasty    map[Ref]bool     // was signaled before its process ran
	ending   bool             // the run was being ended before the last event
	stopping bool             // the last request was a stop
}

func newBooks() books {
	return books{
		alive: map[Ref]bool{}, signaled: map[Ref]bool{}, prepared: map[Ref]bool{}, hooks: map[Ref]HookKind{},
		skips:   map[Ref]bool{},
		started: map[string]bool{}, done: map[string]bool{}, before: map[string]bool{},
		early: map[Ref]bool{}, hasty: map[Ref]bool{},
	}
}

// began notes that the process of an attempt runs.
func (w *world) began(ref Ref) {
	w.alive[ref] = true
	if spec := w.spec(ref); spec.PostStart == nil && spec.Startup == nil {
		w.started[ref.Name] = true
	}
}

// ended notes the end of an attempt. After a signal it is no success.
func (w *world) ended(ref Ref, ok bool) {
	w.done[ref.Name] = ok && !w.signaled[ref]
	delete(w.alive, ref)
	delete(w.signaled, ref)
}

func (w *world) spec(ref Ref) UnitSpec {
	return w.Run.Spec.Units[w.Run.Spec.Index(ref.Name)]
}

func (w *world) record() string {
	text, err := json.Marshal(w.Run)
	if err != nil {
		w.fatalf("write the record: %v", err)
	}
	return string(text)
}

// request feeds one event and checks what it led to.
func (w *world) request(ev Event) {
	said := fmt.Sprintf("%T%+v", ev, ev)
	switch ev.(type) {
	case StopRequested:
		w.stopping = true
	case RunRequested:
		w.stopping = false
		said = "RunRequested"
	case RestartRequested:
		w.stopping = false
	default:
	}
	w.trace = append(w.trace, said)
	w.ending = w.Run.Ending != nil
	run, actions := w.transition(ev)
	w.Run = run
	for _, a := range actions {
		w.trace = append(w.trace, "  > "+a.String())
		w.check(a)
	}
	for ref := range w.hooks {
		if _, alive := w.alive[ref]; !alive {
			w.fatalf("the hook of %s goes on after its end", ref)
		}
	}
	w.checkProgress()
}

// transition checks now and then, because it takes so much longer than the
// rest, that the run passed in is not modified.
func (w *world) transition(ev Event) (Run, []Action) {
	if len(w.trace)%8 != 0 {
		return Transition(w.Run, ev)
	}
	before := w.record()
	run, actions := Transition(w.Run, ev)
	if after := w.record(); after != before {
		w.fatalf("the run passed in was modified:\n%s\n%s", before, after)
	}
	return run, actions
}

// checkProgress checks that something will go on: a live run waits for a
// process, a sandbox or a timer of its own, and every back-off has a timer.
func (w *world) checkProgress() {
	if !w.Run.Live() {
		return
	}
	waits := len(w.alive) > 0 || w.Run.Sandbox.Phase == SandboxPreparing || w.Run.Sandbox.Phase == SandboxRemoving
	for timer := range w.timers {
		waits = waits || timer.Ref.Run == w.Run.Number && timer.Kind != TimerEnding && timer.Kind != TimerActiveDeadline
	}
	if !waits {
		w.fatalf("nothing goes on: %+v", w.Run)
	}
	for i := range w.Run.Units {
		timer := Timer{Kind: TimerBackoff, Ref: w.Run.Ref(i)}
		if _, armed := w.timers[timer]; w.Run.Units[i].Phase == UnitBackoff && !armed {
			w.fatalf("%s waits for no timer", w.Run.Ref(i))
		}
	}
}

func (w *world) check(a Action) {
	switch a := a.(type) {
	case Arm:
		early := a.Jitter * float64(w.next(2))
		w.timers[a.Timer] = w.Now.Add(a.After - time.Duration(float64(a.After)*early))
	case Disarm:
		delete(w.timers, a.Timer)
	case Notice:
		w.checkNotice(a)
	case Prepare:
		if w.stopping {
			w.fatalf("%s prepared after a stop request", a.Ref)
		}
		for _, use := range w.spec(a.Ref).Uses() {
			if !w.done[use.Step] {
				w.fatalf("%s prepared although %s is not known", a.Ref, use)
			}
		}
		w.prepared[a.Ref] = true
	case Discard:
		delete(w.prepared, a.Ref)
	case Start:
		w.checkStart(a.Ref)
		w.alive[a.Ref] = false
		delete(w.prepared, a.Ref)
		w.checkRequests()
	case Hook:
		w.checkHook(a)
	case Stop:
		if kind := w.hooks[a.Ref]; kind != "" {
			w.fatalf("%s gets its signal during %s", a.Ref, kind)
		}
		w.checkSignal(a.Ref)
	case Kill:
		w.checkSignal(a.Ref)
	case Finish:
		w.checkFinish(a)
	default:
	}
}

func (w *world) checkNotice(n Notice) {
	switch n.Type {
	case TypeRunStarted:
		w.before = maps.Clone(w.done)
		clear(w.done)
		clear(w.started)
		w.checkNothingLeft()
	case TypeUnitSkipped:
		if !w.before[n.Ref.Name] && !w.skips[n.Ref] {
			w.fatalf("%s skipped although it has not succeeded", n.Ref)
		}
		w.done[n.Ref.Name] = true
	case TypeUnitStopping:
		w.early[n.Ref] = n.Reason != ReasonStopped
		if w.ending && n.Reason != ReasonStopped {
			w.fatalf("%s is stopped for %s while the run ends", n.Ref, n.Reason)
		}
	default:
	}
}

func (w *world) checkNothingLeft() {
	if len(w.alive) > 0 || len(w.prepared) > 0 {
		w.fatalf("left at the end of a run: alive %v, prepared %v", w.alive, w.prepared)
	}
}

func (w *world) checkFinish(a Finish) {
	w.checkNothingLeft()
	if a.Phase != Succeeded || a.Reason == ReasonStopped { // a stop is judged by exit codes alone (SEMANTICS B 87)
		return
	}
	for _, spec := range w.Run.Spec.Units {
		if spec.Kind == Service && spec.Liveness == nil && spec.Startup == nil && spec.PostStart == nil && !w.done[spec.Name] {
			w.fatalf("succeeded although %s has not", spec.Name)
		}
	}
}

func (w *world) checkStart(ref Ref) {
	if w.stopping {
		w.fatalf("%s started after a stop request", ref)
	}
	for other := range w.alive {
		if other.Name == ref.Name || other.Kind == Init && ref.Kind == Init {
			w.fatalf("%s started while %s is live", ref, other)
		}
	}
	for _, spec := range w.Run.Spec.Units {
		if spec.Name == ref.Name && ref.Kind != Service {
			if ref.Kind == Init && w.done[ref.Name] {
				w.fatalf("%s started although it has succeeded", ref)
			}
			return
		}
		if spec.Kind == Init && !w.done[spec.Name] || spec.Kind == Sidecar && !w.started[spec.Name] {
			w.fatalf("%s started before %s is through", ref, spec.Name)
		}
	}
}

// checkRequests checks that what lives never requests more than the workflow
// says that it does (SEMANTICS B 91).
func (w *world) checkRequests() {
	var live int64
	for ref := range w.alive {
		live += w.spec(ref).Container.Resources.CPURequest
	}
	if all := w.Run.Spec.Requests()[CPU]; live > all {
		w.fatalf("what lives requests %d, the workflow %d", live, all)
	}
}

// checkHook keeps the book of hooks. They are of processes that run, one at a
// time.
func (w *world) checkHook(a Hook) {
	switch under := w.hooks[a.Ref]; {
	case !a.On:
		delete(w.hooks, a.Ref)
	case !w.alive[a.Ref] || under != "":
		w.fatalf("%s of %s begins; it runs: %v; under way: %q", a.Hook, a.Ref, w.alive[a.Ref], under)
	default:
		w.hooks[a.Ref] = a.Hook
	}
}

// checkSignal checks the order in which an ending run asks sidecars to end.
func (w *world) checkSignal(ref Ref) {
	first := !w.signaled[ref] && w.alive[ref] // who does not run yet has no turn to wait for
	w.hasty[ref] = w.hasty[ref] || !w.alive[ref]
	w.signaled[ref] = true
	i := w.Run.Find(ref)
	if i < 0 || ref.Kind != Sidecar || w.Run.Ending == nil || !first || w.early[ref] {
		return
	}
	for other := range w.alive {
		if other.Kind == Service && other.Run == ref.Run {
			w.fatalf("%s stopped while %s is live", ref, other)
		}
	}
	for j := i + 1; j < len(w.Run.Units); j++ {
		if w.Run.Spec.Units[j].Kind == Sidecar && w.alive[w.Run.Ref(j)] && !w.hasty[w.Run.Ref(j)] {
			w.fatalf("%s stopped before %s, which was declared after it", ref, w.Run.Ref(j))
		}
	}
}

func (w *world) refs() []Ref {
	return slices.SortedFunc(maps.Keys(w.alive), func(a, b Ref) int { return strings.Compare(a.String(), b.String()) })
}

func (w *world) anyAlive() Ref {
	refs := w.refs()
	return refs[w.next(len(refs))]
}

func (w *world) fatalf(format string, args ...any) {
	w.t.Helper()
	spec, err := json.MarshalIndent(w.Run.Spec, "", " ")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Fatalf("%s\n%s\n%s", fmt.Sprintf(format, args...), strings.Join(w.trace, "\n"), spec)
}
