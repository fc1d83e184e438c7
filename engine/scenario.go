package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Scenario runs a workflow by text: the tests, the trace of a bug and the
// simulation share it. Time begins at the Unix epoch and moves only when a
// line says so; timers fire in order as it does. The text is one event a line:
//
//	up                                   stop [grace=5s] [force] [undeclared]
//	dependencies met|failed NAME
//	restart [UNIT] [no-init]             +3s
//	sandbox ready|lost|failed N          started REF
//	exited REF CODE [oom] [lost] [invalid] [NAME=VALUE]…
//	waiting REF REASON [permanent]
//	skipped REF REASON                   hook REF KIND CODE
//	probe REF KIND ok|failed [extra]
//	observed [boot] [no-sandbox] REF=STATE[:CODE[:AGO]]…
//
// A REF is what Ref.String prints.
type Scenario struct {
	Run    Run
	Now    time.Time
	timers map[Timer]time.Time
}

// NewScenario begins a scenario of spec.
func NewScenario(spec Workflow) *Scenario {
	return &Scenario{Run: New(spec), Now: time.Unix(0, 0).UTC(), timers: map[Timer]time.Time{}}
}

// Do carries out one line and returns what it led to, an action a line. A
// timer that fires is a line "fired TIMER" before its actions.
func (s *Scenario) Do(line string) ([]string, error) {
	if strings.HasPrefix(line, "+") {
		d, err := time.ParseDuration(line[1:])
		if err != nil {
			return nil, err
		}
		return s.Advance(d), nil
	}
	ev, err := s.parse(strings.Fields(line))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", line, err)
	}
	return s.Feed(ev), nil
}

// Feed folds one event into the run and keeps the timers.
func (s *Scenario) Feed(ev Event) []string {
	run, actions := Transition(s.Run, ev)
	s.Run = run
	out := make([]string, 0, len(actions))
	for _, a := range actions {
		switch a := a.(type) {
		case Arm:
			s.timers[a.Timer] = s.Now.Add(a.After)
		case Disarm:
			delete(s.timers, a.Timer)
		default:
		}
		out = append(out, a.String())
	}
	return out
}

// Advance moves the time and fires what comes due, earliest first.
func (s *Scenario) Advance(d time.Duration) []string {
	until := s.Now.Add(d)
	var out []string
	for {
		timer, due, ok := s.NextTimer()
		if !ok || due.After(until) {
			s.Now = until
			return out
		}
		delete(s.timers, timer)
		s.Now = due
		out = append(out, "fired "+timer.String())
		out = append(out, s.Feed(TimerFired{At: s.Now, Timer: timer})...)
	}
}

// NextTimer is the timer that is due first, if one is set.
func (s *Scenario) NextTimer() (timer Timer, due time.Time, ok bool) {
	for t, at := range s.timers {
		if !ok || at.Before(due) || at.Equal(due) && t.String() < timer.String() {
			timer, due, ok = t, at, true
		}
	}
	return timer, due, ok
}

func (s *Scenario) parse(words []string) (Event, error) {
	if len(words) == 0 {
		return nil, fmt.Errorf("no event")
	}
	args := words[1:]
	switch words[0] {
	case "up":
		return RunRequested{At: s.Now, Spec: s.Run.Spec, Reason: ReasonUp}, nil
	case "stop":
		return s.parseStop(args)
	case "restart":
		return s.parseRestart(args), nil
	case "dependencies":
		if slices.Contains(args, "met") {
			return DependenciesMet{At: s.Now}, nil
		}
		return DependencyFailed{At: s.Now, Workflow: args[len(args)-1]}, nil
	case "sandbox":
		return s.parseSandbox(args)
	case "observed":
		return s.parseObserved(args)
	case "started", "exited", "waiting", "skipped", "probe", "hook":
		return s.parseUnit(words[0], args)
	}
	return nil, fmt.Errorf("unknown event")
}

func (s *Scenario) parseStop(args []string) (Event, error) {
	ev := StopRequested{At: s.Now, Force: slices.Contains(args, "force")}
	if slices.Contains(args, "undeclared") {
		ev.Reason = ReasonNotDeclared
	}
	for _, arg := range args {
		if text, ok := strings.CutPrefix(arg, "grace="); ok {
			grace, err := time.ParseDuration(text)
			if err != nil {
				return nil, err
			}
			ev.Grace = &grace
		}
	}
	return ev, nil
}

func (s *Scenario) parseRestart(args []string) Event {
	ev := RestartRequested{At: s.Now}
	for _, arg := range args {
		if arg == "no-init" {
			ev.NoInit = true
			continue
		}
		ev.Unit = arg
	}
	return ev
}

