package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
)

// Exit codes, as in PRODUCT and the README.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2 // or the files are wrong
	exitChanges     = 2 // of plan --detailed-exitcode
	exitInitFailed  = 3
	exitTimedOut    = 4
	exitUnavailable = 5 // Podman cannot be reached
	exitInterrupted = 130
	exitTerminated  = 143
)

// exitCodes is the table from errors to exit codes. The first entry that
// matches wins.
var exitCodes = []struct {
	matches func(error) bool
	code    int
}{
	{isErr(errChanges), exitChanges},
	{is[detailedError], exitFailed},
	{is[usageError], exitUsage},
	{is[diagnosticsError], exitUsage},
	{isErr(control.ErrUnknown), exitUsage},
	{isErr(control.ErrMissing), exitUsage},
	{isErr(errInterrupted), exitInterrupted},
	{isErr(errTerminated), exitTerminated},
	{is[*initFailedError], exitInitFailed},
	{is[*timeoutError], exitTimedOut},
	{isErr(runtime.ErrUnavailable), exitUnavailable},
	{isErr(context.Canceled), exitInterrupted},
}

// exitCode is what the shell is told.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	for _, entry := range exitCodes {
		if entry.matches(err) {
			return entry.code
		}
	}
	return exitFailed
}

func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

func isErr(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// errInterrupted and errTerminated are the ends of limber by a signal.
var (
	errInterrupted = errors.New("interrupted")
	errTerminated  = errors.New("terminated")
	// errUnread is its end because nobody reads what it writes.
	errUnread = errors.New("stdout is closed")
)

// signalError is the end of limber by a signal.
func signalError(sig os.Signal) error {
	switch sig {
	case syscall.SIGINT:
		return errInterrupted
	case syscall.SIGPIPE:
		return errUnread
	}
	return errTerminated
}

// signalOf is the signal that signalError was made of.
func signalOf(err error) os.Signal {
	if errors.Is(err, errTerminated) {
		return syscall.SIGTERM
	}
	return syscall.SIGINT
}

// usageError is a call that makes no sense.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// saidError is an error that the user has been told of already.
type saidError struct{ error }

func (e saidError) Unwrap() error { return e.error }

// reportError says what went wrong, unless that has been done.
func (a *App) reportError(err error) {
	if err == nil || is[saidError](err) {
		return
	}
	a.sayf("%s %v", a.err.paint(colorBad, "limber:"), err)
	if is[usageError](err) {
		a.sayf("Run \"limber --help\" to see what there is.")
	}
}

// sayf prints a line on stderr.
func (a *App) sayf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.err, format+"\n", args...) // there is nobody else to tell
}
