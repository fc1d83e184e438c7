// Package runtimetest is what every adapter of a container engine must do,
// as tests: a sentence of the interface's documentation is a subtest.
//
// It waits through watches, logs and contexts only; nothing sleeps or polls.
package runtimetest

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Env is what the suite has to know of the engine that it tests.
type Env struct {
	// Image is in local storage and can run the words below.
	Image string

	// Shell is set if Image has a POSIX shell and the usual small programs,
	// such as busybox. Without, only these words are used, as commands:
	// true, false, exit N, sleep SECONDS, echo TEXT, pause, deaf, eat-memory
	// SIZE. Pause runs until SIGTERM and ends with 0, and so does eat-memory
	// once it has the memory; deaf runs until killed; sleep ends with 128 and
	// the number of the signal it is sent.
	Shell bool

	// PullErrors are references that cannot be pulled, and why.
	PullErrors map[string]error
}

// Open gives a runtime to test, and closes it with t.Cleanup. The suite calls
// it once for most of its tests, and again, for the same engine or another,
// for the one that closes what it is given.
type Open func(t *testing.T) (runtime.Runtime, Env)

// patience is how long one test may take. Only a broken adapter needs it.
const patience = time.Minute

// test is one sentence and how to see that it is true.
type test struct {
	sentence string
	run      func(*bench)
}

// Run tests the runtime that open opens.
func Run(t *testing.T, open Open) {
	t.Helper()
	rt, env := open(t)
	tests := [][]test{
		prepareTests, startTests, signalTests, watchTests, logTests, execTests,
		listTests, removeTests, imageTests, storageTests, sandboxTests, networkTests, resourceTests, robustTests,
	}
	if env.Shell {
		tests = append(tests, processTests, mountTests, outputTests, joinTests, nameTests, limitTests)
	}
	serial := 0
	for _, group := range tests {
		for _, test := range group {
			serial++
			t.Run(test.sentence, func(t *testing.T) { test.run(newBench(t, rt, env, serial)) })
		}
	}
	t.Run("close ends watches, as unavailable", func(t *testing.T) {
		closing, env := open(t)
		testClose(newBench(t, closing, env, serial+1), rt)
	})
}

// newBench prepares one test; everything it makes is removed afterwards.
func newBench(t *testing.T, rt runtime.Runtime, env Env, serial int) *bench {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	prefix := fmt.Sprintf("limber-test-%d-%d", os.Getpid(), serial)
	b := &bench{T: t, Runtime: rt, env: env, ctx: ctx, prefix: prefix, labels: map[string]string{"limber.test": prefix}}
	t.Cleanup(b.clean)
	return b
}
