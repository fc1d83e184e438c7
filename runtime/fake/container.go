package fake

import (
	"maps"
	"time"

	"github.com/limber-run/limber/runtime"
)

// container is one container. All of it belongs to the host's lock.
//
//	         start             exit, signal, Kill
//	prepared ─────▶ running ──────────────────────▶ exited
//	                   │
//	                   └─────── Lose, Reboot ─────▶ lost
//
// It may be removed in any state, which is not a state but an end.
type container struct {
	id        string
	address   string // on a network
	spec      runtime.Spec
	state     runtime.State
	pid       int
	exit      runtime.Exit
	behaviour Behaviour
	lines     []runtime.LogLine
	gone      bool // it was removed before it ended

	// changed is closed, and replaced, when anything above has changed.
	changed chan struct{}
}

// stir wakes all who wait for something about c.
func (c *container) stir() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// over is whether nothing more will come from c.
func (c *container) over() bool {
	return c.gone || c.state == runtime.Exited || c.state == runtime.Lost
}

// describe is what inspection shows of c.
func (c *container) describe() runtime.Container {
	d := runtime.Container{
		ID:     c.id,
		Name:   c.spec.Name,
		Image:  c.spec.Image,
		Labels: maps.Clone(c.spec.Labels),
		State:  c.state,
		Pid:    c.pid,
		Exit:   c.exit,
	}
	if !c.over() {
		d.Address = c.address
	}
	return d
}

// find returns the container with that ID or name, or nil.
func (h *Host) find(id string) *container {
	for _, c := range h.containers {
		if c.id == id || c.spec.Name == id {
			return c
		}
	}
	return nil
}

// Spec returns what the container with that ID or name was made from.
func (h *Host) Spec(id string) (runtime.Spec, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c := h.find(id); c != nil {
		return c.spec, true
	}
	return runtime.Spec{}, false
}

// lookup is find with an error.
func (h *Host) lookup(id string) (*container, error) {
	if c := h.find(id); c != nil {
		return c, nil
	}
	return nil, notFoundError("container", id)
}

// run runs the process of c. What it does at once is done on return: a
// short process has ended before its Start is answered.
func (h *Host) run(c *container, b Behaviour) {
	c.behaviour = b
	c.state = runtime.Running
	h.pids++
	c.pid = h.pids
	c.exit = runtime.Exit{StartedAt: time.Now()}
	h.note(c, "started")
	h.tell(c)
	for _, line := range b.Lines {
		h.plan(line.At, c, func() { c.write(line) })
	}
	if b.For != Forever {
		h.plan(b.For, c, func() { h.end(c, runtime.Exit{Code: b.Code, OOMKilled: b.OOM}) })
	}
	c.stir()
	h.settle()
}

// tell passes a change of c on.
func (h *Host) tell(c *container) {
	if h.changed != nil {
		h.changed(c.spec, c.describe())
	}
}

// end is the end of a process, whatever its cause.
func (h *Host) end(c *container, exit runtime.Exit) {
	exit.StartedAt = c.exit.StartedAt
	exit.FinishedAt = time.Now()
	c.state = runtime.Exited
	if exit.Lost {
		c.state = runtime.Lost
		exit.FinishedAt = time.Time{}
	}
	c.exit = exit
	c.pid = 0
	h.drop(c)
	h.note(c, ending(exit))
	h.tell(c)
	c.stir()
}

func (c *container) write(line Line) {
	stream := line.Stream
	if stream == "" {
		stream = runtime.Stdout
	}
	c.lines = append(c.lines, runtime.LogLine{Time: time.Now(), Stream: stream, Text: line.Text})
	c.stir()
}
