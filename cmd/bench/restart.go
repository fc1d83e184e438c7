package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// victim is the service that is killed.
const victim = "victim"

// restart compares how soon a service that was killed runs again with a bare
// podman start of a container that is down.
func (b *bench) restart(ctx context.Context) (section, error) {
	s := section{title: "a service is killed and runs again"}
	stamps, err := b.stampsDir("bare")
	if err != nil {
		return s, err
	}
	command := []string{"service", stampsMount + "/" + victim}
	p, err := b.project("restart", unit("service", victim, command, mountStamps, "restart {\n      immediate = 1000\n    }"))
	if err != nil {
		return s, err
	}
	if err := errors.Join(b.api.create(ctx, victim, stamps, command...), b.api.start(ctx, victim), p.up(ctx)); err != nil {
		return s, err
	}
	var bare, limber []float64
	err = b.takeTurns(ctx,
		func(ctx context.Context, round int) error {
			return appendCounted(&bare, round, func() ([]float64, error) { return b.bareRestarts(ctx, stamps) })
		},
		func(ctx context.Context, round int) error {
			return appendCounted(&limber, round, func() ([]float64, error) { return p.restarts(ctx) })
		},
	)
	s.rows = []row{
		{name: "podman start, until the service begins", unit: "ms", values: bare},
		{name: "limber: from kill -9 to the next attempt's begin", unit: "ms", values: limber, floor: bare},
	}
	return s, errors.Join(err, p.down(ctx), b.api.remove(ctx, victim))
}

// killsPerRound is how often the service is killed in a round of each side.
const killsPerRound = 2

func (b *bench) bareRestarts(ctx context.Context, stamps string) ([]float64, error) {
	var took []float64
	for range killsPerRound {
		if _, err := b.killVictim(ctx, victim, stamps); err != nil {
			return nil, err
		}
		if _, err := b.api.awaitState(ctx, victim, func(s containerState) bool { return s.Status == "exited" }); err != nil {
			return nil, err
		}
		begun := time.Now()
		if err := runDetached(podman(ctx, "start", victim)); err != nil {
			return nil, err
		}
		next, err := awaitStamp(ctx, filepath.Join(stamps, victim))
		if err != nil {
			return nil, err
		}
		took = append(took, milliseconds(next.begun.Sub(begun)))
	}
	return took, nil
}

func (p *project) restarts(ctx context.Context) ([]float64, error) {
	stamps, err := p.b.stampsDir(p.name)
	if err != nil {
		return nil, err
	}
	var took []float64
	for range killsPerRound {
		status, err := p.status(ctx)
		if err != nil {
			return nil, err
		}
		killed, err := p.b.killVictim(ctx, status.Workflows[0].Units[0].ContainerID, stamps)
		if err != nil {
			return nil, err
		}
		next, err := awaitStamp(ctx, filepath.Join(stamps, victim))
		if err != nil {
			return nil, err
		}
		took = append(took, milliseconds(next.begun.Sub(killed)))
		if err := rest(ctx); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// killVictim kills the main process of a running container, and returns when.
func (b *bench) killVictim(ctx context.Context, container, stamps string) (time.Time, error) {
	state, err := b.api.awaitState(ctx, container, func(s containerState) bool { return s.Status == "running" && s.Pid > 0 })
	if err != nil {
		return time.Time{}, err
	}
	if err := os.Remove(filepath.Join(stamps, victim)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return time.Time{}, err
	}
	killed := time.Now()
	return killed, syscall.Kill(state.Pid, syscall.SIGKILL)
}

// awaitStamp waits until a process has left when it began. The file stays for
// killVictim to remove.
func awaitStamp(ctx context.Context, path string) (stamp, error) {
	for {
		s, err := takeStamp(path)
		if !errors.Is(err, os.ErrNotExist) {
			return s, err
		}
		if err := sleep(ctx, time.Millisecond); err != nil {
			return s, fmt.Errorf("wait for %s: %w", path, err)
		}
	}
}
