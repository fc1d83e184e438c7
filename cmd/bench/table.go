package main

import (
	"context"
	"fmt"
	"os"
	goruntime "runtime"
	"slices"
	"strings"
	"time"
)

// A section is what is compared with each other, or what belongs together.
type section struct {
	title string
	rows  []row
}

// A row is one line of the table.
type row struct {
	name   string
	unit   string
	values []float64
	floor  []float64 // if given, the target is for the ratio of the medians
	target float64   // at most this; 0: none
}

const (
	headFormat = "%-50s %8s %8s %8s %4s %-5s %6s %8s\n"
	rowFormat  = "  %-48s %8s %8s %8s %4d %-5s %6s %8s %s\n"
)

func printHead() {
	fmt.Printf(headFormat, "", "min", "median", "p90", "n", "", "ratio", "target")
}

// print prints the section, and reports whether a target is missed.
func (s section) print() (missed bool) {
	fmt.Println(s.title)
	for _, r := range s.rows {
		missed = r.print() || missed
	}
	return missed
}

func (r row) print() (missed bool) {
	measured, ratio := quantile(r.values, 0.5), ""
	if r.floor != nil {
		measured /= quantile(r.floor, 0.5)
		ratio = fmt.Sprintf("%.2f", measured)
	}
	target, verdict := "", ""
	if r.target > 0 {
		target, verdict = fmt.Sprintf("≤ %g", r.target), "ok"
		if missed = measured > r.target; missed {
			verdict = "MISSED"
		}
	}
	fmt.Printf(rowFormat, r.name, number(slices.Min(r.values)), number(quantile(r.values, 0.5)), number(quantile(r.values, 0.9)),
		len(r.values), r.unit, ratio, target, verdict)
	return missed
}

// number prints as many digits as say something.
func number(v float64) string {
	switch {
	case v < 1:
		return fmt.Sprintf("%.3f", v)
	case v < 1000:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// quantile returns the value below which a part of values lies.
func quantile(values []float64, part float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := part * float64(len(sorted)-1)
	below := int(at)
	if below+1 == len(sorted) {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }

// printHost says what was measured, and on what.
func (b *bench) printHost(ctx context.Context) error {
	engine, err := output(podman(ctx, "info", "--format",
		"podman {{.Version.Version}}, {{.Host.OCIRuntime.Name}}, {{.Store.GraphDriverName}}, cgroups {{.Host.CgroupsVersion}}"))
	if err != nil {
		return err
	}
	oci, err := output(podman(ctx, "info", "--format", "{{.Host.OCIRuntime.Version}}"))
	if err != nil {
		return err
	}
	version, err := output(b.plain(ctx, "version"))
	if err != nil {
		return err
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err
	}
	oci, _, _ = strings.Cut(oci, "\n")
	fmt.Printf("%s; %s; %s; %d cores, load %s\n\n", version, engine, oci, goruntime.NumCPU(), strings.Fields(string(load))[0])
	return nil
}
