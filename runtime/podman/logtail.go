package podman

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/limber-run/limber/runtime"
)

// tailOffset returns a place in a log from which on the last n lines are
// there as a whole, perhaps after some that are older.
func tailOffset(file *os.File, n int) (int64, error) {
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil || n == 0 {
		return end, err
	}
	count := tailCounter{want: n, streams: map[runtime.Stream]bool{}}
	return lastRecord(file, end, func(record []byte) bool {
		line, full, ok := parseRecord(record)
		return ok && count.enough(line.Stream, full)
	})
}

// A tailCounter counts lines from the last record to the first.
type tailCounter struct {
	want  int
	lines int
	// streams are those with a line among the wanted ones; true while more
	// parts of their first one may come.
	streams map[runtime.Stream]bool
}

// enough is whether all the wanted lines lie behind this record.
func (c *tailCounter) enough(stream runtime.Stream, full bool) bool {
	_, known := c.streams[stream]
	if full || !known {
		c.streams[stream] = c.lines < c.want
		c.lines++
	}
	if c.lines <= c.want {
		return false
	}
	for _, open := range c.streams {
		if open {
			return false
		}
	}
	return true
}

// lastRecord returns the offset behind the last record before end for which
// stop is true, 0 if there is none. What has no line end is no record.
func lastRecord(file io.ReaderAt, end int64, stop func(record []byte) bool) (int64, error) {
	var after []byte // the beginning of the record that reaches into what was read before
	complete := false
	for end > 0 {
		chunk := make([]byte, min(end, logChunk))
		if _, err := file.ReadAt(chunk, end-int64(len(chunk))); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		for {
			i := bytes.LastIndexByte(chunk, '\n')
			if i < 0 {
				break
			}
			record := append(chunk[i+1:len(chunk):len(chunk)], after...)
			behind := end + int64(len(after)) + 1
			if complete && stop(record) {
				return behind, nil
			}
			complete, after = true, nil
			end -= int64(len(chunk) - i)
			chunk = chunk[:i]
		}
		end -= int64(len(chunk))
		after = append(chunk, after...)
	}
	return 0, nil
}
