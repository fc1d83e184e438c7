package fake

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/limber-run/limber/runtime"
)

// words is the command of a container: its own, or its image's.
func (h *Host) words(spec runtime.Spec) []string {
	image := h.images[spec.Image]
	switch {
	case spec.Command != nil:
		return slices.Concat(spec.Command, spec.Args)
	case spec.Args != nil:
		return slices.Concat(image.Entrypoint, spec.Args)
	default:
		return slices.Concat(image.Entrypoint, image.Command)
	}
}

// read says what a command does in a container with a memory limit, unless that
// is 0. Failures are what fail-times has counted.
func read(words []string, memory int64, failures map[string]int) Behaviour {
	if len(words) == 0 {
		return notFound("")
	}
	args := words[1:]
	switch word := path.Base(words[0]); word {
	case "true":
		return Behaviour{}
	case "false":
		return Behaviour{Code: 1}
	case "exit":
		return exit(args)
	case "sleep":
		return sleep(args)
	case "echo":
		return Behaviour{Lines: []Line{{Text: strings.Join(args, " ")}}}
	case "fail-times":
		return failTimes(args, failures)
	case "eat-memory":
		return eatMemory(args, memory)
	case "pause", "agent", "http-serve":
		return Behaviour{For: Forever, OnSignal: &Reaction{}}
	case "deaf":
		return Behaviour{For: Forever, OnSignal: &Reaction{Ignore: true}}
	default:
		return notFound(words[0])
	}
}

func notFound(word string) Behaviour {
	return Behaviour{Fail: &runtime.StartError{Code: 127, Message: fmt.Sprintf("%q: command not found", word)}}
}

// misused is a word with arguments that it does not understand.
func misused(usage string) Behaviour {
	return Behaviour{Code: 2, Lines: []Line{{Stream: runtime.Stderr, Text: "usage: " + usage}}}
}

func exit(args []string) Behaviour {
	if len(args) == 0 {
		return Behaviour{}
	}
	code, err := strconv.Atoi(args[0])
	if err != nil {
		return misused("exit N")
	}
	return Behaviour{Code: code}
}

func sleep(args []string) Behaviour {
	if len(args) != 1 {
		return misused("sleep DURATION")
	}
	text := args[0]
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return misused("sleep DURATION")
	}
	return Behaviour{For: d}
}

// eatMemory understands whole Mi alone.
func eatMemory(args []string, limit int64) Behaviour {
	if len(args) != 1 {
		return misused("eat-memory SIZE")
	}
	digits, found := strings.CutSuffix(args[0], "Mi")
	size, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || !found {
		return misused("eat-memory SIZE")
	}
	if limit > 0 && size<<20 > limit {
		return Behaviour{Code: 137, OOM: true}
	}
	return Behaviour{For: Forever, OnSignal: &Reaction{}}
}

// failTimes counts by file for the whole host, as if the file were on a
// volume that all containers share.
func failTimes(args []string, failures map[string]int) Behaviour {
	if len(args) != 2 {
		return misused("fail-times N FILE")
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return misused("fail-times N FILE")
	}
	failures[args[1]]++
	if failures[args[1]] > n {
		return Behaviour{}
	}
	return Behaviour{Code: 1}
}
