package supervisor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// lockedError is ErrLocked by a process that is known.
type lockedError struct{ pid int }

func (e lockedError) Error() string {
	return fmt.Sprintf("%v: process %d holds its lock and does not answer; end it with \"kill %d\", then try again", ErrLocked, e.pid, e.pid)
}

func (e lockedError) Unwrap() error { return ErrLocked }

// lock takes the lock file of a project until it is closed or the process
// ends, however it ends. The file says who has it.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		sign(f)
		return f, nil
	}
	defer func() { _ = f.Close() }()
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, heldBy(f)
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// sign writes who has the lock. On a full disk nobody learns it.
func sign(f *os.File) {
	if f.Truncate(0) == nil {
		_, _ = fmt.Fprintln(f, os.Getpid())
	}
}

// heldBy is the error of a lock that somebody else has.
func heldBy(f *os.File) error {
	text, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return ErrLocked
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ErrLocked // it has just got it
	}
	return lockedError{pid}
}
