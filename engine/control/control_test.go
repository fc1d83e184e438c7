package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// fakeAPI is a supervisor that answers what a test has written down.
type fakeAPI struct {
	status Status
	err    error // of every call but Status
	events []journal.Event
	follow chan journal.Event // those to come
	asked  []any
}

func (f *fakeAPI) Status(context.Context) (Status, error) { return f.status, nil }

func (f *fakeAPI) Events(ctx context.Context, after int64, follow bool, emit func(journal.Event) error) error {
	for _, e := range f.events {
		if e.Seq <= after {
			continue
		}
		if err := emit(e); err != nil {
			return err
		}
	}
	for follow {
		select {
		case e, more := <-f.follow:
			if !more {
				return f.err
			}
			if err := emit(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f.err
}

func (f *fakeAPI) Apply(_ context.Context, req ApplyRequest) (ApplyResult, error) {
	f.asked = append(f.asked, req)
	return ApplyResult{Seq: 7, Changed: []string{"shop"}}, f.err
}

func (f *fakeAPI) Stop(_ context.Context, req StopRequest) error {
	f.asked = append(f.asked, req)
	return f.err
}

func (f *fakeAPI) Restart(_ context.Context, req RestartRequest) error {
	f.asked = append(f.asked, req)
	return f.err
}

func (f *fakeAPI) Release(context.Context) error {
	f.asked = append(f.asked, "release")
	return f.err
}

func (f *fakeAPI) Down(_ context.Context, req DownRequest) (DownResult, error) {
	f.asked = append(f.asked, req)
	return DownResult{Containers: 3, Volumes: []string{"p.data"}}, f.err
}

// serve serves api until the test ends, or until the returned function is called.
func serve(t *testing.T, api API) (dir string, end func()) {
	t.Helper()
	dir = t.TempDir()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context())) // until after t's own ends
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, api) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve() = %v, want nil", err)
		}
	})
	t.Cleanup(end)
	return dir, end
}

