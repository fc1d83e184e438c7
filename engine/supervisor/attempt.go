package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// attempt is one container from create to exit, on a goroutine of its own.
// The driver talks to it by closing channels, so it never waits for it; the
// attempt answers with events.
type attempt struct {
	d        *driver
	ref      engine.Ref
	spec     engine.UnitSpec
	workflow engine.Workflow
	images   *images
	sandbox  string // ID of the holder
	nameless bool   // the sandbox does not know the unit's name
	start    signal
	stop     signal
	kill     signal
	discard  signal
	gone     chan struct{} // closed when nothing of it goes on
	// before are containers that the run has given up, and whose end has not
	// been seen: they must be gone first.
	before   []string
	id       string // of the container, once prepared
	halfMade string // name of one that there may be although its preparation failed
	inputs   string // fingerprint of what a step is run with that need not always run
	ahead    bool   // it is made before its turn: a failure is not told yet
	unsure   bool   // whether the process has been started
	delivery *secrets.Delivery
}

// signal is a thing that happens at most once.
type signal struct {
	once sync.Once
	ch   chan struct{}
}

func newSignal() signal { return signal{ch: make(chan struct{})} }

func (s *signal) set() { s.once.Do(func() { close(s.ch) }) }

func (s *signal) isSet() bool {
	select {
	case <-s.ch:
		return true
	default:
		return false
	}
}

func newAttempt(d *driver, ref engine.Ref, spec engine.UnitSpec) *attempt {
	if i := d.run.Spec.Index(ref.Name); i >= 0 {
		spec.Container = d.run.ContainerOf(i)
	}
	return &attempt{
		d: d, ref: ref, spec: spec, workflow: d.run.Target(), images: d.images,
		sandbox: d.sandbox.id, nameless: d.sandbox.names != nil && !d.sandbox.names[ref.Name],
		start: newSignal(), stop: newSignal(), kill: newSignal(), discard: newSignal(),
		gone: make(chan struct{}),
	}
}

// run makes the container, waits for its turn, starts it and sees it end. It
// returns how that was: nil if it was never started, or is left as it is.
func (a *attempt) run(ctx context.Context) engine.Event {
	ctx, release := context.WithCancel(ctx)
	defer release()
	making, cancel := a.making(ctx)
	defer cancel()
	if skip, err := a.needless(making); err != nil || skip != nil {
		if skip != nil {
			return skip
		}
		return a.failed(ctx, err, making.Err() != nil)
	}
	a.ahead = !a.start.isSet()
	wait, err := a.make(making, ctx) // if it fails ahead of its turn, Start tries again
	if !a.awaitTurn(ctx) {
		a.drop(ctx)
		return nil
	}
	if err != nil && making.Err() == nil && (a.ahead || !errors.As(err, new(*waitError))) { // who waits has been told why
		a.ahead = false
		a.drop(ctx)
		wait, err = a.make(making, ctx)
	}
	if err == nil {
		err = a.launch(making, ctx)
	}
	if err != nil && !a.runsAfterAll(ctx) {
		return a.failed(ctx, err, making.Err() != nil)
	}
	a.d.feed(engine.UnitStarted{At: time.Now(), Ref: a.ref})
	return a.watch(ctx, wait)
}

// making is a context that ends when the attempt is no longer wanted before
// it runs.
func (a *attempt) making(ctx context.Context) (context.Context, context.CancelFunc) {
	making, cancel := context.WithCancel(ctx)
	a.d.wg.Go(func() {
		select {
		case <-a.stop.ch:
		case <-a.kill.ch:
		case <-a.discard.ch:
		case <-making.Done():
		}
		cancel()
	})
	return making, cancel
}

// awaitTurn reports whether the attempt is to be started.
func (a *attempt) awaitTurn(ctx context.Context) bool {
	select {
	case <-a.start.ch:
		return true
	case <-a.discard.ch:
	case <-ctx.Done():
	}
	return false
}

