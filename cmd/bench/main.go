// Command bench measures what limber costs, next to Podman's own commands and
// API doing the same, and prints a table.
//
//	go build -o bin/bench ./cmd/bench && sudo bin/bench -limber bin/limber
//
// It starts a Podman of its own, as the tests do, and so needs root. The two
// sides of a comparison take turns, round by round, so that a slow phase of
// the machine hits both; the first round of each is not counted. Targets are
// for medians. The program that runs in the containers is bench itself: it
// notes when it began and ended, by the one clock of the host.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/limber-run/limber/runtime/podman/podmantest"
)

const (
	// patience is how long all measurements may take.
	patience = 5 * time.Minute
	// turnPatience is how long one side of a round may take.
	turnPatience = 30 * time.Second
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == insideCommand {
		os.Exit(inside(os.Args[2:]))
	}
	var o options
	flag.StringVar(&o.limber, "limber", "bin/limber", "`path` of the limber to measure, stripped as it is released")
	flag.StringVar(&o.examples, "examples", "examples", "`directory` of the examples")
	flag.IntVar(&o.rounds, "rounds", 6, "`number` of rounds of each comparison")
	flag.BoolVar(&o.strict, "strict", false, "exit with 1 if a target is missed")
	flag.Parse()
	podmantest.Main(&o)
}

// options are the flags.
type options struct {
	limber   string
	examples string
	rounds   int
	strict   bool
}

// Run measures, next to a private Podman, and returns the exit code.
func (o *options) Run() int {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	missed, err := o.run(ctx)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	case missed && o.strict:
		return 1
	}
	return 0
}

// run prints a section of the table after the other. What cannot be measured
// does not keep the rest from it.
func (o *options) run(ctx context.Context) (missed bool, err error) {
	dir := filepath.Join(filepath.Dir(podmantest.Current().Log), "bench") // removed with the private Podman
	if err := os.Mkdir(dir, 0o755); err != nil {
		return false, err
	}
	b, err := o.bench(ctx, dir)
	if err != nil {
		return false, err
	}
	if err := b.printHost(ctx); err != nil {
		return false, err
	}
	printHead()
	var failures []error
	for _, measure := range []func(context.Context) (section, error){
		b.betweenSteps, b.untilUp, b.restart, b.program, b.supervisor,
	} {
		s, err := measure(ctx)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", s.title, err))
			continue
		}
		missed = s.print() || missed
	}
	return missed, errors.Join(failures...)
}

// A bench is what the measurements work with.
type bench struct {
	options
	dir string // for files
	api *api
}

func (o *options) bench(ctx context.Context, dir string) (*bench, error) {
	b := &bench{options: *o, dir: dir, api: newAPI()}
	for _, path := range []*string{&b.limber, &b.examples} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return nil, err
		}
		*path = absolute
	}
	if _, err := os.Stat(b.limber); err != nil {
		return nil, fmt.Errorf("%w: build it first, or name it with -limber", err)
	}
	return b, b.importImage(ctx)
}

// takeTurns runs the two sides of a comparison round by round, each first in
// every other round. The round 0 warms up.
func (b *bench) takeTurns(ctx context.Context, sides ...func(ctx context.Context, round int) error) error {
	for round := range b.rounds + 1 {
		for i := range sides {
			if err := takeTurn(ctx, round, sides[(i+round)%len(sides)]); err != nil {
				return err
			}
		}
	}
	return nil
}

func takeTurn(ctx context.Context, round int, side func(ctx context.Context, round int) error) error {
	limited, cancel := context.WithTimeout(ctx, turnPatience)
	defer cancel()
	if err := side(limited, round); err != nil {
		return err
	}
	return rest(ctx)
}

// rest waits until what the last measurement left in the background is done:
// Podman cleans up after a container has ended.
func rest(ctx context.Context) error { return sleep(ctx, 400*time.Millisecond) }

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
