package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// complete fills in what the declaration leaves open: name, labels, sandbox or
// network, volumes, secrets, and what depends on the machine.
func (a *attempt) complete(ctx context.Context) (runtime.Spec, error) {
	spec := a.spec.Container
	has, err := a.d.project.machineFor(ctx, a.workflow)
	if err != nil {
		return spec, err
	}
	spec.Resources = a.workflow.ContainerResources(a.spec, has[engine.Memory])
	spec.Name = containerName(a.d.project.cfg.Project, a.d.name, a.ref)
	spec.Labels = a.labels()
	a.connect(&spec)
	spec.Mounts = mountsOf(a.d.project.cfg.Project, a.workflow, spec.Mounts)
	a.d.project.files.locate(spec.Mounts)
	if err := errors.Join(a.mountOutput(&spec), a.mountMessage(&spec)); err != nil {
		return spec, err
	}
	if len(a.spec.Secrets) == 0 {
		return spec, nil
	}
	// A container that an earlier try has made, and whose answer was lost,
	// has the files of that try.
	if err := a.d.project.cfg.Runtime.Remove(ctx, spec.Name); err != nil {
		return spec, err
	}
	if err := a.placeSecrets(ctx); err != nil {
		return spec, err
	}
	spec.Mounts = append(spec.Mounts, a.delivery.Mounts()...)
	return a.wrapCommand(ctx, spec)
}

func (a *attempt) placeSecrets(ctx context.Context) error {
	rt, spec := a.d.project.cfg.Runtime, a.spec.Container
	uid, gid, err := rt.User(ctx, spec.Image, spec.Security.User)
	if err != nil {
		return fmt.Errorf("find the user of %s: %w", spec.Image, err)
	}
	a.takeAwaySecrets() // of a make that failed
	a.delivery, err = a.d.project.secrets.Place(secrets.Request{
		Workflow: a.d.name, Ref: a.ref, Uses: a.spec.Secrets,
		Helper: a.d.project.cfg.Executable, UID: uid, GID: gid,
	})
	if err != nil {
		return &waitError{reason: "CreateContainerConfigError", permanent: true, err: err}
	}
	return nil
}

// wrapCommand has the unit's command run by the helper that sets secret
// variables, so that no engine and no disk ever holds them.
func (a *attempt) wrapCommand(ctx context.Context, spec runtime.Spec) (runtime.Spec, error) {
	if !usesEnv(a.spec.Secrets) {
		return spec, nil
	}
	image, err := a.d.project.cfg.Runtime.Image(ctx, spec.Image)
	if err != nil {
		return spec, err
	}
	entrypoint, args := image.Entrypoint, image.Command
	if spec.Command != nil {
		entrypoint, args = spec.Command, nil
	}
	if spec.Args != nil {
		args = spec.Args
	}
	spec.Command, spec.Args = secrets.Wrap(slices.Concat(entrypoint, args)), nil
	if len(spec.HealthCommand) > 0 {
		spec.HealthCommand = secrets.Wrap(spec.HealthCommand)
	}
	return spec, nil
}

func usesEnv(uses []engine.SecretUse) bool {
	return slices.ContainsFunc(uses, func(u engine.SecretUse) bool { return u.Env != "" })
}

// mountsOf replaces the declared names of volumes by what they are in the
// engine. Declared files have the path that they have among those of the
// project.
func mountsOf(project string, w engine.Workflow, declared []runtime.Mount) []runtime.Mount {
	mounts := slices.Clone(declared)
	for i := range mounts {
		m := &mounts[i]
		k := slices.IndexFunc(w.Volumes, func(v engine.Volume) bool { return v.Name == m.Source })
		if m.Kind != runtime.MountVolume || k < 0 {
			continue
		}
		switch volume := w.Volumes[k]; volume.Kind {
		case engine.VolumeHost:
			m.Kind, m.Source = runtime.MountBind, volume.HostPath
		case engine.VolumeFiles:
			m.Kind, m.Source, m.ReadOnly = runtime.MountBind, filesPath(w.Name, volume), true
		default:
			m.Source, m.Empty = volumeName(project, w.Name, volume), volume.Kind == engine.VolumeScratch
		}
	}
	return mounts
}

