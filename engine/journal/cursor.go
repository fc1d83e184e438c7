package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strconv"
)

// cursor reads whole lines of a file, from where it stopped the last time.
type cursor struct {
	file   *os.File // nil: an empty one
	offset int64
	last   int64 // events up to this number are passed over
}

func (c *cursor) close() {
	if c.file != nil {
		_ = c.file.Close()
	}
}

// skip moves closer to the first event that is not to be passed over: into
// the block before the first one that begins after it. Where it lands in the
// middle of a line, that line is one to be passed over.
func (c *cursor) skip() {
	const block = 64 << 10
	info, err := c.file.Stat()
	if err != nil {
		return // reading will tell
	}
	beyond := sort.Search(int(info.Size()/block), func(i int) bool {
		seq, ok := c.seqAfter(int64(i) * block)
		return !ok || seq > c.last
	})
	c.offset = max(int64(beyond)-1, 0) * block
}

// seqAfter returns the number of the event in the first line that begins
// after offset.
func (c *cursor) seqAfter(offset int64) (int64, bool) {
	in := bufio.NewReader(io.NewSectionReader(c.file, offset, math.MaxInt64-offset))
	_, _ = in.ReadSlice('\n')
	line, err := in.ReadBytes('\n')
	if err != nil {
		return 0, false
	}
	return seqOf(line)
}

// read emits the events before limit.
func (c *cursor) read(limit int64, emit func(Event) error) error {
	if c.file == nil || c.offset >= limit {
		return nil
	}
	in := bufio.NewReaderSize(io.NewSectionReader(c.file, c.offset, limit-c.offset), 32<<10)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		c.offset += int64(len(line))
		if err := c.emit(line, emit); err != nil {
			return err
		}
	}
}

func (c *cursor) emit(line []byte, emit func(Event) error) error {
	if seq, ok := seqOf(line); !ok || seq <= c.last {
		return nil
	}
	e, ok := decode(line)
	if !ok {
		return nil
	}
	c.last = e.Seq
	return emit(e)
}

// seqOf finds the number in a line at a fraction of the cost of decode. A
// string cannot hold what it looks for: its quotes are escaped.
func seqOf(line []byte) (int64, bool) {
	_, rest, _ := bytes.Cut(line, []byte(`"seq":`))
	digits, _, _ := bytes.Cut(rest, []byte(","))
	seq, err := strconv.ParseInt(string(digits), 10, 64)
	return seq, err == nil
}