// make creates and initialises the container, and subscribes to its end for
// as long as life goes on.
func (a *attempt) make(ctx, life context.Context) (waiter, error) {
	if err := a.d.makeWay(ctx, a.before); err != nil {
		return nil, err
	}
	if err := a.ensureImage(ctx); err != nil {
		return nil, err
	}
	if err := a.joinSandbox(ctx); err != nil {
		return nil, err
	}
	spec, err := a.complete(ctx)
	if err != nil {
		return nil, err
	}
	rt := a.d.project.cfg.Runtime
	id, err := rt.Prepare(ctx, spec)
	if err != nil {
		a.halfMade = leftBy(err, spec)
		return nil, err
	}
	a.id = id
	a.d.created(a.ref, id)
	return rt.Watch(life, id)
}

// joinSandbox makes what the sandbox was made without, if the unit came with
// an update: its volumes, and its name.
func (a *attempt) joinSandbox(ctx context.Context) error {
	if err := a.d.createVolumes(ctx, a.volumes()); err != nil {
		return err
	}
	if !a.nameless {
		return nil
	}
	name := a.ref.Name
	result, err := a.d.project.cfg.Runtime.Exec(ctx, a.sandbox, addName(name))
	if err == nil && result.Code != 0 {
		err = fmt.Errorf("exit code %d: %s", result.Code, result.Output)
	}
	if err != nil {
		return fmt.Errorf("make the name %s known in the sandbox: %w", name, err)
	}
	a.nameless = false
	a.d.post(func() { a.d.sandbox.named(a.sandbox, name) })
	return nil
}

func (a *attempt) ensureImage(ctx context.Context) error {
	spec := a.spec.Container
	ensure := a.images.ensure
	if a.ahead {
		ensure = a.images.wait
	}
	err := ensure(ctx, a.d.life, spec.Image, spec.Pull)
	if err != nil {
		reason, permanent := pullReason(err)
		return &waitError{reason: reason, permanent: permanent, err: err}
	}
	return nil
}

// launch delivers the secrets and starts the process. A start that is under
// way is not cut short: the process would be killed without being asked.
func (a *attempt) launch(ctx, life context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if a.delivery != nil {
		if err := a.delivery.Fill(a.d.project.secretValue(a.workflow)); err != nil {
			return &waitError{reason: "CreateContainerConfigError", permanent: true, err: err}
		}
	}
	return patiently(ctx, func() error {
		err := a.d.project.cfg.Runtime.Start(life, a.id)
		a.unsure = errors.Is(err, runtime.ErrUnavailable)
		return err
	})
}

// runsAfterAll reports whether the process was started although the answer was
// lost: then it is asked to end, as any other.
func (a *attempt) runsAfterAll(ctx context.Context) bool {
	if !a.unsure {
		return false
	}
	var c runtime.Container
	err := a.d.stubbornly(ctx, "inspect "+a.ref.String(), func() (err error) {
		c, err = a.d.project.cfg.Runtime.Inspect(ctx, a.id)
		return err
	})
	return err == nil && c.ID != "" && c.State != runtime.Prepared
}

// failed says why an attempt could not be started.
func (a *attempt) failed(ctx context.Context, err error, unwanted bool) engine.Event {
	a.drop(ctx)
	var start *runtime.StartError
	if errors.As(err, &start) {
		return engine.UnitExited{At: time.Now(), Ref: a.ref, Code: start.Code, Message: start.Message}
	}
	ev := engine.UnitWaiting{At: time.Now(), Ref: a.ref, Reason: "CreateContainerError", Message: err.Error()}
	var wait *waitError
	switch {
	case unwanted:
		ev.Reason, ev.Message = string(engine.ReasonCancelled), "stopped before it ran"
	case errors.As(err, &wait):
		ev.Reason, ev.Permanent = wait.reason, wait.permanent
	case errors.Is(err, runtime.ErrSubPath):
		ev.Reason, ev.Permanent = "CreateContainerConfigError", true
	case errors.Is(err, runtime.ErrUnsupported):
		ev.Permanent = true
	}
	return ev
}

