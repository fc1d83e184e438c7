package supervisor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
)

var _ control.API = (*Project)(nil)

// statusPatience is how long Status waits for runs to be taken over. If the
// engine does not answer it tells what was known last.
const statusPatience = 5 * time.Second

// Status implements control.API.
func (p *Project) Status(ctx context.Context) (control.Status, error) {
	p.mu.Lock()
	var drivers []*driver
	for _, name := range p.order {
		drivers = append(drivers, p.drivers[name])
	}
	running := p.running
	p.mu.Unlock()
	if running {
		waiting, cancel := context.WithTimeout(ctx, statusPatience)
		defer cancel()
		_ = p.untilAdopted(waiting, drivers)
	}
	s := control.Status{
		Project:    p.cfg.Project,
		Supervisor: control.Supervisor{PID: os.Getpid(), Alive: true, Version: p.cfg.Version},
		Workflows:  []engine.Status{},
	}
	for _, d := range drivers {
		s.Workflows = append(s.Workflows, d.state.Load().status)
	}
	return s, ctx.Err()
}

// untilAdopted blocks until runs have been taken over: before that they are
// what a supervisor that is gone has known of them.
func (p *Project) untilAdopted(ctx context.Context, drivers []*driver) error {
	for _, d := range drivers {
		select {
		case <-d.adopted:
		case <-ctx.Done():
			return ctx.Err()
		case <-p.life.Done():
			return control.ErrNoSupervisor
		}
	}
	return nil
}

// Events implements control.API.
func (p *Project) Events(ctx context.Context, after int64, follow bool, emit func(journal.Event) error) error {
	return p.journal.Follow(ctx, after, follow, emit)
}

// Apply implements control.API.
func (p *Project) Apply(ctx context.Context, req control.ApplyRequest) (result control.ApplyResult, err error) {
	has, err := p.machineFor(ctx, req.Workflows...)
	if err != nil {
		p.refused()
		return result, err
	}
	found, err := p.driversInTime(ctx, req, has)
	if err != nil {
		return result, err
	}
	drivers, orphans := found.drivers, found.orphans
	result.Warnings = found.warnings
	if err := p.untilAdopted(ctx, drivers); err != nil {
		for _, d := range drivers {
			d.asked.Add(-1)
		}
		p.takeBack(orphans)
		p.changed()
		return result, err
	}
	result.Seq = p.journal.Seq()
	p.abandon(ctx, orphans)
	for _, d := range orphans {
		result.Removed = append(result.Removed, d.name)
	}
	for i, d := range drivers {
		w, state := req.Workflows[i], d.state.Load()
		switch {
		case state.status.Run == 0 || state.status.Phase.Done():
			result.Changed = append(result.Changed, w.Name)
		case state.target.Same(w):
		case state.target.InPlace(w):
			result.Updated = append(result.Updated, w.Name)
		default:
			result.Changed = append(result.Changed, w.Name)
		}
	}
	for i, d := range drivers {
		heard := d.ask(ctx, engine.RunRequested{At: time.Now(), Spec: req.Workflows[i], Reason: engine.ReasonUp})
		select { // the state is to say so when Apply returns
		case <-heard:
		case <-p.life.Done():
		}
	}
	return result, nil
}

// found is what a request is about.
type found struct {
	drivers  []*driver // of its workflows
	orphans  []*driver // not declared any more
	warnings []string  // of those that go on
}

// driversInTime is driversOf once no workflow that is asked for is being
// removed.
func (p *Project) driversInTime(ctx context.Context, req control.ApplyRequest, has engine.Amounts) (found, error) {
	for {
		f, err := p.driversOf(req, has)
		var busy beingRemoved
		if !errors.As(err, &busy) {
			return f, err
		}
		select {
		case <-busy.buried:
		case <-ctx.Done():
			return found{}, ctx.Err()
		}
	}
}

// driversOf gets a driver for each workflow, and those that are not declared
// any more. If it fails nothing has been asked for, and what is known of callers
// is as before. The drivers do not count as idle until they have been asked.
func (p *Project) driversOf(req control.ApplyRequest, has engine.Amounts) (f found, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing || p.removing {
		return f, control.ErrNoSupervisor
	}
	p.served = true
	defer p.changed() // if it is refused there may be nothing else to do
	envs, warnings, err := p.environments(req)
	if err != nil {
		return f, err
	}
	if err := p.checkRoom(has, req); err != nil {
		return f, err
	}
	var drivers []*driver
	for _, w := range req.Workflows {
		d, err := p.driver(w)
		if err != nil {
			return f, err
		}
		drivers = append(drivers, d)
	}
	for _, d := range drivers {
		switch {
		case d.fate.CompareAndSwap(orphaned, kept):
			p.wg.Go(func() { d.post(d.saveFate) })
		case d.fate.Load() == removed:
			return f, beingRemoved{d}
		}
	}
	for i, d := range drivers {
		d.expect(&req.Workflows[i])
	}
	maps.Copy(p.env, envs)
	f = found{drivers: drivers, warnings: warnings}
	if req.Whole {
		f.orphans = p.orphan(req.Workflows)
	}
	return f, nil
}

