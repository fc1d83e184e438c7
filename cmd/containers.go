package cmd

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/limber-run/limber/engine/supervisor"
	"github.com/limber-run/limber/runtime"
)

// container is one attempt of a unit, as the container engine has it.
type container struct {
	id       string
	workflow string
	unit     string
	run      int
	attempt  int
	state    runtime.State
}

// listContainers returns the units' containers of a workflow, or of all if
// workflow is "", the oldest attempts first.
func listContainers(ctx context.Context, rt runtime.Runtime, project, workflow string) ([]container, error) {
	labels := map[string]string{supervisor.LabelProject: project}
	if workflow != "" {
		labels[supervisor.LabelWorkflow] = workflow
	}
	found, err := rt.List(ctx, labels)
	if err != nil {
		return nil, err
	}
	var containers []container
	for _, c := range found {
		run, err1 := strconv.Atoi(c.Labels[supervisor.LabelRun])
		attempt, err2 := strconv.Atoi(c.Labels[supervisor.LabelAttempt])
		if err1 != nil || err2 != nil {
			continue // the holder of a sandbox
		}
		containers = append(containers, container{
			id: c.ID, workflow: c.Labels[supervisor.LabelWorkflow], unit: c.Labels[supervisor.LabelUnit],
			run: run, attempt: attempt, state: c.State,
		})
	}
	slices.SortStableFunc(containers, func(a, b container) int {
		return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.attempt, b.attempt))
	})
	return containers, nil
}

// attemptOf returns the last attempt of a unit that has run, or one of those
// before it.
func attemptOf(containers []container, unit string, before int) (container, bool) {
	for _, c := range slices.Backward(containers) {
		if c.unit != unit || c.state == runtime.Prepared {
			continue
		}
		if before == 0 {
			return c, true
		}
		before--
	}
	return container{}, false
}
