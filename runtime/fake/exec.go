package fake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/limber-run/limber/runtime"
)

// outputLimit is how much of a command's output Exec returns.
const outputLimit = 4 << 10

// answer is what a command does that is run in a container.
type answer struct {
	runtime.ExecResult
	takes time.Duration
}

// Exec runs a command in a running container, as its behaviour says.
func (r *Runtime) Exec(ctx context.Context, id string, command []string) (runtime.ExecResult, error) {
	return r.exec(ctx, Exec, id, func(c *container) (answer, error) {
		return r.answer(c, command), nil
	})
}

// Check runs the health command, as the behaviour of the container says.
func (r *Runtime) Check(ctx context.Context, id string) (bool, error) {
	result, err := r.exec(ctx, Check, id, r.health)
	return err == nil && result.Code == 0, err
}

// exec asks a running container for an answer and waits for it.
func (r *Runtime) exec(ctx context.Context, m Method, id string, ask func(*container) (answer, error)) (runtime.ExecResult, error) {
	var c *container
	var a answer
	err := r.call(ctx, m, r.subject(id), func() (err error) {
		if c, err = r.lookup(id); err != nil {
			return err
		}
		if c.state != runtime.Running {
			return fmt.Errorf("%s in %s: it is %s, not running", m, c.spec.Name, c.state)
		}
		a, err = ask(c)
		return err
	})
	if err != nil {
		return runtime.ExecResult{}, err
	}
	return r.result(ctx, c, a)
}

// result waits until a command is done, or killed by the end of its container.
func (r *Runtime) result(ctx context.Context, c *container, a answer) (runtime.ExecResult, error) {
	if a.takes == 0 {
		return a.ExecResult, nil
	}
	running := ctx
	if a.takes != Forever {
		timed, cancel := context.WithTimeout(ctx, a.takes)
		defer cancel()
		running = timed
	}
	err := r.await(running, c, c.over)
	switch {
	case err == nil:
		return runtime.ExecResult{Code: 128 + kill}, nil
	case errors.Is(err, runtime.ErrUnavailable):
		return runtime.ExecResult{}, err
	case ctx.Err() != nil:
		return runtime.ExecResult{}, ctx.Err()
	default:
		return a.ExecResult, nil
	}
}

// answer is what c says to a command that is run in it.
func (h *Host) answer(c *container, command []string) answer {
	if exec := c.behaviour.Exec; exec != nil {
		return answer{ExecResult: exec(time.Since(c.exit.StartedAt), command)}
	}
	b := read(command, c.spec.Resources.MemoryLimit, h.failures)
	if b.Fail != nil {
		return answer{} // a command that the fake does not know succeeds
	}
	var output strings.Builder
	for _, line := range b.Lines {
		fmt.Fprintln(&output, line.Text)
	}
	text := output.String()
	return answer{
		ExecResult: runtime.ExecResult{Code: b.Code, Output: text[:min(len(text), outputLimit)]},
		takes:      b.For,
	}
}

// health is what c says to its health check.
func (h *Host) health(c *container) (answer, error) {
	if healthy := c.behaviour.Healthy; healthy != nil {
		if healthy(time.Since(c.exit.StartedAt)) {
			return answer{}, nil
		}
		return answer{ExecResult: runtime.ExecResult{Code: 1}}, nil
	}
	if len(c.spec.HealthCommand) == 0 {
		return answer{}, fmt.Errorf("check %s: it has no health command", c.spec.Name)
	}
	return h.answer(c, c.spec.HealthCommand), nil
}
