package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// An api is Podman's REST API, bare: a request is what a call costs, and
// nothing is added.
type api struct{ client http.Client }

func newAPI() *api {
	socket := strings.TrimPrefix(podmantest.Current().URL, "unix://")
	return &api{http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}}
}

// create makes a container of the image that runs a command of inside.
func (a *api) create(ctx context.Context, name, stamps string, command ...string) error {
	return a.call(ctx, http.MethodPost, "/containers/create", map[string]any{
		"name":    name,
		"image":   image,
		"command": append([]string{programPath, insideCommand}, command...),
		"netns":   map[string]string{"nsmode": "none"},
		"mounts":  []map[string]any{{"type": "bind", "source": stamps, "destination": stampsMount, "options": []string{"rbind"}}},
	}, nil)
}

func (a *api) start(ctx context.Context, name string) error {
	return a.call(ctx, http.MethodPost, "/containers/"+name+"/start", nil, nil)
}

func (a *api) remove(ctx context.Context, name string) error {
	return a.call(ctx, http.MethodDelete, "/containers/"+name+"?force=true&timeout=0", nil, nil)
}

// containerState is what an inspection says.
type containerState struct {
	Status     string
	Pid        int
	ExitCode   int
	FinishedAt time.Time
}

// ended is whether the exit code is known.
func (s containerState) ended() bool {
	return (s.Status == "stopped" || s.Status == "exited") && !s.FinishedAt.IsZero()
}

func (a *api) inspect(ctx context.Context, name string) (containerState, error) {
	var answer struct{ State containerState }
	err := a.call(ctx, http.MethodGet, "/containers/"+name+"/json", nil, &answer)
	return answer.State, err
}

// awaitState inspects a container again and again until it is as wanted.
// Podman 4 answers with an error while a container is dying.
func (a *api) awaitState(ctx context.Context, name string, wanted func(containerState) bool) (containerState, error) {
	for {
		state, err := a.inspect(ctx, name)
		if err == nil && wanted(state) {
			return state, nil
		}
		if waited := sleep(ctx, 2*time.Millisecond); waited != nil {
			return state, fmt.Errorf("wait for container %s, which is %q: %w", name, state.Status, waited)
		}
	}
}

func (a *api) call(ctx context.Context, method, path string, body, answer any) error {
	var content io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://d/v4.0.0/libpod"+path, content)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, path, data)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(data, answer)
}
