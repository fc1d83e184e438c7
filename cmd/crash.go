package cmd

import (
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

// crashVariable names the variable that says after which record a supervisor
// is to kill itself. Tests that are built to crash have it set by the linker;
// without it there is no such thing.
var crashVariable string

// crashPoint is what a supervisor calls after each record; nil: nothing.
func crashPoint() func() {
	if crashVariable == "" {
		return nil
	}
	at, err := strconv.Atoi(os.Getenv(crashVariable))
	if err != nil {
		return nil
	}
	var records atomic.Int64
	return func() {
		if records.Add(1) == int64(at) {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // does not return
		}
	}
}
