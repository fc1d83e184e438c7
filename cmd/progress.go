package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
)

// progress tells a person what happens, a line an event.
type progress struct {
	out   stream
	width int            // of the column of units
	held  *journal.Event // not told of yet
}

func newProgress(out stream) *progress { return &progress{out: out} }

// expect makes room for the names of declared units.
func (p *progress) expect(workflows []engine.Workflow) *progress {
	for _, w := range workflows {
		for _, u := range w.Units {
			p.room(u.Kind.String(), u.Name)
		}
	}
	return p
}

// expectStatus makes room for the names of units that are there.
func (p *progress) expectStatus(s control.Status) *progress {
	for _, w := range s.Workflows {
		for _, u := range w.Units {
			p.room(u.Role, u.Name)
		}
	}
	return p
}

// room makes the column of units as wide as it must be, and returns a name
// for it.
func (p *progress) room(role, name string) string {
	unit := role + "/" + name
	p.width = max(p.width, len(unit))
	return unit
}

// event tells of e. What may be told together with what follows it, or not at
// all, is held back: the next event, or flush, brings it out.
func (p *progress) event(e journal.Event) {
	if held := p.held; held != nil {
		p.held = nil
		if told := p.together(*held, e); told {
			return
		}
	}
	if e.Type == engine.TypeUnitExited || e.Type == engine.TypeWorkflowUnready {
		p.held = &e
		return
	}
	p.tell(e)
}

// together tells of an event that was held back, now that the next one is
// known, and reports whether that has told of both.
func (p *progress) together(held, next journal.Event) bool {
	switch {
	case held.Workflow != next.Workflow:
	case next.Type == engine.TypeUnitBackoff && next.Unit == held.Unit:
		p.line(next, colorWarn, exitText(held)+", "+nextTry(next))
		return true
	case held.Type == engine.TypeWorkflowUnready && slices.Contains(ends, next.Type):
		return false // goes without saying
	}
	p.tell(held)
	return false
}

// ends are the events after which a workflow cannot be ready.
var ends = []engine.NoticeType{
	engine.TypeWorkflowPhase, engine.TypeWorkflowSucceeded, engine.TypeWorkflowFailed, engine.TypeRunStarted,
}

// flush tells what is held back.
func (p *progress) flush() {
	if held := p.held; held != nil {
		p.held = nil
		p.tell(*held)
	}
}

func (p *progress) tell(e journal.Event) {
	if text, color := eventText(e); text != "" {
		p.line(e, color, text)
	}
}

func (p *progress) line(e journal.Event, color, text string) {
	parts := []string{e.Workflow}
	if e.Unit != "" {
		unit := p.room(e.Role, e.Unit)
		parts = append(parts, fmt.Sprintf("%-*s", p.width, unit))
	}
	parts = append(parts, p.out.paint(color, plain(text)))
	_, _ = fmt.Fprintln(p.out, strings.Join(parts, "  ")) // there is nobody else to tell
}

// stillWaiting says why nothing happens.
func (p *progress) stillWaiting(list []string, since time.Duration) {
	for _, what := range list {
		_, _ = fmt.Fprintf(p.out, "still waiting for %s, %s so far\n", what, shortDuration(since))
	}
}

// eventText is what a person needs to know of an event; "" if that is nothing.
func eventText(e journal.Event) (text, color string) {
	switch e.Type { //nolint:exhaustive // the others are for programs
	case engine.TypeRunStarted:
		return fmt.Sprintf("run %d begins%s", e.Run, because(e.Reason, engine.ReasonUp)) + change(e), ""
	case engine.TypeImagePulling:
		return "pulling " + e.Image, ""
	case engine.TypeImagePulled:
		return fmt.Sprintf("pulled %s in %s", e.Image, shortDuration(time.Duration(e.DurationMS)*time.Millisecond)), ""
	case engine.TypeUnitStarted:
		return "started" + attemptText(e), ""
	case engine.TypeUnitExited:
		if e.Reason == engine.ReasonCompleted {
			return exitText(e), ""
		}
		return exitText(e), colorBad
	case engine.TypeUnitSkipped:
		return "skipped" + because(e.Reason, ""), ""
	case engine.TypeUnitBackoff:
		return nextTry(e), colorWarn
	case engine.TypeUnitWaiting:
		if e.Reason == engine.ReasonCancelled {
			return "", "" // as it should be
		}
		return fmt.Sprintf("cannot start: %s%s", e.Reason, then(e.Message)), colorBad
	case engine.TypeUnitReady:
		if e.Role != engine.Init.String() {
			return "ready", colorGood
		}
	case engine.TypeProbeFailed:
		if e.Reason != "" {
			return fmt.Sprintf("%s probe failed%s", e.Probe, then(e.Message)), colorWarn
		}
	case engine.TypeHookFinished:
		if e.Reason != "" {
			return fmt.Sprintf("%s failed%s", e.Hook, then(e.Message)), colorWarn
		}
	case engine.TypeUnitStopping:
		return "stopping" + because(e.Reason, engine.ReasonStopped) + change(e), ""
	case engine.TypeWorkflowReady:
		return "ready", colorGood
	case engine.TypeWorkflowUnready:
		return "not ready any more", colorWarn
	case engine.TypeWorkflowSucceeded:
		return "succeeded" + because(e.Reason, engine.ReasonCompleted), colorGood
	case engine.TypeWorkflowRemoved:
		return "removed" + then(e.Message), ""
	case engine.TypeWorkflowFailed:
		if e.Reason.Asked() {
			return "stopped", ""
		}
		return fmt.Sprintf("failed: %s%s", e.Reason, then(e.Message)), colorBad
	}
	return "", ""
}

// exitText says how an attempt ended.
func exitText(e journal.Event) string {
	code := 0
	if e.ExitCode != nil {
		code = *e.ExitCode
	}
	if code == 0 && e.Reason == engine.ReasonCompleted {
		if e.Role == engine.Init.String() {
			return "succeeded" + attemptText(e)
		}
		return "completed" + attemptText(e)
	}
	text := fmt.Sprintf("exited with code %d", code)
	if e.Reason != engine.ReasonError && e.Reason != "" {
		text += ", " + string(e.Reason)
	}
	return fmt.Sprintf("%s (attempt %d)%s", text, e.Attempt, then(e.Message))
}

func nextTry(e journal.Event) string {
	return "next try in " + shortDuration(time.Duration(e.DelayMS)*time.Millisecond)
}

// attemptText is silent about the first attempt: most have no other.
func attemptText(e journal.Event) string {
	if e.Attempt <= 1 {
		return ""
	}
	return fmt.Sprintf(" (attempt %d)", e.Attempt)
}

// because adds a reason, unless it goes without saying.
func because(reason, usual engine.Reason) string {
	if reason == "" || reason == usual {
		return ""
	}
	return fmt.Sprintf(" (%s)", reason)
}

// change says what has been declared otherwise, if that is why.
func change(e journal.Event) string {
	if e.Reason != engine.ReasonSpecChanged {
		return ""
	}
	return then(e.Message)
}

func then(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// shortDuration prints a duration with the precision that matters.
func shortDuration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
