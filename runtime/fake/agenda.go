package fake

import (
	"slices"
	"sort"
	"time"
)

// agenda is what will happen on a host, soonest first; what is due at the
// same instant happens in the order in which it was planned. One timer for
// all keeps that order, which timers of their own would not.
type agenda struct {
	events []event
	timer  *time.Timer
}

type event struct {
	at   time.Time
	of   *container
	what func()
}

// plan makes what happen to c after some time, unless c ends before. The
// caller settles the agenda when all is planned.
func (h *Host) plan(after time.Duration, c *container, what func()) {
	e := event{at: time.Now().Add(after), of: c, what: what}
	events := h.agenda.events
	i := sort.Search(len(events), func(i int) bool { return events[i].at.After(e.at) })
	h.agenda.events = slices.Insert(events, i, e)
}

// drop forgets what was planned for c.
func (h *Host) drop(c *container) {
	h.agenda.events = slices.DeleteFunc(h.agenda.events, func(e event) bool { return e.of == c })
}

// settle lets happen what is due and sets the timer for the rest.
func (h *Host) settle() {
	for len(h.agenda.events) > 0 && !h.agenda.events[0].at.After(time.Now()) {
		next := h.agenda.events[0]
		h.agenda.events = h.agenda.events[1:]
		next.what()
	}
	if h.agenda.timer != nil {
		h.agenda.timer.Stop()
		h.agenda.timer = nil
	}
	if len(h.agenda.events) > 0 {
		h.agenda.timer = time.AfterFunc(time.Until(h.agenda.events[0].at), h.wake)
	}
}

func (h *Host) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settle()
}
