package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
)

// lastSeq returns the number of the last event in the file at path, 0 if
// there is none.
func lastSeq(path string) (int64, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	seq, _, err := lastEvent(file)
	return seq, err
}

// lastEvent returns the number of the last event in file and where its line
// ends; zeros if there is none. What follows it is the torn end of a write,
// or what a power cut has left of one.
func lastEvent(file *os.File) (seq, end int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, 0, err
	}
	size := info.Size()
	for window := int64(64 << 10); ; window *= 4 {
		start := max(size-window, 0)
		tail := make([]byte, size-start)
		if _, err := file.ReadAt(tail, start); err != nil && !errors.Is(err, io.EOF) {
			return 0, 0, err
		}
		if seq, end, ok := lastEventIn(tail); ok {
			return seq, start + end, nil
		}
		if start == 0 {
			return 0, 0, nil
		}
	}
}

// lastEventIn is lastEvent in what has been read of a file. The part of a
// line at its beginning is not taken for an event: it is no JSON object.
func lastEventIn(tail []byte) (seq, end int64, ok bool) {
	for {
		newline := bytes.LastIndexByte(tail, '\n')
		if newline < 0 {
			return 0, 0, false
		}
		begin := bytes.LastIndexByte(tail[:newline], '\n') + 1
		if e, ok := decode(tail[begin:newline]); ok {
			return e.Seq, int64(newline) + 1, true
		}
		tail = tail[:begin]
	}
}

// decode reads a line; ok is false if it is not an event.
func decode(line []byte) (e Event, ok bool) {
	err := json.Unmarshal(line, &e)
	return e, err == nil && e.Seq > 0
}
