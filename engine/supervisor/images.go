package supervisor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
)

// maxPulls bounds the pulls of a workflow that go on at once: registries and
// disks gain nothing from more.
const maxPulls = 3

// errNeverPull is an image that is not there and must not be pulled.
var errNeverPull = errors.New(`the image is not there, and pull = "never"`)

// freshFailure is for how long who needs an image is told that getting it
// ahead has failed, rather than have it tried once more at once.
const freshFailure = 10 * time.Second

// images gets the images of one run: each is looked for, and if need be
// pulled, once at a time, whoever asks. A failure is told once to who needs the
// image; the next who asks has it tried again.
type images struct {
	run     int
	rt      runtime.Runtime
	toolbox Toolbox
	note    func(journal.Event)
	spawn   func(func()) // runs a function on a goroutine that is waited for
	slots   chan struct{}
	mu      sync.Mutex
	gets    map[imageKey]*imageGet
}

type imageKey struct {
	ref    string
	policy runtime.PullPolicy
}

// imageGet is one try to get an image; the rest is valid once done is closed.
type imageGet struct {
	done  chan struct{}
	err   error
	ended time.Time
}

// stale reports whether the try has failed too long ago to be worth telling.
func (g *imageGet) stale() bool {
	select {
	case <-g.done:
		return g.err != nil && time.Since(g.ended) > freshFailure
	default:
		return false
	}
}

func newImages(run int, cfg Config, note func(journal.Event), spawn func(func())) *images {
	return &images{run: run, rt: cfg.Runtime, toolbox: cfg.Toolbox, note: note, spawn: spawn, slots: make(chan struct{}, maxPulls), gets: map[imageKey]*imageGet{}}
}

// ahead begins to get all images of a workflow, in the order of need.
func (im *images) ahead(ctx context.Context, w engine.Workflow) {
	for _, services := range []bool{false, true} {
		for _, u := range w.Units {
			if (u.Kind == engine.Service) == services {
				im.get(ctx, u.Container.Image, u.Container.Pull)
			}
		}
	}
}

// ensure blocks until the image is there, for who needs it now.
func (im *images) ensure(ctx, life context.Context, ref string, policy runtime.PullPolicy) error {
	get := im.get(life, ref, policy)
	err := get.wait(ctx)
	if err != nil && ctx.Err() == nil {
		im.forget(get)
	}
	return err
}

// wait is ensure for who will need it: a failure is still to be told.
func (im *images) wait(ctx, life context.Context, ref string, policy runtime.PullPolicy) error {
	return im.get(life, ref, policy).wait(ctx)
}

func (g *imageGet) wait(ctx context.Context) error {
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (im *images) forget(get *imageGet) {
	im.mu.Lock()
	defer im.mu.Unlock()
	maps.DeleteFunc(im.gets, func(_ imageKey, g *imageGet) bool { return g == get })
}

func (im *images) get(ctx context.Context, ref string, policy runtime.PullPolicy) *imageGet {
	im.mu.Lock()
	defer im.mu.Unlock()
	key := imageKey{ref, policy}
	if ref == im.toolbox.Ref {
		key.policy = "" // made, not pulled
	}
	if get := im.gets[key]; get != nil && !get.stale() {
		return get
	}
	get := &imageGet{done: make(chan struct{})}
	im.gets[key] = get
	im.spawn(func() {
		get.err = im.fetch(ctx, ref, policy)
		get.ended = time.Now()
		close(get.done)
	})
	return get
}

func (im *images) fetch(ctx context.Context, ref string, policy runtime.PullPolicy) error {
	if ref == im.toolbox.Ref {
		return im.toolbox.Ensure(ctx)
	}
	if policy != runtime.PullAlways {
		_, err := im.rt.Image(ctx, ref)
		if !errors.Is(err, runtime.ErrNotFound) {
			return err
		}
		if policy == runtime.PullNever {
			return fmt.Errorf("image %s: %w", ref, errNeverPull)
		}
	}
	select {
	case im.slots <- struct{}{}:
		defer func() { <-im.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return im.pull(ctx, ref)
}

func (im *images) pull(ctx context.Context, ref string) error {
	im.note(journal.Event{Type: engine.TypeImagePulling, Run: im.run, Image: ref})
	begun := time.Now()
	image, err := im.rt.Pull(ctx, ref, nil)
	if err != nil {
		return err // names the image
	}
	im.note(journal.Event{
		Type: engine.TypeImagePulled, Run: im.run, Image: ref, Bytes: image.Size,
		DurationMS: time.Since(begun).Milliseconds(),
	})
	return nil
}

// pullReason names a failure as Kubernetes does, and tells whether trying
// again has little hope (SEMANTICS A4, B 113).
func pullReason(err error) (reason string, permanent bool) {
	switch {
	case errors.Is(err, errNeverPull):
		return "ErrImageNeverPull", true
	case errors.Is(err, runtime.ErrInvalidReference):
		return "InvalidImageName", true
	case errors.Is(err, runtime.ErrNotFound), errors.Is(err, runtime.ErrDenied):
		return string(engine.ReasonErrImagePull), true
	}
	return string(engine.ReasonErrImagePull), false
}
