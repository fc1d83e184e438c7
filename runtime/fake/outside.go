package fake

import (
	"slices"

	"github.com/limber-run/limber/runtime"
)

// Unavailable makes the host unreachable, or reachable again. All calls fail
// with ErrUnavailable and logs that are followed break off; containers go on,
// and so do watches, which find what ended once the host is back.
func (h *Host) Unavailable(yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unavailable = yes
	if yes {
		h.note(nil, "unavailable")
	} else {
		h.note(nil, "available")
	}
	for _, c := range slices.Concat(h.containers, h.removed) {
		c.stir()
	}
}

// Kill ends the running container of that name with an exit code, as
// somebody else might. It returns whether there was one.
func (h *Host) Kill(name string, code int) bool {
	return h.strikeDown(name, runtime.Exit{Code: code})
}

// OOM ends the running container of that name for its memory.
func (h *Host) OOM(name string) bool {
	return h.strikeDown(name, runtime.Exit{Code: 137, OOMKilled: true})
}

// Lose makes the running container of that name lost, as the death of its
// monitor does.
func (h *Host) Lose(name string) bool {
	return h.strikeDown(name, runtime.Exit{Lost: true})
}

func (h *Host) strikeDown(name string, exit runtime.Exit) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.find(name)
	if c == nil || c.state != runtime.Running {
		return false
	}
	h.end(c, exit)
	h.settle()
	return true
}

// Vanish removes the container of that name behind the back of whoever made
// it. It returns whether there was one.
func (h *Host) Vanish(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.find(name)
	if c == nil {
		return false
	}
	h.note(c, "vanished")
	h.remove(c)
	return true
}

// Reboot loses all running containers. What was prepared or had ended stays.
func (h *Host) Reboot() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note(nil, "reboot")
	for _, c := range h.containers {
		if c.state == runtime.Running {
			h.end(c, runtime.Exit{Lost: true})
		}
	}
	h.settle()
}
