package supervisor

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// saveAgain is when a record that could not be written is tried again.
const saveAgain = time.Second

// save makes the run durable. If it cannot, what would begin is held until it
// can; what ends goes on.
func (d *driver) save() {
	err := journal.SaveRecord(d.project.cfg.StateDir, d.record())
	if err == nil {
		if d.project.cfg.Recorded != nil {
			d.project.cfg.Recorded()
		}
		d.saved()
		return
	}
	d.log.Error().Err(err).Msg("write the run record; nothing new starts until it can be written")
	d.unsaved, d.unsavable = true, err
	if d.saving == nil {
		d.saving = time.AfterFunc(saveAgain, func() {
			d.post(func() {
				d.saving = nil
				if d.unsaved {
					d.told = nil // the journal has been
					d.save()
					d.publish(atRest)
				}
			})
		})
	}
}

func (d *driver) saved() {
	d.unsaved, d.unsavable = false, nil
	held := d.held
	d.held = nil
	for _, action := range held {
		d.do(action)
	}
}

// unwritten says, in place of what the run says, why the record is behind.
func (d *driver) unwritten() string {
	why := d.unsavable
	if errno := syscall.Errno(0); errors.As(why, &errno) {
		why = errno
	}
	return fmt.Sprintf("the state cannot be written: %v", why)
}

func (d *driver) record() journal.Record {
	containers := make(map[string]string, len(d.containers))
	for ref, id := range d.containers {
		containers[ref.String()] = id
	}
	return journal.Record{
		BootID: d.project.bootID, SandboxID: d.sandbox.id, Containers: containers, Run: d.run,
		Seq: d.project.journal.Seq(), Events: d.told, Orphan: d.fate.Load() != kept,
	}
}

// tellMissing adds to the journal what the supervisor before had no time for.
func (d *driver) tellMissing(r journal.Record) {
	missing := r.Events
	err := journal.Read(d.project.cfg.StateDir, r.Seq, func(told journal.Event) error {
		missing = slices.DeleteFunc(slices.Clone(missing), func(ev journal.Event) bool {
			ev.Seq, ev.Project = told.Seq, told.Project
			return reflect.DeepEqual(ev, told)
		})
		return nil
	})
	if err != nil {
		d.log.Error().Err(err).Msg("find out what the journal has been told")
		return
	}
	for _, ev := range missing {
		d.note(ev)
	}
}

// adopt takes over a run from its record: it compares it with what exists,
// and goes on from there (SEMANTICS B 133). What is on no record is removed
// (B 136): its names would be in the way. It blocks until the engine answers.
func (d *driver) adopt(r journal.Record) {
	if len(r.Events) > 0 {
		d.tellMissing(r)
	}
	found, err := d.listAll()
	if err != nil {
		return // the supervisor lets go
	}
	ev := engine.Observed{At: time.Now(), SameBoot: r.BootID == d.project.bootID}
	var holders []runtime.Container // after the units, which depend on them
	for _, c := range found {
		if c.Labels[LabelSandbox] != "" {
			holders = append(holders, c)
			continue
		}
		d.adoptUnit(c, &ev)
	}
	for _, c := range holders {
		ev.Sandbox = d.sandbox.adopt(d, c) || ev.Sandbox
	}
	d.sweepSecrets()
	d.transition(ev)
	d.sweep()
	d.sweepMessages()
}

// sweepSecrets takes away those of attempts that nothing runs of, whatever the
// record says.
func (d *driver) sweepSecrets() {
	for i := range d.run.Units {
		ref := d.run.Ref(i)
		if !d.run.Units[i].Phase.Live() || d.attempts[ref] != nil {
			continue
		}
		if err := d.project.secrets.Adopt(d.name, ref).Remove(); err != nil {
			d.log.Error().Err(err).Stringer("unit", ref).Msg("remove secrets")
		}
	}
}

