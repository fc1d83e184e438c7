package toolbox

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
)

// thereAfter returns a look that finds what it looks for after so long.
func thereAfter(d time.Duration) func(context.Context) error {
	there := time.Now().Add(d)
	return func(context.Context) error {
		if time.Now().Before(there) {
			return errors.New("connection refused")
		}
		return nil
	}
}

func TestWaitUntil(t *testing.T) {
	tests := map[string]struct {
		there time.Duration
		flags waitFlags
		want  result
	}{
		"there at once": {
			flags: waitFlags{interval: time.Second},
			want:  result{0, "waiting for db:5432\ndb:5432 is there after 0s\n", ""},
		},
		"there soon": {
			there: 3200 * time.Millisecond, flags: waitFlags{interval: 200 * time.Millisecond},
			want: result{0, "waiting for db:5432\ndb:5432 is there after 3.2s\n", ""},
		},
		"there late": {
			there: 25 * time.Second, flags: waitFlags{interval: time.Second, timeout: time.Minute},
			want: result{0, "waiting for db:5432\n" +
				"still waiting for db:5432 after 10s: connection refused\n" +
				"still waiting for db:5432 after 20s: connection refused\n" +
				"db:5432 is there after 25s\n", ""},
		},
		"not there in time": {
			there: time.Hour, flags: waitFlags{interval: time.Second, timeout: 2500 * time.Millisecond},
			want: result{1, "waiting for db:5432\n", "test: db:5432 is not there after 2.5s: connection refused\n"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stdout, stderr bytes.Buffer
				c := &call{name: "test", stdout: &stdout, stderr: &stderr}
				code := c.waitUntil(t.Context(), tc.flags, "db:5432", thereAfter(tc.there))
				compare(t, result{code, stdout.String(), stderr.String()}, tc.want)
			})
		})
	}
}

// TestALookThatHangs has looks that never return by themselves.
func TestALookThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		looks := 0
		c := &call{name: "test", stdout: &out, stderr: &out}
		begin := time.Now()
		code := c.waitUntil(t.Context(), waitFlags{interval: time.Second, timeout: 8 * time.Second}, "db", func(ctx context.Context) error {
			looks++
			<-ctx.Done()
			return ctx.Err()
		})
		if took := time.Since(begin); code != 1 || looks != 2 || took != 8*time.Second {
			t.Errorf("code %d after %d looks and %v, want 1 after 2 and 8s", code, looks, took)
		}
	})
}

func TestWaitCommands(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); r.URL.Path == "/login" && (user != "me" || password != "s3cret") {
			w.WriteHeader(http.StatusUnauthorized)
		}
		if r.URL.Path == "/down" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	closed := closedAddress(t)
	dir := t.TempDir()

	there := [][]string{
		{"wait-tcp", address},
		{"wait-http", server.URL},
		{"wait-http", server.URL + "/path?query=1", "--timeout=5s"},
		{"wait-http", "http://me:s3cret@" + address + "/login"},
		{"wait-dns", "127.0.0.1"},
		{"wait-file", dir},
	}
	for _, line := range there {
		got := do(line[0], line[1:]...)
		if got.Code != 0 || !strings.Contains(got.Stdout, " is there after ") || strings.Contains(got.Stdout, "s3cret") {
			t.Errorf("%v: %+v", line, got)
		}
	}
	missing := []struct {
		line []string
		why  string
	}{
		{[]string{"wait-tcp", closed}, "connection refused"},
		{[]string{"wait-http", "http://" + closed}, "connection refused"},
		{[]string{"wait-http", server.URL + "/down"}, "HTTP 503"},
		{[]string{"wait-http", "http://me:wr0ng@" + address + "/login"}, "HTTP 401"},
		{[]string{"wait-file", filepath.Join(dir, "missing")}, "no such file or directory"},
	}
	for _, tc := range missing {
		got := do(tc.line[0], append(tc.line[1:], "--timeout", "50ms", "--interval", "10s")...)
		if got.Code != 1 || !strings.Contains(got.Stderr, tc.why) || strings.Contains(got.Stderr+got.Stdout, "wr0ng") {
			t.Errorf("%v: %+v, want code 1 because of %s", tc.line, got, tc.why)
		}
	}
}

// closedAddress returns an address on which nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestParseURL(t *testing.T) {
	tests := map[string]engine.HTTPGet{
		"http://api":                {Scheme: "http", Host: "api", Port: 80, Path: "/"},
		"https://api/x?y=1":         {Scheme: "https", Host: "api", Port: 443, Path: "/x?y=1"},
		"http://[::1]:8080/healthz": {Scheme: "http", Host: "::1", Port: 8080, Path: "/healthz"},
	}
	for address, want := range tests {
		got, _, err := parseURL(address)
		if err != nil {
			t.Errorf("parseURL(%q): %v", address, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("parseURL(%q) (-want +got):\n%s", address, diff)
		}
	}
	for _, address := range []string{"", "api", "ftp://api", "http://", "http://u:p@ss word@api", "http://api:99999999999999999999/"} {
		if got, _, err := parseURL(address); err == nil {
			t.Errorf("parseURL(%q) = %+v, want an error", address, got)
		}
	}
}
