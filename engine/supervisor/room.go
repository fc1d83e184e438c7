package supervisor

import (
	"context"
	"fmt"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
)

// machineFor returns what the engine's host has, if a workflow needs to know.
// It is asked for when first needed: engines take their time to tell.
func (p *Project) machineFor(ctx context.Context, workflows ...engine.Workflow) (engine.Amounts, error) {
	for _, w := range workflows {
		if w.Requests() == (engine.Amounts{}) {
			continue
		}
		if has := p.machine.Load(); has != nil {
			return *has, nil
		}
		info, err := p.cfg.Runtime.Info(ctx)
		if err != nil {
			return engine.Amounts{}, fmt.Errorf("find out what this machine has: %w", err)
		}
		has := engine.Amounts{engine.CPU: int64(info.CPUs) * 1000, engine.Memory: info.Memory}
		p.machine.Store(&has)
		return has, nil
	}
	return engine.Amounts{}, nil
}

// checkRoom reports workflows that are to begin, and for which the machine has
// no room beside what is to run anyway. What runs already as it is asked for
// is not questioned. The caller holds mu.
func (p *Project) checkRoom(has engine.Amounts, asked []engine.Workflow) error {
	var begin, beside []engine.Workflow
	named := map[string]bool{}
	for _, w := range asked {
		named[w.Name] = true
		if d := p.drivers[w.Name]; d != nil && d.wanted() != nil && d.wanted().Same(w) {
			beside = append(beside, w)
		} else {
			begin = append(begin, w)
		}
	}
	for _, name := range p.order {
		if w := p.drivers[name].wanted(); w != nil && !named[name] {
			beside = append(beside, *w)
		}
	}
	if err := engine.Fit(has, begin, beside); err != nil {
		return fmt.Errorf("%w: %w", control.ErrMissing, err)
	}
	return nil
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
