package supervisor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// Down implements control.API.
func (p *Project) Down(ctx context.Context, req control.DownRequest) (control.DownResult, error) {
	if !p.beginRemoving() {
		return control.DownResult{}, control.ErrNoSupervisor
	}
	result, err := p.down(ctx, req)
	p.mu.Lock()
	p.removing = false
	p.served = true
	p.mu.Unlock()
	p.changed()
	return result, err
}

// beginRemoving keeps Run from ending while Down is at work. It reports false
// if it ends already.
func (p *Project) beginRemoving() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing || p.removing {
		return false
	}
	p.removing = true
	return true
}

func (p *Project) down(ctx context.Context, req control.DownRequest) (result control.DownResult, err error) {
	if err := p.Stop(ctx, control.StopRequest{Grace: req.Grace}); err != nil {
		return result, err
	}
	if err := p.untilIdle(ctx); err != nil {
		return result, err
	}
	if result, err = p.removeAll(ctx, req.Volumes); err != nil {
		return result, err
	}
	err = errors.Join(os.RemoveAll(filepath.Join(p.cfg.RuntimeDir, agentsDir)), p.files.remove(), os.RemoveAll(p.messages.dir))
	if err != nil {
		return result, err
	}
	return result, p.forget()
}

// forget removes the records of all workflows.
func (p *Project) forget() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.order) > 0 {
		name := p.order[0]
		if err := journal.RemoveRecord(p.cfg.StateDir, name); err != nil {
			return err
		}
		delete(p.drivers, name)
		delete(p.records, name)
		delete(p.env, name)
		p.order = p.order[1:]
	}
	return nil
}

// untilIdle blocks until every workflow has ended and nothing of it goes on.
func (p *Project) untilIdle(ctx context.Context) error {
	for {
		news := p.news.next()
		if p.allIdle() {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *Project) allIdle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.idle()
}

// idle reports whether no workflow does anything. The caller holds mu.
func (p *Project) idle() bool {
	for _, d := range p.drivers {
		if !d.idle() {
			return false
		}
	}
	return true
}

// removeTries is how often the removal of a project is tried: the engine may
// still be busy with what is in its way.
const removeTries = 6

// removeAll removes what the project has in the engine. What is in use for a
// moment longer is tried again.
func (p *Project) removeAll(ctx context.Context, named bool) (control.DownResult, error) {
	var whole control.DownResult
	pace := backoff.WithMaxRetries(backoff.NewExponentialBackOff(backoff.WithInitialInterval(100*time.Millisecond)), removeTries-1)
	err := backoff.Retry(func() error {
		result, err := p.tryRemoveAll(ctx, named)
		whole.Containers += result.Containers
		whole.Volumes = append(whole.Volumes, result.Volumes...)
		if errors.Is(err, runtime.ErrUnavailable) {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.WithContext(pace, ctx))
	return whole, err
}

// tryRemoveAll removes containers, networks and volumes. The named ones, and
// with them the memory of which steps are done, it removes only if asked.
func (p *Project) tryRemoveAll(ctx context.Context, named bool) (result control.DownResult, err error) {
	rt, labels := p.cfg.Runtime, projectLabels(p.cfg.Project)
	if result.Containers, err = p.removeContainers(ctx, labels); err != nil {
		return result, err
	}
	if err := rt.RemoveNetworks(ctx, labels); err != nil {
		return result, err
	}
	if err := p.removeVolumes(ctx, labels); err != nil || !named {
		return result, err
	}
	labels[LabelVolume] = string(engine.VolumeNamed)
	if result.Volumes, err = rt.RemoveVolumes(ctx, labels); err != nil {
		return result, err
	}
	return result, journal.RemoveDone(p.cfg.StateDir)
}

// removeContainers removes those that carry labels, and counts them. Units go
// first: they depend on their holder.
func (p *Project) removeContainers(ctx context.Context, labels map[string]string) (removed int, err error) {
	containers, err := p.cfg.Runtime.List(ctx, labels)
	if err != nil {
		return 0, err
	}
	for _, holders := range []bool{false, true} {
		for _, c := range containers {
			if _, holder := c.Labels[LabelSandbox]; holder != holders {
				continue
			}
			if err := p.cfg.Runtime.Remove(ctx, c.ID); err != nil {
				return removed, fmt.Errorf("remove container %s: %w", c.Name, err)
			}
			removed++
		}
	}
	return removed, nil
}

// removeVolumes removes those that carry labels and belong to workflows.
func (p *Project) removeVolumes(ctx context.Context, labels map[string]string) error {
	labels = maps.Clone(labels)
	for _, kind := range []engine.VolumeKind{engine.VolumeScratch, engine.VolumeTmpfs} {
		labels[LabelVolume] = string(kind)
		if _, err := p.cfg.Runtime.RemoveVolumes(ctx, labels); err != nil {
			return err
		}
	}
	return nil
}
