package cmd

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
)

func TestExitCode(t *testing.T) {
	failed := failedError{engine.Status{Name: "shop", Reason: engine.ReasonServiceFailed}}
	tests := []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("anything"), 1},
		{&failed, 1},
		{&permanentError{}, 1},
		{usagef("no such flag"), 2},
		{saidError{diagnosticsError{}}, 2},
		{fmt.Errorf("%w workflow", control.ErrUnknown), 2},
		{&initFailedError{failed}, 3},
		{errors.Join(&failed, &initFailedError{failed}), 3},
		{&timeoutError{after: time.Second}, 4},
		{fmt.Errorf("list: %w", runtime.ErrUnavailable), 5},
		{startReport{Error: "no podman", Unavailable: true}.err(), 5},
		{saidError{errInterrupted}, 130},
		{context.Canceled, 130},
		{saidError{errTerminated}, 143},
	}
	for _, test := range tests {
		if got := exitCode(test.err); got != test.want {
			t.Errorf("exitCode(%v) = %d, want %d", test.err, got, test.want)
		}
	}
}

func TestAnInitStepIsNotRestartedAlone(t *testing.T) {
	status := control.Status{Workflows: []engine.Status{{Name: "shop", Units: []engine.UnitStatus{
		{Name: "migrate", Role: "init"}, {Name: "api", Role: "service"},
	}}}}
	for unit, want := range map[string]int{"migrate": exitUsage, "api": exitOK, "apo": exitUsage} {
		o := restartOptions{workflow: "shop", unit: unit}
		if _, err := o.check(status); exitCode(err) != want {
			t.Errorf("restart shop/%s: %v", unit, err)
		}
	}
}
