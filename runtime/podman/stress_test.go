//go:build podman

package podman_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// many is how often the tests of loss repeat: $LIMBER_TEST_MANY, or what
// takes some seconds.
func many(t *testing.T) int {
	t.Helper()
	text := os.Getenv("LIMBER_TEST_MANY")
	if text == "" {
		return 200
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// manyTimes runs f many times, a few at once.
func manyTimes(t *testing.T, f func(i int) error) {
	t.Helper()
	group := errgroup.Group{}
	group.SetLimit(4)
	for i := range many(t) {
		group.Go(func() error { return f(i) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

// runOnce runs a command to its end, sees that it is known, and returns its
// log and the time from the start to that.
func runOnce(ctx context.Context, r *podman.Runtime, image, name string, command ...string) (lines []string, took time.Duration, err error) {
	id, err := r.Prepare(ctx, runtime.Spec{Name: name, Image: image, Command: command})
	if err != nil {
		return nil, 0, err
	}
	wait, err := r.Watch(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	begun := time.Now()
	if err := r.Start(ctx, id); err != nil {
		return nil, 0, err
	}
	exit, err := wait()
	took = time.Since(begun)
	if err != nil {
		return nil, took, err
	}
	if exit.Lost || exit.Code != 0 || exit.StartedAt.IsZero() || exit.FinishedAt.IsZero() {
		return nil, took, fmt.Errorf("%s ended with %+v", name, exit)
	}
	err = r.Logs(ctx, id, runtime.LogOptions{Tail: -1}, func(l runtime.LogLine) error {
		lines = append(lines, l.Text)
		return nil
	})
	if err != nil {
		return nil, took, err
	}
	return lines, took, r.Remove(ctx, id)
}

func TestNoExitIsLost(t *testing.T) {
	r, image := connect(t), podmantest.BusyboxImage(t)
	var mutex sync.Mutex
	var took []time.Duration
	manyTimes(t, func(i int) error {
		_, d, err := runOnce(t.Context(), r, image, fmt.Sprintf("limber-true-%d", i), "true")
		mutex.Lock()
		defer mutex.Unlock()
		took = append(took, d)
		return err
	})
	slices.Sort(took)
	t.Logf("start to exit of %d, four at once: min %s, median %s, p90 %s, max %s", len(took), took[0], took[len(took)/2], took[len(took)*9/10], took[len(took)-1])
}

func TestNoLineIsLost(t *testing.T) {
	r, image := connect(t), podmantest.BusyboxImage(t)
	manyTimes(t, func(i int) error {
		lines, _, err := runOnce(t.Context(), r, image, fmt.Sprintf("limber-echo-%d", i), "echo", "x")
		if err == nil && !slices.Equal(lines, []string{"x"}) {
			err = fmt.Errorf("run %d wrote %q, want one line x", i, lines)
		}
		return err
	})
}

// TestLatency measures one prepared container after another.
func TestLatency(t *testing.T) {
	r, image := connect(t), podmantest.BusyboxImage(t)
	var took []time.Duration
	for i := range 20 {
		_, d, err := runOnce(t.Context(), r, image, fmt.Sprintf("limber-latency-%d", i), "true")
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, d)
	}
	slices.Sort(took)
	t.Logf("start to exit: min %s, median %s, p90 %s", took[0], took[len(took)/2], took[len(took)*9/10])
}
