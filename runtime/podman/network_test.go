//go:build podman

package podman_test

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// onNetwork is a container on a network that goes away with the test.
func onNetwork(t *testing.T, r *podman.Runtime, network string, aliases ...string) runtime.Spec {
	t.Helper()
	labels := map[string]string{"limber.test": t.Name()}
	if err := r.CreateNetwork(t.Context(), network, labels); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.RemoveNetworks(context.WithoutCancel(t.Context()), labels); err != nil {
			t.Error(err)
		}
	})
	return runtime.Spec{
		Network: runtime.Network{Mode: runtime.NetworkBridge, Name: network, Aliases: aliases},
		Command: []string{"sleep", "1000"},
	}
}

// A name must not lead to a container whose end is known: another one that has
// it by then would be found half of the time.
func TestNamesEnd(t *testing.T) {
	const served = "/run/containers/networks/aardvark-dns/" // a file for each network
	r := connect(t)
	const network = "limber-test-names"
	spec := onNetwork(t, r, network, "api")
	stays := spec
	stays.Network.Aliases = []string{"stays"}
	start(t, r, stays)
	names := func() string {
		t.Helper()
		text, err := os.ReadFile(served + network)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for range 4 {
		id := start(t, r, spec)
		wait, err := r.Watch(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(names(), "api") {
			t.Errorf("a container that runs has no name:\n%s", names())
		}
		if err := r.Signal(t.Context(), id, "SIGKILL"); err != nil {
			t.Fatal(err)
		}
		if _, err := wait(); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(names(), "api") {
			t.Errorf("a container that has ended has a name:\n%s", names())
		}
	}
}

// A bridge whose address changes is not found any more by those who know it.
func TestABridgeKeepsItsAddress(t *testing.T) {
	r := connect(t)
	const network = "limber-test-bridge"
	spec := onNetwork(t, r, network)
	start(t, r, spec)
	name := podmantest.CLI(t, "network", "inspect", "--format", "{{.NetworkInterface}}", network)
	address := func() string {
		t.Helper()
		bridge, err := net.InterfaceByName(name)
		if err != nil {
			t.Fatal(err)
		}
		return bridge.HardwareAddr.String()
	}
	want := address()
	for range 10 { // each has the lowest address of all with a good chance
		id := prepare(t, r, spec)
		if got := address(); got != want {
			t.Fatalf("the address was %s and is %s", want, got)
		}
		if err := r.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}