// volumes are those that the unit mounts.
func (a *attempt) volumes() []engine.Volume {
	return slices.DeleteFunc(slices.Clone(a.workflow.Volumes), func(v engine.Volume) bool {
		return !slices.ContainsFunc(a.spec.Container.Mounts, func(m runtime.Mount) bool {
			return m.Kind == runtime.MountVolume && m.Source == v.Name
		})
	})
}

// leftBy returns what a failed call of Prepare may have left, or "". It must go:
// it may have ports that another container needs.
func leftBy(err error, spec runtime.Spec) string {
	if errors.Is(err, runtime.ErrUnavailable) || errors.Is(err, context.Canceled) {
		return spec.Name
	}
	return ""
}

// waiter blocks until a container has ended.
type waiter func() (runtime.Exit, error)

// watch subscribes to the end of a container. If it cannot, the waiter says so.
func (d *driver) watch(ctx context.Context, id string) waiter {
	wait, err := d.project.cfg.Runtime.Watch(ctx, id)
	if err != nil {
		return func() (runtime.Exit, error) { return runtime.Exit{}, err }
	}
	return wait
}

// await blocks until the container has ended, however often the engine is
// lost meanwhile. The error is that of ctx.
func (d *driver) await(ctx context.Context, id string, wait waiter) (runtime.Exit, error) {
	again := newBackoff()
	for {
		exit, err := wait()
		switch {
		case err == nil:
			return exit, nil
		case errors.Is(err, runtime.ErrNotFound):
			return runtime.Exit{Lost: true, FinishedAt: time.Now()}, nil
		case ctx.Err() != nil:
			return runtime.Exit{}, ctx.Err()
		}
		d.log.Warn().Err(err).Str("container", id).Msg("watch again")
		if err := sleep(ctx, again.NextBackOff()); err != nil {
			return runtime.Exit{}, err
		}
		wait = d.watch(ctx, id)
	}
}

const (
	// removeTimeout is how long others wait for the removal of a container. It
	// is gone on with after that: what is left may have ports and names.
	removeTimeout = time.Minute
	// lastCleanup is how long cleaning up may go on once the supervisor lets go.
	lastCleanup = 10 * time.Second
)

// cleanup is a context for cleaning up, which a supervisor that lets go waits
// for a while: nobody else would do it for as long as there is none.
func (d *driver) cleanup() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(d.life))
	stop := context.AfterFunc(d.life, func() {
		timer := time.AfterFunc(lastCleanup, cancel)
		context.AfterFunc(ctx, func() { timer.Stop() })
	})
	return ctx, func() {
		stop()
		cancel()
	}
}

// removeNow takes a container away for good.
func (d *driver) removeNow(id string) {
	if d.removed(id) {
		return
	}
	d.wg.Go(func() {
		for sleep(d.life, removeTimeout) == nil && !d.removed(id) {
		}
	})
}

// removed tries to remove a container, and reports whether that was done in
// time.
func (d *driver) removed(id string) bool {
	ctx, cancel := d.cleanup()
	defer cancel()
	ctx, timeout := context.WithTimeout(ctx, removeTimeout)
	defer timeout()
	err := d.stubbornly(ctx, "remove container "+id, func() error { return d.project.cfg.Runtime.Remove(ctx, id) })
	return err == nil
}

// makeWay removes containers that are in the way of another.
func (d *driver) makeWay(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if err := d.project.cfg.Runtime.Remove(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// patiently repeats an idempotent call for as long as the engine cannot be
// reached.
func patiently(ctx context.Context, call func() error) error {
	return backoff.Retry(func() error {
		err := call()
		if err != nil && !errors.Is(err, runtime.ErrUnavailable) {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.WithContext(newBackoff(), ctx))
}

// stubbornly repeats an idempotent call until it succeeds, or what it is about
// is gone. The error is that of ctx.
func (d *driver) stubbornly(ctx context.Context, what string, call func() error) error {
	return backoff.Retry(func() error {
		err := call()
		if err == nil || errors.Is(err, runtime.ErrNotFound) {
			return nil
		}
		if ctx.Err() == nil {
			d.log.Warn().Err(err).Msg(what)
		}
		return err
	}, backoff.WithContext(newBackoff(), ctx))
}

// newBackoff is the pace at which an engine that cannot be reached is tried.
func newBackoff() *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(100*time.Millisecond),
		backoff.WithMaxInterval(5*time.Second),
		backoff.WithMaxElapsedTime(0),
	)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
