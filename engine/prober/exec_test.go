package prober

import (
	"context"
	"errors"
	"testing"

	"github.com/limber-run/limber/runtime"
)

// oneContainer is a runtime in which only Exec and Check work.
type oneContainer struct {
	runtime.Runtime
	exec  runtime.ExecResult
	err   error
	check bool
}

func (c oneContainer) Exec(_ context.Context, id string, _ []string) (runtime.ExecResult, error) {
	if id != "c1" {
		return runtime.ExecResult{}, runtime.ErrNotFound
	}
	return c.exec, c.err
}

func (c oneContainer) Check(_ context.Context, id string) (bool, error) {
	if id != "c1" {
		return false, runtime.ErrNotFound
	}
	return c.check, c.err
}

func TestInContainer(t *testing.T) {
	health := []string{"pg_isready", "-q"}
	other := []string{"pg_isready"}
	tests := map[string]struct {
		rt      oneContainer
		command []string
		quiet   bool
		ok      bool
		detail  string
		err     error
	}{
		"a command that succeeds":       {rt: oneContainer{}, command: other, ok: true},
		"a command that fails":          {rt: oneContainer{exec: runtime.ExecResult{Code: 3, Output: "no\nway\n"}}, command: other, detail: "exit code 3: no way"},
		"a command of a quiet unit":     {rt: oneContainer{exec: runtime.ExecResult{Code: 3, Output: "canary"}}, command: other, quiet: true, detail: "exit code 3"},
		"a silent command":              {rt: oneContainer{exec: runtime.ExecResult{Code: 1}}, command: other, detail: "exit code 1"},
		"a command that is not there":   {rt: oneContainer{err: &runtime.StartError{Code: 127, Message: "not found"}}, command: other, detail: "exit code 127: not found"},
		"an engine that is not there":   {rt: oneContainer{err: runtime.ErrUnavailable}, command: other, err: runtime.ErrUnavailable},
		"the health command passes":     {rt: oneContainer{exec: runtime.ExecResult{Code: 1}, check: true}, command: health, ok: true},
		"the health command fails":      {rt: oneContainer{}, command: health, detail: "the command failed"},
		"the health command cannot run": {rt: oneContainer{err: runtime.ErrNotFound}, command: health, err: runtime.ErrNotFound},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			ok, detail, err := InContainer(tc.rt, "c1", health, tc.quiet)(t.Context(), tc.command)
			if ok != tc.ok || detail != tc.detail || !errors.Is(err, tc.err) {
				t.Errorf("got %v %q %v, want %v %q %v", ok, detail, err, tc.ok, tc.detail, tc.err)
			}
		})
	}
}
