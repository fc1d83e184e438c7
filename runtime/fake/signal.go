package fake

import (
	"context"
	"fmt"

	"github.com/limber-run/limber/runtime"
)

// kill is the number of the signal that no process can catch.
const kill = 9

// signals are the signals that can be sent, by name.
var signals = map[string]int{
	"SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGKILL": kill, "SIGUSR1": 10,
	"SIGUSR2": 12, "SIGTERM": 15, "SIGCONT": 18, "SIGWINCH": 28,
}

// harmless are those that end no process unless they are its stop signal.
var harmless = map[string]bool{"SIGCONT": true, "SIGWINCH": true}

// Signal sends a signal, or the stop signal of the container. On one that
// does not run it does nothing.
func (r *Runtime) Signal(ctx context.Context, id, signal string) error {
	subject := r.subject(id)
	if signal != "" {
		subject += " " + signal
	}
	return r.call(ctx, Signal, subject, func() error {
		c, err := r.lookup(id)
		if err != nil {
			return err
		}
		return r.signal(c, signal)
	})
}

func (h *Host) signal(c *container, signal string) error {
	stop := h.stopSignal(c.spec)
	if signal == "" {
		signal = stop
	}
	number, ok := signals[signal]
	if !ok {
		return fmt.Errorf("signal %s: no signal of that name", signal)
	}
	if c.state != runtime.Running || harmless[signal] && signal != stop {
		return nil
	}
	h.react(c, number)
	h.settle()
	return nil
}

func (h *Host) stopSignal(spec runtime.Spec) string {
	if spec.StopSignal != "" {
		return spec.StopSignal
	}
	if image := h.images[spec.Image]; image.StopSignal != "" {
		return image.StopSignal
	}
	return "SIGTERM"
}

// react lets c do what its behaviour says about a signal. It may be asked again,
// or end by itself, before its time is up: the first end counts.
func (h *Host) react(c *container, number int) {
	reaction := c.behaviour.OnSignal
	switch {
	case number == kill, reaction == nil:
		h.end(c, runtime.Exit{Code: 128 + number})
	case reaction.Ignore:
	default:
		h.plan(reaction.After, c, func() { h.end(c, runtime.Exit{Code: reaction.Code}) })
	}
}
