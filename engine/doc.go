// Package engine decides what a workflow does next. It is pure: no IO, clock,
// log, lock or goroutine. Facts come in as events, decisions go out as actions;
// Transition is the only door. engine/supervisor carries the actions out.
//
// # A unit
//
//	          Start             UnitStarted
//	Pending ────────▶ Starting ─────────────▶ Running
//	                   ▲  │  │                 │   │
//	                   │  │  └──────┐   Stop   │   │ UnitExited
//	                   │  │         ▼          ▼   │
//	                   │  │        Stopping ◀──┘   │
//	                   │  │ UnitExited │ UnitExited│
//	                   │  ▼            ▼           ▼
//	     TimerBackoff  │  ┌─────────────────────────┐
//	                   │  │ a new attempt?          │── no ──▶ Succeeded, Failed ──▶ Pending
//	                   │  └─────────────────────────┘              ▲     (restart asked for)
//	                   │         │ at once   │ later               │
//	                   ├─────────┘           ▼                     │
//	                   └────────────────── Backoff ────────────────┘
//	                                           ▲      (a deadline, the end of the run)
//	                                           └── UnitWaiting (from any live phase)
//
// Started and Ready are conditions, not phases: true of a running sidecar or
// service whose post_start hook and startup probe, and then readiness probe,
// have passed. A pre_stop hook comes before the signal; its unit is Stopping
// from its begin, but for a sidecar that waits for its turn.
//
// # A run
//
//	RunRequested ──▶ sandbox ──▶ init steps and sidecars in order ──▶ services
//	     ▲                                                              │
//	     │ Next                                            all ended, a step failed for good,
//	     └────────── over ◀── sidecars, last first ◀── services ◀── Ending: a stop, a restart,
//	                   │                                    a deadline, a lost sandbox
//	                   ▼ no Next
//	            Succeeded, Failed
//
// Next has a back-off of its own if the exit of a unit led to it.
//
// # Invariants
//
//  1. At most one attempt of a unit is live, and at most one init step.
//  2. No service starts in a run before every init step has succeeded and
//     every sidecar has started.
//  3. Init steps and sidecars start in declared order: the entry after a step
//     waits for its exit code 0, the entry after a sidecar for "started".
//  4. After a stop is requested nothing starts.
//  5. In an ending run a sidecar is signalled only when no service is live,
//     and then in reverse order.
//  6. Every run ends after a stop request, whatever the runtime does or fails
//     to do.
//  7. What ended is never taken for what succeeded.
//  8. A unit's secret values exist in its sandbox only while an attempt of that
//     unit does (kept by engine/supervisor).
//  9. A step that has succeeded in a run is not run again in it.
//  10. No event of an old attempt changes a new one.
package engine
