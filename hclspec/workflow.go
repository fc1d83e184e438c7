package hclspec

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

const defaultGracePeriod = 30 * time.Second

// workflow is a declared workflow.
type workflow struct {
	spec   engine.Workflow
	decl   hcl.Range
	units  []*unit
	groups []group
	clean  bool // nothing in it was reported

	dependsOn []dependency
	waitsFor  []edge // what validateDependsOn finds
	resources resources
}

var workflowTable = newTable(table[workflow]{
	noun: "a workflow",
	attrs: []attr[workflow]{
		{name: "restart_policy", doc: "which exits of its units are followed by a new attempt", def: "always", kube: "restartPolicy", set: choice(restartPolicies, func(w *workflow) *engine.RestartPolicy { return &w.spec.RestartPolicy })},
		{name: "active_deadline", doc: "the time a run may take; 0s: any", def: "0s", kube: "activeDeadlineSeconds", set: duration(0, func(w *workflow) *time.Duration { return &w.spec.ActiveDeadline })},
		{name: "termination_grace_period", doc: "the time between the stop signal and the kill", def: "30s", kube: "terminationGracePeriodSeconds", set: duration(0, func(w *workflow) *time.Duration { return &w.spec.TerminationGracePeriod })},
		{name: "depends_on", doc: "workflows, as in [workflow.db], or all of a module, as in [module.db]: a run begins when they are ready or have succeeded; a stop of all is in reverse order", unset: "none", takes: referencesType("workflow", "module"), raw: dependsOn([]string{"workflow", "module"}, func(w *workflow) *[]dependency { return &w.dependsOn })},
	},
	blocks: []nested[workflow]{
		{name: "network", doc: "how its units see the network", once: true, add: addNetwork, of: networkTable},
		{name: "resources", doc: "what its units need and may use in all", once: true, add: addWorkflowResources, of: workflowResourcesTable, kube: "resources"},
		{name: "init", label: "name", doc: "a step that must succeed before the services start", add: unitGroup(addInit), of: initTable, kube: "initContainers"},
		{name: "sidecar", label: "name", doc: "a unit that starts among the steps, stays up and stops last", add: unitGroup(addSidecar), of: sidecarTable, kube: "initContainers, restartPolicy: Always"},
		{name: "service", label: "name", doc: "a unit that starts after all steps and sidecars", add: unitGroup(addService), of: serviceTable, kube: "containers"},
	},
	refusals: []refusal{
		notHere("for_each", "units, volumes, secrets and modules take it. For several workflows put one into a module, and give the module block the for_each."),
		notHere("restart_rule", "it belongs into the unit whose exit codes it is about."),
		notHere("inputs", "it belongs into the init steps that they are of, with run = \"on_change\"."),
		notHere("outputs", "an init step declares each with output \"NAME\" { }."),
		notHere("secret", "declare it at the top of the file, and name it in the units that may see it."),
		notHere("volume", "declare it at the top of the file, and mount it in the units that need it."),
		notHere("variable", "declare it at the top of the file."),
		notHere("locals", "declare them at the top of the file."),
		notHere("restart", "it belongs into a sidecar or service. restart_policy is for the whole workflow."),
		notHere("mount", "it belongs into the units that need the volume."),
		notHere("container", "a container is an init, sidecar or service block, by what it is for."),
	},
})

var restartPolicies = []engine.RestartPolicy{engine.RestartAlways, engine.RestartOnFailure, engine.RestartNever}

// addWorkflow takes in a workflow block.
func (d *decoder) addWorkflow(b *hcl.Block) {
	w := &workflow{decl: b.DefRange}
	w.spec = engine.Workflow{
		Name:                   d.fullName(b),
		RestartPolicy:          engine.RestartAlways,
		TerminationGracePeriod: defaultGracePeriod,
		Network:                engine.NetworkPod,
	}
	before := len(d.diags)
	workflowTable.decode(d, b, w)
	w.clean = len(d.diags) == before
	if first := d.allWorkflows[w.spec.Name]; first != nil {
		d.collision(b, w.spec.Name, first.decl)
	} else {
		d.allWorkflows[w.spec.Name] = w
	}
	d.workflows = append(d.workflows, w)
}
