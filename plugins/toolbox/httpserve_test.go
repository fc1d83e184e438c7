package toolbox

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// server is an http-serve in a process of its own.
type server struct {
	url  string
	out  *bufio.Reader
	stop func(os.Signal) error // ends it and returns its end
}

func startServer(t *testing.T, args ...string) *server {
	t.Helper()
	cmd := process(t, "http-serve", append([]string{"--listen", "127.0.0.1:0"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{out: bufio.NewReader(stdout)}
	address, found := strings.CutPrefix(s.line(t), "listening on ")
	if !found {
		t.Fatalf("http-serve does not say where it listens")
	}
	s.url = "http://" + address
	s.stop = func(signal os.Signal) error {
		if err := cmd.Process.Signal(signal); err != nil {
			return err
		}
		return cmd.Wait()
	}
	return s
}

func (s *server) line(t *testing.T) string {
	t.Helper()
	line, err := s.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(line, "\n")
}

func (s *server) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, string(text)
}

func TestHTTPServe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.txt"), []byte("page"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args   []string
		path   string
		status int
		body   string
	}{
		"a page":               {nil, "/any/where", 200, "Hello from limber.\n"},
		"a text and a status":  {[]string{"--text", "down", "--status", "503"}, "/", 503, "down\n"},
		"health in any case":   {[]string{"--status", "503", "--delay", "1h"}, "/healthz", 200, "ok\n"},
		"a file":               {[]string{"--dir", dir}, "/page.txt", 200, "page"},
		"a file that is not":   {[]string{"--dir", dir}, "/none", 404, "404 page not found\n"},
		"a delay and a status": {[]string{"--delay", "1ms", "--start-delay", "1ms"}, "/", 200, "Hello from limber.\n"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, tc.args...)
			if status, body := s.get(t, tc.path); status != tc.status || body != tc.body {
				t.Errorf("GET %s = %d %q, want %d %q", tc.path, status, body, tc.status, tc.body)
			}
			if got := s.line(t); !strings.HasPrefix(got, "GET "+tc.path+" ") {
				t.Errorf("logged %q", got)
			}
			if err := s.stop(syscall.SIGTERM); err != nil {
				t.Errorf("at SIGTERM: %v", err)
			}
		})
	}
}

func TestServeUntilFinishesWhatIsUnderWay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	slow := func(w http.ResponseWriter, _ *http.Request) {
		stop() // the signal comes in the middle of the request
		<-closed
		_, _ = io.WriteString(w, "finished")
	}
	served := make(chan error, 1)
	go func() { served <- serveUntil(ctx, &noticed{Listener: l, closed: closed}, http.HandlerFunc(slow)) }()

	s := &server{url: "http://" + l.Addr().String()}
	if status, body := s.get(t, "/"); status != 200 || body != "finished" {
		t.Errorf("the request under way got %d %q", status, body)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// noticed is a listener that tells when it is closed.
type noticed struct {
	net.Listener
	closed chan struct{}
	once   sync.Once
}

func (n *noticed) Close() error {
	n.once.Do(func() { close(n.closed) })
	return n.Listener.Close()
}

func TestHTTPServeTakenPort(t *testing.T) {
	s := startServer(t)
	got := do("http-serve", "--listen", strings.TrimPrefix(s.url, "http://"))
	if got.Code != 1 || !strings.Contains(got.Stderr, "address already in use") {
		t.Errorf("got %+v", got)
	}
	if err := s.stop(syscall.SIGINT); err != nil {
		t.Error(err)
	}
}
