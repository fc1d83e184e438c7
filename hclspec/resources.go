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
		{name: "requests", doc: "what it needs", unset: "the limits", kube: "requests", set: object(requestItems("the limit")...)},
		{name: "limits", doc: "what it may use", unset: "any", kube: "limits", set: object(append(limitItems("any"),
			attr[resources]{name: "pids", doc: "processes and threads", unset: "any", set: number(1, maxCount, func(res *resources) *int64 { return &res.spec.PidsLimit })},
		)...)},
	},
	refusals: []refusal{
		notHere("cpu", "write limits = { cpu = … } or requests = { cpu = … }."),
		notHere("memory", "write limits = { memory = … } or requests = { memory = … }."),
		notHere("pids", "write limits = { pids = … }."),
	},
})

// In a workflow there are no pids: they are counted for each unit.
var workflowResourcesTable = newTable(table[resources]{
	noun: "a workflow's resources block",
	attrs: []attr[resources]{
		{name: "requests", doc: "what its units need in all", unset: "what theirs add up to, else the limits", kube: "requests", set: object(requestItems("what theirs add up to")...)},
		{name: "limits", doc: "what its units may use, each that has no limit of its own", unset: "theirs", kube: "limits", set: object(limitItems("theirs")...)},
	},
	refusals: resourcesTable.refusals,
})

func requestItems(unset string) []attr[resources] {
	return []attr[resources]{
		{name: "cpu", doc: "processor time", unset: unset, kube: "cpu", set: placed(
			millicores(func(res *resources) *int64 { return &res.spec.CPURequest }), func(res *resources) *hcl.Range { return &res.requestAt[engine.CPU] })},
		{name: "memory", doc: "memory", unset: unset, kube: "memory", set: placed(
			byteSize(func(res *resources) *int64 { return &res.spec.MemoryRequest }), func(res *resources) *hcl.Range { return &res.requestAt[engine.Memory] })},
	}
}

func limitItems(unset string) []attr[resources] {
	return []attr[resources]{
		{name: "cpu", doc: "processor time", unset: unset, kube: "cpu", set: placed(
			millicores(func(res *resources) *int64 { return &res.spec.CPULimit }), func(res *resources) *hcl.Range { return &res.limitAt[engine.CPU] })},
		{name: "memory", doc: "memory; a process that wants more is killed", unset: unset, kube: "memory", set: placed(
			byteSize(func(res *resources) *int64 { return &res.spec.MemoryLimit }), func(res *resources) *hcl.Range { return &res.limitAt[engine.Memory] })},
	}
}

// placed notes where a value is.
func placed(s setter[resources], at func(*resources) *hcl.Range) setter[resources] {
	return as(s.ty, func(a arg, res *resources) {
		*at(res) = a.at()
		s.take(a, res)
	})
}

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
		d.errorf(res.requestAt[r], sumConflict, "The request of %s must not be more than its limit, %s. Lower one or raise the other.", r, r.Format(limit))
		if res.limitAt[r] != (hcl.Range{}) {
			d.also("the limit", res.limitAt[r])
		}
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
