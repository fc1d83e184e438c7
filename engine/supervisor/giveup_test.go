package supervisor

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime/fake"
)

// wantNothingLeft is for a project that has no supervisor any more.
func (b *bench) wantNothingLeft() {
	b.t.Helper()
	if left := b.rt.Leftovers(projectLabels("p")); left != "" {
		b.t.Errorf("left:\n%s", left)
	}
}

func TestDownWhileSomethingIsBeingMadeLeavesNothing(t *testing.T) {
	for _, subject := range []string{"sandbox1", "api#1"} {
		t.Run(subject, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.rt.Inject(fake.Fault{On: fake.Prepare, Subject: subject, Delay: time.Minute, Late: true})
				b.apply(workflow(unit(engine.Service, "api", "pause")))
				synctest.Wait()
				b.down()
				time.Sleep(time.Hour)
				b.wantNothingLeft()
			})
		})
	}
}

func TestDownTriesAgainWhatIsInUseForAMoment(t *testing.T) {
	for _, method := range []fake.Method{fake.Remove, fake.RemoveNetworks, fake.RemoveVolumes} {
		t.Run(string(method), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.apply(workflow(unit(engine.Service, "api", "pause")))
				b.until(0, "workflow.ready")
				b.rt.Inject(fake.Fault{On: method, Times: 2, Err: errors.New("it is being used")})
				b.down()
			})
		})
	}
}

func TestDownSaysWhatItCannotRemove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.apply(workflow(unit(engine.Service, "api", "pause")))
		b.until(0, "workflow.ready")
		inUse := errors.New("it is being used")
		lift := b.rt.Inject(fake.Fault{On: fake.RemoveNetworks, Err: inUse})
		if _, err := b.project.Down(t.Context(), control.DownRequest{}); !errors.Is(err, inUse) {
			t.Errorf("Down = %v, want %v", err, inUse)
		}
		lift()
		<-b.ended
	})
}

func TestAProjectWhoseStateIsRemovedCanBeStoppedAndTakenDown(t *testing.T) {
	for name, end := range map[string]func(*bench) error{
		"down": func(b *bench) error {
			_, err := b.project.Down(b.t.Context(), control.DownRequest{})
			return err
		},
		"stop": func(b *bench) error { return b.project.Stop(b.t.Context(), control.StopRequest{}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.apply(workflow(unit(engine.Service, "api", "pause")))
				b.until(0, "workflow.ready")
				if err := os.RemoveAll(b.state); err != nil {
					t.Fatal(err)
				}
				if err := end(b); err != nil {
					t.Errorf("%s = %v", name, err)
				}
				b.until(0, "workflow.succeeded Stopped")
				<-b.ended
			})
		})
	}
}
