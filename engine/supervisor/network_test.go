package supervisor

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// connection is how a container is connected.
type connection struct {
	InSandbox bool
	Network   runtime.Network
	Ports     []runtime.Port
	Hostname  string
	Hosts     []string
}

// connections returns those of the containers that begin to run, by the name
// that they have in the bench.
func (b *bench) connections() func() map[string]connection {
	var mu sync.Mutex
	seen := map[string]connection{}
	b.rt.OnChange(func(s runtime.Spec, c runtime.Container) {
		mu.Lock()
		defer mu.Unlock()
		if c.State == runtime.Running {
			name := s.Labels[LabelUnit] + s.Labels[LabelSandbox]
			seen[name] = connection{s.Sandbox != "", s.Network, s.Ports, s.Hostname, s.Hosts}
		}
	})
	return func() map[string]connection {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

func TestNetworkModes(t *testing.T) {
	port := runtime.Port{Name: "http", Container: 80, Host: 8080, HostIP: "127.0.0.1"}
	same := runtime.Port{Name: "http", Container: 80}
	member := connection{InSandbox: true}
	bridge := func(aliases ...string) runtime.Network {
		return runtime.Network{Mode: runtime.NetworkBridge, Name: "limber.p", Aliases: aliases}
	}
	own := func(aliases ...string) runtime.Network {
		n := bridge(aliases...)
		n.Domain = "w"
		return n
	}
	tests := map[engine.NetworkMode]map[string]connection{
		engine.NetworkPod: {
			"1": {
				Network: bridge("w"), Ports: []runtime.Port{same, port},
				Hostname: "w", Hosts: []string{"step", "db"},
			},
			"step": member, "db": member, "w": member,
		},
		engine.NetworkBridge: {
			"1":    {Network: own()},
			"step": {Network: own()},
			"db":   {Network: own("db.w"), Ports: []runtime.Port{same}, Hostname: "db.w"},
			"w":    {Network: own("w.w"), Ports: []runtime.Port{port}, Hostname: "w.w"},
		},
		engine.NetworkHost: {
			"1":    {Network: runtime.Network{Mode: runtime.NetworkHost}},
			"step": member, "db": member, "w": member,
		},
		engine.NetworkNone: {
			"1":    {Network: runtime.Network{Mode: runtime.NetworkNone}, Hostname: "w", Hosts: []string{"step", "db"}},
			"step": member, "db": member, "w": member,
		},
	}
	for mode, want := range tests {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				connections := b.connections()
				db, api := unit(engine.Sidecar, "db", "pause"), unit(engine.Service, "w", "pause")
				db.Container.Ports, api.Container.Ports = []runtime.Port{same}, []runtime.Port{port}
				w := workflow(unit(engine.Init, "step", "true"), db, api)
				w.Network = mode
				b.apply(w)
				b.until(0, "workflow.ready")
				if diff := cmp.Diff(want, connections()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				b.down()
			})
		})
	}
}

func TestANameThatIsTooLongIsNoHostname(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		connections := b.connections()
		fits, long := strings.Repeat("a", maxHostname-2), strings.Repeat("b", maxHostname-1)
		b.apply(bridged(unit(engine.Service, fits, "pause"), unit(engine.Service, long, "pause")))
		b.until(0, "workflow.ready")
		got := connections()
		if got[fits].Hostname != fits+".w" || got[long].Hostname != "" || got[long].Network.Aliases[0] != long+".w" {
			t.Errorf("%+v", got)
		}
		b.down()
	})
}

// bridged is a workflow of services that have addresses of their own.
func bridged(units ...engine.UnitSpec) engine.Workflow {
	w := workflow(units...)
	w.Network = engine.NetworkBridge
	return w
}

