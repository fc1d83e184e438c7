package runtimetest

import (
	"strconv"
	"strings"

	"github.com/limber-run/limber/runtime"
)

// resourceTests say what becomes of those who want more than they may have.
var resourceTests = []test{
	{"a process that takes more memory than its limit is killed for it", testOOM},
	{"a process that is killed within its limit is not killed for its memory", testKilledWithinLimit},
}

// limitTests look at the limits from inside; they need a shell.
var limitTests = []test{
	{"a container has no more CPU time than its limit", testCPULimit},
	{"a container has the weight of its CPU request", testCPURequest},
	{"a container has no more memory than its limit, swap included", testMemoryLimit},
	{"a container has no more processes than its limit", testPidsLimit},
	{"a container has no limits unless its spec says so", testNoLimits},
	{"a process is as soon killed for memory as its spec says", testOOMScoreAdj},
}

func testOOM(b *bench) {
	spec := b.spec("eat-memory", "96Mi")
	spec.Resources.MemoryLimit = 32 << 20
	id, exit := b.run(spec)
	b.wantCode(exit, 137)
	if seen := b.inspect(id).Exit; !exit.OOMKilled || !seen.OOMKilled {
		b.Fatalf("the exit is %+v, inspect says %+v", exit, seen)
	}
}

func testKilledWithinLimit(b *bench) {
	spec := b.spec("eat-memory", "1Mi")
	spec.Resources.MemoryLimit = 64 << 20
	id := b.running(spec)
	wait := b.watch(id)
	b.check(b.Signal(b.ctx, id, "SIGKILL"))
	exit := wait()
	b.wantCode(exit, 137)
	if seen := b.inspect(id).Exit; exit.OOMKilled || seen.OOMKilled {
		b.Fatalf("the exit is %+v, inspect says %+v", exit, seen)
	}
}

// controls returns what a file of the container's cgroup says: name of version
// 2, or what the script v1 finds out of those of version 1.
func (b *bench) controls(res runtime.Resources, name, v1 string) string {
	b.Helper()
	spec := b.script("cd /sys/fs/cgroup && { cat " + name + " 2>/dev/null || " + v1 + "; }")
	spec.Resources = res
	return strings.Join(b.output(spec), "\n")
}

const cpuTimeV1 = "echo $(cat cpu/cpu.cfs_quota_us) $(cat cpu/cpu.cfs_period_us)"

func testCPULimit(b *bench) {
	for limit, want := range map[int64]string{500: "50000 100000", 2500: "250000 100000"} {
		if got := b.controls(runtime.Resources{CPULimit: limit}, "cpu.max", cpuTimeV1); got != want {
			b.Errorf("with a limit of %dm: %q, want %q", limit, got, want)
		}
	}
}

func testCPURequest(b *bench) {
	const weight = `test $(cat cpu.weight 2>/dev/null || cat cpu/cpu.shares)`
	for request, want := range map[int64]string{1: "-le 2", 250: "-lt 257", 1 << 30: "-ge 10000"} {
		spec := b.script("cd /sys/fs/cgroup && " + weight + " " + want)
		spec.Resources.CPURequest = request
		if _, exit := b.run(spec); exit.Code != 0 {
			b.Errorf("with a request of %dm the weight is not %s", request, want)
		}
	}
}

func testMemoryLimit(b *bench) {
	res := runtime.Resources{MemoryRequest: 32 << 20, MemoryLimit: 64 << 20}
	if got := b.controls(res, "memory.max", "cat memory/memory.limit_in_bytes"); got != "67108864" {
		b.Errorf("memory: %q", got)
	}
	const swap = "echo $(( $(cat memory/memory.memsw.limit_in_bytes) - $(cat memory/memory.limit_in_bytes) ))"
	if got := b.controls(res, "memory.swap.max", swap); got != "0" {
		b.Errorf("swap: %q", got)
	}
}

func testPidsLimit(b *bench) {
	if got := b.controls(runtime.Resources{PidsLimit: 50}, "pids.max", "cat pids/pids.max"); got != "50" {
		b.Errorf("processes: %q", got)
	}
}

func testNoLimits(b *bench) {
	if got := b.controls(runtime.Resources{}, "cpu.max", cpuTimeV1); got != "max 100000" && got != "-1 100000" {
		b.Errorf("CPU time: %q", got)
	}
	if got := b.controls(runtime.Resources{}, "memory.max", "cat memory/memory.limit_in_bytes"); got != "max" && len(got) < 16 {
		b.Errorf("memory: %q", got)
	}
}

func testOOMScoreAdj(b *bench) {
	for _, adj := range []int{700, 1000, 3} {
		spec := b.script("cat /proc/self/oom_score_adj")
		spec.Resources.OOMScoreAdj = adj
		b.wantOutput(spec, strconv.Itoa(adj))
	}
}
