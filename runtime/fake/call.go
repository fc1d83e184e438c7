package fake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Method is a method of runtime.Runtime, by the name it has in the record.
type Method string

// Methods of runtime.Runtime.
const (
	Info           Method = "info"
	Image          Method = "image"
	Pull           Method = "pull"
	Import         Method = "import"
	User           Method = "user"
	Prepare        Method = "prepare"
	Watch          Method = "watch"
	Start          Method = "start"
	Signal         Method = "signal"
	Exec           Method = "exec"
	Check          Method = "check"
	Logs           Method = "logs"
	Inspect        Method = "inspect"
	List           Method = "list"
	Remove         Method = "remove"
	CreateNetwork  Method = "create-network"
	RemoveNetworks Method = "remove-networks"
	CreateVolume   Method = "create-volume"
	RemoveVolumes  Method = "remove-volumes"
)

// happened is the Method of an entry that is no call: something that a
// container did, or that was done to the host from outside.
const happened Method = ""

// reading are the methods that change nothing on the host.
var reading = []Method{Info, Image, User, Watch, Exec, Check, Logs, Inspect, List}

// Call is a call of a method as the record has it. A call is entered when it
// is made, and completed with its error when it is answered.
type Call struct {
	At      time.Duration // since New
	Method  Method
	Subject string // the container, image, network or volume
	Err     error

	event string // what happened, if it is no call
}

// String is one line: "1.5s start api", "2s signal api SIGTERM",
// "3s pull busybox: not found", and for what happened "3s (api exited 1)".
func (c Call) String() string {
	var b strings.Builder
	fmt.Fprint(&b, c.At)
	if c.Method == happened {
		fmt.Fprintf(&b, " (%s)", strings.TrimSpace(c.Subject+" "+c.event))
		return b.String()
	}
	fmt.Fprintf(&b, " %s", c.Method)
	if c.Subject != "" {
		fmt.Fprintf(&b, " %s", c.Subject)
	}
	if c.Err != nil {
		fmt.Fprintf(&b, ": %v", c.Err)
	}
	return b.String()
}

// Observe calls f with each call when it is made, before it has an effect,
// in the goroutine of the caller. F may do anything, such as Kill or cancel.
func (h *Host) Observe(f func(Call)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.observe = f
}

// Forget keeps no record of calls from now on, for tests that make many.
func (h *Host) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forgetful = true
}

// OnChange calls f with each container that has begun to run, or has ended.
// The host is locked meanwhile: f must not use it.
func (h *Host) OnChange(f func(runtime.Spec, runtime.Container)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changed = f
}

// Calls returns the calls of some methods, or of all if none is named, as
// lines, in the order in which they were made.
func (h *Host) Calls(methods ...Method) []string {
	return h.lines(func(c Call) bool {
		return c.Method != happened && (len(methods) == 0 || slices.Contains(methods, c.Method))
	})
}

// History returns, as lines, the calls that change something, and between
// them what happened to the containers and the host.
func (h *Host) History() []string {
	return h.lines(func(c Call) bool { return !slices.Contains(reading, c.Method) })
}

func (h *Host) lines(wanted func(Call) bool) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var lines []string
	for _, c := range h.record {
		if wanted(c) {
			lines = append(lines, c.String())
		}
	}
	return lines
}

// begin enters a call and returns its place in the record.
func (h *Host) begin(m Method, subject string) int {
	h.mu.Lock()
	call := Call{At: time.Since(h.born), Method: m, Subject: subject}
	n, observe := h.enter(call), h.observe
	h.mu.Unlock()
	if observe != nil {
		observe(call)
	}
	return n
}

// enter adds an entry to the record and returns its place; -1: there is no
// record.
func (h *Host) enter(c Call) int {
	if h.forgetful {
		return -1
	}
	h.record = append(h.record, c)
	return len(h.record) - 1
}

func (h *Host) finish(n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n >= 0 {
		h.record[n].Err = err
	}
}

// note enters what happened to c, or to the host if c is nil.
func (h *Host) note(c *container, event string) {
	entry := Call{At: time.Since(h.born), Method: happened, event: event}
	if c != nil {
		entry.Subject = h.nameBy(c.spec)
	}
	h.enter(entry)
}

// ending says how a process ended.
func ending(exit runtime.Exit) string {
	switch {
	case exit.Lost:
		return "lost"
	case exit.OOMKilled:
		return fmt.Sprintf("exited %d, out of memory", exit.Code)
	default:
		return fmt.Sprintf("exited %d", exit.Code)
	}
}
