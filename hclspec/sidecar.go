package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

var sidecarTable = unitTable(table[unit]{
	noun:   "a sidecar",
	blocks: longRunningBlocks,
	refusals: append([]refusal{
		notHere("output", noOutputs),
		notHere("depends_on", startsInOrder),
		notHere("retry", "retry is for init steps. Write restart { … }."),
	}, longRunningRefusals...),
})

// addSidecar takes in a sidecar block.
func addSidecar(d *decoder, b *hcl.Block, w *workflow) {
	d.addUnit(engine.Sidecar, sidecarTable, b, w)
}

// longRunningBlocks are common to sidecars and services.
var longRunningBlocks = []nested[unit]{
	{name: "startup_probe", doc: "tells that it has started; until then it counts as starting", once: true, add: addProbe(engine.Startup), of: probeTable, kube: "startupProbe"},
	{name: "readiness_probe", doc: "tells that it is ready for others", once: true, add: addProbe(engine.Readiness), of: probeTable, kube: "readinessProbe"},
	{name: "liveness_probe", doc: "tells that it works; if not it is restarted", once: true, add: addProbe(engine.Liveness), of: probeTable, kube: "livenessProbe"},
	{name: "lifecycle", doc: "what is done after its start and before its end, and how it is stopped", once: true, add: addLifecycle, of: lifecycleTable, kube: "lifecycle"},
	{name: "restart", doc: "which exits are followed by a new attempt, and how soon", once: true, add: addRestart, of: restartTable, kube: "restartPolicy"},
}

var longRunningRefusals = []refusal{
	notHere("timeout", "only an attempt of an init step has a timeout. active_deadline of the workflow bounds a whole run, a startup_probe the time to start."),
	notHere("run", "only init steps can be left out of a run."),
	notHere("inputs", "only init steps can be left out of a run."),
}
