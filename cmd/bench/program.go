package main

import (
	"context"
	"os"
	"os/exec"
	"time"
)

// versionRuns is how often limber version is run.
const versionRuns = 30

// program looks at the binary: its size, and how soon it does something.
func (b *bench) program(ctx context.Context) (section, error) {
	s := section{title: "the program"}
	info, err := os.Stat(b.limber)
	if err != nil {
		return s, err
	}
	var took []float64
	for i := range versionRuns + 1 {
		begun := time.Now()
		if err := b.plain(ctx, "version").Run(); err != nil {
			return s, err
		}
		if i > 0 {
			took = append(took, milliseconds(time.Since(begun)))
		}
	}
	s.rows = []row{
		{name: "size of the binary", unit: "MB", values: []float64{megabytes(info.Size())}, target: 25},
		{name: "limber version", unit: "ms", values: took, target: 30},
	}
	return s, nil
}

// plain is a limber command without a project.
func (b *bench) plain(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, b.limber, args...)
}
