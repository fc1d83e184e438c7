package supervisor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/prober"
	"github.com/limber-run/limber/runtime"
)

// hookRequestTimeout bounds the request of an http_get hook. The other
// handlers take the time they take.
const hookRequestTimeout = 30 * time.Second

var (
	errAbandoned   = errors.New("abandoned")
	errSandboxGone = errors.New("the sandbox is gone")
)

// hook begins or abandons the hook of an attempt.
func (d *driver) hook(a engine.Hook) {
	if cancel := d.hooks[a.Ref]; cancel != nil {
		cancel(errAbandoned)
		delete(d.hooks, a.Ref)
	}
	i := d.run.Find(a.Ref)
	if !a.On || i < 0 {
		return
	}
	h := hookRun{
		rt: d.project.cfg.Runtime, agent: d.sandbox.agent, container: d.containers[a.Ref],
		spec: &d.run.Spec.Units[i], locate: d.locator(a.Ref),
	}
	ctx, cancel := context.WithCancelCause(d.life)
	d.hooks[a.Ref] = cancel
	d.sandbox.begin(d, func() {
		defer cancel(nil)
		begun := time.Now()
		code, err := h.run(ctx, h.spec.HookOf(a.Hook))
		if cause := context.Cause(ctx); cause != nil {
			code, err = failedCode(cause), cause
		}
		if errors.Is(err, errAbandoned) {
			return
		}
		ev := engine.HookDone{At: time.Now(), Ref: a.Ref, Hook: a.Hook, OK: err == nil, Code: code, Took: time.Since(begun)}
		if err != nil {
			ev.Detail = err.Error()
		}
		d.post(func() {
			delete(d.hooks, a.Ref)
			d.transition(ev)
		})
	})
}

// hookRun is what a hook is run with.
type hookRun struct {
	rt        runtime.Runtime
	agent     *prober.Prober // nil: there is no sandbox
	container string
	spec      *engine.UnitSpec
	locate    locator
}

// run blocks until the hook has ended. The code is that of HookDone.
func (h hookRun) run(ctx context.Context, what *engine.Handler) (code int, err error) {
	switch {
	case what.Exec != nil:
		return h.exec(ctx, insideCommand(h.spec, what.Exec.Command))
	case what.HTTPGet != nil && h.agent == nil:
		return failedCode(errSandboxGone), errSandboxGone
	case what.HTTPGet != nil:
		err := h.httpGet(ctx, *what)
		return failedCode(err), err
	default:
		err := sleep(ctx, what.Sleep.Duration)
		return failedCode(err), err
	}
}

func (h hookRun) httpGet(ctx context.Context, what engine.Handler) error {
	what, err := h.locate(ctx, what)
	if err != nil {
		return err
	}
	ok, detail, err := h.agent.HTTPGet(ctx, what.HTTPGet, hookRequestTimeout)
	if err == nil && !ok {
		err = errors.New(detail)
	}
	return err
}

func (h hookRun) exec(ctx context.Context, command []string) (int, error) {
	var result runtime.ExecResult
	err := patiently(ctx, func() (err error) {
		result, err = h.rt.Exec(ctx, h.container, command)
		return err
	})
	var start *runtime.StartError
	switch {
	case errors.As(err, &start):
		return start.Code, err
	case err != nil:
		return failedCode(err), err
	case result.Code != 0:
		if len(h.spec.Secrets) > 0 {
			return result.Code, fmt.Errorf("exit code %d", result.Code) // events are kept on disk
		}
		return result.Code, fmt.Errorf("exit code %d: %s", result.Code, prober.Quote(result.Output))
	}
	return 0, nil
}

// failedCode is the exit code of what has none.
func failedCode(err error) int {
	if err != nil {
		return 1
	}
	return 0
}
