package cmd

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptSignals are the ways to ask limber to end.
var interruptSignals = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}

// interrupts ends the context of a command at the first signal, until the
// command takes the signals over.
type interrupts struct {
	ch     chan os.Signal
	ctx    context.Context //nolint:containedctx // of the whole command
	cancel context.CancelCauseFunc
	done   chan struct{}
}

// watchInterrupts returns a context that a signal ends, with errInterrupted or
// errTerminated as its cause.
func watchInterrupts(parent context.Context) (context.Context, *interrupts) {
	ctx, cancel := context.WithCancelCause(parent)
	i := &interrupts{ch: make(chan os.Signal, 4), ctx: ctx, cancel: cancel, done: make(chan struct{})}
	signal.Notify(i.ch, interruptSignals...)
	go i.watch()
	return ctx, i
}

func (i *interrupts) watch() {
	defer close(i.done)
	select {
	case sig, more := <-i.ch:
		if more {
			signal.Stop(i.ch) // the next one kills
			i.cancel(signalError(sig))
		}
	case <-i.ctx.Done():
	}
}

// surviveClosedPipes has a write to stdout or stderr fail when nobody reads it
// any more, where it would end the process: what drives workflows must not
// leave them behind. What is started does not inherit it.
func surviveClosedPipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// takeOver returns the channel on which signals come from now on. One that
// came before has ended the context.
func (i *interrupts) takeOver() chan os.Signal {
	ch := make(chan os.Signal, 4)
	signal.Notify(ch, interruptSignals...)
	i.end()
	return ch
}

// end stops watching.
func (i *interrupts) end() {
	signal.Stop(i.ch)
	select {
	case <-i.done:
	default:
		close(i.ch)
		<-i.done
	}
}

func (i *interrupts) close() {
	i.cancel(nil)
	<-i.done
	signal.Stop(i.ch)
}
