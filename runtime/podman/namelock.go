package podman

import (
	"context"
	"sync"
)

// nameLocks lets one call at a time make the container of a name. Two at once
// would each take what the other has half made for what a dead service left.
type nameLocks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when given back
}

// lock blocks until the name is free. The error is that of ctx.
func (l *nameLocks) lock(ctx context.Context, name string) (unlock func(), err error) {
	for {
		free := l.take(name)
		if free == nil {
			return func() { l.release(name) }, nil
		}
		select {
		case <-free:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// take takes a name, or returns a channel that is closed when it is free.
func (l *nameLocks) take(name string) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if held, ok := l.held[name]; ok {
		return held
	}
	if l.held == nil {
		l.held = map[string]chan struct{}{}
	}
	l.held[name] = make(chan struct{})
	return nil
}

func (l *nameLocks) release(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.held[name])
	delete(l.held, name)
}