func (s *Scenario) parseSandbox(args []string) (Event, error) {
	if len(args) < 2 {
		return nil, fmt.Errorf("want what happened and a number")
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	switch args[0] {
	case "ready":
		return SandboxReady{At: s.Now, Number: n}, nil
	case "lost":
		return SandboxLost{At: s.Now, Number: n}, nil
	case "failed":
		return SandboxFailed{At: s.Now, Number: n, Message: "no luck", Permanent: slices.Contains(args, "permanent")}, nil
	}
	return nil, fmt.Errorf("unknown event of a sandbox")
}

func (s *Scenario) parseUnit(what string, args []string) (Event, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("want a reference")
	}
	ref, err := ParseRef(args[0])
	if err != nil {
		return nil, err
	}
	args = args[1:]
	switch {
	case what == "started":
		return UnitStarted{At: s.Now, Ref: ref}, nil
	case what == "exited" && len(args) > 0:
		code, err := strconv.Atoi(args[0])
		return UnitExited{
			At: s.Now, Ref: ref, Code: code, Left: parseLeft(args),
			OOM: slices.Contains(args, "oom"), Lost: slices.Contains(args, "lost"),
		}, err
	case what == "waiting" && len(args) > 0:
		return UnitWaiting{At: s.Now, Ref: ref, Reason: args[0], Permanent: slices.Contains(args, "permanent")}, nil
	case what == "probe" && len(args) > 1:
		return parseProbeDone(s.Now, ref, args)
	case what == "skipped" && len(args) > 0:
		return UnitSkipped{At: s.Now, Ref: ref, Reason: Reason(args[0])}, nil
	case what == "hook" && len(args) > 1:
		code, err := strconv.Atoi(args[1])
		return HookDone{At: s.Now, Ref: ref, Hook: HookKind(args[0]), OK: code == 0, Code: code}, err
	}
	return nil, fmt.Errorf("want more words")
}

// parseLeft reads the outputs among words.
func parseLeft(words []string) (left Left) {
	for _, word := range words {
		name, value, ok := strings.Cut(word, "=")
		switch {
		case word == "invalid":
			left.Invalid = "no output"
		case ok && left.Outputs == nil:
			left.Outputs = map[string]string{name: value}
		case ok:
			left.Outputs[name] = value
		}
	}
	return left
}

func (s *Scenario) parseObserved(args []string) (Event, error) {
	ev := Observed{At: s.Now, SameBoot: true, Sandbox: true}
	for _, arg := range args {
		switch arg {
		case "boot":
			ev.SameBoot = false
			continue
		case "no-sandbox":
			ev.Sandbox = false
			continue
		}
		name, state, _ := strings.Cut(arg, "=")
		ref, err := ParseRef(name)
		if err != nil {
			return nil, err
		}
		seen, err := s.parseSeen(strings.Split(state, ":"))
		if err != nil {
			return nil, err
		}
		seen.Ref = ref
		ev.Units = append(ev.Units, seen)
	}
	return ev, nil
}

// parseSeen reads a state, its exit code, and how long ago it began.
func (s *Scenario) parseSeen(parts []string) (seen ObservedUnit, err error) {
	seen.State = runtime.State(parts[0])
	seen.Exit.StartedAt = s.Now
	if len(parts) > 1 {
		if seen.Exit.Code, err = strconv.Atoi(parts[1]); err != nil {
			return seen, err
		}
	}
	if len(parts) > 2 {
		ago, err := time.ParseDuration(parts[2])
		seen.Exit.FinishedAt = s.Now.Add(-ago)
		if seen.State == runtime.Running {
			seen.Exit.StartedAt = seen.Exit.FinishedAt
		}
		return seen, err
	}
	return seen, nil
}

func parseProbeDone(at time.Time, ref Ref, args []string) (Event, error) {
	ev := ProbeDone{At: at, Ref: ref, OK: args[1] == "ok", Extra: slices.Contains(args, "extra")}
	for _, kind := range []ProbeKind{Startup, Readiness, Liveness} {
		if kind.String() == args[0] {
			ev.Probe = kind
			return ev, nil
		}
	}
	return nil, fmt.Errorf("unknown kind of probe %q", args[0])
}

// ParseRef reads what Ref.String prints.
func ParseRef(text string) (Ref, error) {
	ref := Ref{Run: 1}
	kind, rest, ok := strings.Cut(text, "/")
	if !ok || ref.Kind.UnmarshalText([]byte(kind)) != nil {
		return Ref{}, fmt.Errorf("%q is not a reference like service/api#1", text)
	}
	rest, run, hasRun := strings.Cut(rest, "@")
	name, attempt, _ := strings.Cut(rest, "#")
	var err error
	if ref.Attempt, err = strconv.Atoi(attempt); err != nil {
		return Ref{}, fmt.Errorf("%q is not a reference like service/api#1", text)
	}
	if hasRun {
		if ref.Run, err = strconv.Atoi(run); err != nil {
			return Ref{}, fmt.Errorf("%q is not a reference like service/api#1@2", text)
		}
	}
	ref.Name = name
	return ref, nil
}
