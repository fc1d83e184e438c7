package supervisor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
)

// An orphan is a workflow that the files do not declare any more. It is asked
// to end; once nothing of it goes on, what it has in the container engine and
// its record are removed (SEMANTICS B 136). That it is one is on its record,
// so that the next supervisor goes on with it.

// fate is what becomes of a workflow:
//
//	        Apply of all that is declared          nothing of it goes on
//	kept ──────────────────────────────▶ orphaned ──────────────────────▶ removed
//	     ◀──────────────────────────────
//	             it is declared again
type fate = int32

const (
	kept fate = iota
	orphaned
	removed // nothing brings it back; it is forgotten in a moment
)

// beingRemoved is a workflow that can be begun anew in a moment.
type beingRemoved struct{ *driver }

func (b beingRemoved) Error() string { return "workflow " + b.name + " is being removed" }

// orphan makes orphans of the workflows that are not declared. They do not
// count as idle until they have been asked to end. The caller holds mu.
func (p *Project) orphan(declared []engine.Workflow) (orphans []*driver) {
	for _, name := range p.order {
		d := p.drivers[name]
		isDeclared := slices.ContainsFunc(declared, func(w engine.Workflow) bool { return w.Name == name })
		if !isDeclared && d.fate.CompareAndSwap(kept, orphaned) {
			d.expect(nil)
			orphans = append(orphans, d)
		}
	}
	return orphans
}

// takeBack undoes orphan.
func (p *Project) takeBack(orphans []*driver) {
	for _, d := range orphans {
		d.fate.CompareAndSwap(orphaned, kept)
		d.asked.Add(-1)
	}
}

// abandon has orphans end, those last that others depend on, and removes each
// once it has. It returns when that they are orphans is on record, or ctx ends.
func (p *Project) abandon(ctx context.Context, orphans []*driver) {
	for _, d := range orphans {
		noted := make(chan struct{})
		d.post(func() {
			d.saveFate()
			close(noted)
		})
		select {
		case <-noted:
		case <-ctx.Done():
		case <-d.life.Done():
		}
	}
	p.inReverse(orphans, func(d *driver) {
		d.post(func() {
			if d.fate.Load() == orphaned { // not declared again meanwhile
				d.transition(engine.StopRequested{At: time.Now(), Reason: engine.ReasonNotDeclared})
			}
			d.asked.Add(-1)
			p.changed()
		})
	})
	for _, d := range orphans {
		p.spawn(func() { p.bury(d) })
	}
}

// saveFate saves the record beyond a transition. Loop only.
func (d *driver) saveFate() {
	d.told = nil // the journal has been
	d.save()
	d.publish(atRest)
}

// bury removes an orphan once nothing of it goes on.
func (p *Project) bury(d *driver) {
	if !p.untilOver(d) || !d.fate.CompareAndSwap(orphaned, removed) {
		return
	}
	defer close(d.buried)
	life := p.life
	err := d.stubbornly(life, "remove what is not declared any more", func() error { return p.removeWorkflow(life, d.name) })
	if err != nil {
		return // the next supervisor goes on
	}
	d.endLife()
	<-d.gone
	err = d.stubbornly(life, "remove the run record", func() error { return p.forgetWorkflow(d.name) })
	if err != nil {
		return
	}
	d.note(journal.Event{
		Type: engine.TypeWorkflowRemoved, Run: d.run.Number, Reason: engine.ReasonNotDeclared,
		Message: "the files do not declare it any more",
	})
	p.changed()
}

// untilOver blocks until nothing of an orphan goes on, and its record says so.
// It reports false if it is no orphan any more, or the supervisor lets go.
func (p *Project) untilOver(d *driver) bool {
	for {
		news := p.news.next()
		switch {
		case d.fate.Load() != orphaned:
			return false
		case d.idle() && d.state.Load().saved:
			return true
		}
		select {
		case <-news:
		case <-p.life.Done():
			return false
		}
	}
}

// removeWorkflow removes all that a workflow alone has, but for its record.
func (p *Project) removeWorkflow(ctx context.Context, name string) error {
	labels := workflowLabels(p.cfg.Project, name)
	if _, err := p.removeContainers(ctx, labels); err != nil {
		return err
	}
	if err := p.removeVolumes(ctx, labels); err != nil {
		return err
	}
	var problems []error
	for _, dir := range []string{agentsDir, filesDir, messagesDir} {
		problems = append(problems, os.RemoveAll(filepath.Join(p.cfg.RuntimeDir, dir, name)))
	}
	return errors.Join(problems...)
}

// forgetWorkflow removes the record of a workflow whose driver has ended.
func (p *Project) forgetWorkflow(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := journal.RemoveRecord(p.cfg.StateDir, name); err != nil {
		return err
	}
	delete(p.drivers, name)
	delete(p.records, name)
	delete(p.env, name)
	p.order = slices.DeleteFunc(p.order, func(other string) bool { return other == name })
	return nil
}
