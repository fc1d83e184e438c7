package runtimetest

import "github.com/limber-run/limber/runtime"

var (
	sandboxTests = []test{
		{"a container joins a sandbox", testJoin},
		{"a container cannot join a sandbox that is not there", testJoinMissing},
		{"a container in a sandbox has no network of its own", testJoinExclusive},
		{"the death of a sandbox is seen by its watch", testSandboxDeath},
	}
	joinTests = []test{
		{"a container shares the network, IPC and UTS namespaces of its sandbox", testJoinNamespaces},
	}
)

// member is a container in a sandbox.
func (b *bench) member(sandbox string, spec runtime.Spec) runtime.Spec {
	spec.Sandbox = sandbox
	spec.Network = runtime.Network{}
	return spec
}

func testJoin(b *bench) {
	holder := b.running(b.spec("pause"))
	_, exit := b.run(b.member(holder, b.spec("exit", "3")))
	b.wantCode(exit, 3)
	_, exit = b.run(b.member(holder, b.spec("true")))
	b.wantCode(exit, 0)
}

func testJoinMissing(b *bench) {
	if id, err := b.Prepare(b.ctx, b.member(b.name(), b.spec("true"))); err == nil {
		b.Fatalf("prepared %s", id)
	}
}

func testJoinExclusive(b *bench) {
	spec := b.spec("true")
	spec.Sandbox = b.running(b.spec("pause"))
	if id, err := b.Prepare(b.ctx, spec); err == nil {
		b.Fatalf("prepared %s with network %q", id, spec.Network.Mode)
	}
}

func testSandboxDeath(b *bench) {
	holder := b.running(b.spec("pause"))
	wait := b.watch(holder)
	b.running(b.member(holder, b.spec("pause")))
	b.check(b.Signal(b.ctx, holder, "SIGKILL"))
	b.wantCode(wait(), 137)
	if c := b.inspect(holder); c.State != runtime.Exited {
		b.Fatalf("the holder is %s", c.State)
	}
}

const namespaces = "for n in net ipc uts; do readlink /proc/self/ns/$n; done"

func testJoinNamespaces(b *bench) {
	holder := b.script(namespaces + "; trap 'exit 0' TERM; echo " + ready + "; while :; do sleep 3600 & wait $!; done")
	id := b.running(holder)
	want := texts(b.logs(id, all))[:3]
	joined, _ := b.run(b.member(id, b.script(namespaces)))
	b.wantLines(b.logs(joined, all), want...)
	alone, _ := b.run(b.script(namespaces))
	for i, namespace := range texts(b.logs(alone, all)) {
		if namespace == want[i] {
			b.Fatalf("a container outside the sandbox has its namespace %s", namespace)
		}
	}
}
