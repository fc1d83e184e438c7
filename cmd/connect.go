package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/supervisor"
)

// startPatience is how long a supervisor that is just starting or ending may
// be in the way.
const startPatience = 30 * time.Second

// session is a project and who drives it.
type session struct {
	control.API
	project project
	before  control.Status      // before anything was asked for
	asked   bool                // for runs, by apply
	applied control.ApplyResult // what that has led to
	ended   chan error          // of a supervisor in this process: how its Run ended
	letGo   context.CancelFunc  // ends that, and leaves the containers as they are
	log     zerolog.Logger      // of that
}

// leave lets go of a supervisor in this process, and waits for its end.
func (s *session) leave() {
	if s.own() {
		s.letGo()
		if err := <-s.ended; err != nil {
			s.log.Warn().Err(err).Msg("end of the supervisor")
		}
	}
}

// own reports whether the supervisor is this process.
func (s *session) own() bool { return s.ended != nil }

// dial returns a session with the supervisor of p; control.ErrNoSupervisor if
// there is none.
func dial(p project) (*session, error) {
	client, err := control.Dial(p.runtimeDir)
	if err != nil {
		return nil, err
	}
	return &session{API: client, project: p}, nil
}

// reach repeats a try to reach a supervisor, or to become one, for as long as
// one that is just starting or ending may be in the way.
func reach(ctx context.Context, try func() (*session, error)) (*session, error) {
	pace := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(10*time.Millisecond),
		backoff.WithMaxInterval(500*time.Millisecond),
		backoff.WithMaxElapsedTime(startPatience),
	)
	return backoff.RetryWithData(func() (*session, error) {
		s, err := try()
		if err != nil && !errors.Is(err, control.ErrNoSupervisor) && !errors.Is(err, supervisor.ErrLocked) {
			err = backoff.Permanent(err)
		}
		return s, err
	}, backoff.WithContext(pace, ctx))
}

// apply has a supervisor run workflows: the one that find finds.
func (a *App) apply(ctx context.Context, req control.ApplyRequest, find func() (*session, error)) (*session, error) {
	return reach(ctx, func() (*session, error) {
		s, err := find()
		if err != nil {
			return nil, err
		}
		if err := s.apply(ctx, req); err != nil {
			s.leave()
			return nil, err
		}
		for _, what := range s.applied.Warnings {
			a.sayf("%s %s", a.err.paint(colorWarn, "warning:"), what)
		}
		return s, nil
	})
}

// dialOrHost returns a session with the supervisor of p or, if there is none,
// with one in this process that takes over what the last one has left.
func (a *App) dialOrHost(ctx context.Context, p project) (*session, error) {
	s, err := dial(p)
	if errors.Is(err, control.ErrNoSupervisor) {
		return a.host(ctx, p)
	}
	return s, err
}

func (s *session) apply(ctx context.Context, req control.ApplyRequest) (err error) {
	if s.before, err = s.Status(ctx); err != nil {
		return err
	}
	if s.before.Supervisor.Version != version {
		return s.replace(ctx)
	}
	s.asked = true
	s.applied, err = s.Apply(ctx, req)
	return err
}

// replace ends a supervisor of another version, which may not know what this
// one asks for, and leaves the project to the next one: ErrNoSupervisor.
func (s *session) replace(ctx context.Context) error {
	if err := s.Release(ctx); err != nil && !errors.Is(err, control.ErrNoSupervisor) {
		return fmt.Errorf("take over from limber %s: %w", s.before.Supervisor.Version, err)
	}
	return control.ErrNoSupervisor
}

// status is that of the project now, from its records if the supervisor has
// gone.
func (s *session) status(ctx context.Context) (control.Status, error) {
	status, err := s.Status(ctx)
	if errors.Is(err, control.ErrNoSupervisor) {
		return supervisor.Offline(s.project.stateDir, s.project.name)
	}
	return status, err
}

// workflowOf finds a workflow in a status.
func workflowOf(s control.Status, name string) (engine.Status, bool) {
	for _, w := range s.Workflows {
		if w.Name == name {
			return w, true
		}
	}
	return engine.Status{}, false
}

// status is that of a project from its supervisor or, if there is none, from
// its records.
func (a *App) status(ctx context.Context, p project) (control.Status, error) {
	s, err := dial(p)
	if errors.Is(err, control.ErrNoSupervisor) {
		return supervisor.Offline(p.stateDir, p.name)
	}
	if err != nil {
		return control.Status{}, err
	}
	return s.status(ctx)
}

// host opens a supervisor in this process and has it run, whatever becomes of
// ctx. Who calls it receives from the session's ended, or leaves. Errors:
// supervisor.ErrLocked.
func (a *App) host(ctx context.Context, p project) (*session, error) {
	rt, err := a.runtime(ctx, p)
	if err != nil {
		return nil, err
	}
	cfg, err := a.supervisorConfig(p, rt)
	if err != nil {
		return nil, err
	}
	driven, err := supervisor.Open(cfg)
	if err != nil {
		return nil, err
	}
	if err := driven.Listen(); err != nil {
		driven.Close()
		return nil, err
	}
	life, letGo := context.WithCancel(context.WithoutCancel(ctx))
	s := &session{API: driven, project: p, ended: make(chan error, 1), letGo: letGo, log: a.log}
	go func() { s.ended <- driven.Run(life) }()
	return s, nil
}
