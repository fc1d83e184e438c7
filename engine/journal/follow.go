package journal

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
)

// ErrBehind ends a Follow that reads so slowly that events it has not seen
// are gone.
var ErrBehind = errors.New("reader is too slow: events that it has not read are no longer kept")

// Follow calls emit with each event after the one numbered after, in order,
// none twice: those that are kept, and with follow those to come. It returns
// nil when there are no more: at the last one without follow, else when the
// journal is closed and the last one has been emitted. It returns the error
// of ctx when that ends first, and the error of emit as it is.
//
// Follow reads the files, so a slow emit holds nobody up. A reader that is
// more than a whole file behind gets ErrBehind. A line that is no event, as a
// power cut may leave it, is passed over, and so are events whose file somebody
// has removed; only then do numbers jump.
func (j *Journal) Follow(ctx context.Context, after int64, follow bool, emit func(Event) error) error {
	at, err := j.start(after)
	if err != nil {
		return fmt.Errorf("follow %s: %w", j.path, err)
	}
	defer at.close()
	at.skip()
	for {
		now, err := j.look(at)
		if err != nil {
			return fmt.Errorf("follow %s: %w", j.path, err)
		}
		err = at.read(now.limit, func(e Event) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return emit(e)
		})
		switch {
		case err != nil:
			return err
		case now.more:
			at.next()
			continue
		case !follow || now.closed:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-now.changed:
		}
	}
}

// place is how far a Follow has read.
type place struct {
	cursor
	generation int64
}

// next goes to the beginning of the next file.
func (p *place) next() {
	p.close()
	p.file, p.offset = nil, 0
	p.generation++
}

// view is what there is to read from a place.
type view struct {
	limit   int64 // where to stop in its file
	more    bool  // there is a file after it; this one does not change any more
	closed  bool
	changed <-chan struct{} // closed when this view is out of date
}

// start opens the first file that may hold events after the one numbered
// after.
func (j *Journal) start(after int64) (*place, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.restore(); err != nil {
		return nil, err
	}
	p := &place{cursor: cursor{last: after}, generation: j.generation}
	if after < j.before {
		p.generation--
	}
	return p, j.openAt(p)
}

// look opens the file at p unless it is open, and says how far to read it.
func (j *Journal) look(p *place) (view, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if p.file == nil {
		if err := j.openAt(p); err != nil {
			return view{}, err
		}
	}
	v := view{limit: j.size, more: p.generation < j.generation, closed: j.closed, changed: j.changed}
	if v.more {
		v.limit = math.MaxInt64
	}
	return v, nil
}

func (j *Journal) openAt(p *place) (err error) {
	if p.generation == j.generation-1 {
		p.file, err = os.Open(oldPath(j.path))
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		p.generation++ // it has been removed
	}
	if p.generation < j.generation {
		return ErrBehind
	}
	p.file, err = os.Open(j.path)
	return err
}

// Read calls emit with each event after the one numbered after that is kept
// in dir, whether or not somebody has the journal open. No journal, no
// events. It returns the error of emit as it is.
func Read(dir string, after int64, emit func(Event) error) error {
	// The current file is opened first: if it becomes the old one before that
	// is opened, it is there twice, but nothing between the two is missing.
	current, err := openIfThere(currentPath(dir))
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	defer current.close()
	old, err := openIfThere(oldPath(currentPath(dir)))
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	defer old.close()

	old.last = after
	if err := old.read(math.MaxInt64, emit); err != nil {
		return err
	}
	current.last = old.last
	return current.read(math.MaxInt64, emit)
}

// openIfThere opens the file at path; an empty one if it does not exist.
func openIfThere(path string) (*cursor, error) {
	file, err := os.Open(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return &cursor{file: file}, nil
}
