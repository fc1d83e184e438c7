// Package journal is what a project writes down: its events, for people and
// programs to follow, and a record of each workflow's run, from which a later
// supervisor goes on.
package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// maxSize is how long a file of events may get before the next one is begun.
const maxSize = 8 << 20

// Journal is the events of a project, in the file events.jsonl. When that
// is full it becomes events.jsonl.1, and what was there is dropped. A Journal
// is safe for concurrent use; only one may be open for a directory.
type Journal struct {
	project string
	path    string
	maxSize int64
	write   func(f *os.File, line []byte) (int, error) // replaced by tests

	mu         sync.Mutex
	file       *os.File
	generation int64         // of file; the one before is in events.jsonl.1
	before     int64         // number of the last event in that one
	size       int64         // of the whole lines in file
	torn       bool          // file may hold part of a line after size
	seq        int64         // number of the last event
	changed    chan struct{} // closed when there is something new
	closed     bool
	restored   func() // called when the file is made anew
}

// Open opens the journal in dir, which it makes if it is not there. It cuts
// off what a crash in mid-write has left and counts on from the last whole
// event.
func Open(dir, project string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{
		project: project,
		path:    currentPath(dir),
		maxSize: maxSize,
		write:   (*os.File).Write,
		changed: make(chan struct{}), restored: func() {},
	}
	if err := j.resume(); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	return j, nil
}

// OnRestore calls f when the file, or all of its directory, has been removed
// and is made anew. The journal is locked meanwhile: f must not use it. It is
// set before the journal is used.
func (j *Journal) OnRestore(f func()) { j.restored = f }

func currentPath(dir string) string { return filepath.Join(dir, "events.jsonl") }
func oldPath(current string) string { return current + ".1" }

// resume opens the file and finds the place to go on from.
func (j *Journal) resume() error {
	file, err := openToAppend(j.path)
	if err != nil {
		return err
	}
	j.seq, j.size, err = lastEvent(file)
	if err == nil {
		err = file.Truncate(j.size)
	}
	if err == nil {
		j.before, err = lastSeq(oldPath(j.path))
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	j.seq = max(j.seq, j.before) // the file may have been begun just before a crash
	j.file = file
	return nil
}

func openToAppend(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(0o600); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// restore makes the file anew, with its directory, if somebody has removed it.
// Its numbers go on.
func (j *Journal) restore() error {
	if _, err := os.Stat(j.path); j.closed || !errors.Is(err, os.ErrNotExist) {
		return nil // what else is wrong shows when it is used
	}
	if err := os.MkdirAll(filepath.Dir(j.path), 0o700); err != nil {
		return err
	}
	if err := j.begin(); err != nil {
		return err
	}
	j.torn = false
	j.restored()
	return nil
}

// Append writes e as the next event and returns it as written: with Seq,
// Project and, unless it has one, Time. After an error the event is not in
// the journal; a later Append may succeed.
func (j *Journal) Append(e Event) (Event, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return Event{}, fmt.Errorf("append to %s: %w", j.path, os.ErrClosed)
	}
	e = j.stamp(e)
	line, err := encode(e)
	if err != nil {
		return Event{}, fmt.Errorf("append to %s: %w", j.path, err)
	}
	if err := j.restore(); err != nil {
		return Event{}, fmt.Errorf("append to journal: %w", err)
	}
	if err := j.makeRoom(int64(len(line))); err != nil {
		return Event{}, fmt.Errorf("append to journal: %w", err)
	}
	if err := j.appendLine(line); err != nil {
		return Event{}, fmt.Errorf("append to journal: %w", err)
	}
	j.seq = e.Seq
	j.wake()
	return e, nil
}

func (j *Journal) stamp(e Event) Event {
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	e.Time = e.Time.UTC().Round(0) // as it is read back
	e.Seq = j.seq + 1
	e.Project = j.project
	return e
}

// encode returns v as a line of JSON, with <, > and & as they are.
func encode(v any) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return line.Bytes(), err
}

// makeRoom sees to it that the file ends with a whole line and has room for
// the next one.
func (j *Journal) makeRoom(n int64) error {
	if j.torn {
		if err := j.file.Truncate(j.size); err != nil {
			return err
		}
		j.torn = false
	}
	if j.size == 0 || j.size+n <= j.maxSize {
		return nil
	}
	return j.rotate()
}

// rotate begins a new file. If it fails half-way, the next call goes on:
// then the old file has been moved already.
func (j *Journal) rotate() error {
	if err := os.Rename(j.path, oldPath(j.path)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return j.begin()
}

// begin opens the next file.
func (j *Journal) begin() error {
	file, err := openToAppend(j.path)
	if err != nil {
		return err
	}
	_ = j.file.Close() // nothing is buffered
	j.file, j.size, j.before = file, 0, j.seq
	j.generation++
	return nil
}

// appendLine writes a line, or nothing of it.
func (j *Journal) appendLine(line []byte) error {
	n, err := j.write(j.file, line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		j.torn = j.file.Truncate(j.size) != nil
		return err
	}
	j.size += int64(n)
	return nil
}

// wake tells those who wait for something new to look.
func (j *Journal) wake() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// Seq returns the number of the last event, 0 if there is none.
func (j *Journal) Seq() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq
}

// Close ends the journal, and with it every Follow once it has emitted the
// last event. Closing it again does nothing.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	j.wake()
	return j.file.Close()
}
