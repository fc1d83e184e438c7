// Package unixsock listens on and dials unix sockets whose paths may be
// longer than the 108 bytes that a socket address has room for.
//
// The directory is opened and the socket reached as /proc/self/fd/N/NAME, so
// only the length of the last element is limited.
package unixsock

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// ErrInUse is returned by Listen if somebody answers at the path.
var ErrInUse = errors.New("socket in use")

// maxName is the longest last element of a path: what is left of an address
// after "/proc/self/fd/2147483647/" and a zero byte.
const maxName = 108 - 26

// mode is the permission of every socket made here: its owner's alone.
const mode = 0o600

// Dial connects to the socket at path.
func Dial(ctx context.Context, path string) (net.Conn, error) {
	dir, err := openDir(path)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", path, err)
	}
	defer func() { _ = dir.Close() }()

	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", inside(dir, filepath.Base(path)))
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", path, unwrapOp(err))
	}
	return conn, nil
}

// Listen makes a socket at path with mode 0600. It replaces a socket that
// nobody listens on, and returns ErrInUse if somebody does. The socket is
// there only once it accepts connections; Close removes it.
//
// Two calls at the same time both succeed and the later one has the path;
// who must be alone holds a lock.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	dir, err := openDir(path)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	if err := checkFree(ctx, path); err != nil {
		_ = dir.Close()
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	l, err := listenIn(ctx, dir, path)
	if err != nil {
		_ = dir.Close()
		return nil, fmt.Errorf("listen on %s: %w", path, unwrapOp(err))
	}
	return l, nil
}

// openDir opens the directory of a socket.
func openDir(path string) (*os.File, error) {
	if len(filepath.Base(path)) > maxName {
		return nil, fmt.Errorf("the last element of the path is longer than %d bytes", maxName)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, unwrapPath(err)
	}
	return dir, nil
}

// checkFree returns an error unless path is free or a socket without
// listener.
func checkFree(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwrapPath(err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return errors.New("exists and is no socket")
	}
	conn, err := Dial(ctx, path)
	switch {
	case err == nil:
		_ = conn.Close()
		return ErrInUse
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// listenIn binds to a temporary name and then moves the socket to its place,
// so that nobody sees it with other permissions or before it listens.
func listenIn(ctx context.Context, dir *os.File, path string) (*listener, error) {
	name := filepath.Base(path)
	temporary := inside(dir, "."+rand.Text()[:8])

	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", temporary)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // by then it has another name

	info, err := publish(temporary, inside(dir, name))
	if err != nil {
		return nil, errors.Join(err, os.Remove(temporary), l.Close())
	}
	return &listener{Listener: l, dir: dir, path: path, file: info}, nil
}

func publish(temporary, final string) (fs.FileInfo, error) {
	if err := os.Chmod(temporary, mode); err != nil {
		return nil, err
	}
	info, err := os.Lstat(temporary)
	if err != nil {
		return nil, err
	}
	return info, os.Rename(temporary, final)
}

// listener is a listener that removes its socket, if it still is the one
// that it made.
type listener struct {
	net.Listener
	dir  *os.File
	path string
	file fs.FileInfo
	once sync.Once
}

// Close ends Accept and removes the socket.
func (l *listener) Close() error {
	l.once.Do(func() {
		at := inside(l.dir, filepath.Base(l.path))
		if now, err := os.Lstat(at); err == nil && os.SameFile(now, l.file) {
			_ = os.Remove(at)
		}
		_ = l.dir.Close()
	})
	return l.Listener.Close()
}

// Addr returns the path that Listen was given.
func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: l.path, Net: "unix"} }

// inside returns a short path of name in an opened directory. It is good for
// as long as dir is open.
func inside(dir *os.File, name string) string {
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), name)
}

// unwrapPath drops the operation and path of an error that is reported with
// a better path.
func unwrapPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func unwrapOp(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Err
	}
	return unwrapPath(err)
}
