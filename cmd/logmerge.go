package cmd

import (
	"context"
	"iter"

	"github.com/limber-run/limber/runtime"
)

// sourcedLine is a line, and whose it is.
type sourcedLine struct {
	source
	runtime.LogLine
}

// readLog is the log of a container as a sequence, with an error at its end
// if it could not be read.
func readLog(ctx context.Context, rt runtime.Runtime, c container, opts runtime.LogOptions) iter.Seq2[sourcedLine, error] {
	return func(yield func(sourcedLine, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stopped := false
		err := rt.Logs(ctx, c.id, opts, func(l runtime.LogLine) error {
			if !yield(sourcedLine{source{c.workflow, c.unit}, l}, nil) {
				stopped = true
				return context.Canceled
			}
			return nil
		})
		if err != nil && !stopped {
			yield(sourcedLine{}, err)
		}
	}
}

// merge makes one sequence of several: always the oldest line of those that
// are next.
func merge(logs []iter.Seq2[sourcedLine, error]) iter.Seq2[sourcedLine, error] {
	return func(yield func(sourcedLine, error) bool) {
		heads := make([]*head, 0, len(logs))
		for _, log := range logs {
			next, stop := iter.Pull2(log)
			defer stop()
			if h := (&head{next: next}); h.advance() {
				heads = append(heads, h)
			}
		}
		for len(heads) > 0 {
			i := oldest(heads)
			if !yield(heads[i].line, heads[i].err) {
				return
			}
			if !heads[i].advance() {
				heads = append(heads[:i], heads[i+1:]...)
			}
		}
	}
}

// head is the next line of a log.
type head struct {
	line sourcedLine
	err  error
	next func() (sourcedLine, error, bool)
}

func (h *head) advance() (more bool) {
	h.line, h.err, more = h.next()
	return more
}

// oldest is the first of the heads with the earliest time. Errors have none,
// so they come first.
func oldest(heads []*head) int {
	best := 0
	for i, h := range heads {
		if h.line.Time.Before(heads[best].line.Time) {
			best = i
		}
	}
	return best
}
