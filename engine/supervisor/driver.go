package supervisor

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
)

// driver carries out what the engine decides for one workflow. One goroutine,
// loop, owns the run and everything without another owner; whoever has news
// for it posts a function that runs there.
type driver struct {
	project *Project
	name    string
	log     zerolog.Logger
	mail    chan func()
	wg      sync.WaitGroup // every goroutine of this driver

	// Owned by loop.
	run        engine.Run
	images     *images
	sandbox    sandbox
	attempts   map[engine.Ref]*attempt
	containers map[engine.Ref]string // IDs of those not removed
	timers     map[engine.Timer]*time.Timer
	probes     map[probeKey]context.CancelFunc
	hooks      map[engine.Ref]context.CancelCauseFunc
	at         time.Time       // of the last transition
	told       []journal.Event // what it has to tell
	unsaved    bool            // the record on disk is behind: nothing may start
	unsavable  error           // why
	saving     *time.Timer     // tries to write it again
	held       []engine.Action // what waits for the record

	// Read by others.
	life    context.Context //nolint:containedctx // of the driver itself, not of a call
	endLife context.CancelFunc
	gone    chan struct{} // closed when nothing of the driver goes on
	fate    atomic.Int32  // a fate
	buried  chan struct{} // closed when it is forgotten, or given up, once fate is removed
	adopted chan struct{} // closed when the run is as the record and the engine say
	state   atomic.Pointer[published]
	asked   atomic.Int32     // requests on their way to the loop
	claim   *engine.Workflow // of the last of those that ask for a run; guarded by the project's mu
}

// published is what others may know of a driver.
type published struct {
	status engine.Status
	target engine.Workflow  // what the run goes by, or is on its way to
	wanted *engine.Workflow // the target of what runs, or will; nil: none
	live   bool             // the run has not ended, or the journal has not been told
	idle   bool             // nothing goes on
	saved  bool             // the record says so
}

func newDriver(p *Project, run engine.Run) *driver {
	d := &driver{
		project: p, name: run.Spec.Name, run: run,
		log:      p.cfg.Log.With().Str("workflow", run.Spec.Name).Logger(),
		mail:     make(chan func(), 64),
		adopted:  make(chan struct{}),
		gone:     make(chan struct{}),
		buried:   make(chan struct{}),
		attempts: map[engine.Ref]*attempt{}, containers: map[engine.Ref]string{},
		timers: map[engine.Timer]*time.Timer{}, probes: map[probeKey]context.CancelFunc{},
		hooks: map[engine.Ref]context.CancelCauseFunc{},
	}
	d.life, d.endLife = context.WithCancel(p.life)
	d.images = newImages(run.Number, p.cfg, d.note, d.wg.Go)
	d.publish(atRest)
	return d
}

// loop goes on from a record until the supervisor lets go, or nothing is left
// of the workflow, and then waits for every goroutine.
func (d *driver) loop(r journal.Record) {
	defer close(d.gone)
	d.adopt(r)
	close(d.adopted)
	d.project.tellDependents(d.name)
	for {
		select {
		case f := <-d.mail:
			f()
		case <-d.life.Done():
			d.letGo()
			return
		}
	}
}

// letGo ends what goes on, and leaves the containers as they are.
func (d *driver) letGo() {
	for _, timer := range d.timers {
		timer.Stop()
	}
	if d.saving != nil {
		d.saving.Stop()
	}
	d.sandbox.close(d)
	d.wg.Wait()
}

// post has f run on the loop. It gives up when the supervisor lets go.
func (d *driver) post(f func()) {
	select {
	case d.mail <- f:
	case <-d.life.Done():
	}
}

// ask tells the engine what somebody wants, in the order of asking. Who asks
// has counted it in d.asked: the driver is not idle before it has heard of it.
// The channel is closed when it has, or never will.
func (d *driver) ask(ctx context.Context, ev engine.Event) <-chan struct{} {
	done := make(chan struct{})
	heard := func() {
		d.asked.Add(-1)
		d.project.changed()
		close(done)
	}
	select {
	case d.mail <- func() {
		d.transition(ev)
		heard()
		d.project.tellDependents(d.name)
	}:
	case <-ctx.Done():
		heard()
	case <-d.life.Done():
		close(done)
	}
	return done
}

