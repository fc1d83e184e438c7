package supervisor

import (
	"context"
	"slices"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/prober"
	"github.com/limber-run/limber/engine/secrets"
)

type probeKey struct {
	ref  engine.Ref
	kind engine.ProbeKind
}

// probing begins or ends a probe of an attempt.
func (d *driver) probing(a engine.Probing) {
	key := probeKey{a.Ref, a.Probe}
	if cancel := d.probes[key]; cancel != nil {
		cancel()
		delete(d.probes, key)
	}
	i := d.run.Find(a.Ref)
	if !a.On || i < 0 || d.sandbox.agent == nil {
		return
	}
	agent, job, locate := d.sandbox.agent, d.probeJob(i, a), d.locator(a.Ref)
	ctx, cancel := context.WithCancel(d.life)
	d.probes[key] = cancel
	d.sandbox.begin(d, func() {
		var err error
		if job.Probe.Handler, err = locate(ctx, job.Probe.Handler); err != nil {
			return // it has ended, or it is not to be probed any more
		}
		agent.Run(ctx, job, func(r prober.Result) {
			d.feed(engine.ProbeDone{At: r.At, Ref: a.Ref, Probe: a.Probe, OK: r.OK, Extra: r.Extra, Detail: r.Detail})
		})
	})
}

func (d *driver) probeJob(i int, a engine.Probing) prober.Job {
	spec := &d.run.Spec.Units[i]
	job := prober.Job{Kind: a.Probe, Probe: *spec.ProbeOf(a.Probe), StartedAt: d.run.Units[i].StartedAt}
	job.Quiet = len(spec.Secrets) > 0 // events are kept on disk
	if job.Probe.Exec == nil {
		return job
	}
	health := spec.Container.HealthCommand
	inside := prober.InContainer(d.project.cfg.Runtime, d.containers[a.Ref], health, job.Quiet)
	job.Exec = func(ctx context.Context, command []string) (bool, string, error) {
		if !slices.Equal(command, health) { // that was wrapped when the container was made
			command = insideCommand(spec, command)
		}
		return inside(ctx, command)
	}
	return job
}

// insideCommand is what is run in a unit's container beside its process: it
// sees the secret variables that the process has.
func insideCommand(spec *engine.UnitSpec, command []string) []string {
	if usesEnv(spec.Secrets) {
		return secrets.Wrap(command)
	}
	return command
}
