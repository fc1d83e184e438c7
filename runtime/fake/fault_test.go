package fake_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

var errBroken = errors.New("broken")

func TestFaultsStrikeTheirCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		a, b := prepare(t, rt, "a", "true"), prepare(t, rt, "b", "true")
		rt.Inject(fake.Fault{On: fake.Start, Subject: "a", Times: 2, Err: errBroken})
		if err := rt.Start(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		for i, want := range []error{errBroken, errBroken, nil} {
			if err := rt.Start(t.Context(), a); !errors.Is(err, want) {
				t.Fatalf("start %d = %v, want %v", i, err, want)
			}
		}
	})
}

func TestLateFaultLosesTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		id := prepare(t, rt, "a", "sleep", "1m")
		rt.Inject(fake.Fault{On: fake.Start, Times: 1, Err: runtime.ErrUnavailable, Late: true})
		if err := rt.Start(t.Context(), id); !errors.Is(err, runtime.ErrUnavailable) {
			t.Fatalf("start = %v", err)
		}
		if c, err := rt.Inspect(t.Context(), id); err != nil || c.State != runtime.Running {
			t.Fatalf("inspect = %+v, %v", c, err)
		}
	})
}

func TestAPrepareThatIsGivenUpIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		rt.Inject(fake.Fault{On: fake.Prepare, Delay: time.Minute, Late: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := rt.Prepare(ctx, runtime.Spec{Name: "a", Image: "busybox"})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("prepare = %v", err)
		}
		if left := rt.Leftovers(nil); left != "" {
			t.Errorf("left:\n%s", left)
		}
	})
}

func TestHangEndsWithItsContextOrWhenLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		id := prepare(t, rt, "a", "true")
		lift := rt.Inject(fake.Fault{On: fake.Start, Hang: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := rt.Start(ctx, id); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("start = %v", err)
		}
		time.AfterFunc(time.Hour, lift)
		if err := rt.Start(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		wantLines(t, rt.History(),
			"0s prepare a", "0s start a: context deadline exceeded", "1m0s start a",
			"1h1m0s (a started)", "1h1m0s (a exited 0)")
	})
}

func TestDelayTakesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		rt.Inject(fake.Fault{On: fake.Prepare, Delay: 90 * time.Millisecond})
		began := time.Now()
		prepare(t, rt, "a", "true")
		if d := time.Since(began); d != 90*time.Millisecond {
			t.Fatalf("prepare took %v", d)
		}
	})
}

func TestPullTakesItsTimeAndFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New()
		rt.SetRemote("good", fake.Remote{Takes: 5 * time.Second, Progress: []string{"copying"}})
		rt.SetRemote("private", fake.Remote{Err: runtime.ErrDenied})
		for ref, want := range map[string]error{
			"good": nil, "private": runtime.ErrDenied, "none": runtime.ErrNotFound, "NOT A NAME": runtime.ErrInvalidReference,
		} {
			if _, err := rt.Pull(t.Context(), ref, nil); !errors.Is(err, want) {
				t.Errorf("pull %s = %v, want %v", ref, err, want)
			}
		}
		if _, err := rt.Image(t.Context(), "good"); err != nil {
			t.Error(err)
		}
	})
}

func TestUnavailableHidesAnEndUntilItIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		began := time.Now()
		wait := start(t, rt, "a", "sleep", "1m")
		rt.Unavailable(true)
		if _, err := rt.Inspect(t.Context(), "a"); !errors.Is(err, runtime.ErrUnavailable) {
			t.Fatalf("inspect = %v", err)
		}
		time.AfterFunc(time.Hour, func() { rt.Unavailable(false) })
		exit, err := wait()
		if err != nil || time.Since(began) != time.Hour || exit.FinishedAt.Sub(began) != time.Minute {
			t.Fatalf("wait() = %+v, %v after %v", exit, err, time.Since(began))
		}
	})
}

func TestUnavailableBreaksLogsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		start(t, rt, "a", "pause")
		time.AfterFunc(time.Second, func() { rt.Unavailable(true) })
		err := rt.Logs(t.Context(), "a", runtime.LogOptions{Follow: true}, func(runtime.LogLine) error { return nil })
		if !errors.Is(err, runtime.ErrUnavailable) {
			t.Fatalf("logs = %v", err)
		}
	})
}

func TestRebootLosesWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		wantCode(t, start(t, rt, "ended", "exit", "7"), 7)
		running := start(t, rt, "running", "pause")
		prepare(t, rt, "prepared", "true")
		rt.Reboot()
		if exit, err := running(); err != nil || !exit.Lost {
			t.Fatalf("wait() = %+v, %v", exit, err)
		}
		for name, want := range map[string]runtime.State{
			"ended": runtime.Exited, "running": runtime.Lost, "prepared": runtime.Prepared,
		} {
			if c, err := rt.Inspect(t.Context(), name); err != nil || c.State != want {
				t.Errorf("%s is %s, %v, want %s", name, c.State, err, want)
			}
		}
	})
}

func TestThingsHappenFromOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		killed, oom := start(t, rt, "killed", "deaf"), start(t, rt, "oom", "pause")
		gone, lost := start(t, rt, "gone", "pause"), start(t, rt, "lost", "pause")
		if !rt.Kill("killed", 9) || !rt.OOM("oom") || !rt.Vanish("gone") || !rt.Lose("lost") || rt.Kill("killed", 9) {
			t.Fatal("what runs can be struck once")
		}
		wantCode(t, killed, 9)
		if exit, err := oom(); err != nil || !exit.OOMKilled || exit.Code != 137 {
			t.Errorf("oom: %+v, %v", exit, err)
		}
		if _, err := gone(); !errors.Is(err, runtime.ErrNotFound) {
			t.Errorf("gone: %v", err)
		}
		if exit, err := lost(); err != nil || !exit.Lost {
			t.Errorf("lost: %+v, %v", exit, err)
		}
	})
}

func TestObserveSeesACallBeforeItsEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := fake.New("busybox")
		id := prepare(t, rt, "a", "true")
		ctx, crash := context.WithCancel(t.Context())
		rt.Observe(func(c fake.Call) {
			if c.Method == fake.Start {
				crash()
			}
		})
		if err := rt.Start(ctx, id); !errors.Is(err, context.Canceled) {
			t.Fatalf("start = %v", err)
		}
		if c, _ := rt.Inspect(t.Context(), id); c.State != runtime.Prepared {
			t.Fatalf("it is %s", c.State)
		}
	})
}