// waitError is why an attempt cannot be made now.
type waitError struct {
	reason    string
	permanent bool
	err       error
}

func (e *waitError) Error() string { return e.err.Error() }
func (e *waitError) Unwrap() error { return e.err }

// drop removes what was made for an attempt that did not come about.
func (a *attempt) drop(ctx context.Context) {
	if ctx.Err() != nil {
		return // the container may have been started, and will be adopted
	}
	a.takeAwaySecrets()
	if a.halfMade != "" { // the next one has the same name, and so has to wait
		_ = a.d.stubbornly(ctx, "remove container "+a.halfMade, func() error {
			return a.d.project.cfg.Runtime.Remove(ctx, a.halfMade)
		})
		a.halfMade = ""
	}
	if a.id == "" {
		return
	}
	a.d.removeNow(a.id)
	a.id = ""
	a.forgetMessage()
}

// watch sees the process end, and passes on what it is asked meanwhile. It
// returns nil if ctx ends first.
func (a *attempt) watch(ctx context.Context, wait waiter) engine.Event {
	ended := make(chan runtime.Exit, 1)
	a.d.wg.Go(func() {
		if exit, err := a.d.await(ctx, a.id, wait); err == nil {
			ended <- exit
		}
	})
	stop, kill := a.stop.ch, a.kill.ch
	for {
		select {
		case <-stop:
			stop = nil
			a.send(ctx, "")
		case <-kill:
			kill = nil
			a.send(ctx, "SIGKILL")
		case exit := <-ended:
			return a.exited(ctx, exit)
		case <-ctx.Done():
			return nil
		}
	}
}

// send signals the process, on a goroutine of its own: an engine that does not
// answer must not keep the attempt from its end, or from the next signal. Who
// is to be killed is, even if the supervisor lets go.
func (a *attempt) send(ctx context.Context, name string) {
	a.d.wg.Go(func() {
		if name == "SIGKILL" {
			var cancel context.CancelFunc
			ctx, cancel = a.d.cleanup()
			defer cancel()
		}
		_ = a.d.stubbornly(ctx, "signal "+a.ref.String(), func() error { // until it has ended
			return a.d.project.cfg.Runtime.Signal(ctx, a.id, name)
		})
	})
}

func (a *attempt) exited(ctx context.Context, exit runtime.Exit) engine.Event {
	message, left := a.lastWords(ctx, exit), a.left(exit)
	a.remember(exit, left)
	ev := engine.UnitExited{
		At: time.Now(), Ref: a.ref, Code: exit.Code, OOM: exit.OOMKilled, Lost: exit.Lost,
		Message: message, Left: left,
	}
	if exit.Lost {
		ev.Code, ev.Message = 137, "its end was not seen by the container engine"
	}
	return ev
}

// takeAwaySecrets comes before the end is told: a unit's secrets exist only
// while an attempt of it does.
func (a *attempt) takeAwaySecrets() {
	if a.delivery == nil {
		return
	}
	if err := a.delivery.Remove(); err != nil {
		a.d.log.Error().Err(err).Stringer("unit", a.ref).Msg("remove secrets")
	}
	a.delivery = nil
}

// created tells the journal and the record which container an attempt has.
func (d *driver) created(ref engine.Ref, id string) {
	d.post(func() {
		d.containers[ref] = id
		d.sweep()
	})
	d.note(journal.Event{
		Type: engine.TypeUnitCreated, Run: ref.Run, Unit: ref.Name, Role: ref.Kind.String(),
		Attempt: ref.Attempt, Container: id,
	})
}

// takeOver goes on with an attempt whose container runs.
func (a *attempt) takeOver(ctx context.Context) engine.Event {
	ctx, release := context.WithCancel(ctx)
	defer release()
	return a.watch(ctx, a.d.watch(ctx, a.id))
}
