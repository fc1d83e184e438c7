package prober

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/unixsock"
)

// fakeAgent serves connections made of pipes with a scripted check.
type fakeAgent struct {
	check func(context.Context, Request) Answer

	mu      sync.Mutex
	down    bool
	dials   int
	conn    net.Conn // the latest connection, the agent's side
	serving sync.WaitGroup
}

func (a *fakeAgent) dial(context.Context) (net.Conn, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dials++
	if a.down {
		return nil, errors.New("connection refused")
	}
	here, there := net.Pipe()
	a.conn = there
	a.serving.Go(func() { Serve(context.Background(), there, a.check) })
	return here, nil
}

// lose ends the connection.
func (a *fakeAgent) lose() {
	a.mu.Lock()
	defer a.mu.Unlock()
	_ = a.conn.Close()
}

// up makes the agent reachable.
func (a *fakeAgent) up() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.down = false
}

// withAgent runs f in a bubble with a prober of an agent. In the end nothing
// of either may go on.
func withAgent(t *testing.T, a *fakeAgent, f func(t *testing.T, p *Prober)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := New(a.dial)
		f(t, p)
		p.Close()
		a.serving.Wait()
	})
}

// passes answers each request with its path, after the time that the path
// says.
func passes(ctx context.Context, req Request) Answer {
	d, err := time.ParseDuration(strings.TrimPrefix(req.HTTP.Path, "/"))
	if err != nil {
		return Answer{ID: req.ID, Error: err.Error()}
	}
	select {
	case <-time.After(d):
		return Answer{ID: req.ID, OK: true, Detail: req.HTTP.Path}
	case <-ctx.Done():
		return Answer{ID: req.ID, Detail: "cancelled"}
	}
}

func httpJob(path string) Job {
	return Job{
		Kind: engine.Liveness,
		Probe: engine.Probe{
			Handler: engine.Handler{HTTPGet: &engine.HTTPGet{Scheme: "http", Host: "127.0.0.1", Port: 80, Path: path}},
			Period:  time.Second,
			Timeout: 500 * ms,
		},
		StartedAt: time.Now(),
	}
}

func TestAgentProbes(t *testing.T) {
	a := &fakeAgent{check: passes}
	withAgent(t, a, func(t *testing.T, p *Prober) {
		expect(t, watch(t, p, httpJob("/20ms"), 2500*ms), "20ms passed: /20ms", "1.02s passed: /20ms", "2.02s passed: /20ms")
		if a.dials != 1 {
			t.Errorf("dialled %d times, want once", a.dials)
		}
	})
}

func TestAgentAnswersOutOfOrder(t *testing.T) {
	a := &fakeAgent{check: passes}
	withAgent(t, a, func(t *testing.T, p *Prober) {
		var slow, quick []string
		var both sync.WaitGroup
		both.Go(func() { slow = watch(t, p, httpJob("/400ms"), 1500*ms) })
		both.Go(func() { quick = watch(t, p, httpJob("/5ms"), 1500*ms) })
		both.Wait()
		expect(t, slow, "400ms passed: /400ms", "1.4s passed: /400ms")
		expect(t, quick, "5ms passed: /5ms", "1.005s passed: /5ms")
	})
}

func TestAgentIsDialledAgain(t *testing.T) {
	a := &fakeAgent{check: passes}
	withAgent(t, a, func(t *testing.T, p *Prober) {
		lose := time.AfterFunc(1010*ms, a.lose) // in the middle of the second check
		defer lose.Stop()
		expect(t, watch(t, p, httpJob("/20ms"), 2500*ms), "20ms passed: /20ms", "1.03s passed: /20ms", "2.02s passed: /20ms")
		if a.dials != 2 {
			t.Errorf("dialled %d times, want twice", a.dials)
		}
	})
}

func TestLostWhileIdle(t *testing.T) {
	a := &fakeAgent{check: passes}
	withAgent(t, a, func(t *testing.T, p *Prober) {
		lose := time.AfterFunc(500*ms, a.lose)
		defer lose.Stop()
		expect(t, watch(t, p, httpJob("/20ms"), 1500*ms), "20ms passed: /20ms", "1.02s passed: /20ms")
	})
}

func TestUnreachableAgentIsNoFailure(t *testing.T) {
	a := &fakeAgent{check: passes, down: true}
	withAgent(t, a, func(t *testing.T, p *Prober) {
		up := time.AfterFunc(1500*ms, a.up)
		defer up.Stop()
		expect(t, watch(t, p, httpJob("/20ms"), 2500*ms), "2.02s passed: /20ms")
		if a.dials != 2*tries+1 {
			t.Errorf("dialled %d times, want %d", a.dials, 2*tries+1)
		}
	})
}

