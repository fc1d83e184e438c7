package supervisor

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
)

// simBooks is what a simulation knows by itself: what containers did, and what
// was asked for. It knows nothing of the supervisor.
type simBooks struct {
	*sim
	mu    *sync.Mutex                // guards what follows
	specs map[string]engine.Workflow // by fingerprint
	// signaled has the names of containers that were sent a signal: their exit
	// code says nothing of their work.
	signaled *sync.Map
	live     map[string]simContainer // by the name of the container
	over     map[string]bool         // by the name of the container: it has ended
	run      int                     // the newest of any container
	done     map[string]string       // units that have ended as they should in this run: the container
	started  map[string]bool         // in this run
	ever     map[string]bool         // steps that have ever succeeded
	noInit   bool                    // it was asked for, once
	late     *sync.Map               // whether the start of a container was called after a stop
	stopped  *atomic.Bool            // the last request was a stop, and it has been heard
}

type simContainer struct {
	ref  engine.Ref
	spec runtime.Spec
}

func newSimBooks(s *sim) simBooks {
	return simBooks{
		sim: s, mu: &sync.Mutex{}, signaled: &sync.Map{}, stopped: &atomic.Bool{}, late: &sync.Map{}, specs: map[string]engine.Workflow{}, live: map[string]simContainer{}, over: map[string]bool{},
		done: map[string]string{}, started: map[string]bool{}, ever: map[string]bool{},
	}
}

func (b *simBooks) applied(w engine.Workflow) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.specs[w.Fingerprint()] = w
	b.stopped.Store(false)
}

func (b *simBooks) restarted(req control.RestartRequest) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.noInit = b.noInit || req.NoInit
	b.stopped.Store(false)
}

// running returns the names of the containers that run, holders included.
func (b *simBooks) running() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.live))
}

// changed hears of each container that begins to run or ends.
func (b *simBooks) changed(spec runtime.Spec, c runtime.Container) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.State != runtime.Running {
		b.ended(spec, c)
		return
	}
	if late, _ := b.late.Load(spec.Name); late == true {
		b.fail("%s begins after a stop", spec.Name)
	}
	b.connected(spec, b.specs[spec.Labels[LabelSpec]].Network)
	b.live[spec.Name] = simContainer{ref: simRef(spec), spec: spec}
	if spec.Labels[LabelUnit] != "" {
		b.begun(simRef(spec), b.specs[spec.Labels[LabelSpec]])
	}
}

// connected checks how a container that begins is connected, and that no other
// one has its names.
func (b *simBooks) connected(spec runtime.Spec, mode engine.NetworkMode) {
	shared := mode != engine.NetworkBridge && spec.Labels[LabelUnit] != ""
	if shared != (spec.Sandbox != "") {
		b.fail("%s begins in mode %s in the sandbox %q", spec.Name, mode, spec.Sandbox)
	}
	if unit := spec.Labels[LabelUnit]; unit != "" && mode == engine.NetworkBridge && spec.Network.Name == "" {
		b.fail("%s begins without a network: %+v", spec.Name, spec.Network)
	}
	for name, other := range b.live {
		for _, alias := range spec.Network.Aliases {
			if slices.Contains(other.spec.Network.Aliases, alias) {
				b.fail("%s begins as %q, which %s is called", spec.Name, alias, name)
			}
		}
	}
}

func simRef(spec runtime.Spec) engine.Ref {
	run, _ := strconv.Atoi(spec.Labels[LabelRun])
	attempt, _ := strconv.Atoi(spec.Labels[LabelAttempt])
	return engine.Ref{Run: run, Name: spec.Labels[LabelUnit], Attempt: attempt}
}

func (b *simBooks) ended(spec runtime.Spec, c runtime.Container) {
	delete(b.live, spec.Name)
	b.over[spec.Name] = true
	ref := simRef(spec)
	if b.asked(spec.Name) || ref.Name == "" {
		return
	}
	if c.State != runtime.Exited || c.Exit.Code != 0 || c.Exit.OOMKilled {
		return
	}
	b.ever[ref.Name] = true
	if ref.Run == b.run {
		b.done[ref.Name] = spec.Name
	}
}

// asked reports whether limber has asked a container to end, even if that did
// not get through: then it may not have seen a success before that.
func (b *simBooks) asked(container string) bool {
	_, asked := b.signaled.Load(container)
	return asked
}

// begun checks that an attempt may run now.
func (b *simBooks) begun(ref engine.Ref, w engine.Workflow) {
	if ref.Run > b.run {
		b.run = ref.Run
		clear(b.done)
		clear(b.started)
	}
	i := w.Index(ref.Name)
	if i < 0 {
		b.fail("%s begins, which is of no workflow that was applied", ref)
		return
	}
	unit := w.Units[i]
	for name, other := range b.live {
		if other.ref == ref || other.ref.Name == "" {
			continue
		}
		j := w.Index(other.ref.Name)
		if other.ref.Name == ref.Name || j >= 0 && unit.Kind == engine.Init && w.Units[j].Kind == engine.Init {
			b.fail("%s begins while %s runs", ref, name)
		}
	}
	if unit.Kind == engine.Init && b.done[ref.Name] != "" && !b.asked(b.done[ref.Name]) {
		b.fail("%s begins although it has succeeded in this run", ref)
	}
	b.mayBegin(ref, w, i)
	b.started[ref.Name] = true
}

// mayBegin checks that what is declared before unit i is through.
func (b *simBooks) mayBegin(ref engine.Ref, w engine.Workflow, i int) {
	for j, before := range w.Units {
		if w.Units[i].Kind != engine.Service && j >= i {
			return
		}
		switch before.Kind {
		case engine.Init:
			remembered := b.ever[before.Name] && (b.noInit || before.Run != engine.RunAlways)
			if b.done[before.Name] == "" && !remembered {
				b.fail("%s begins before step %s has succeeded", ref, before.Name)
			}
		case engine.Sidecar:
			if !b.started[before.Name] {
				b.fail("%s begins before sidecar %s has been started", ref, before.Name)
			}
		case engine.Service:
		}
	}
}

// check checks that no secrets, and no termination message, outlive their
// attempt. It is for when all is quiet: whoever has not heard of an end cannot
// take them away.
func (b *simBooks) check() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, dir := range b.secretsOf() {
		part := strings.Split(dir, "@") // workflow, run, kind, name, attempt
		if b.over[fmt.Sprintf("p.w.%s.%s.%s", part[3], part[1], part[4])] {
			b.fail("secrets of %s, which has ended", dir)
		}
	}
	for _, file := range b.messageFiles() {
		if b.over["p.w."+file] {
			b.fail("the termination message of %s, which has ended", file)
		}
	}
}

// checkEnd checks that nothing of a stopped workflow is left.
func (b *simBooks) checkEnd() {
	if left := b.running(); len(left) > 0 {
		b.fail("still running: %v", left)
	}
	if left := b.secretsOf(); len(left) > 0 {
		b.fail("secrets left: %v", left)
	}
}
