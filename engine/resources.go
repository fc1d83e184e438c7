package engine

import (
	"fmt"
	"strings"

	"github.com/limber-run/limber/runtime"
)

// What a workflow needs in all follows from who lives at the same time as
// whom. So the engine opens the Resources of containers: in this file alone.

// amountOf is a request or a limit: Resource.request, Resource.limit.
type amountOf func(Resource, runtime.Resources) int64

func (r Resource) request(res runtime.Resources) int64 {
	if r == CPU {
		return res.CPURequest
	}
	return res.MemoryRequest
}

func (r Resource) limit(res runtime.Resources) int64 {
	if r == CPU {
		return res.CPULimit
	}
	return res.MemoryLimit
}

// Requests is what w needs at the time when it needs most. Its own resources,
// where they are set, go before what its units add up to (SEMANTICS B 91-94).
func (w Workflow) Requests() Amounts { return w.effective(Resource.request) }

// Limits is how much w may use, of units that have a limit.
func (w Workflow) Limits() Amounts { return w.effective(Resource.limit) }

func (w Workflow) effective(amount amountOf) (all Amounts) {
	for _, r := range AllResources {
		if all[r] = amount(r, w.Resources); all[r] == 0 {
			all[r], _ = w.peak(r, amount)
		}
	}
	return all
}

// Sum is what units add up to that live at the same time.
type Sum struct {
	Total int64
	Parts []Part // in declared order; those of 0 are left out
}

// Part is what one unit adds to a sum.
type Part struct {
	Unit   string // "service/api"
	Amount int64
}

// RequestSum is what the requests of w's units add up to, whatever its own
// resources say.
func (w Workflow) RequestSum(r Resource) Sum {
	total, live := w.peak(r, Resource.request)
	sum := Sum{Total: total}
	for i, u := range w.Units {
		if amount := r.request(u.Container.Resources); amount != 0 && live(i) {
			sum.Parts = append(sum.Parts, Part{fmt.Sprintf("%s/%s", u.Kind, u.Name), amount})
		}
	}
	return sum
}

// peak returns the largest sum that is ever live, and which units it is of: an
// init step and the sidecars declared before it, or all sidecars and services.
func (w Workflow) peak(r Resource, amount amountOf) (total int64, live func(i int) bool) {
	var sidecars, last, most int64
	var step int
	for i, u := range w.Units {
		amount := amount(r, u.Container.Resources)
		switch u.Kind {
		case Init:
			if now := add(sidecars, amount); now > most {
				most, step = now, i
			}
		case Sidecar:
			sidecars, last = add(sidecars, amount), add(last, amount)
		case Service:
			last = add(last, amount)
		}
	}
	if most > last {
		return most, func(i int) bool { return i == step || i < step && w.Units[i].Kind == Sidecar }
	}
	return last, func(i int) bool { return w.Units[i].Kind != Init }
}

// Text prints the parts of a sum of r: "service/api 1Gi + sidecar/db 512Mi".
func (s Sum) Text(r Resource) string {
	var parts []string
	for _, p := range s.Parts {
		parts = append(parts, p.Unit+" "+r.Format(p.Amount))
	}
	return strings.Join(parts, " + ")
}

// QoSClass is how firm a claim a workflow has on what it uses.
type QoSClass string

// Classes, as in Kubernetes (SEMANTICS B 96).
const (
	BestEffort QoSClass = "BestEffort" // nothing is requested or limited
	Burstable  QoSClass = "Burstable"
	Guaranteed QoSClass = "Guaranteed" // all is limited, to what is requested
)

// QoS returns the class of w. If it has resources of its own, they alone count.
func (w Workflow) QoS() QoSClass {
	none, all := true, true
	for _, res := range w.claims() {
		for _, r := range AllResources {
			request, limit := r.request(res), r.limit(res)
			none = none && request == 0 && limit == 0
			all = all && limit != 0 && request == limit
		}
	}
	switch {
	case none:
		return BestEffort
	case all:
		return Guaranteed
	}
	return Burstable
}

func (w Workflow) claims() []runtime.Resources {
	if w.Resources != (runtime.Resources{}) {
		return []runtime.Resources{w.Resources}
	}
	var claims []runtime.Resources
	for _, u := range w.Units {
		claims = append(claims, u.Container.Resources)
	}
	return claims
}

// ContainerResources is what the container of u, a unit of w, is given on a
// machine with so much memory. What has no limit has that of the workflow, as
// in Kubernetes, which also limits all of them together (SEMANTICS B 95).
func (w Workflow) ContainerResources(u UnitSpec, memory int64) runtime.Resources {
	res := u.Container.Resources
	if res.CPULimit == 0 {
		res.CPULimit = w.Resources.CPULimit
	}
	if res.MemoryLimit == 0 {
		res.MemoryLimit = w.Resources.MemoryLimit
	}
	res.OOMScoreAdj = w.oomScoreAdj(u, memory)
	return res
}

// What oomScoreAdj returns: the kernel takes from -1000 to 1000. Kubernetes
// goes below 0 for guaranteed workflows, which takes privileges.
const (
	firstToKill = 1000
	lastToKill  = 0
	// leastBurstable has a burstable unit that requests all memory killed
	// before a guaranteed one.
	leastBurstable = 3
)

// oomScoreAdj says how soon the kernel kills u when the machine has no memory
// left: the sooner the less it has asked for. A sidecar is never killed
// sooner than the service that is killed first (SEMANTICS B 97).
func (w Workflow) oomScoreAdj(u UnitSpec, memory int64) int {
	switch w.QoS() {
	case BestEffort:
		return firstToKill
	case Guaranteed:
		return lastToKill
	case Burstable:
	}
	request := u.Container.Resources.MemoryRequest
	if least, ok := w.leastServiceRequest(); ok && u.Kind == Sidecar {
		request = max(request, least)
	}
	request = min(add(request, w.memoryToShare()), memory)
	score := firstToKill
	if memory > 0 {
		score -= int(float64(firstToKill) * float64(request) / float64(memory))
	}
	return min(max(score, leastBurstable), firstToKill-1)
}

// leastServiceRequest is the smallest request for memory of a service.
func (w Workflow) leastServiceRequest() (least int64, ok bool) {
	for _, u := range w.Units {
		if request := u.Container.Resources.MemoryRequest; u.Kind == Service && (!ok || request < least) {
			least, ok = request, true
		}
	}
	return least, ok
}

// memoryToShare is what each unit has of the memory that the workflow requests
// beyond what its units do.
func (w Workflow) memoryToShare() int64 {
	total, _ := w.peak(Memory, Resource.request)
	spare := w.Resources.MemoryRequest - total
	return max(spare, 0) / int64(len(w.Units))
}