// Nothing of the container engine ends units that do not share the network of
// the sandbox when that does.
func TestALostSandboxEndsUnitsWithNetworksOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api := unit(engine.Service, "api", "deaf")
		api.Container.Ports = []runtime.Port{{Container: 80, Host: 8080}}
		b.apply(bridged(unit(engine.Init, "a", "true"), api))
		b.until(0, "workflow.ready")
		b.rt.Kill("p.w.sandbox1", 137)
		b.until(0, "workflow.ready@2")
		want := []string{
			"0s run.started Up", "0s unit.exited a#1 code=0 Completed",
			"10s unit.exited api#1 code=137 Killed", // after its grace period
			"10s run.started@2 SandboxLost", "10s unit.exited a#1@2 code=0 Completed",
		}
		if diff := cmp.Diff(want, b.events(engine.TypeUnitExited, engine.TypeRunStarted)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if waiting := b.events(engine.TypeUnitWaiting); len(waiting) > 0 {
			t.Errorf("something was in the way: %v", waiting)
		}
		b.down()
	})
}

func TestUnitsWithNetworksOfTheirOwnAreAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api := unit(engine.Service, "api", "pause")
		api.Container.Ports = []runtime.Port{{Container: 80, Host: 8080}}
		w := bridged(unit(engine.Init, "a", "sleep", "10s"), api)
		b.apply(w)
		b.until(0, "unit.started a#1")
		b.until(0, "unit.created api#1") // ahead of its turn
		b.reopen()
		b.apply(w)
		b.until(0, "workflow.ready")
		b.crash()
		<-b.ended
		b.rt.Kill("p.w.sandbox1", 137) // while nobody is there
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.until(0, "workflow.ready@2")
		want := []string{
			"0s unit.started a#1", "10s unit.started api#1", "10s unit.started a#1@2", "20s unit.started api#1@2",
		}
		if diff := cmp.Diff(want, b.events(engine.TypeUnitStarted)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		b.down()
	})
}

// locator is that of the current attempt of api.
func (b *bench) locator() locator {
	d := b.project.drivers["w"]
	found := make(chan locator)
	d.post(func() { found <- d.locator(d.run.Ref(d.run.Spec.Index("api"))) })
	return <-found
}

func TestHandlersLeadToTheirAttempt(t *testing.T) {
	tcp := func(host string) engine.Handler {
		return engine.Handler{TCPSocket: &engine.TCPSocket{Host: host, Port: 80}}
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		address := func(name string) string {
			t.Helper()
			c, err := b.rt.Inspect(t.Context(), name)
			if err != nil || c.Address == "" {
				t.Fatalf("%s: %+v, %v", name, c, err)
			}
			return c.Address
		}
		leads := func(from, to string) {
			t.Helper()
			if h, err := b.locator()(t.Context(), tcp(from)); err != nil || h.TCPSocket.Host != to {
				t.Errorf("host %q leads to %+v, %v, want %q", from, h.TCPSocket, err, to)
			}
		}
		w := bridged(unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "workflow.ready")
		leads("", address("p.w.api.1.1"))
		lift := b.rt.Inject(fake.Fault{On: fake.Inspect, Hang: true})
		leads("db", "db") // whatever the unit's address is
		lift()
		b.rt.Kill("p.w.api.1.1", 1)
		b.until(0, "unit.started api#2")
		second := address("p.w.api.1.2")
		b.rt.Inject(fake.Fault{On: fake.Inspect, Times: 3, Err: runtime.ErrUnavailable}) // it waits
		leads("", second)
		b.reopen()
		b.apply(w)
		leads("", second)
		gone := b.locator()
		b.rt.Vanish("p.w.api.1.2")
		if h, err := gone(t.Context(), tcp("")); !errors.Is(err, errNoAddress) {
			t.Errorf("of one that is gone: %+v, %v", h.TCPSocket, err)
		}
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready@2")
		leads("", loopback)
		b.down()
	})
}

