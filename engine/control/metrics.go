package control

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/limber-run/limber/engine"
)

// metrics answers in the Prometheus text format.
func (h handler) metrics(w http.ResponseWriter, r *http.Request) {
	status, err := h.api.Status(r.Context())
	if err != nil {
		answerError(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	writeMetrics(w, status)
}

// metric is a family of samples.
type metric struct {
	name, kind, help string
	samples          []string
}

func (m *metric) add(value int, labels ...string) {
	m.samples = append(m.samples, fmt.Sprintf("%s{%s} %d", m.name, strings.Join(labels, ","), value))
}

func (m *metric) write(w io.Writer) {
	if len(m.samples) == 0 {
		return
	}
	_, _ = fmt.Fprintf(w, "# HELP %[1]s %[2]s\n# TYPE %[1]s %[3]s\n%[4]s\n",
		m.name, m.help, m.kind, strings.Join(m.samples, "\n")) // a client that is gone needs no answer
}

// writeMetrics writes what a status says as numbers.
func writeMetrics(w io.Writer, s Status) {
	var (
		info     = metric{name: "limber_supervisor_info", kind: "gauge", help: "The running supervisor; always 1."}
		ready    = metric{name: "limber_workflow_ready", kind: "gauge", help: "Whether the workflow is ready."}
		phase    = metric{name: "limber_workflow_phase", kind: "gauge", help: "The workflow's phase: 1 for the one it is in."}
		run      = metric{name: "limber_workflow_run", kind: "gauge", help: "Number of the workflow's current or last run."}
		unit     = metric{name: "limber_unit_ready", kind: "gauge", help: "Whether the unit is ready."}
		attempts = metric{name: "limber_unit_attempts_total", kind: "counter", help: "Attempts of the unit in this run."}
	)
	project := label("project", s.Project)
	info.add(1, project, label("version", s.Supervisor.Version))
	for _, wf := range s.Workflows {
		workflow := label("workflow", wf.Name)
		ready.add(number(wf.Ready), project, workflow)
		run.add(wf.Run, project, workflow)
		for _, p := range []engine.Phase{engine.Pending, engine.Running, engine.Succeeded, engine.Failed} {
			phase.add(number(wf.Phase == p), project, workflow, label("phase", string(p)))
		}
		for _, u := range wf.Units {
			labels := []string{project, workflow, label("unit", u.Name), label("role", u.Role)}
			unit.add(number(u.Ready), labels...)
			attempts.add(u.Attempts, labels...)
		}
	}
	for _, m := range []metric{info, ready, phase, run, unit, attempts} {
		m.write(w)
	}
}

// label prints a label. The format's escapes are a subset of Go's, and names
// have no others.
func label(name, value string) string { return fmt.Sprintf("%s=%q", name, value) }

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
