package cmd

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
)

// writeStatus prints a table of the workflows, each with a table of its units.
func writeStatus(out stream, s control.Status, now time.Time) error {
	workflows := newTable("", "WORKFLOW", "STATUS", "READY", "RUN", "RESTARTS", "AGE")
	for _, w := range s.Workflows {
		workflows.add(statusColor(w), w.Name, w.Status, readyOf(w), strconv.Itoa(w.Run), strconv.Itoa(restartsOf(w)), age(w.StartedAt, now))
	}
	units := newTable("  ", "UNIT", "ROLE", "STATE", "READY", "ATTEMPTS", "EXIT", "AGE")
	for _, w := range s.Workflows {
		for _, u := range w.Units {
			units.add(unitColor(u), u.Name, u.Role, stateOf(u), yesNo(u.Ready), strconv.Itoa(u.Attempts), exitOf(u), age(u.StartedAt, now))
		}
	}
	if err := workflows.writeRow(out, 0); err != nil {
		return err
	}
	row := 1
	for i, w := range s.Workflows {
		if err := workflows.writeRow(out, i+1); err != nil {
			return err
		}
		if w.Message != "" && !w.Phase.Done() {
			if _, err := fmt.Fprintf(out, "  %s\n", out.paint(colorWarn, plain(w.Message))); err != nil {
				return err
			}
		}
		if err := units.writeRow(out, 0); err != nil {
			return err
		}
		for range w.Units {
			if err := units.writeRow(out, row); err != nil {
				return err
			}
			row++
		}
	}
	return nil
}

// readyOf counts the ready services and sidecars (SEMANTICS B 110).
func readyOf(w engine.Status) string {
	ready, all := 0, 0
	for _, u := range w.Units {
		if u.Role == engine.Init.String() {
			continue
		}
		all++
		if u.Ready {
			ready++
		}
	}
	return fmt.Sprintf("%d/%d", ready, all)
}

// restartsOf counts attempts after the first: of the entries up to the one
// that is pending while the workflow initialises, of sidecars and services
// from then on (SEMANTICS B 111).
func restartsOf(w engine.Status) int {
	initial, later := 0, 0
	initialising := false
	for _, u := range w.Units {
		restarts := max(u.Attempts-1, 0)
		if u.Role == engine.Init.String() {
			initial += restarts
			initialising = initialising || !u.Ready
			continue
		}
		later += restarts
	}
	if initialising {
		return initial + later
	}
	return later
}

// stateOf is a unit's state and, unless it goes without saying, its reason.
func stateOf(u engine.UnitStatus) string {
	if u.Reason == "" || u.Reason == "PodInitializing" || u.Reason == engine.ReasonCompleted {
		return string(u.State)
	}
	return fmt.Sprintf("%s (%s)", u.State, u.Reason)
}

func exitOf(u engine.UnitStatus) string {
	if u.ExitCode == nil {
		return "-"
	}
	return strconv.Itoa(*u.ExitCode)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func statusColor(w engine.Status) string {
	switch {
	case w.Phase == engine.Failed:
		return colorBad
	case w.Ready || w.Phase == engine.Succeeded:
		return colorGood
	}
	return colorWarn
}

func unitColor(u engine.UnitStatus) string {
	switch {
	case u.State == engine.StateExited && u.Reason != engine.ReasonCompleted:
		return colorBad
	case u.Ready || u.State == engine.StateExited:
		return colorGood
	case u.Attempts > 0:
		return colorWarn
	}
	return colorDim
}

// age is the time since t, as kubectl prints it: no more than two units.
func age(t, now time.Time) string {
	if t.IsZero() {
		return "-"
	}
	d := max(now.Sub(t), 0).Round(time.Second)
	days, hours, minutes, seconds := int(d.Hours())/24, int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case hours >= 48:
		return fmt.Sprintf("%dd%dh", days, hours%24)
	case hours > 0:
		return fmt.Sprintf("%dh%dm", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%dm%ds", minutes, seconds)
	}
	return fmt.Sprintf("%ds", seconds)
}

// table is rows of cells in columns that are as wide as they need to be. The
// first row is the heading; the second column of the others shows its color.
type table struct {
	indent string
	rows   [][]string
	colors []string
	widths []int
}

func newTable(indent string, heading ...string) *table {
	t := &table{indent: indent, widths: make([]int, len(heading))}
	t.add("", heading...)
	return t
}

func (t *table) add(color string, cells ...string) {
	for i, cell := range cells {
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell))
	}
	t.rows, t.colors = append(t.rows, cells), append(t.colors, color)
}

func (t *table) writeRow(out stream, n int) error {
	var b strings.Builder
	b.WriteString(t.indent)
	for i, cell := range t.rows[n] {
		last := i == len(t.rows[n])-1
		padding := 3 + t.widths[i] - utf8.RuneCountInString(cell)
		switch {
		case n == 0:
			cell = out.paint(colorBold, cell)
		case i == coloredColumn:
			cell = out.paint(t.colors[n], cell)
		}
		b.WriteString(cell)
		if !last {
			b.WriteString(strings.Repeat(" ", padding))
		}
	}
	_, err := io.WriteString(out, b.String()+"\n")
	return err
}

// coloredColumn is the one that says how things are: a workflow's status, a
// unit's role beside its state.
const coloredColumn = 1