// A container that was made, although nobody was told so, has its ports.
func TestWhatALostAnswerLeavesIsNotInTheWay(t *testing.T) {
	api := unit(engine.Service, "api", "pause")
	api.Container.Ports = []runtime.Port{{Container: 80, Host: 8080}}
	lost := fake.Fault{On: fake.Prepare, Times: 1, Late: true, Err: runtime.ErrUnavailable}
	t.Run("of a sandbox", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			lost.Subject = "sandbox1"
			b.rt.Inject(lost)
			b.apply(workflow(api))
			b.until(0, "workflow.ready")
			b.down()
		})
	})
	t.Run("of a unit", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			lost.Subject, lost.Times = "api#1", 2 // it is tried again at once
			b.rt.Inject(lost)
			b.apply(bridged(api))
			b.until(0, "unit.waiting api#1")
			if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
				t.Fatal(err)
			}
			b.until(0, "workflow.ready@2")
			if got := b.events(engine.TypeUnitWaiting); len(got) != 1 {
				t.Errorf("in the way: %v", got)
			}
			b.down()
		})
	})
}

func TestASandboxIsNotMadeBesideWhatWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Inject(fake.Fault{On: fake.Signal, Subject: "api#1 SIGKILL", Hang: true})
		api := unit(engine.Service, "api", "deaf")
		b.apply(bridged(api))
		b.until(0, "workflow.ready")
		b.apply(workflow(api))
		b.until(0, "workflow.ready@2")
		history := b.rt.History()
		removed := slices.IndexFunc(history, func(line string) bool { return strings.HasSuffix(line, "remove api#1") })
		made := slices.IndexFunc(history, func(line string) bool { return strings.HasSuffix(line, "prepare sandbox2") })
		if removed < 0 || made < removed {
			t.Errorf("api#1 was in the way of the sandbox:\n%s", strings.Join(history, "\n"))
		}
		b.down()
	})
}

// stuck is a bench on which a container that cannot be removed has the port of
// the workflow that it returns, which is begun.
func stuck(t *testing.T) (b *bench, w engine.Workflow, lift func()) {
	t.Helper()
	b = newBench(t)
	api := unit(engine.Service, "api", "pause")
	api.Container.Ports = []runtime.Port{{Container: 80, Host: 8080}}
	w = bridged(unit(engine.Init, "a", "sleep", "1m"), api)
	b.apply(w)
	b.until(0, "unit.started a#1")
	b.until(0, "unit.created api#1") // ahead of its turn
	b.crash()
	<-b.ended
	b.rt.Reboot()
	b.boot = "another"
	b.rt = b.rt.Reconnect()
	lift = b.rt.Inject(fake.Fault{On: fake.Remove, Subject: "api#1", Hang: true})
	b.open()
	return b, w, lift
}

func TestWhatCannotBeRemovedIsTriedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w, lift := stuck(t)
		time.AfterFunc(2*removeTimeout, lift)
		b.apply(w)
		b.until(0, "workflow.ready@2")
		b.down()
	})
}

func TestWhatIsTriedOnDoesNotKeepAWorkflow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, w, lift := stuck(t)
		b.apply(w)
		b.until(0, "run.started@2")
		time.Sleep(time.Second) // after a minute in vain it is tried again in a minute
		lift()
		other := workflow(unit(engine.Service, "api", "pause"))
		other.Name = "v"
		orphaned := time.Now()
		b.applyWhole(other)
		b.untilOf("w", 0, string(engine.TypeWorkflowRemoved))
		if took := time.Since(orphaned); took > time.Second {
			t.Errorf("it was gone after %s", took)
		}
		b.down()
	})
}

// The sandbox of a supervisor that is gone may have been made for what was
// declared before.
func TestASandboxThatWasNeverStartedIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		api, web := unit(engine.Service, "api", "pause"), unit(engine.Service, "web", "pause")
		api.Container.Ports = []runtime.Port{{Container: 80, Host: 8080}}
		lift := b.rt.Inject(fake.Fault{On: fake.Prepare, Subject: "sandbox1", Hang: true, Late: true})
		b.apply(workflow(api, web))
		b.until(0, "run.started")
		b.apply(workflow(api)) // in place: nothing runs yet
		synctest.Wait()
		_ = b.rt.Close()
		b.crash()
		<-b.ended
		lift()
		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(workflow(api))
		b.until(0, "workflow.ready")
		if waiting := b.events(engine.TypeUnitWaiting); len(waiting) > 0 {
			t.Errorf("something was in the way: %v", waiting)
		}
		b.down()
	})
}
