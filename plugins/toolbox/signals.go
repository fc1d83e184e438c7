package toolbox

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// stopSignals ask a command to stop.
var stopSignals = []os.Signal{syscall.SIGTERM, syscall.SIGINT}

// stopped is the cause of a context that ended with a signal.
type stopped struct{ signal syscall.Signal }

func (s stopped) Error() string { return s.signal.String() }

// untilStopped returns a context that ends with the first signal to stop.
// Process 1 has no default action for signals, so every command that takes
// time needs it. The returned function releases it.
func (c *call) untilStopped() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	c.notify(signals, stopSignals...)

	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case s := <-signals:
			cancel(stopped{s.(syscall.Signal)})
		case <-ctx.Done():
		}
	})
	return ctx, func() { cancel(nil); watching.Wait() }
}

// signalCode returns the exit code of a command that ended because ctx did:
// 128 and the signal's number, as shells have it.
func signalCode(ctx context.Context) int {
	if s, ok := errors.AsType[stopped](context.Cause(ctx)); ok {
		return 128 + int(s.signal)
	}
	return exitFailed
}

// untilToldToStop blocks until a signal to stop. Meanwhile it takes in the
// children that other processes of the container have left to process 1.
func (c *call) untilToldToStop() {
	signals := make(chan os.Signal, 16)
	c.notify(signals, append([]os.Signal{syscall.SIGCHLD}, stopSignals...)...)
	reap() // those that ended before
	for s := range signals {
		if s != syscall.SIGCHLD {
			return
		}
		reap()
	}
}

// reap takes in all children that have ended and returns how many.
func reap() int {
	for n := 0; ; n++ {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		for errors.Is(err, syscall.EINTR) {
			pid, err = syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		}
		if err != nil || pid <= 0 {
			return n
		}
	}
}

// rest waits for d or the end of ctx.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