// driver returns the one of a workflow, and begins to drive it if there is
// none. Its first record proves that the state directory can be written.
func (p *Project) driver(w engine.Workflow) (*driver, error) {
	if d := p.drivers[w.Name]; d != nil {
		return d, nil
	}
	d := newDriver(p, engine.New(w))
	r := d.record()
	if err := journal.SaveRecord(p.cfg.StateDir, r); err != nil {
		return nil, fmt.Errorf("nothing was started: %w", err)
	}
	p.drivers[w.Name], p.records[w.Name] = d, r
	p.order = append(p.order, w.Name)
	if p.running {
		p.drive(d)
	}
	return d, nil
}

// Stop implements control.API.
func (p *Project) Stop(ctx context.Context, req control.StopRequest) error {
	drivers, err := p.named(req.Workflows, evenIfRemoving)
	if err != nil {
		return err
	}
	stop := engine.StopRequested{Grace: req.Grace, Force: req.Force}
	if req.Force {
		stop.At = time.Now()
		ask(ctx, drivers, stop)
		return nil
	}
	p.inReverse(drivers, func(d *driver) {
		stop := stop
		stop.At = time.Now()
		d.ask(p.life, stop)
	})
	return nil
}

// Restart implements control.API.
func (p *Project) Restart(ctx context.Context, req control.RestartRequest) error {
	var names []string
	if req.Workflow != "" {
		names = []string{req.Workflow}
	}
	drivers, err := p.named(names, notIfRemoving)
	if err != nil {
		return err
	}
	if req.Unit != "" {
		if err := restartable(drivers, req.Unit); err != nil {
			for _, d := range drivers {
				d.asked.Add(-1)
			}
			return err
		}
	}
	ask(ctx, drivers, engine.RestartRequested{At: time.Now(), Unit: req.Unit, NoInit: req.NoInit})
	return nil
}

// restartable checks that a unit can be restarted by itself.
func restartable(drivers []*driver, unit string) error {
	for _, d := range drivers {
		for _, u := range d.state.Load().status.Units {
			switch {
			case u.Name != unit:
			case u.Role == engine.Init.String():
				return fmt.Errorf("init step %q runs again when its workflow restarts: limber restart %s", unit, d.name)
			default:
				return nil
			}
		}
	}
	return unknown("unit", unit)
}

// removingOK says whether a request is served while Down is at work.
type removingOK bool

const (
	evenIfRemoving removingOK = true
	notIfRemoving  removingOK = false
)

// named returns the drivers of workflows; all if none is named. They do not
// count as idle until they have been asked.
func (p *Project) named(names []string, ok removingOK) ([]*driver, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing || p.removing && !bool(ok) {
		return nil, control.ErrNoSupervisor
	}
	p.served = true
	defer p.changed() // if it is refused there may be nothing else to do
	there := slices.DeleteFunc(slices.Clone(p.order), func(name string) bool {
		fate := p.drivers[name].fate.Load()
		return fate == removed || fate == orphaned && !bool(ok)
	})
	if len(names) == 0 {
		names = there
	}
	var drivers []*driver
	for _, name := range names {
		d := p.drivers[name]
		if !slices.Contains(there, name) {
			return nil, fmt.Errorf("%w; there is: %s", unknown("workflow", name), strings.Join(there, ", "))
		}
		drivers = append(drivers, d)
	}
	for _, d := range drivers {
		d.expect(nil)
	}
	return drivers, nil
}

func ask(ctx context.Context, drivers []*driver, ev engine.Event) {
	for _, d := range drivers {
		d.ask(ctx, ev)
	}
}

// Release implements control.API.
func (p *Project) Release(context.Context) error {
	p.releaseOnce.Do(func() { close(p.released) })
	return nil
}

// Offline reads the status of a project that nobody supervises from its
// records.
func Offline(stateDir, project string) (control.Status, error) {
	s := control.Status{Project: project, Workflows: []engine.Status{}}
	records, err := journal.LoadRecords(stateDir)
	for _, r := range records {
		status := engine.StatusOf(r.Run)
		for i := range status.Units {
			status.Units[i].ContainerID = r.Containers[r.Run.Ref(i).String()]
		}
		s.Workflows = append(s.Workflows, status)
	}
	return s, err
}
