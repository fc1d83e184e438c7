package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

// resources is a resources block.
type resources struct {
	spec runtime.Resources
	// requestAt and limitAt are where the block says so; zero: it does not.
	requestAt, limitAt [engine.Memory + 1]hcl.Range
}

var resourcesTable = newTable(table[resources]{
	noun: "a resources block",
	attrs: []attr[resources]{
		{name: "requests", doc: "what it needs: { cpu, memory }; default: the limits", set: requests},
		{name: "limits", doc: "what it may use: { cpu, memory, pids }; default: any", set: limits},
	},
	refusals: []refusal{
		notHere("cpu", "write limits = { cpu = … } or requests = { cpu = … }."),
		notHere("memory", "write limits = { memory = … } or requests = { memory = … }."),
		notHere("pids", "write limits = { pids = … }."),
	},
})

var workflowResourcesTable = newTable(table[resources]{
	noun: "a workflow's resources block",
	attrs: []attr[resources]{
		{name: "requests", doc: "what its units need in all: { cpu, memory }; default: what theirs add up to, else the limits", set: requests},
		{name: "limits", doc: "what they may use: { cpu, memory }, each that has no limit of its own; default: theirs", set: workflowLimits},
	},
	refusals: resourcesTable.refusals,
})

// addResources takes in a resources block of a unit. What is limited and not
// requested is requested up to the limit (SEMANTICS B 93).
func addResources(d *decoder, b *hcl.Block, u *unit) {
	resourcesTable.decode(d, b, &u.resources)
	for _, r := range engine.AllResources {
		if request := u.resources.request(r); *request == 0 {
			*request = *u.resources.limit(r)
		}
		d.fitRequest(r, &u.resources)
	}
	u.spec.Container.Resources = u.resources.spec
}

// addWorkflowResources takes in a resources block of a workflow. What it
// requests of what it does not say depends on its units.
func addWorkflowResources(d *decoder, b *hcl.Block, w *workflow) {
	workflowResourcesTable.decode(d, b, &w.resources)
	for _, r := range engine.AllResources {
		d.fitRequest(r, &w.resources)
	}
}

func (d *decoder) fitRequest(r engine.Resource, res *resources) {
	request, limit := *res.request(r), *res.limit(r)
	if limit != 0 && request > limit {
		d.errorf(res.requestAt[r], sumConflict, "The request of %s must not be more than its limit, %s.", r, r.Format(limit))
	}
}

func (res *resources) request(r engine.Resource) *int64 {
	if r == engine.CPU {
		return &res.spec.CPURequest
	}
	return &res.spec.MemoryRequest
}

func (res *resources) limit(r engine.Resource) *int64 {
	if r == engine.CPU {
		return &res.spec.CPULimit
	}
	return &res.spec.MemoryLimit
}

func requests(a arg, res *resources) {
	a.each(map[string]func(arg){
		"cpu":    func(v arg) { res.spec.CPURequest, res.requestAt[engine.CPU] = v.millicores(), v.at() },
		"memory": func(v arg) { res.spec.MemoryRequest, res.requestAt[engine.Memory] = v.bytes(), v.at() },
	})
}

func limits(a arg, res *resources) {
	a.each(map[string]func(arg){
		"cpu":    func(v arg) { res.spec.CPULimit, res.limitAt[engine.CPU] = v.millicores(), v.at() },
		"memory": func(v arg) { res.spec.MemoryLimit, res.limitAt[engine.Memory] = v.bytes(), v.at() },
		"pids":   func(v arg) { res.spec.PidsLimit, _ = v.integer(1, maxCount) },
	})
}

// workflowLimits are limits without pids, which are counted for each unit.
func workflowLimits(a arg, res *resources) {
	a.each(map[string]func(arg){
		"cpu":    func(v arg) { res.spec.CPULimit, res.limitAt[engine.CPU] = v.millicores(), v.at() },
		"memory": func(v arg) { res.spec.MemoryLimit, res.limitAt[engine.Memory] = v.bytes(), v.at() },
	})
}
