package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/runtime"
)

// resources is a resources block.
type resources struct{ spec runtime.Resources }

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

// addResources takes in a resources block. What is limited and not requested
// is requested up to the limit (SEMANTICS B 93).
func addResources(d *decoder, b *hcl.Block, u *unit) {
	var r resources
	g := resourcesTable.decode(d, b, &r)
	d.fitRequest(g, "cpu", &r.spec.CPURequest, r.spec.CPULimit)
	d.fitRequest(g, "memory", &r.spec.MemoryRequest, r.spec.MemoryLimit)
	u.spec.Container.Resources = r.spec
}

func (d *decoder) fitRequest(g given, what string, request *int64, limit int64) {
	switch {
	case *request == 0:
		*request = limit
	case limit != 0 && *request > limit:
		d.errorf(g["requests"].Expr.Range(), sumConflict, "The request of %s must not be more than its limit.", what)
	}
}

func requests(a arg, r *resources) {
	a.each(map[string]func(arg){
		"cpu":    func(v arg) { r.spec.CPURequest = v.millicores() },
		"memory": func(v arg) { r.spec.MemoryRequest = v.bytes() },
	})
}

func limits(a arg, r *resources) {
	a.each(map[string]func(arg){
		"cpu":    func(v arg) { r.spec.CPULimit = v.millicores() },
		"memory": func(v arg) { r.spec.MemoryLimit = v.bytes() },
		"pids":   func(v arg) { r.spec.PidsLimit, _ = v.integer(1, maxCount) },
	})
}
