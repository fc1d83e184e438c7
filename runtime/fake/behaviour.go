package fake

import (
	"time"

	"github.com/limber-run/limber/runtime"
)

// Forever is how long a process runs that does not end by itself.
const Forever time.Duration = -1

// Behaviour is what a process does. The zero value ends at once with code 0.
type Behaviour struct {
	// Fail is what Start returns instead of running the process, often a
	// *runtime.StartError. The container stays prepared.
	Fail error

	For   time.Duration // how long it runs by itself; Forever
	Code  int           // its exit code then
	OOM   bool          // it was killed for its memory
	Lines []Line        // what it writes

	// OnSignal is what it does about a signal that can be caught and ends a
	// process: nil lets the signal end it at once, with 128 and its number.
	OnSignal *Reaction

	// Healthy is whether Check succeeds once the process has run for up.
	// Nil leaves it to Exec and the container's health command. Neither may
	// use the host: it is locked.
	Healthy func(up time.Duration) bool

	// Exec answers commands run in the container. Nil understands those of
	// the words that end, and takes all others for commands that succeed.
	Exec func(up time.Duration, command []string) runtime.ExecResult
}

// Line is a line that a process writes when it has run for At.
type Line struct {
	At     time.Duration
	Stream runtime.Stream // "" is runtime.Stdout
	Text   string
}

// Reaction is what a process does about a signal.
type Reaction struct {
	Ignore bool          // nothing
	After  time.Duration // else it ends after some time
	Code   int           // with this code
}

// Match selects containers.
type Match func(runtime.Spec) bool

// Named matches the container of that name.
func Named(name string) Match {
	return func(spec runtime.Spec) bool { return spec.Name == name }
}

// Labelled matches containers that carry a label.
func Labelled(key, value string) Match {
	return func(spec runtime.Spec) bool {
		got, ok := spec.Labels[key]
		return ok && got == value
	}
}

// script is a Behaviour per start of the containers it matches.
type script struct {
	match  Match
	starts []Behaviour
}

// Script says what matching containers do when they are started: the first
// to start gets the first behaviour and so on; the last one is for all that
// follow. A newer script goes before an older one, and any script before the
// words of a command.
func (h *Host) Script(match Match, first Behaviour, then ...Behaviour) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &script{match: match, starts: append([]Behaviour{first}, then...)}
	h.scripts = append([]*script{s}, h.scripts...)
}

// behaviour decides what a container does that is started now.
func (h *Host) behaviour(spec runtime.Spec) Behaviour {
	for _, s := range h.scripts {
		if s.match(spec) {
			return s.next()
		}
	}
	return read(h.words(spec), spec.Resources.MemoryLimit, h.failures)
}

func (s *script) next() Behaviour {
	b := s.starts[0]
	if len(s.starts) > 1 {
		s.starts = s.starts[1:]
	}
	return b
}
