package cmd

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// source is whose lines they are.
type source struct{ workflow, unit string }

// logView prints lines of logs, each with the name of its unit before it
// unless there is only one.
type logView struct {
	out        stream
	prefixed   bool
	workflows  bool // names of units are not enough
	timestamps bool

	closed func() // called once when nobody reads out any more, unless nil
	once   sync.Once

	mu     sync.Mutex
	width  int
	colors map[source]string
}

func newLogView(out stream) *logView { return &logView{out: out, colors: map[source]string{}} }

// expect makes room for the names of units, and gives them their colors in
// this order.
func (v *logView) expect(sources []source) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range sources {
		v.know(s)
	}
}

// know is expect for one. The caller holds mu.
func (v *logView) know(s source) (name, color string) {
	name = s.unit
	if v.workflows {
		name = s.workflow + "/" + s.unit
	}
	v.width = max(v.width, len(name))
	color, known := v.colors[s]
	if !known {
		color = unitColors[len(v.colors)%len(unitColors)]
		v.colors[s] = color
	}
	return name, color
}

func (v *logView) line(s source, l runtime.LogLine) error {
	text := l.Text
	if v.timestamps {
		text = l.Time.Format(time.RFC3339Nano) + " " + text
	}
	if v.prefixed {
		text = v.prefix(s) + text
	}
	_, err := v.out.Write([]byte(text + "\n"))
	if errors.Is(err, syscall.EPIPE) && v.closed != nil {
		v.once.Do(v.closed)
	}
	return err
}

func (v *logView) prefix(s source) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	name, color := v.know(s)
	return v.out.paint(color, fmt.Sprintf("%-*s |", v.width, name)) + " "
}

// sourceOf is whose event it is.
func sourceOf(e journal.Event) source { return source{e.Workflow, e.Unit} }
