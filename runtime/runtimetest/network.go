package runtimetest

import (
	"net/netip"

	"github.com/limber-run/limber/runtime"
)

var (
	networkTests = []test{
		{"a container has an address on its network for as long as it lives", testAddress},
		{"a container in a sandbox has the address of that", testAddressOfSandbox},
		{"a container without a network has no address", testNoAddress},
		{"a published port is taken until its container has ended", testPortTaken},
	}
	nameTests = []test{
		{"containers on a network find each other by their aliases, of their own domain first", testAliases},
		{"the names of a sandbox resolve in what joins it", testHosts},
	}
)

// onNetwork is a container on a network that is made if it is not there.
func (b *bench) onNetwork(spec runtime.Spec, aliases ...string) runtime.Spec {
	b.Helper()
	network := b.prefix + "-network"
	b.check(b.CreateNetwork(b.ctx, network, b.labels))
	spec.Network = runtime.Network{Mode: runtime.NetworkBridge, Name: network, Aliases: aliases}
	return spec
}

// address returns that of a container, which must have one.
func (b *bench) address(id string) string {
	b.Helper()
	c := b.inspect(id)
	if _, err := netip.ParseAddr(c.Address); err != nil {
		b.Fatalf("the address of a container that is %s: %v", c.State, err)
	}
	return c.Address
}

func testAddress(b *bench) {
	one, two := b.prepare(b.onNetwork(b.spec("pause"))), b.prepare(b.onNetwork(b.spec("pause")))
	address := b.address(one)
	if b.address(two) == address {
		b.Fatalf("two containers have the address %s", address)
	}
	wait := b.watch(one)
	b.start(one)
	if got := b.address(one); got != address {
		b.Fatalf("prepared it had the address %s, started %s", address, got)
	}
	b.check(b.Signal(b.ctx, one, "SIGKILL"))
	wait()
	if got := b.inspect(one).Address; got != "" {
		b.Fatalf("it has ended, and has the address %s", got)
	}
}

func testAddressOfSandbox(b *bench) {
	holder := b.running(b.onNetwork(b.spec("pause")))
	member := b.running(b.member(holder, b.spec("pause")))
	if got, want := b.address(member), b.address(holder); got != want {
		b.Fatalf("address %s in a sandbox with %s", got, want)
	}
}

func testNoAddress(b *bench) {
	for _, mode := range []runtime.NetworkMode{runtime.NetworkNone, runtime.NetworkHost} {
		spec := b.spec("pause")
		spec.Network.Mode = mode
		if got := b.inspect(b.running(spec)).Address; got != "" {
			b.Fatalf("with the network mode %s it has the address %s", mode, got)
		}
	}
}

// hostPort is published by one test at a time.
const hostPort = 18099

func testPortTaken(b *bench) {
	spec := func() runtime.Spec {
		spec := b.onNetwork(b.spec("pause"))
		spec.Ports = []runtime.Port{{Container: 80, Host: hostPort}, {Container: 81}}
		return spec
	}
	one := b.prepare(spec())
	wait := b.watch(one)
	two := spec()
	for range 2 { // whoever has it runs or not
		if id, err := b.Prepare(b.ctx, two); err == nil {
			b.Fatalf("prepared %s with a port that is taken", id)
		}
		b.start(one)
	}
	b.wantList(b.labels, one)
	b.check(b.Signal(b.ctx, one, "SIGKILL"))
	wait()
	b.prepare(two)
}

func testAliases(b *bench) {
	serve := func(text string, aliases ...string) runtime.Spec {
		spec := b.onNetwork(b.script("mkdir /www; hostname >/www/index.html; echo "+ready+"; exec httpd -f -p 80 -h /www"), aliases...)
		spec.Hostname = text
		return spec
	}
	b.running(serve("one", "first", "host.one"))
	b.running(serve("two", "second", "host.two"))
	const ask = "for host in first second host host.one; do until wget -q -O - http://$host/; do sleep 0.01; done; done"
	spec := b.onNetwork(b.script(ask))
	spec.Network.Domain = "two"
	asked, exit := b.run(spec)
	b.wantCode(exit, 0)
	b.wantLines(b.logs(asked, all), "one", "two", "two", "one")
}

func testHosts(b *bench) {
	for _, mode := range []runtime.NetworkMode{runtime.NetworkNone, runtime.NetworkBridge} {
		holder := b.spec("pause")
		holder.Network.Mode, holder.Hosts = mode, []string{"web", "db"}
		asked, exit := b.run(b.member(b.running(holder), b.script("for name in web db; do grep -w $name /etc/hosts; done")))
		b.wantCode(exit, 0)
		b.wantLines(b.logs(asked, all), "127.0.0.1\tweb", "127.0.0.1\tdb")
	}
}
