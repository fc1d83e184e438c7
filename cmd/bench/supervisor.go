package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// settleTime is how long the supervisor has to become idle.
	settleTime = 2 * time.Second
	// idleTime is how long it is watched, in windows.
	idleTime    = 10 * time.Second
	idleWindows = 5
)

// supervisor looks at the supervisor of the quickstart when nothing happens.
func (b *bench) supervisor(ctx context.Context) (section, error) {
	s := section{title: "the supervisor of the idle quickstart"}
	p := &project{b, "quickstart", filepath.Join(b.examples, "quickstart", "limber.hcl")}
	err := p.up(ctx)
	if err == nil {
		s.rows, err = p.idle(ctx)
	}
	return s, errors.Join(err, p.down(ctx))
}

func (p *project) idle(ctx context.Context) ([]row, error) {
	status, err := p.status(ctx)
	if err != nil {
		return nil, err
	}
	if err := sleep(ctx, settleTime); err != nil {
		return nil, err
	}
	var cpu, rss, pss []float64
	for range idleWindows {
		used, err := cpuOver(ctx, status.Supervisor.Pid, idleTime/idleWindows)
		if err != nil {
			return nil, err
		}
		memory, err := memoryOf(status.Supervisor.Pid)
		if err != nil {
			return nil, err
		}
		cpu, rss, pss = append(cpu, used), append(rss, megabytes(memory["Rss"])), append(pss, megabytes(memory["Pss"]))
	}
	return []row{
		{name: "memory (RSS)", unit: "MB", values: rss, target: 30},
		{name: "memory without its part of shared pages (PSS)", unit: "MB", values: pss, target: 30},
		{name: "processor", unit: "%", values: cpu},
	}, nil
}

// cpuOver returns how much of one core a process uses for a while, in percent.
func cpuOver(ctx context.Context, pid int, d time.Duration) (float64, error) {
	begun := time.Now()
	before, err := cpuTime(pid)
	if err != nil {
		return 0, err
	}
	if err := sleep(ctx, d); err != nil {
		return 0, err
	}
	after, err := cpuTime(pid)
	return 100 * float64(after-before) / float64(time.Since(begun)), err
}

// cpuTime returns what the threads of a process have used. The sum in stat
// has a resolution of 10 ms, which is more than an idle process uses.
func cpuTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("process %d has no threads: %w", pid, errors.Join(err, os.ErrNotExist))
	}
	var sum time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		used, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(used, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// memoryOf returns what the kernel says of the memory of a process, in bytes.
func memoryOf(pid int) (map[string]int64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	memory := map[string]int64{}
	for in := bufio.NewScanner(file); in.Scan(); {
		fields := strings.Fields(in.Text())
		if len(fields) != 3 || fields[2] != "kB" {
			continue
		}
		kB, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return nil, err
		}
		memory[strings.TrimSuffix(fields[0], ":")] = kB << 10
	}
	return memory, nil
}
