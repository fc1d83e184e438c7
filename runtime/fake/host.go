package fake

import (
	"sync"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Host is the simulated machine that the connections share: its images,
// containers, networks and volumes, and what tests make happen to them.
type Host struct {
	mu          sync.Mutex
	born        time.Time
	info        runtime.Info
	unavailable bool
	nameBy      func(runtime.Spec) string

	images     map[string]runtime.Image
	remotes    map[string]Remote
	containers []*container // oldest first
	removed    []*container // may still be watched
	created    int          // containers ever
	pids       int          // the last one given
	networks   map[string]map[string]string
	volumes    map[string]runtime.VolumeSpec

	scripts  []*script
	failures map[string]int // of fail-times, by file
	faults   []*fault
	agenda   agenda
	record   []Call
	// forgetful hosts keep neither a record nor what was removed.
	forgetful bool
	observe   func(Call)
	changed   func(runtime.Spec, runtime.Container)
}

func newHost() *Host {
	return &Host{
		born:     time.Now(),
		info:     runtime.Info{Name: "fake", Version: "1.0.0", OCIRuntime: "none", CgroupVersion: "v2", CPUs: 2, Memory: 4 << 30},
		nameBy:   func(spec runtime.Spec) string { return spec.Name },
		pids:     1000,
		images:   map[string]runtime.Image{},
		remotes:  map[string]Remote{},
		networks: map[string]map[string]string{},
		volumes:  map[string]runtime.VolumeSpec{},
		failures: map[string]int{},
	}
}

func (h *Host) connect() *Runtime {
	return &Runtime{Host: h, closed: make(chan struct{})}
}

// SetInfo changes what Info says.
func (h *Host) SetInfo(info runtime.Info) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.info = info
}

// NameBy changes what containers are called in Calls and History and by the
// subjects of faults; it is their name at first.
func (h *Host) NameBy(name func(runtime.Spec) string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.nameBy = name
}

// subject is what the container with that ID or name is called in the
// record, or id if there is none.
func (h *Host) subject(id string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c := h.find(id); c != nil {
		return h.nameBy(c.spec)
	}
	return id
}
