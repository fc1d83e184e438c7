package supervisor

import (
	"slices"
	"time"

	"github.com/limber-run/limber/engine"
)

// lookAtDependencies tells the engine how the workflows are that this one
// still waits for. Loop only.
func (d *driver) lookAtDependencies() {
	if !d.run.AwaitsWorkflows() {
		return
	}
	met := true
	for _, name := range d.run.Spec.DependsOn {
		switch d.project.dependency(name) {
		case dependencyFailed:
			d.transition(engine.DependencyFailed{At: time.Now(), Workflow: name})
			return
		case dependencyPending:
			met = false
		case dependencyMet:
		}
	}
	if met {
		d.transition(engine.DependenciesMet{At: time.Now()})
	}
}

// dependency is how a workflow is, for one that waits for it.
type dependency int

const (
	dependencyPending dependency = iota // or not there
	dependencyMet
	dependencyFailed
)

func (p *Project) dependency(name string) dependency {
	p.mu.Lock()
	d := p.drivers[name]
	p.mu.Unlock()
	if d == nil || d.asked.Load() > 0 { // it is about to change
		return dependencyPending
	}
	select {
	case <-d.adopted:
	default:
		return dependencyPending
	}
	switch status := d.state.Load().status; {
	case status.Ready || status.Phase == engine.Succeeded && !status.Reason.Asked():
		return dependencyMet
	case status.Phase == engine.Failed && !status.Reason.Asked():
		return dependencyFailed
	}
	return dependencyPending
}

// tellDependents has the workflows look that wait for the named one.
func (p *Project) tellDependents(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.drivers {
		if slices.Contains(d.state.Load().target.DependsOn, name) {
			p.wg.Go(func() { d.post(d.lookAtDependencies) }) // from a loop, which is waited for as well
		}
	}
}

// inReverse asks each of the drivers to end once those of them that depend on
// it have ended, and returns at once.
func (p *Project) inReverse(drivers []*driver, ask func(*driver)) {
	for _, d := range drivers {
		dependents := slices.DeleteFunc(slices.Clone(drivers), func(other *driver) bool {
			return !slices.Contains(other.state.Load().target.DependsOn, d.name)
		})
		if len(dependents) == 0 {
			ask(d)
			continue
		}
		p.spawn(func() {
			p.untilEnded(dependents)
			ask(d)
		})
	}
}

// spawn runs f on a goroutine that Run waits for, unless Run ends already.
func (p *Project) spawn(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closing {
		p.wg.Go(f)
	}
}

// untilEnded blocks until the runs of drivers have ended, or the supervisor
// lets go.
func (p *Project) untilEnded(drivers []*driver) {
	for {
		news := p.news.next()
		if !slices.ContainsFunc(drivers, func(d *driver) bool { return d.state.Load().live }) {
			return
		}
		select {
		case <-news:
		case <-p.life.Done():
			return
		}
	}
}
