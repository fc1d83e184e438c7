package supervisor

import (
	"math/rand/v2"
	"time"

	"github.com/limber-run/limber/engine"
)

func (d *driver) arm(a engine.Arm) {
	d.disarm(a.Timer)
	after := jittered(a.After, a.Jitter)
	var timer *time.Timer
	timer = time.AfterFunc(after, func() {
		d.post(func() {
			if d.timers[a.Timer] == timer { // not disarmed or armed anew meanwhile
				delete(d.timers, a.Timer)
				d.transition(engine.TimerFired{At: time.Now(), Timer: a.Timer})
			}
		})
	})
	d.timers[a.Timer] = timer
}

func (d *driver) disarm(t engine.Timer) {
	if timer := d.timers[t]; timer != nil {
		timer.Stop()
		delete(d.timers, t)
	}
}

// jittered stretches or shrinks a delay by up to a fraction of it.
func jittered(d time.Duration, fraction float64) time.Duration {
	return d + time.Duration(float64(d)*fraction*(2*rand.Float64()-1))
}
