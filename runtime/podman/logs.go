package podman

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/limber-run/limber/runtime"
)

// logPoll is how often a log that is followed is looked at.
const logPoll = 50 * time.Millisecond

// Logs emits the lines of a container's log file.
func (r *Runtime) Logs(ctx context.Context, id string, opts runtime.LogOptions, emit func(runtime.LogLine) error) error {
	ctx, cancel := r.bound(ctx)
	defer cancel()
	if err := r.logs(ctx, id, opts, emit); err != nil {
		return fmt.Errorf("logs of %s: %w", id, err)
	}
	return nil
}

func (r *Runtime) logs(ctx context.Context, id string, opts runtime.LogOptions, emit func(runtime.LogLine) error) error {
	data, err := r.inspect(ctx, id)
	if err != nil {
		return err
	}
	if data.HostConfig == nil || data.HostConfig.LogConfig == nil || data.HostConfig.LogConfig.Path == "" {
		return fmt.Errorf("the container has no log file: %w", runtime.ErrUnsupported)
	}
	l := newLogReader(data.HostConfig.LogConfig.Path, opts, emit)
	defer l.close()
	if opts.Follow {
		return r.followLog(ctx, data.ID, l)
	}
	if err := l.read(ctx); err != nil {
		return err
	}
	return l.finish()
}

// followLog reads until the container has ended, and the rest then.
func (r *Runtime) followLog(ctx context.Context, id string, l *logReader) error {
	ctx, cancel := context.WithCancel(ctx)
	wait, err := r.Watch(ctx, id)
	if err != nil {
		cancel()
		return err
	}
	ended := make(chan struct{})
	var endErr error
	go func() {
		defer close(ended)
		_, endErr = wait()
	}()
	defer func() {
		cancel()
		<-ended
	}()
	tick := time.NewTicker(logPoll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := l.readTail(ctx); err != nil {
				return err
			}
		case <-ended:
			if endErr != nil && !errors.Is(endErr, runtime.ErrNotFound) {
				return endErr
			}
			if err := l.read(ctx); err != nil {
				return err
			}
			return l.finish()
		}
	}
}