func dial(t *testing.T, dir string) *Client {
	t.Helper()
	c, err := Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestClientPassesEverythingOn(t *testing.T) {
	api := &fakeAPI{status: Status{Project: "p", Supervisor: Supervisor{PID: 1, Alive: true}, Workflows: []engine.Status{{Name: "shop", Run: 2}}}}
	dir, _ := serve(t, api)
	c, ctx := dial(t, dir), t.Context()

	status, err := c.Status(ctx)
	if diff := cmp.Diff(api.status, status); diff != "" || err != nil {
		t.Errorf("Status() = %v, %v (-want +got):\n%s", status, err, diff)
	}
	grace := 3 * time.Second
	apply := ApplyRequest{Workflows: []engine.Workflow{{Name: "shop", Units: []engine.UnitSpec{{Name: "a", Kind: engine.Init}}}}, Env: map[string]string{"A": "b"}}
	result, err := c.Apply(ctx, apply)
	if want := (ApplyResult{Seq: 7, Changed: []string{"shop"}}); !cmp.Equal(want, result) || err != nil {
		t.Errorf("Apply() = %v, %v, want %v", result, err, want)
	}
	stop := StopRequest{Workflows: []string{"shop"}, Grace: &grace, Force: true}
	restart := RestartRequest{Workflow: "shop", Unit: "api", NoInit: true}
	down := DownRequest{Volumes: true, Grace: &grace}
	removed, err := c.Down(ctx, down)
	if want := (DownResult{Containers: 3, Volumes: []string{"p.data"}}); !cmp.Equal(want, removed) {
		t.Errorf("Down() = %v, want %v", removed, want)
	}
	for name, err := range map[string]error{
		"Stop": c.Stop(ctx, stop), "Restart": c.Restart(ctx, restart), "Down": err,
		"Release": c.Release(ctx),
	} {
		if err != nil {
			t.Errorf("%s() = %v, want nil", name, err)
		}
	}
	for _, want := range []any{apply, stop, restart, down, "release"} {
		if !contains(api.asked, want) {
			t.Errorf("the supervisor was not asked for %+v", want)
		}
	}
}

func contains(asked []any, want any) bool {
	for _, got := range asked {
		if cmp.Equal(want, got) {
			return true
		}
	}
	return false
}

func TestConditionsSurviveTheSocket(t *testing.T) {
	tests := []struct {
		err  error
		want error
	}{
		{fmt.Errorf("%w workflow %q", ErrUnknown, "shpo"), ErrUnknown},
		{ErrNoSupervisor, ErrNoSupervisor},
		{fmt.Errorf("remove: %w", runtime.ErrUnavailable), runtime.ErrUnavailable},
		{errors.New("something else"), nil},
	}
	for _, test := range tests {
		dir, _ := serve(t, &fakeAPI{err: test.err})
		c := dial(t, dir)
		for name, err := range map[string]error{
			"Stop":   c.Stop(t.Context(), StopRequest{}),
			"Events": c.Events(t.Context(), 0, false, func(journal.Event) error { return nil }),
		} {
			if err == nil || err.Error() != test.err.Error() {
				t.Errorf("%s() = %v, want %v", name, err, test.err)
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s() = %v, which is not %v", name, err, test.want)
			}
		}
	}
}

func TestEventsAreFollowedToTheLast(t *testing.T) {
	api := &fakeAPI{
		events: []journal.Event{{Seq: 1}, {Seq: 2}, {Seq: 3, Message: "<a & b>"}},
		follow: make(chan journal.Event),
	}
	dir, end := serve(t, api)
	var seen []int64
	err := dial(t, dir).Events(t.Context(), 1, true, func(e journal.Event) error {
		seen = append(seen, e.Seq)
		switch e.Seq {
		case 3: // it came without waiting for the end of the stream
			go func() {
				api.follow <- journal.Event{Seq: 4}
				close(api.follow) // as a journal that is closed
				end()
			}()
		}
		return nil
	})
	if want := []int64{2, 3, 4}; !cmp.Equal(want, seen) || err != nil {
		t.Errorf("Events() emitted %v and returned %v, want %v", seen, err, want)
	}
}

func TestEventsEndWithTheirReader(t *testing.T) {
	dir, _ := serve(t, &fakeAPI{events: []journal.Event{{Seq: 1}}, follow: make(chan journal.Event)})
	c := dial(t, dir)
	enough := io.EOF // even what a stream may end with is passed on
	if err := c.Events(t.Context(), 0, true, func(journal.Event) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("Events() = %v, want the error of emit", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Events(ctx, 0, true, func(journal.Event) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Events() = %v, want %v", err, context.Canceled)
	}
}

func TestNobodyThere(t *testing.T) {
	dir := t.TempDir()
	if _, err := Dial(dir); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("without socket: Dial() = %v, want %v", err, ErrNoSupervisor)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: SocketPath(dir), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(dir); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("with the socket of a dead one: Dial() = %v, want %v", err, ErrNoSupervisor)
	}
	if _, err := Listen(dir); err != nil {
		t.Errorf("on the socket of a dead one: Listen() = %v, want nil", err)
	}
}

func TestSupervisorGoesAway(t *testing.T) {
	dir, end := serve(t, &fakeAPI{})
	c := dial(t, dir)
	end()
	if err := c.Stop(t.Context(), StopRequest{}); !errors.Is(err, ErrNoSupervisor) {
		t.Errorf("Stop() = %v, want %v", err, ErrNoSupervisor)
	}
	if _, err := os.Stat(SocketPath(dir)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

func TestSocketIsItsOwners(t *testing.T) {
	dir, _ := serve(t, &fakeAPI{})
	info, err := os.Stat(SocketPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode of the socket = %o, want 600", got)
	}
}

func TestBadRequests(t *testing.T) {
	dir, _ := serve(t, &fakeAPI{})
	c := dial(t, dir)
	tests := []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPost, "/v1/stop", `{"workflow": 1}`, http.StatusBadRequest},
		{http.MethodPost, "/v1/stop", `nonsense`, http.StatusBadRequest},
		{http.MethodGet, "/v1/events?after=x", "", http.StatusBadRequest},
		{http.MethodGet, "/v1/events?follow=x", "", http.StatusBadRequest},
		{http.MethodGet, "/v1/stop", "", http.StatusMethodNotAllowed},
		{http.MethodGet, "/v2/status", "", http.StatusNotFound},
	}
	for _, test := range tests {
		req, err := http.NewRequestWithContext(t.Context(), test.method, "http://limber"+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != test.status {
			t.Errorf("%s %s %q = %d, want %d", test.method, test.path, test.body, resp.StatusCode, test.status)
		}
	}
}

func TestMetrics(t *testing.T) {
	api := &fakeAPI{status: Status{
		Project: "p", Supervisor: Supervisor{Version: "1.0"},
		Workflows: []engine.Status{{
			Name: "shop", Run: 2, Phase: engine.Running, Ready: true,
			Units: []engine.UnitStatus{{Name: "api", Role: "service", Attempts: 3}},
		}},
	}}
	dir, _ := serve(t, api)
	var got string
	err := dial(t, dir).get(t.Context(), "/metrics", nil, func(body io.Reader) error {
		text, err := io.ReadAll(body)
		got = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# TYPE limber_unit_attempts_total counter\n",
		`limber_supervisor_info{project="p",version="1.0"} 1` + "\n",
		`limber_workflow_ready{project="p",workflow="shop"} 1` + "\n",
		`limber_workflow_run{project="p",workflow="shop"} 2` + "\n",
		`limber_workflow_phase{project="p",workflow="shop",phase="Running"} 1` + "\n",
		`limber_workflow_phase{project="p",workflow="shop",phase="Failed"} 0` + "\n",
		`limber_unit_ready{project="p",workflow="shop",unit="api",role="service"} 0` + "\n",
		`limber_unit_attempts_total{project="p",workflow="shop",unit="api",role="service"} 3` + "\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("metrics lack %q:\n%s", want, got)
		}
	}
}
