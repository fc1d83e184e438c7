package toolbox

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// after returns a notify that sends signals a minute apart.
func after(signals ...os.Signal) func(chan<- os.Signal, ...os.Signal) {
	return func(c chan<- os.Signal, wanted ...os.Signal) {
		for i, s := range signals {
			if slices.Contains(wanted, s) {
				time.AfterFunc(time.Duration(i+1)*time.Minute, func() { c <- s })
			}
		}
	}
}

func TestSignals(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	tests := map[string]struct {
		signals []os.Signal
		line    []string
		took    time.Duration
		code    int
	}{
		"pause stops well":               {[]os.Signal{syscall.SIGTERM}, []string{"pause"}, time.Minute, 0},
		"pause stops at an interrupt":    {[]os.Signal{syscall.SIGINT}, []string{"pause"}, time.Minute, 0},
		"pause outlives children":        {[]os.Signal{syscall.SIGCHLD, syscall.SIGTERM}, []string{"pause"}, 2 * time.Minute, 0},
		"memory is kept until the end":   {[]os.Signal{syscall.SIGTERM}, []string{"eat-memory", "1Mi"}, time.Minute, 0},
		"sleep is terminated":            {[]os.Signal{syscall.SIGTERM}, []string{"sleep", "1h"}, time.Minute, 143},
		"sleep is interrupted":           {[]os.Signal{syscall.SIGINT}, []string{"sleep", "3600"}, time.Minute, 130},
		"sleep ends in its own time":     {[]os.Signal{syscall.SIGTERM}, []string{"sleep", "30.5"}, 30500 * time.Millisecond, 0},
		"waiting is terminated":          {[]os.Signal{syscall.SIGTERM}, []string{"wait-file", missing}, time.Minute, 143},
		"a server that is not up yet":    {[]os.Signal{syscall.SIGTERM}, []string{"http-serve", "--start-delay", "1h"}, time.Minute, 0},
		"waiting ends in its own time":   {nil, []string{"wait-file", missing, "--timeout", "10s"}, 10 * time.Second, 1},
		"a late signal changes nothing":  {[]os.Signal{syscall.SIGTERM}, []string{"wait-file", missing, "--timeout", "10s"}, 10 * time.Second, 1},
		"the first signal is the reason": {[]os.Signal{syscall.SIGINT, syscall.SIGTERM}, []string{"sleep", "1h"}, time.Minute, 130},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				got := doWith("", after(tc.signals...), tc.line[0], tc.line[1:]...)
				if took := time.Since(begin); got.Code != tc.code || took != tc.took {
					t.Errorf("%v ended after %v with %+v; want code %d after %v", tc.line, took, got, tc.code, tc.took)
				}
			})
		})
	}
}
