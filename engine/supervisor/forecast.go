package supervisor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// Forecast says what a request for workflows would do.
type Forecast struct {
	Project  string
	StateDir string
	// Runtime is asked for images and, if nobody supervises, for what is left.
	// Nil: images are taken to be there, and what the records say to be true.
	Runtime    runtime.Runtime
	Supervised bool
	Toolbox    string                      // the image that is made, not pulled
	Env        func(string) (string, bool) // of who would ask
}

// Plan forecasts one workflow. It changes nothing, in the engine or on disk.
func (f Forecast) Plan(ctx context.Context, w engine.Workflow) (engine.Plan, error) {
	r, err := f.record(w)
	if err != nil {
		return engine.Plan{}, err
	}
	first, err := f.takeOver(ctx, r)
	if err != nil {
		return engine.Plan{}, err
	}
	needless, err := f.needless(ctx, w)
	if err != nil {
		return engine.Plan{}, err
	}
	plan := engine.PlanOf(r.Run, w, needless, time.Now(), first...)
	return plan, f.pulls(ctx, w, plan.Steps)
}

// Removals forecasts the workflows that are there and not declared.
func (f Forecast) Removals(ctx context.Context, declared []engine.Workflow) ([]engine.Plan, error) {
	records, err := journal.LoadRecords(f.StateDir)
	if err != nil {
		return nil, err
	}
	var plans []engine.Plan
	for _, r := range records {
		if slices.ContainsFunc(declared, func(w engine.Workflow) bool { return w.Name == r.Run.Spec.Name }) {
			continue
		}
		first, err := f.takeOver(ctx, r)
		if err != nil {
			return nil, err
		}
		plans = append(plans, engine.RemovalOf(r.Run, time.Now(), first...))
	}
	return plans, nil
}

func (f Forecast) record(w engine.Workflow) (journal.Record, error) {
	records, err := journal.LoadRecords(f.StateDir)
	if err != nil {
		return journal.Record{}, err
	}
	for _, r := range records {
		if r.Run.Spec.Name == w.Name {
			return r, nil
		}
	}
	return journal.Record{Run: engine.New(w)}, nil
}

// takeOver is what a supervisor would find that takes the run over, if nobody
// drives it.
func (f Forecast) takeOver(ctx context.Context, r journal.Record) ([]engine.Event, error) {
	if f.Supervised || !r.Run.Live() {
		return nil, nil
	}
	boot, err := journal.BootID()
	if err != nil {
		return nil, err
	}
	ev := engine.Observed{At: time.Now(), SameBoot: r.BootID == boot}
	switch {
	case f.Runtime != nil:
		err = f.find(ctx, r, &ev)
	case ev.SameBoot:
		return nil, nil
	}
	return []engine.Event{ev}, err
}

// find looks for what is left of a run.
func (f Forecast) find(ctx context.Context, r journal.Record, ev *engine.Observed) error {
	found, err := f.Runtime.List(ctx, workflowLabels(f.Project, r.Run.Spec.Name))
	if err != nil {
		return err
	}
	for _, c := range found {
		if number := c.Labels[LabelSandbox]; number != "" {
			current := number == strconv.Itoa(r.Run.Sandbox.Number)
			ev.Sandbox = ev.Sandbox || current && c.State == runtime.Running
			continue
		}
		if ref, known := refOf(&r.Run, c.Labels); known {
			ev.Units = append(ev.Units, engine.ObservedUnit{Ref: ref, State: c.State, Exit: c.Exit})
		}
	}
	return nil
}

// needless returns why init steps need not run, as far as that can be known.
func (f Forecast) needless(ctx context.Context, w engine.Workflow) (func(engine.UnitSpec) engine.Reason, error) {
	done, err := journal.LoadDone(f.StateDir, w.Name)
	if err != nil {
		return nil, err
	}
	reasons := map[string]engine.Reason{}
	for _, u := range w.Units {
		before, succeeded := done[u.Name]
		switch {
		case !succeeded || !before.Has(u.Outputs):
		case u.Run == engine.RunOnce:
			reasons[u.Name] = engine.ReasonOnce
		case u.Run == engine.RunOnChange && f.unchanged(ctx, w, u, before):
			reasons[u.Name] = engine.ReasonUnchanged
		}
	}
	return func(u engine.UnitSpec) engine.Reason { return reasons[u.Name] }, nil
}

// unchanged reports whether a step would be run with what it has succeeded
// with. It does not if that cannot be known, as without its image.
func (f Forecast) unchanged(ctx context.Context, w engine.Workflow, u engine.UnitSpec, before journal.Done) bool {
	path := filepath.Join(f.StateDir, keyFile)
	if _, err := os.Stat(path); err != nil || f.Runtime == nil {
		return false
	}
	key, err := secrets.OpenKey(path)
	if err != nil {
		return false
	}
	sum := stepSum{rt: f.Runtime, key: key, project: f.Project, value: secrets.Resolve(w.Secrets, secrets.From{Env: f.Env})}
	fingerprint, err := sum.of(ctx, w, u)
	return err == nil && fingerprint == before.Fingerprint
}

// pulls notes which images have to be pulled.
func (f Forecast) pulls(ctx context.Context, w engine.Workflow, steps []engine.PlanStep) error {
	for i, step := range steps {
		if step.Do != engine.PlanVerbStart || step.Image == f.Toolbox || f.Runtime == nil {
			continue
		}
		policy := w.Units[w.Index(step.Unit)].Container.Pull
		if policy == runtime.PullAlways {
			steps[i].Pull = string(policy)
			continue
		}
		_, err := f.Runtime.Image(ctx, step.Image)
		switch {
		case errors.Is(err, runtime.ErrNotFound):
			steps[i].Pull = string(policy)
		case err != nil:
			return err
		}
	}
	return nil
}
