package engine

import "time"

// ideal lives through what follows from some events if all goes well: every
// process starts, every step exits with 0, every hook and probe succeeds, and
// what is asked to end does.
type ideal struct {
	run      Run
	now      time.Time
	needless func(UnitSpec) Reason // why a step need not run; "": it runs
	queue    []Event
	ending   map[Ref]bool // asked to end
}

// idealEvents bounds a life, in case that a workflow never comes to rest.
const idealEvents = 100_000

// live hands each action to see, with the number of the event that led to it.
func (l *ideal) live(see func(event int, a Action)) {
	for n := 0; len(l.queue) > 0 && n < idealEvents; n++ {
		ev := l.queue[0]
		l.queue = l.queue[1:]
		var actions []Action
		l.run, actions = Transition(l.run, ev)
		for _, a := range actions {
			see(n, a)
			l.answer(a)
		}
		if l.run.AwaitsWorkflows() {
			l.tell(DependenciesMet{At: l.now})
		}
	}
}

// answer queues the facts that an action leads to.
func (l *ideal) answer(a Action) {
	switch a := a.(type) {
	case PrepareSandbox:
		l.tell(SandboxReady{At: l.now, Number: a.Number})
	case RemoveSandbox:
		l.tell(SandboxLost{At: l.now, Number: a.Number})
	case Start:
		l.started(a.Ref)
	case Stop:
		l.ended(a.Ref, 0)
	case Kill:
		l.ended(a.Ref, 137)
	case Hook:
		if a.On {
			l.tell(HookDone{At: l.now, Ref: a.Ref, Hook: a.Hook, OK: true})
		}
	case Probing:
		l.probed(a)
	case Arm:
		if a.Timer.Kind == TimerNextRun {
			l.now = l.now.Add(a.After)
			l.tell(TimerFired{At: l.now, Timer: a.Timer})
		}
	case Record, Prepare, Discard, Disarm, Finish, Notice:
	}
}

func (l *ideal) tell(ev Event) { l.queue = append(l.queue, ev) }

func (l *ideal) started(ref Ref) {
	spec := l.run.Spec.Units[l.run.Spec.Index(ref.Name)]
	if spec.Kind == Init && l.needless(spec) != "" {
		l.tell(UnitSkipped{At: l.now, Ref: ref, Reason: l.needless(spec)})
		return
	}
	l.tell(UnitStarted{At: l.now, Ref: ref})
	if spec.Kind == Init {
		l.tell(UnitExited{At: l.now, Ref: ref})
	}
}

// ended answers the first signal alone: a process ends once.
func (l *ideal) ended(ref Ref, code int) {
	if !l.ending[ref] {
		l.ending[ref] = true
		l.tell(UnitExited{At: l.now, Ref: ref, Code: code})
	}
}

func (l *ideal) probed(a Probing) {
	i := l.run.Find(a.Ref)
	if i < 0 || !a.On || a.Probe == Liveness {
		return
	}
	for range l.run.Spec.Units[i].ProbeOf(a.Probe).SuccessThreshold {
		l.tell(ProbeDone{At: l.now, Ref: a.Ref, Probe: a.Probe, OK: true})
	}
}
