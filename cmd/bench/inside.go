package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// insideCommand makes bench do what containers are for here.
const insideCommand = "inside"

// stampSize is that of the two times in the file of a process.
const stampSize = 16

// inside is the program of the containers: "step TIME [FILE]" ends after
// a time, "service [FILE]" after SIGTERM. Both leave in FILE when they began
// and, a step, when it ended.
func inside(args []string) int {
	begun := time.Now()
	switch {
	case len(args) > 1 && args[0] == "step":
		d, err := time.ParseDuration(args[1])
		if err != nil {
			return insideFailed(err)
		}
		time.Sleep(d)
		return note(args[2:], begun, time.Now())
	case len(args) > 0 && args[0] == "service":
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		if code := note(args[1:], begun, begun); code != 0 {
			return code
		}
		<-signals
		return 0
	}
	return insideFailed(fmt.Errorf("unknown command %q", args))
}

func insideFailed(err error) int {
	fmt.Fprintln(os.Stderr, "bench inside:", err)
	return 1
}

// note writes the times into the file, if there is one. The file appears
// whole, for a reader may be waiting for it.
func note(file []string, begun, ended time.Time) int {
	if len(file) == 0 {
		return 0
	}
	times := binary.LittleEndian.AppendUint64(nil, uint64(begun.UnixNano()))
	times = binary.LittleEndian.AppendUint64(times, uint64(ended.UnixNano()))
	if err := os.WriteFile(file[0]+".new", times, 0o644); err != nil {
		return insideFailed(err)
	}
	if err := os.Rename(file[0]+".new", file[0]); err != nil {
		return insideFailed(err)
	}
	return 0
}

// A stamp is when the process of a container began and ended by its own clock.
type stamp struct{ begun, ended time.Time }

// takeStamp reads the file of a process, and removes it.
func takeStamp(path string) (stamp, error) {
	times, err := os.ReadFile(path)
	if err != nil {
		return stamp{}, err
	}
	if len(times) != stampSize {
		return stamp{}, fmt.Errorf("%s: %d bytes, want %d", path, len(times), stampSize)
	}
	return stamp{
		begun: time.Unix(0, int64(binary.LittleEndian.Uint64(times))),
		ended: time.Unix(0, int64(binary.LittleEndian.Uint64(times[8:]))),
	}, os.Remove(path)
}
