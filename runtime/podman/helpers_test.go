//go:build podman

package podman_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// connect returns an adapter on the private Podman.
func connect(t *testing.T) *podman.Runtime {
	t.Helper()
	return open(t, podman.Config{RuntimeDir: t.TempDir()})
}

func open(t *testing.T, cfg podman.Config) *podman.Runtime {
	t.Helper()
	cfg.Logger = zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel)
	r, err := podman.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

var names atomic.Int64

// prepare makes a container that goes away with the test.
func prepare(t *testing.T, r *podman.Runtime, spec runtime.Spec) string {
	t.Helper()
	if spec.Name == "" {
		spec.Name = fmt.Sprintf("limber-test-%d", names.Add(1))
	}
	if spec.Image == "" {
		spec.Image = podmantest.BusyboxImage(t)
	}
	id, err := r.Prepare(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Remove(context.WithoutCancel(t.Context()), id); err != nil {
			t.Error(err)
		}
	})
	return id
}

// start makes a container and starts it.
func start(t *testing.T, r *podman.Runtime, spec runtime.Spec) string {
	t.Helper()
	id := prepare(t, r, spec)
	if err := r.Start(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	return id
}

// run runs a shell script in a container and returns its lines and its end.
func run(t *testing.T, r *podman.Runtime, spec runtime.Spec, script string) (string, runtime.Exit) {
	t.Helper()
	spec.Command = []string{"sh", "-c", script}
	id := prepare(t, r, spec)
	exit := startAndWait(t, r, id)
	return logOf(t, r, id), exit
}

func startAndWait(t *testing.T, r *podman.Runtime, id string) runtime.Exit {
	t.Helper()
	wait, err := r.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	exit, err := wait()
	if err != nil {
		t.Fatal(err)
	}
	return exit
}

func logOf(t *testing.T, r *podman.Runtime, id string) string {
	t.Helper()
	var lines []string
	err := r.Logs(t.Context(), id, runtime.LogOptions{Tail: -1}, func(l runtime.LogLine) error {
		lines = append(lines, l.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
