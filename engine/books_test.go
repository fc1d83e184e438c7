package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

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
	for i := range run.Units {
		if run.Units[i].HasStarted {
			w.started[run.Spec.Units[i].Name] = true
		}
	}
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

func (w *world) check(a Action) {
	switch a := a.(type) {
	case Arm:
		w.timers[a.Timer] = w.Now.Add(a.After)
	case Disarm:
		delete(w.timers, a.Timer)
	case Notice:
		w.checkNotice(a)
	case Start:
		w.checkStart(a.Ref)
		w.alive[a.Ref] = false
	case Hook:
		w.checkHook(a)
	case Stop:
		if kind := w.hooks[a.Ref]; kind != "" {
			w.fatalf("%s gets its signal during %s", a.Ref, kind)
		}
		w.checkStop(a.Ref)
	case Kill:
		w.checkStop(a.Ref)
	default:
	}
}

func (w *world) checkNotice(n Notice) {
	switch n.Type {
	case TypeRunStarted:
		clear(w.done)
		clear(w.started)
	case TypeUnitSkipped:
		w.done[n.Ref.Name] = true
	default:
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
		if spec.Kind == Init && !w.done[spec.Name] || spec.Kind == Sidecar && !w.started[spec.Name] && !w.hasStarted(spec.Name) {
			w.fatalf("%s started before %s is through", ref, spec.Name)
		}
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

func (w *world) hasStarted(name string) bool {
	i := slices.IndexFunc(w.Run.Spec.Units, func(u UnitSpec) bool { return u.Name == name })
	return w.Run.Units[i].HasStarted
}

func (w *world) checkStop(ref Ref) {
	i := w.Run.Find(ref)
	if i < 0 || ref.Kind != Sidecar || w.Run.Units[i].StopCause != StopEnding {
		return
	}
	for other := range w.alive {
		if other.Kind == Service && other.Run == ref.Run {
			w.fatalf("%s stopped while %s is live", ref, other)
		}
	}
	for j := i + 1; j < len(w.Run.Units); j++ {
		if w.Run.Spec.Units[j].Kind == Sidecar && w.alive[w.Run.Ref(j)] {
			w.fatalf("%s stopped before %s, which was declared after it", ref, w.Run.Ref(j))
		}
	}
}

func (w *world) anyAlive() Ref {
	refs := make([]Ref, 0, len(w.alive))
	for ref := range w.alive {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.String(), b.String()) })
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
