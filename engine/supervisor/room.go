package supervisor

import (
	"context"
	"fmt"
	"slices"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// requestAny reports whether one of the workflows requests something.
func requestAny(workflows ...engine.Workflow) bool {
	for _, w := range workflows {
		if w.Requests() != (engine.Amounts{}) {
			return true
		}
	}
	return false
}

func amountsOf(info runtime.Info) engine.Amounts {
	return engine.Amounts{engine.CPU: int64(info.CPUs) * 1000, engine.Memory: info.Memory}
}

// room reports workflows that are asked for and are to begin, and for which
// there is no room beside what is to run anyway. What runs already as it is
// asked for is not questioned.
func room(has engine.Amounts, asked, running []engine.Workflow) error {
	targets := map[string]engine.Workflow{}
	for _, w := range running {
		targets[w.Name] = w
	}
	var begin, beside []engine.Workflow
	for _, w := range asked {
		if target, ok := targets[w.Name]; ok && target.Same(w) {
			beside = append(beside, w)
		} else {
			begin = append(begin, w)
		}
		delete(targets, w.Name)
	}
	for _, w := range running {
		if _, ok := targets[w.Name]; ok {
			beside = append(beside, w)
		}
	}
	return engine.Fit(has, begin, beside)
}

// machineFor returns what the engine's host has, if a workflow needs to know.
// It is asked for when first needed: engines take their time to tell.
func (p *Project) machineFor(ctx context.Context, workflows ...engine.Workflow) (engine.Amounts, error) {
	if !requestAny(workflows...) {
		return engine.Amounts{}, nil
	}
	if has := p.machine.Load(); has != nil {
		return *has, nil
	}
	info, err := p.cfg.Runtime.Info(ctx)
	if err != nil {
		return engine.Amounts{}, fmt.Errorf("find out what this machine has: %w", err)
	}
	has := amountsOf(info)
	p.machine.Store(&has)
	return has, nil
}

// checkRoom reports workflows that do not fit. The caller holds mu.
func (p *Project) checkRoom(has engine.Amounts, req control.ApplyRequest) error {
	var running []engine.Workflow
	for _, name := range p.order {
		if w := p.drivers[name].wanted(); w != nil && stays(*w, req) {
			running = append(running, *w)
		}
	}
	if err := room(has, req.Workflows, running); err != nil {
		return fmt.Errorf("%w: %w", control.ErrMissing, err)
	}
	return nil
}

// stays reports whether a workflow that runs is not ended by a request.
func stays(w engine.Workflow, req control.ApplyRequest) bool {
	return !req.Whole || slices.ContainsFunc(req.Workflows, func(asked engine.Workflow) bool { return asked.Name == w.Name })
}

// refused notes a request that has led to nothing: there may be nothing else
// to do.
func (p *Project) refused() {
	p.mu.Lock()
	p.served = true
	p.mu.Unlock()
	p.changed()
}

// expect counts a request on its way to the loop: for w, unless that is nil.
// The caller holds the project's mu.
func (d *driver) expect(w *engine.Workflow) {
	if d.asked.Load() == 0 {
		d.claim = nil // the loop has heard of it
	}
	if w != nil {
		d.claim = w
	}
	d.asked.Add(1)
}

// wanted returns the workflow that runs, or is to; nil: none. The caller holds
// the project's mu.
func (d *driver) wanted() *engine.Workflow {
	if d.asked.Load() > 0 && d.claim != nil {
		return d.claim
	}
	return d.state.Load().wanted
}

// Room reports why the machine has no room for what is asked for, so that the
// request would be refused.
func (f Forecast) Room(ctx context.Context, req control.ApplyRequest) error {
	if f.Runtime == nil || !requestAny(req.Workflows...) {
		return nil
	}
	records, err := journal.LoadRecords(f.StateDir)
	if err != nil {
		return err
	}
	var running []engine.Workflow
	for _, r := range records {
		if w, ok := r.Run.Wanted(); ok && stays(w, req) {
			running = append(running, w)
		}
	}
	info, err := f.Runtime.Info(ctx)
	if err != nil {
		return err
	}
	return room(amountsOf(info), req.Workflows, running)
}
