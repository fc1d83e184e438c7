package supervisor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

func TestAPullIsToldOnce(t *testing.T) {
	for _, policy := range []runtime.PullPolicy{runtime.PullMissing, runtime.PullAlways} {
		t.Run(string(policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.rt.SetRemote("far", fake.Remote{Image: runtime.Image{ID: "far"}})
				step, api := unit(engine.Init, "a", "true"), unit(engine.Service, "api", "pause")
				for _, u := range []*engine.UnitSpec{&step, &api} {
					u.Container.Image, u.Container.Pull = "far", policy
				}
				b.apply(workflow(step, api))
				b.until(0, "workflow.ready")
				if diff := cmp.Diff([]string{"0s image.pulling"}, b.events(engine.TypeImagePulling)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				b.down()
			})
		})
	}
}

// TestAFailedPullIsTriedOnceAnAttempt: neither getting images ahead nor
// preparing the next unit ahead costs the attempt a try.
func TestAFailedPullIsTriedOnceAnAttempt(t *testing.T) {
	for name, before := range map[string][]engine.UnitSpec{
		"its turn at once": nil,
		"its turn later":   {unit(engine.Init, "first", "sleep", "3s")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.rt.Inject(fake.Fault{On: fake.Pull, Delay: time.Millisecond})
				step := unit(engine.Init, "a", "true")
				step.Container.Image = "nowhere"
				b.apply(workflow(append(before, step)...))
				b.until(0, "unit.waiting a#1 ErrImagePull")
				if got := b.events(engine.TypeImagePulling); len(got) != 1 {
					t.Errorf("pulled %v", got)
				}
				b.until(b.until(0, "unit.waiting a#1 ErrImagePull").Seq, "unit.waiting a#1")
				if got := b.events(engine.TypeImagePulling); len(got) != 2 {
					t.Errorf("after the next attempt: pulled %v", got)
				}
				b.down()
			})
		})
	}
}
