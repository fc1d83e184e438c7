package prober

import "time"

// firstGap is the time between the first two probes of a unit that does not
// pass; each later gap is twice as long.
const firstGap = 50 * time.Millisecond

// schedule says when a probe is due. Regular ones are a period apart. A probe
// that has not passed is eager: it has extra ones in between, more and more
// apart, until they would be a period apart.
//
//	                 period                  period
//	regular            |                       |
//	extra    | |  |    |      |                |
//	         0 50 150  ...
type schedule struct {
	period time.Duration
	eager  bool
	tick   time.Time     // the next regular probe
	extra  time.Time     // the next extra probe; zero: none
	gap    time.Duration // before the latest extra probe
}

// begin returns the schedule of a probe whose first run is at first. An eager
// one has a period to pass before a result counts against it.
func begin(first time.Time, period time.Duration, eager bool) schedule {
	if eager {
		return schedule{period: period, eager: true, tick: first.Add(period), extra: first}
	}
	return schedule{period: period, tick: first}
}

// takeTick reports whether a regular probe is due. Ticks that were missed,
// because the process or the machine slept, are one.
func (s *schedule) takeTick(now time.Time) bool {
	if now.Before(s.tick) {
		return false
	}
	missed := now.Sub(s.tick) / s.period
	s.tick = s.tick.Add((missed + 1) * s.period)
	return true
}

// takeExtra reports whether an extra probe is due.
func (s *schedule) takeExtra(now time.Time) bool {
	if s.extra.IsZero() || now.Before(s.extra) {
		return false
	}
	s.extra = time.Time{}
	return true
}

// passed ends the extra probes until one has not passed again.
func (s *schedule) passed() {
	s.gap = 0
	s.extra = time.Time{}
}

// notPassed sets the next extra probe, if there is one left before a gap
// would be as long as the period.
func (s *schedule) notPassed(now time.Time) {
	gap := max(firstGap, 2*s.gap)
	if !s.eager || gap >= s.period {
		s.extra = time.Time{}
		return
	}
	s.gap = gap
	s.extra = now.Add(gap)
}