// feed tells the engine a fact.
func (d *driver) feed(ev engine.Event) { d.post(func() { d.transition(ev) }) }

// transition folds a fact into the run and does what follows. Loop only.
func (d *driver) transition(ev engine.Event) {
	d.log.Debug().Type("event", ev).Interface("fact", ev).Msg("event")
	run, actions := engine.Transition(d.run, ev)
	newRun, before := run.Number != d.run.Number, d.state.Load().status
	updating, updated := run.Update != nil && d.run.Update == nil, run.Update == nil && d.run.Update != nil
	d.run = run
	d.publish(busy) // before the journal tells of it
	if newRun {
		d.images = newImages(run.Number, d.project.cfg, d.note, d.wg.Go)
	}
	d.at, d.told = time.Now(), nil
	for _, action := range actions {
		if notice, ok := action.(engine.Notice); ok {
			d.told = append(d.told, d.event(notice))
		}
	}
	for _, action := range actions {
		d.log.Debug().Stringer("action", action).Msg("action")
		d.do(action)
	}
	if newRun {
		d.sweepMessages()
	}
	if newRun || updating {
		d.images.ahead(d.life, run.Target())
	}
	if updated && !newRun {
		d.keepFiles()
	}
	d.publish(atRest)
	if now := d.state.Load().status; now.Ready != before.Ready || now.Phase != before.Phase {
		d.project.tellDependents(d.name)
	}
	d.lookAtDependencies()
}

// do carries out one action without waiting for it.
func (d *driver) do(action engine.Action) {
	switch a := action.(type) {
	case engine.Record:
		d.save()
	case engine.Notice:
		d.note(d.event(a))
	case engine.PrepareSandbox:
		d.begin(a, func() { d.sandbox.prepare(d, a.Number) })
	case engine.Prepare:
		d.begin(a, func() { d.newAttempt(a.Ref) })
	case engine.Start:
		d.begin(a, func() { d.start(a.Ref) })
	case engine.RemoveSandbox:
		d.release(engine.PrepareSandbox(a))
		d.sandbox.remove(d, a.Number)
	case engine.Discard:
		d.release(engine.Prepare(a))
		d.attempt(a.Ref, func(at *attempt) { at.discard.set() })
	case engine.Stop:
		d.end(a.Ref, func(at *attempt) { at.stop.set() })
	case engine.Kill:
		d.end(a.Ref, func(at *attempt) { at.kill.set() })
	case engine.Probing:
		d.probing(a)
	case engine.Hook:
		d.hook(a)
	case engine.Arm:
		d.arm(a)
	case engine.Disarm:
		d.disarm(a.Timer)
	case engine.Finish:
		d.dropOutputs()
		d.log.Info().Str("phase", string(a.Phase)).Str("reason", string(a.Reason)).Msg("finished")
	}
}

// begin makes something new, unless the record is behind: what is not on
// disk must not happen.
func (d *driver) begin(action engine.Action, carryOut func()) {
	if d.unsaved {
		d.held = append(d.held, action)
		return
	}
	carryOut()
}

func (d *driver) start(ref engine.Ref) {
	at := d.attempts[ref]
	if at == nil || at.discard.isSet() {
		at = d.newAttempt(ref)
	}
	at.start.set()
}

func (d *driver) newAttempt(ref engine.Ref) *attempt {
	at := newAttempt(d, ref, d.run.Spec.Units[d.run.Spec.Index(ref.Name)])
	at.before = d.givenUp(func(other engine.Ref) bool {
		return other != ref && (other.Run < ref.Run || other.Name == ref.Name)
	})
	d.track(at, func() engine.Event { return at.run(d.life) })
	return at
}

// givenUp returns the containers of attempts of a kind whose end has not been
// seen, and is not waited for any more.
func (d *driver) givenUp(of func(engine.Ref) bool) []string {
	var ids []string
	for ref := range d.attempts {
		if id := d.containers[ref]; id != "" && of(ref) {
			ids = append(ids, id)
		}
	}
	return ids
}

