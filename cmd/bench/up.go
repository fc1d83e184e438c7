package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	upSteps    = 5
	upServices = 3
)

// untilUp compares limber up -d with a shell script of podman commands: steps
// that end at once, then services that need no time to start.
func (b *bench) untilUp(ctx context.Context) (section, error) {
	s := section{title: fmt.Sprintf("%d steps that end at once, then %d services", upSteps, upServices)}
	p, err := b.project("up", upWorkflow())
	if err != nil {
		return s, err
	}
	var script, limber []float64
	err = b.takeTurns(ctx,
		func(ctx context.Context, round int) error {
			return appendCounted(&script, round, func() ([]float64, error) { return runScript(ctx) })
		},
		func(ctx context.Context, round int) error {
			return appendCounted(&limber, round, func() ([]float64, error) { return p.untilUp(ctx) })
		},
	)
	s.rows = []row{
		{name: "shell script: 5 podman run --rm, 3 podman run -d", unit: "ms", values: script},
		{name: "limber up -d", unit: "ms", values: limber, floor: script, target: 0.7},
	}
	return s, err
}

// runScript returns the time that the script takes, and cleans up.
func runScript(ctx context.Context) ([]float64, error) {
	cmd := exec.CommandContext(ctx, "sh", "-e", "-c", upScript())
	cmd.Env = withoutService()
	begun := time.Now()
	if err := runDetached(cmd); err != nil {
		return nil, err
	}
	took := time.Since(begun)
	remove := []string{"rm", "--force", "--time", "1"}
	for i := range upServices {
		remove = append(remove, serviceName(i))
	}
	return []float64{milliseconds(took)}, run(podman(ctx, remove...))
}

// untilUp returns the time until limber up -d has returned, and takes the
// project down.
func (p *project) untilUp(ctx context.Context) ([]float64, error) {
	begun := time.Now()
	if err := p.up(ctx); err != nil {
		return nil, err
	}
	took := time.Since(begun)
	return []float64{milliseconds(took)}, p.down(ctx)
}

// upScript is what people write who have Podman and nothing else.
func upScript() string {
	var script strings.Builder
	program := strings.Join([]string{image, programPath, insideCommand}, " ")
	for range upSteps {
		fmt.Fprintf(&script, "podman run --rm %s step 0s\n", program)
	}
	for i := range upServices {
		fmt.Fprintf(&script, "podman run -d --name %s %s service\n", serviceName(i), program)
	}
	return script.String()
}

func upWorkflow() string {
	var units strings.Builder
	for i := range upSteps {
		units.WriteString(unit("init", stepName(i), []string{"step", "0s"}))
	}
	for i := range upServices {
		units.WriteString(unit("service", serviceName(i), []string{"service"}))
	}
	return units.String()
}

func serviceName(i int) string { return fmt.Sprintf("service%d", i+1) }
