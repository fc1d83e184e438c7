package unixsock

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// longPath returns the path of a socket that is far longer than an address.
func longPath(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 150))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "agent.sock")
}

func listen(t *testing.T, path string) net.Listener {
	t.Helper()
	l, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// answers fails the test unless a connection to path ends at l.
func answers(t *testing.T, l net.Listener, path string) {
	t.Helper()
	dialled, err := Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(dialled, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := dialled.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(accepted)
	if err != nil || string(got) != "hello" {
		t.Fatalf("read %q, %v; want %q", got, err, "hello")
	}
	_ = accepted.Close()
}

func TestLongPath(t *testing.T) {
	path := longPath(t)
	l := listen(t, path)
	answers(t, l, path)

	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode(); got != fs.ModeSocket|0o600 {
		t.Errorf("mode of the socket is %v, want srw-------", got)
	}
	if got := l.Addr().String(); got != path {
		t.Errorf("Addr() = %s, want %s", got, path)
	}
}

func TestListenReplacesAStaleSocket(t *testing.T) {
	path := longPath(t)
	first := listen(t, path)
	if err := first.(*listener).Listener.Close(); err != nil { // as a killed process leaves it
		t.Fatal(err)
	}
	second := listen(t, path)
	if err := first.Close(); err == nil {
		t.Error("closing a closed listener: no error")
	}
	answers(t, second, path) // the old listener has not removed the new socket
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("directory holds %v (%v), want the socket alone", entries, err)
	}
}

func TestListenLeavesALiveSocket(t *testing.T) {
	path := longPath(t)
	l := listen(t, path)
	if _, err := Listen(t.Context(), path); !errors.Is(err, ErrInUse) {
		t.Errorf("second Listen: %v, want ErrInUse", err)
	}
	if conn, err := l.Accept(); err != nil { // the second Listen's look
		t.Error(err)
	} else {
		_ = conn.Close()
	}
	answers(t, l, path)
}

func TestListenLeavesOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), path); err == nil {
		t.Error("Listen replaced a regular file")
	}
}

func TestCloseRemovesTheSocket(t *testing.T) {
	path := longPath(t)
	l := listen(t, path)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close: %v, want no socket", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v, want net.ErrClosed", err)
	}
}

func TestErrorsNameThePath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gone", "agent.sock")
	_, dialErr := Dial(t.Context(), path)
	_, listenErr := Listen(t.Context(), path)
	for _, err := range []error{dialErr, listenErr} {
		if err == nil || !strings.Contains(err.Error(), path) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v; want one that names %s and is fs.ErrNotExist", err, path)
		}
	}
}

func TestNameTooLong(t *testing.T) {
	longest := filepath.Join(t.TempDir(), strings.Repeat("n", maxName))
	answers(t, listen(t, longest), longest)

	if _, err := Listen(t.Context(), longest+"n"); err == nil {
		t.Error("Listen made a socket that cannot be dialled")
	}
	if _, err := Dial(t.Context(), longest+"n"); err == nil {
		t.Error("Dial reached a socket that cannot be")
	}
}
