package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

const (
	// stepTime is how long a step takes: long enough to prepare the next one.
	stepTime = 300 * time.Millisecond
	// stepsPerRound is the number of gaps that a round of each side gives.
	stepsPerRound = 4
)

// betweenSteps compares what limber adds between two init steps with what the
// bare API adds around the same container: both less the time that the step
// itself takes, by its own clock.
func (b *bench) betweenSteps(ctx context.Context) (section, error) {
	s := section{title: fmt.Sprintf("an init step of %s", stepTime)}
	stamps, err := b.stampsDir("floor")
	if err != nil {
		return s, err
	}
	p, err := b.project("steps", stepsWorkflow())
	if err != nil {
		return s, err
	}
	var floor, gaps []float64
	err = b.takeTurns(ctx,
		func(ctx context.Context, round int) error {
			return appendCounted(&floor, round, func() ([]float64, error) { return b.bareSteps(ctx, stamps) })
		},
		func(ctx context.Context, round int) error {
			return appendCounted(&gaps, round, func() ([]float64, error) { return p.steps(ctx) })
		},
	)
	s.rows = []row{
		{name: "bare API: create, start, inspect until code known", unit: "ms", values: floor},
		{name: "limber: from one's end to the next one's begin", unit: "ms", values: gaps, floor: floor, target: 0.5},
	}
	return s, err
}

// appendCounted adds what was measured to values, except in the round that
// warms up.
func appendCounted(values *[]float64, round int, measure func() ([]float64, error)) error {
	measured, err := measure()
	if err == nil && round > 0 {
		*values = append(*values, measured...)
	}
	return err
}

// bareSteps runs steps one after the other through the API, and removes them
// in the end.
func (b *bench) bareSteps(ctx context.Context, stamps string) ([]float64, error) {
	var added []float64
	for i := range stepsPerRound {
		d, err := b.bareStep(ctx, stepName(i), stamps)
		if err != nil {
			return nil, err
		}
		added = append(added, milliseconds(d))
	}
	for i := range stepsPerRound {
		if err := b.api.remove(ctx, stepName(i)); err != nil {
			return nil, err
		}
	}
	return added, nil
}

// bareStep returns the time that a step takes beyond its own.
func (b *bench) bareStep(ctx context.Context, name, stamps string) (time.Duration, error) {
	begun := time.Now()
	if err := b.api.create(ctx, name, stamps, stepCommand(name)...); err != nil {
		return 0, err
	}
	if err := b.api.start(ctx, name); err != nil {
		return 0, err
	}
	if err := sleep(ctx, stepTime*9/10); err != nil { // asking all the time would slow it down
		return 0, err
	}
	state, err := b.api.awaitState(ctx, name, containerState.ended)
	known := time.Now()
	if err != nil {
		return 0, err
	}
	if state.ExitCode != 0 {
		return 0, fmt.Errorf("step %s: exit code %d", name, state.ExitCode)
	}
	own, err := takeStamp(filepath.Join(stamps, name))
	return known.Sub(begun) - own.ended.Sub(own.begun), err
}

// steps runs the workflow once, and returns the times between its steps.
func (p *project) steps(ctx context.Context) ([]float64, error) {
	if err := p.up(ctx); err != nil {
		return nil, err
	}
	if err := p.down(ctx); err != nil {
		return nil, err
	}
	stamps, err := p.b.stampsDir(p.name)
	if err != nil {
		return nil, err
	}
	var gaps []float64
	var before stamp
	for i := range stepsPerRound + 1 {
		step, err := takeStamp(filepath.Join(stamps, stepName(i)))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			gaps = append(gaps, milliseconds(step.begun.Sub(before.ended)))
		}
		before = step
	}
	return gaps, nil
}

func stepsWorkflow() string {
	var steps strings.Builder
	for i := range stepsPerRound + 1 {
		steps.WriteString(unit("init", stepName(i), stepCommand(stepName(i)), mountStamps))
	}
	return steps.String()
}

func stepName(i int) string { return fmt.Sprintf("step%d", i+1) }

func stepCommand(name string) []string {
	return []string{"step", stepTime.String(), stampsMount + "/" + name}
}
