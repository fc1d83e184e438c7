package journal

import "github.com/limber-run/limber/engine"

// NewEvent is the event of a notice; Append fills in the rest.
func NewEvent(workflow string, n engine.Notice) Event {
	e := Event{
		Workflow:   workflow,
		Run:        n.Run,
		Type:       n.Type,
		Phase:      n.Phase,
		Hook:       n.Hook,
		DelayMS:    n.Delay.Milliseconds(),
		DurationMS: n.Took.Milliseconds(),
		Permanent:  n.Permanent,
		Reason:     n.Reason,
		Message:    n.Message,
	}
	if n.Ref.Name != "" {
		e.Unit, e.Role, e.Attempt = n.Ref.Name, n.Ref.Kind.String(), n.Ref.Attempt
	}
	if n.Probe != 0 {
		e.Probe = n.Probe.String()
	}
	if n.Type == engine.TypeUnitExited || n.Type == engine.TypeHookFinished {
		e.ExitCode = &n.ExitCode
	}
	if n.Type == engine.TypeUnitStopping {
		grace := n.Grace.Milliseconds()
		e.GraceMS = &grace
	}
	return e
}
