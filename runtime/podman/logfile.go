package podman

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/limber-run/limber/runtime"
)

const (
	// logChunk is how much of a log is read at once.
	logChunk = 64 << 10
	// longestLine is how long a line may be; a longer one becomes several.
	longestLine = 4 << 20
)

// A logReader reads a log file and goes on where it stopped when the file has
// grown. Each record of the file is a line
//
//	TIME STREAM F|P text
//
// where P is a part of a line: the next record of that stream goes on with it.
type logReader struct {
	path string
	opts runtime.LogOptions
	emit func(runtime.LogLine) error

	file  *os.File // nil while there is none
	rest  []byte   // of a record that is not complete yet
	parts []runtime.LogLine
	last  []runtime.LogLine // the last lines so far, while only a tail is wanted
	tail  bool
}

func newLogReader(path string, opts runtime.LogOptions, emit func(runtime.LogLine) error) *logReader {
	return &logReader{path: path, opts: opts, emit: emit, tail: opts.Tail >= 0}
}

// read takes in what has come to the log.
func (l *logReader) read(ctx context.Context) error {
	if err := l.open(); l.file == nil || err != nil {
		return err
	}
	chunk := make([]byte, logChunk)
	for {
		if ctx.Err() != nil {
			return endOf(ctx)
		}
		n, err := l.file.Read(chunk)
		if err := l.write(chunk[:n]); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readTail is read, and what is there is all that a tail is taken from.
func (l *logReader) readTail(ctx context.Context) error {
	if err := l.read(ctx); err != nil {
		return err
	}
	return l.endTail()
}

// finish emits the lines that have no end, when no more will come.
func (l *logReader) finish() error {
	if len(l.rest) > 0 {
		if err := l.record(l.rest); err != nil {
			return err
		}
	}
	for _, line := range l.parts {
		if err := l.line(line); err != nil {
			return err
		}
	}
	l.rest, l.parts = nil, nil
	return l.endTail()
}

func (l *logReader) close() {
	if l.file != nil {
		_ = l.file.Close() // it was read only
	}
}

// open opens the file once it is there, at the place from which it is needed.
func (l *logReader) open() error {
	if l.file != nil {
		return nil
	}
	file, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	l.file = file
	if !l.tail {
		return nil
	}
	offset, err := tailOffset(file, l.opts.Tail)
	if err != nil {
		return err
	}
	_, err = file.Seek(offset, io.SeekStart)
	return err
}

// write takes the next bytes of the file apart into records.
func (l *logReader) write(data []byte) error {
	for {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			l.rest = append(l.rest, data...)
			return nil
		}
		record := data[:i]
		if len(l.rest) > 0 {
			record = append(l.rest, record...)
		}
		if err := l.record(record); err != nil {
			return err
		}
		l.rest = l.rest[:0]
		data = data[i+1:]
	}
}

// record adds a record to its line, and emits the line when it is complete.
func (l *logReader) record(data []byte) error {
	record, full, ok := parseRecord(data)
	if !ok {
		return nil // written by a disk that was full
	}
	i := slices.IndexFunc(l.parts, func(p runtime.LogLine) bool { return p.Stream == record.Stream })
	if i >= 0 {
		record.Time, record.Text = l.parts[i].Time, l.parts[i].Text+record.Text
		l.parts = slices.Delete(l.parts, i, i+1)
	}
	if full || len(record.Text) >= longestLine {
		return l.line(record)
	}
	l.parts = append(l.parts, record)
	return nil
}

// line emits a line, or keeps it while it is not known whether it is among
// the last ones.
func (l *logReader) line(line runtime.LogLine) error {
	if l.tail {
		l.last = append(l.last, line)
		if len(l.last) > 2*l.opts.Tail {
			l.last = slices.Delete(l.last, 0, len(l.last)-l.opts.Tail)
		}
		return nil
	}
	if line.Time.Before(l.opts.Since) {
		return nil
	}
	return l.emit(line)
}

// endTail emits the last lines of what was there at first.
func (l *logReader) endTail() error {
	if !l.tail {
		return nil
	}
	l.tail = false
	for _, line := range l.last[max(0, len(l.last)-l.opts.Tail):] {
		if err := l.line(line); err != nil {
			return err
		}
	}
	l.last = nil
	return nil
}

// parseRecord reads one record; full is whether it completes a line.
func parseRecord(data []byte) (record runtime.LogLine, full, ok bool) {
	stamp, data, ok1 := bytes.Cut(data, []byte(" "))
	stream, data, ok2 := bytes.Cut(data, []byte(" "))
	flag, text, ok3 := bytes.Cut(data, []byte(" "))
	if !ok1 || !ok2 || !ok3 {
		return runtime.LogLine{}, false, false
	}
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	if err != nil {
		return runtime.LogLine{}, false, false
	}
	full = string(flag) != "P"
	return runtime.LogLine{Time: at, Stream: runtime.Stream(stream), Text: string(text)}, full, true
}
