package podman

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	oci "github.com/opencontainers/runtime-spec/specs-go"

	"github.com/limber-run/limber/runtime"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The golden files are what Podman is sent.
func TestSpecifications(t *testing.T) {
	specs := map[string]runtime.Spec{
		"least": {Name: "a", Image: "localhost/x"},
		"sandbox": {
			Name: "holder", Image: "localhost/x", Hostname: "box", Hosts: []string{"web", "db"}, Labels: map[string]string{"limber.run": "1"},
			Network: runtime.Network{Mode: runtime.NetworkBridge, Name: "net", Aliases: []string{"one", "two"}},
			Ports:   []runtime.Port{{Container: 80, Host: 8080}, {Container: 53, Host: 5353, HostIP: "0.0.0.0", Protocol: "udp"}, {Container: 81}},
		},
		"networked": {
			Name: "unit", Image: "localhost/x", Hostname: "web.shop",
			Network: runtime.Network{Mode: runtime.NetworkBridge, Name: "net", Aliases: []string{"web.shop"}, Domain: "shop"},
		},
		"member": {
			Name: "unit", Image: "localhost/x", Sandbox: "0123", Command: []string{"sh", "-c"}, Args: []string{"true"},
			WorkingDir: "/w", Env: map[string]string{"A": "b"}, StopSignal: "SIGINT", HealthCommand: []string{"check", "it"},
			Mounts: []runtime.Mount{
				{Kind: runtime.MountBind, Source: "/host", Target: "/bound", ReadOnly: true},
				{Kind: runtime.MountVolume, Source: "data", Target: "/data", Chown: true},
				{Kind: runtime.MountVolume, Source: "scratch", Target: "/work", Empty: true},
				{Kind: runtime.MountTmpfs, Target: "/tmp", Size: 1 << 20},
			},
			Resources: runtime.Resources{CPURequest: 250, CPULimit: 1500, MemoryRequest: 1 << 20, MemoryLimit: 1 << 21, PidsLimit: 20, OOMScoreAdj: 800},
			Security:  runtime.Security{User: "1:2", ReadOnly: true, Add: []string{"NET_ADMIN"}, Drop: []string{"ALL"}},
		},
		"extremes": { // as far as the kernel goes
			Name: "a", Image: "localhost/x",
			Resources: runtime.Resources{CPURequest: 1 << 40, CPULimit: 1, OOMScoreAdj: 3},
		},
	}
	least := 200
	for name, spec := range specs {
		t.Run(name, func(t *testing.T) {
			g, err := generator(spec, host{ociRuntime: "runc", rlimits: []oci.POSIXRlimit{{Type: "nofile", Soft: 1, Hard: 2}}, leastOOMScoreAdj: &least})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(g, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".json", string(got)+"\n")
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// What a service may set that nobody can see is not known: to ask for less is
// an error of the kernel's.
func TestNoOOMScoreIsSetBlindly(t *testing.T) {
	g, err := generator(runtime.Spec{Resources: runtime.Resources{OOMScoreAdj: 900}}, host{})
	if err != nil || g.OOMScoreAdj != nil {
		t.Errorf("set %v, %v", g.OOMScoreAdj, err)
	}
	if got := leastOOMScoreAdj(os.Getpid()); got == nil || *got < -1000 || *got > 1000 {
		t.Errorf("this process has %v", got)
	}
	if got := leastOOMScoreAdj(-1); got != nil {
		t.Errorf("no process has %d", *got)
	}
}

func TestSpecificationsThatAreRefused(t *testing.T) {
	for name, spec := range map[string]runtime.Spec{
		"a network in a sandbox":  {Sandbox: "1", Network: runtime.Network{Mode: runtime.NetworkNone}},
		"ports in a sandbox":      {Sandbox: "1", Ports: []runtime.Port{{Container: 1}}},
		"a hostname in a sandbox": {Sandbox: "1", Hostname: "x"},
		"a port that is none":     {Ports: []runtime.Port{{Container: 70000, Host: 1}}},
		"an unknown signal":       {StopSignal: "SIGNOPE"},
		"an unknown network":      {Network: runtime.Network{Mode: "cloud"}},
	} {
		if _, err := generator(spec, host{}); err == nil {
			t.Errorf("%s was not refused", name)
		}
	}
}

func TestSignals(t *testing.T) {
	for name, want := range map[string]int{"SIGTERM": 15, "term": 15, "9": 9, "SIGRTMIN": 34, "SIGRTMIN+3": 37, "RTMIN+30": 64} {
		if got, err := parseSignal(name); int(got) != want || err != nil {
			t.Errorf("parseSignal(%s) = %d, %v, want %d", name, got, err, want)
		}
	}
	for _, name := range []string{"", "0", "65", "-1", "SIGNOPE", "SIGRTMIN+31", "SIGRTMIN+x"} {
		if got, err := parseSignal(name); err == nil {
			t.Errorf("parseSignal(%q) = %d, want an error", name, got)
		}
	}
}