// track runs an attempt on a goroutine, and knows it until that is done. What
// run returns is the end of the attempt, if there is one: the engine hears of
// it when the attempt is known no more, because it may begin the same anew. One
// that has been discarded is waited for: the containers have the same name.
func (d *driver) track(at *attempt, run func() engine.Event) {
	before := d.attempts[at.ref]
	d.attempts[at.ref] = at
	d.wg.Go(func() {
		if before != nil {
			<-before.gone
		}
		end := run()
		close(at.gone)
		d.post(func() {
			if d.attempts[at.ref] == at {
				delete(d.attempts, at.ref)
			}
			if end == nil {
				d.publish(atRest)
				return
			}
			d.transition(end)
			if _, exited := end.(engine.UnitExited); exited && !d.unsaved {
				at.forgetMessage() // that it has left is on record
			}
		})
	})
}

// release forgets an action that is held, and reports whether it was.
func (d *driver) release(held engine.Action) bool {
	i := slices.IndexFunc(d.held, func(a engine.Action) bool {
		if start, ok := a.(engine.Start); ok {
			return held == engine.Start{Ref: start.Ref}
		}
		return a == held
	})
	if i < 0 {
		return false
	}
	d.held = slices.Delete(d.held, i, i+1)
	return true
}

// attempt tells an attempt something, if there is one.
func (d *driver) attempt(ref engine.Ref, tell func(*attempt)) {
	if at := d.attempts[ref]; at != nil {
		tell(at)
	}
}

// end asks a live attempt to end. One whose start is still held is over at
// once: nothing of it runs.
func (d *driver) end(ref engine.Ref, ask func(*attempt)) {
	if !d.release(engine.Start{Ref: ref}) {
		d.attempt(ref, ask)
		return
	}
	d.attempt(ref, func(at *attempt) { at.discard.set() })
	ev := engine.UnitWaiting{At: time.Now(), Ref: ref, Reason: string(engine.ReasonCancelled), Message: "stopped before it ran"}
	d.wg.Go(func() { d.feed(ev) })
}

// event is a notice of the last transition.
func (d *driver) event(n engine.Notice) journal.Event {
	ev := journal.NewEvent(d.name, n)
	ev.Time = d.at.UTC().Round(0) // as it is read back
	return ev
}

// note adds an event to the journal.
func (d *driver) note(ev journal.Event) {
	ev.Workflow = d.name
	if _, err := d.project.journal.Append(ev); err != nil {
		d.log.Error().Err(err).Str("type", string(ev.Type)).Msg("write the journal")
	}
}

// activity tells a driver that still has actions to carry out from one that
// only waits.
type activity int

const (
	atRest activity = iota
	busy
)

// publish makes the state of the run known to others.
func (d *driver) publish(now activity) {
	status := engine.StatusOf(d.run)
	for i := range status.Units {
		status.Units[i].ContainerID = d.containers[d.run.Ref(i)]
	}
	if d.unsaved {
		status.Message = d.unwritten()
	}
	var wanted *engine.Workflow
	if w, ok := d.run.Wanted(); ok {
		wanted = &w
	}
	d.state.Store(&published{
		status: status, target: d.run.Target(), wanted: wanted, saved: !d.unsaved,
		live: now == busy || d.run.Live(),
		idle: now == atRest && !d.run.Live() && d.run.Sandbox.Phase == engine.SandboxNone && !d.busyAttempts(),
	})
	d.project.changed()
}

// busyAttempts reports whether something goes on in an attempt. One that the
// run has given up does not count: it may never end.
func (d *driver) busyAttempts() bool {
	for ref, at := range d.attempts {
		i := d.run.Find(ref)
		if givenUp := at.start.isSet() && (i < 0 || !d.run.Units[i].Phase.Live()); !givenUp {
			return true
		}
	}
	return false
}

// idle reports whether nothing goes on, and nothing is asked for.
func (d *driver) idle() bool { return d.asked.Load() == 0 && d.state.Load().idle }
