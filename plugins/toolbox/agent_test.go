package toolbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/limber-run/limber/engine/prober"
	"github.com/limber-run/limber/engine/unixsock"
)

// startAgent runs an agent in this process. The returned function stops it
// and returns what it did.
func startAgent(t *testing.T) (socket string, stop func() result) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 40))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "agent.sock")

	signals := make(chan chan<- os.Signal, 1)
	done := make(chan result, 1)
	notify := func(c chan<- os.Signal, _ ...os.Signal) { signals <- c } // the agent listens by then
	go func() { done <- doWith("", notify, "agent", "--socket", socket) }()

	var ready chan<- os.Signal
	select {
	case ready = <-signals:
	case got := <-done:
		t.Fatalf("the agent ended: %+v", got)
	}
	return socket, func() result {
		ready <- syscall.SIGTERM
		return <-done
	}
}

func dialAgent(t *testing.T, socket string) net.Conn {
	t.Helper()
	conn, err := unixsock.Dial(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestAgent(t *testing.T) {
	t.Setenv(versionVariable, "1.2.3")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != "limber-probe/1.2.3" {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))

	socket, stop := startAgent(t)
	if info, err := os.Stat(socket); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("socket: %v, %v; want mode 0600", info, err)
	}
	var clients sync.WaitGroup
	for range 3 {
		conn := dialAgent(t, socket)
		clients.Go(func() { askForty(t, conn, port) })
	}
	clients.Wait()
	compare(t, stop(), result{})
	if _, err := os.Stat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// askForty sends requests without waiting for answers, and then wants each
// answered once.
func askForty(t *testing.T, conn net.Conn, port string) {
	t.Helper()
	const n = 40
	for id := range n {
		check := `"http":{"scheme":"http","host":"127.0.0.1","port":` + port + `,"path":"/"}`
		if id%2 == 0 {
			check = `"tcp":{"host":"127.0.0.1","port":` + port + `}`
		}
		if _, err := fmt.Fprintf(conn, `{"id":%d,"timeout":60000000000,%s}`+"\n", id, check); err != nil {
			t.Error(err)
			return
		}
	}
	answered := map[uint64]bool{}
	lines := bufio.NewScanner(conn)
	for len(answered) < n && lines.Scan() {
		var a prober.Answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil || !a.OK || answered[a.ID] {
			t.Errorf("answer %s (%v)", lines.Bytes(), err)
			return
		}
		answered[a.ID] = true
	}
	if len(answered) != n {
		t.Errorf("%d answers (%v), want %d", len(answered), lines.Err(), n)
	}
}

// TestAgentStopsAtOnce stops an agent in the middle of checks that would
// take a long time.
func TestAgentStopsAtOnce(t *testing.T) {
	asked := make(chan struct{})
	left := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(left)
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))

	socket, stop := startAgent(t)
	conn := dialAgent(t, socket)
	if _, err := fmt.Fprintf(conn, `{"id":1,"timeout":3600000000000,"http":{"scheme":"http","host":"127.0.0.1","port":%s,"path":"/"}}`, port); err != nil {
		t.Fatal(err)
	}
	<-asked
	compare(t, stop(), result{})
	<-left
}

func TestAgentCannotListen(t *testing.T) {
	got := do("agent", "--socket", filepath.Join(t.TempDir(), "gone", "agent.sock"))
	if got.Code != 1 || !strings.Contains(got.Stderr, "no such file or directory") {
		t.Errorf("got %+v", got)
	}
}
