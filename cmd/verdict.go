package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

const (
	// lastLines is how much of a failed unit's log is shown.
	lastLines = 20
	// lastWords is how long getting it may take.
	lastWords = 10 * time.Second
)

// failedError is a workflow that has failed.
type failedError struct{ status engine.Status }

func (e *failedError) Error() string {
	if e.status.Reason.Asked() {
		return fmt.Sprintf("workflow %q was stopped", e.status.Name)
	}
	return fmt.Sprintf("workflow %q has failed: %s", e.status.Name, e.status.Reason)
}

// initFailedError is a workflow that has failed because of an init step.
type initFailedError struct{ failedError }

// permanentError is a unit that has little hope to start.
type permanentError struct{ event journal.Event }

func (e *permanentError) Error() string {
	who := fmt.Sprintf("workflow %q", e.event.Workflow)
	if e.event.Unit != "" {
		who = fmt.Sprintf("%s %q of %s", e.event.Role, e.event.Unit, who)
	}
	return fmt.Sprintf("%s cannot start: %s%s", who, e.event.Reason, then(e.event.Message))
}

// timeoutError is a wait that took too long.
type timeoutError struct {
	after time.Duration
	list  []string // what was waited for
}

func (e *timeoutError) Error() string {
	return fmt.Sprintf("timed out after %s; still waiting for %s", e.after, strings.Join(e.list, ", "))
}

// verdict says how the workflows are, and shows why those that have failed did.
func (a *App) verdict(ctx context.Context, w *watch) error {
	if w.permanent != nil {
		return &permanentError{*w.permanent}
	}
	var problems []error
	all, err := w.session.status(ctx)
	if err != nil {
		return err
	}
	for _, t := range w.targets {
		s, _ := workflowOf(all, t.name)
		switch {
		case t.removing:
		case s.Name == "" && t.good: // and removed since
		case s.Name == "":
			problems = append(problems, fmt.Errorf("workflow %q has been removed", t.name))
		case s.Phase == engine.Failed:
			problems = append(problems, a.failure(ctx, w.session.project, s))
		case w.goal == goalSettled && s.FailedForGood() != nil:
			a.showFailure(ctx, w.session.project, s, *s.FailedForGood())
			problems = append(problems, fmt.Errorf("workflow %q will not become ready; what else it has goes on", s.Name))
		}
	}
	return errors.Join(problems...)
}

// failure is the error of a failed workflow. It shows which unit it was.
func (a *App) failure(ctx context.Context, p project, s engine.Status) error {
	if u := culprit(s); u != nil {
		a.showFailure(ctx, p, s, *u)
	}
	failed := failedError{s}
	if s.Reason == engine.ReasonInitFailed {
		return &initFailedError{failed}
	}
	return &failed
}

// culprit is the unit that a workflow failed of; nil if it was none.
func culprit(s engine.Status) *engine.UnitStatus {
	if s.Reason.Asked() || s.Reason == engine.ReasonDeadlineExceeded {
		return nil
	}
	for i, u := range s.Units {
		failed := u.ExitCode != nil && (*u.ExitCode != 0 || u.Reason != engine.ReasonCompleted)
		sidecar := u.Role == engine.Sidecar.String() // they are stopped, whatever happened
		if failed && !sidecar && u.State == engine.StateExited {
			return &s.Units[i]
		}
	}
	return nil
}

// showFailure says how a unit failed, and shows the end of its log.
func (a *App) showFailure(ctx context.Context, p project, s engine.Status, u engine.UnitStatus) {
	code := *u.ExitCode
	a.sayf("%s", a.err.paint(colorBad, fmt.Sprintf("%s  %s/%s failed: exit code %d (%s) after %s%s",
		s.Name, u.Role, u.Name, code, u.Reason, plural(u.Attempts, "attempt"), then(plain(u.Message)))))
	lines, err := a.lastLines(ctx, p, s.Name, u.Name)
	switch {
	case errors.Is(err, runtime.ErrNotFound):
		a.sayf("its log is not there any more")
	case err != nil:
		a.log.Warn().Err(err).Str("unit", u.Name).Msg("read the log of the failed unit")
	case len(lines) == 0:
		a.sayf("it wrote nothing")
	default:
		a.sayf("its last lines:")
		for _, line := range lines {
			a.sayf("  %s", line)
		}
	}
}

// lastLines is the end of the log of a unit's last attempt.
func (a *App) lastLines(ctx context.Context, p project, workflow, unit string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	rt, err := a.runtime(ctx, p)
	if err != nil {
		return nil, err
	}
	containers, err := listContainers(ctx, rt, p.name, workflow)
	if err != nil {
		return nil, err
	}
	c, ok := attemptOf(containers, unit, 0)
	if !ok {
		return nil, fmt.Errorf("its container: %w", runtime.ErrNotFound)
	}
	var lines []string
	err = rt.Logs(ctx, c.id, runtime.LogOptions{Tail: lastLines}, func(l runtime.LogLine) error {
		lines = append(lines, l.Text)
		return nil
	})
	return lines, err
}