func TestTheAgentKeepsTheTimeout(t *testing.T) {
	slow := func(_ context.Context, req Request) Answer {
		time.Sleep(req.Timeout)
		return Answer{ID: req.ID, Detail: timedOut(req.Timeout)}
	}
	withAgent(t, &fakeAgent{check: slow}, func(t *testing.T, p *Prober) {
		expect(t, watch(t, p, httpJob("/"), 1600*ms), "500ms failed: timed out after 500ms", "1.5s failed: timed out after 500ms")
	})
}

func TestDeafAgentIsNoFailure(t *testing.T) {
	deaf := func(ctx context.Context, _ Request) Answer {
		<-ctx.Done()
		return Answer{}
	}
	withAgent(t, &fakeAgent{check: deaf}, func(t *testing.T, p *Prober) {
		expect(t, watch(t, p, httpJob("/"), 30*time.Second))
	})
}

// TestFrozenAgentIsNoFailure has an agent that does not even read.
func TestFrozenAgentIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ends []net.Conn
		p := New(func(context.Context) (net.Conn, error) {
			here, there := net.Pipe()
			ends = append(ends, there)
			return here, nil
		})
		defer p.Close()
		expect(t, watch(t, p, httpJob("/"), 30*time.Second))
		for _, conn := range ends {
			_ = conn.Close()
		}
	})
}

func TestOldAgentIsNoFailure(t *testing.T) {
	old := func(ctx context.Context, req Request) Answer {
		req.HTTP = nil // a field that it does not know
		return NewChecker("1.0").Check(ctx, req)
	}
	withAgent(t, &fakeAgent{check: old}, func(t *testing.T, p *Prober) {
		expect(t, watch(t, p, httpJob("/"), 2500*ms))
		_, err := p.agent.ask(t.Context(), Request{Timeout: time.Second})
		if err != nil {
			t.Errorf("ask: %v", err)
		}
	})
}

func TestAskAfterClose(t *testing.T) {
	withAgent(t, &fakeAgent{check: passes}, func(t *testing.T, p *Prober) {
		p.Close()
		if _, err := p.agent.ask(t.Context(), Request{Timeout: time.Second}); !errors.Is(err, errClosed) {
			t.Errorf("ask after Close: %v, want %v", err, errClosed)
		}
	})
}

func TestServeCancelsTheChecksOfAClientThatGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cancelled := 0
		here, there := net.Pipe()
		served := make(chan struct{})
		go func() {
			defer close(served)
			Serve(t.Context(), there, func(ctx context.Context, _ Request) Answer {
				<-ctx.Done()
				cancelled++
				return Answer{}
			})
		}()
		if _, err := here.Write([]byte(`{"id":1,"http":{"path":"/"}}` + "\n")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := here.Close(); err != nil {
			t.Fatal(err)
		}
		<-served
		if cancelled != 1 {
			t.Errorf("%d checks were cancelled, want 1", cancelled)
		}
	})
}

func TestServeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		Serve(ctx, there, passes)
		if _, err := here.Read(make([]byte, 1)); err == nil {
			t.Error("the connection is still open")
		}
	})
}

func TestServeHangsUpOnNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		var serving sync.WaitGroup
		serving.Go(func() { Serve(t.Context(), there, passes) })
		if _, err := here.Write([]byte("GET / HTTP/1.0\n")); err != nil {
			t.Fatal(err)
		}
		serving.Wait()
	})
}

// TestProtocol pins the lines: an agent and its clients may be of different
// versions.
func TestProtocol(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		var serving sync.WaitGroup
		var got []Request
		serving.Go(func() {
			Serve(t.Context(), there, func(_ context.Context, req Request) Answer {
				got = append(got, req)
				return Answer{ID: req.ID, OK: true, Detail: "HTTP 200"}
			})
		})
		lines := `{"id":1,"timeout":5,"http":{"scheme":"http","host":"h","port":80,"path":"/","headers":{"a":"b"}},"later":1}` +
			"\n"
		reply := make([]byte, 100)
		if _, err := here.Write([]byte(lines)); err != nil {
			t.Fatal(err)
		}
		n, err := here.Read(reply)
		if want := `{"id":1,"ok":true,"detail":"HTTP 200"}` + "\n"; err != nil || string(reply[:n]) != want {
			t.Errorf("answer %q (%v), want %q", reply[:n], err, want)
		}
		_ = here.Close()
		serving.Wait()

		want := []Request{{ID: 1, Timeout: 5, HTTP: &engine.HTTPGet{
			Scheme: "http", Host: "h", Port: 80, Path: "/", Headers: map[string]string{"a": "b"},
		}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("d", 120), "agent.sock")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := unixsock.Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	defer serving.Wait()
	defer func() { _ = l.Close() }()
	serving.Go(func() {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		Serve(t.Context(), conn, passes)
	})

	p := New(Socket(path))
	defer p.Close()
	get := engine.HTTPGet{Path: "/0s"}
	a, err := p.agent.ask(t.Context(), Request{Timeout: time.Minute, HTTP: &get})
	if err != nil || !a.OK || a.Detail != "/0s" {
		t.Errorf("ask: %+v, %v", a, err)
	}
}