// listAll lists the containers of the workflow, however often that fails:
// without it nothing can be adopted. The error is that of the supervisor's
// life.
func (d *driver) listAll() (found []runtime.Container, err error) {
	life, labels := d.life, workflowLabels(d.project.cfg.Project, d.name)
	err = d.stubbornly(life, "list the containers of the workflow", func() (err error) {
		found, err = d.project.cfg.Runtime.List(life, labels)
		return err
	})
	return found, err
}

// adoptUnit takes over one container of the workflow. Prepared ones are
// removed: the secrets' files they were made for are gone.
func (d *driver) adoptUnit(c runtime.Container, ev *engine.Observed) {
	ref, known := refOf(&d.run, c.Labels)
	i := d.run.Find(ref)
	current := i >= 0 && d.run.Units[i].Phase.Live()
	if !known || c.State == runtime.Prepared || c.State == runtime.Running && !current {
		d.removeNow(c.ID)
		return
	}
	d.containers[ref] = c.ID
	if !current {
		return
	}
	at := newAttempt(d, ref, d.run.Spec.Units[i])
	seen := engine.ObservedUnit{Ref: ref, State: c.State, Exit: c.Exit}
	at.id, at.inputs = c.ID, c.Labels[LabelInputs]
	if len(at.spec.Secrets) > 0 {
		at.delivery = d.project.secrets.Adopt(d.name, ref)
	}
	if c.State == runtime.Exited {
		seen.Message, seen.Left = at.lastWords(d.life, c.Exit), at.left(c.Exit)
		if d.run.Units[i].Phase != engine.UnitStopping {
			at.remember(c.Exit, seen.Left)
		}
	}
	ev.Units = append(ev.Units, seen)
	if c.State == runtime.Running {
		d.track(at, func() engine.Event { return at.takeOver(d.life) })
	}
}

// refOf reads the labels of a unit's container. It reports false for an
// attempt that is not on record.
func refOf(r *engine.Run, labels map[string]string) (engine.Ref, bool) {
	run, err1 := strconv.Atoi(labels[LabelRun])
	attempt, err2 := strconv.Atoi(labels[LabelAttempt])
	i := r.Spec.Index(labels[LabelUnit])
	if err1 != nil || err2 != nil || i < 0 {
		return engine.Ref{}, false
	}
	last := r.Ref(i)
	ref := engine.Ref{Run: run, Kind: last.Kind, Name: last.Name, Attempt: attempt}
	return ref, run < last.Run || run == last.Run && attempt <= last.Attempt
}

// keptContainers of each unit are not removed: the newest, which may only be
// prepared, the one before for its log, and the one before that for
// `limber logs --previous`.
const keptContainers = 3

// sweep removes, in the background, the containers that nobody will ask for,
// and then the holders of earlier sandboxes that nobody has joined any more.
func (d *driver) sweep() {
	keep := map[string]bool{}
	var gone []string
	for _, u := range d.run.Spec.Units {
		for _, id := range d.lastContainers(u.Name, keptContainers) {
			keep[id] = true
		}
	}
	for ref, id := range d.containers {
		if !keep[id] && d.attempts[ref] == nil {
			delete(d.containers, ref)
			gone = append(gone, id)
		}
	}
	if len(gone) == 0 {
		return
	}
	old := d.sandbox.old
	d.wg.Go(func() {
		for _, id := range gone {
			d.removeNow(id)
		}
		for _, id := range old {
			if err := d.project.cfg.Runtime.Remove(d.life, id); err == nil {
				d.post(func() { d.sandbox.forget(id) })
			}
		}
	})
}

// lastContainers returns the newest containers of a unit, at most n.
func (d *driver) lastContainers(unit string, n int) []string {
	var refs []engine.Ref
	for ref := range d.containers {
		if ref.Name == unit {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, func(a, b engine.Ref) int {
		if a.Run != b.Run {
			return b.Run - a.Run
		}
		return b.Attempt - a.Attempt
	})
	var ids []string
	for _, ref := range refs[:min(n, len(refs))] {
		ids = append(ids, d.containers[ref])
	}
	return ids
}
