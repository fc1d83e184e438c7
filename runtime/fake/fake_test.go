package fake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

var labels = map[string]string{"limber.test": "yes"}

func prepare(t *testing.T, rt *fake.Runtime, name string, words ...string) string {
	t.Helper()
	id, err := rt.Prepare(t.Context(), runtime.Spec{Name: name, Labels: labels, Image: "busybox", Command: words})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// start prepares and starts a container and returns the wait of its watch.
func start(t *testing.T, rt *fake.Runtime, name string, words ...string) func() (runtime.Exit, error) {
	t.Helper()
	id := prepare(t, rt, name, words...)
	wait, err := rt.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Start(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	return wait
}

func wantCode(t *testing.T, wait func() (runtime.Exit, error), code int) {
	t.Helper()
	exit, err := wait()
	if err != nil || exit.Lost || exit.Code != code {
		t.Fatalf("wait() = %+v, %v, want code %d", exit, err, code)
	}
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Fatalf("got\n%s\nwant\n%s", g, w)
	}
}

func TestHistorySaysWhatWasDoneAndHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		rt.Script(fake.Named("api"), fake.Behaviour{
			For:      fake.Forever,
			OnSignal: &fake.Reaction{After: 2 * time.Second, Code: 5},
		})
		wantCode(t, start(t, rt, "migrate", "sleep", "1m30s"), 0)
		api := start(t, rt, "api", "whatever")
		if err := rt.Signal(t.Context(), "api", ""); err != nil {
			t.Fatal(err)
		}
		wantCode(t, api, 5)
		if _, err := rt.Prepare(t.Context(), runtime.Spec{Name: "lost", Image: "none"}); !errors.Is(err, runtime.ErrNotFound) {
			t.Fatalf("prepare: %v", err)
		}
		wantLines(t, rt.History(),
			"0s prepare migrate", "0s start migrate", "0s (migrate started)", "1m30s (migrate exited 0)",
			"1m30s prepare api", "1m30s start api", "1m30s (api started)",
			"1m30s signal api", "1m32s (api exited 5)",
			"1m32s prepare lost: prepare lost: image none: not found")
		wantLines(t, rt.Calls(fake.Watch), "0s watch migrate", "1m30s watch api")
	})
}

func TestScriptsGiveABehaviourPerStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		rt.Script(fake.Labelled("limber.test", "yes"), fake.Behaviour{Code: 1}, fake.Behaviour{For: time.Second})
		for i, code := range []int{1, 0, 0} {
			wantCode(t, start(t, rt, fmt.Sprint("a", i), "x"), code)
		}
		rt.Script(fake.Named("a3"), fake.Behaviour{Code: 7})
		wantCode(t, start(t, rt, "a3", "x"), 7)
	})
}

func TestFailTimesCountsForAllContainers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		for i, code := range []int{1, 1, 0, 0} {
			wantCode(t, start(t, rt, fmt.Sprint("a", i), "fail-times", "2", "/data/count"), code)
		}
		wantCode(t, start(t, rt, "b", "fail-times", "2", "/data/other"), 1)
	})
}

func TestLinesAreWrittenAtTheirTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		rt.Script(fake.Named("a"), fake.Behaviour{For: 3 * time.Second, Lines: []fake.Line{
			{Text: "now"}, {At: 3 * time.Second, Text: "at the end", Stream: runtime.Stderr}, {At: time.Second, Text: "soon"},
		}})
		start(t, rt, "a")
		began := time.Now()
		var got []string
		err := rt.Logs(t.Context(), "a", runtime.LogOptions{Follow: true, Tail: -1}, func(l runtime.LogLine) error {
			got = append(got, fmt.Sprintf("%v %v %s %s", time.Since(began), l.Time.Sub(began), l.Stream, l.Text))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wantLines(t, got, "0s 0s stdout now", "1s 1s stdout soon", "3s 3s stderr at the end")
	})
}

func TestDeafIsOnlyKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		wait := start(t, rt, "a", "deaf")
		for _, signal := range []string{"", "SIGTERM", "SIGINT", "SIGKILL"} {
			if c, _ := rt.Inspect(t.Context(), "a"); c.State != runtime.Running {
				t.Fatalf("before %q it is %s", signal, c.State)
			}
			if err := rt.Signal(t.Context(), "a", signal); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, wait, 137)
	})
}

func TestHealthDependsOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		rt.Script(fake.Named("a"), fake.Behaviour{
			For:     fake.Forever,
			Healthy: func(up time.Duration) bool { return up >= time.Minute },
		})
		start(t, rt, "a")
		for _, want := range []bool{false, true} {
			if ok, err := rt.Check(t.Context(), "a"); ok != want || err != nil {
				t.Fatalf("check = %v, %v, want %v", ok, err, want)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestOnlyTheFirstEndCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		wait := start(t, rt, "a", "sleep", "1m")
		time.AfterFunc(time.Second, func() { rt.Kill("a", 9) })
		wantCode(t, wait, 9)
		time.Sleep(time.Hour)
		wantCode(t, wait, 9)
		wantLines(t, rt.History(), "0s prepare a", "0s start a", "0s (a started)", "1s (a exited 9)")
	})
}

func TestExecEndsWithItsContainer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		start(t, rt, "a", "sleep", "1m")
		began := time.Now()
		result, err := rt.Exec(t.Context(), "a", []string{"sleep", "1h"})
		if err != nil || result.Code != 137 || time.Since(began) != time.Minute {
			t.Fatalf("exec = %+v, %v after %v", result, err, time.Since(began))
		}
	})
}

func TestSandboxIsNeededAndGoesLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		holder := prepare(t, rt, "holder", "pause")
		member := runtime.Spec{Name: "member", Image: "busybox", Command: []string{"pause"}, Sandbox: holder}
		if id, err := rt.Prepare(t.Context(), member); err == nil {
			t.Fatalf("prepared %s before its sandbox ran", id)
		}
		if err := rt.Start(t.Context(), holder); err != nil {
			t.Fatal(err)
		}
		if _, err := rt.Prepare(t.Context(), member); err != nil {
			t.Fatal(err)
		}
		if err := rt.Remove(t.Context(), holder); err == nil {
			t.Fatal("removed the sandbox before its member")
		}
		rt.Kill("holder", 137)
		if err := rt.Start(t.Context(), "member"); err == nil {
			t.Fatal("started a member of a dead sandbox")
		}
		for _, name := range []string{"member", "holder"} {
			if err := rt.Remove(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestCloseEndsACallThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		wait := start(t, rt, "a", "pause")
		time.AfterFunc(time.Second, func() { rt.Close() })
		if _, err := wait(); !errors.Is(err, runtime.ErrUnavailable) {
			t.Fatalf("wait() = %v", err)
		}
	})
}

func TestHostOutlivesItsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		wait := start(t, rt, "a", "sleep", "1h")
		next := rt.Reconnect()
		if err := rt.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := wait(); !errors.Is(err, runtime.ErrUnavailable) {
			t.Fatalf("wait() = %v", err)
		}
		found, err := next.List(t.Context(), labels)
		if err != nil || len(found) != 1 || found[0].State != runtime.Running {
			t.Fatalf("list = %+v, %v", found, err)
		}
		adopted, err := next.Watch(t.Context(), found[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, adopted, 0)
	})
}

func TestLeftoversAreListed(t *testing.T) {
	rt := fake.New("busybox")
	ctx := t.Context()
	prepare(t, rt, "a", "true")
	if err := errors.Join(
		rt.CreateNetwork(ctx, "net", labels),
		rt.CreateNetwork(ctx, "other", nil),
		rt.CreateVolume(ctx, runtime.VolumeSpec{Name: "vol", Labels: labels}),
	); err != nil {
		t.Fatal(err)
	}
	wantLines(t, strings.Split(rt.Leftovers(labels), "\n"), "container a (prepared)", "network net", "volume vol")
	if err := errors.Join(rt.Remove(ctx, "a"), rt.RemoveNetworks(ctx, labels)); err != nil {
		t.Fatal(err)
	}
	if _, err := rt.RemoveVolumes(ctx, labels); err != nil {
		t.Fatal(err)
	}
	wantLines(t, []string{rt.Leftovers(labels)}, "")
}
