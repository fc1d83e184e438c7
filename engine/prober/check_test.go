package prober

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/limber-run/limber/engine"
)

// target returns a request for path on a test server.
func target(t *testing.T, server *httptest.Server, path string) engine.HTTPGet {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return engine.HTTPGet{Scheme: u.Scheme, Host: u.Hostname(), Port: port, Path: path}
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// site answers as the path says.
func site(w http.ResponseWriter, r *http.Request) {
	switch path := strings.TrimPrefix(r.URL.Path, "/"); path {
	case "same-host":
		http.Redirect(w, r, "/200", http.StatusFound)
	case "other-host":
		http.Redirect(w, r, "http://other.example/login?token=abc", http.StatusFound)
	case "round":
		http.Redirect(w, r, "/round", http.StatusFound)
	case "query":
		_, _ = fmt.Fprint(w, r.URL.RawQuery)
		if r.URL.RawQuery != "full=1" {
			w.WriteHeader(http.StatusBadRequest)
		}
	case "broken":
		w.Header().Set("Content-Length", "100")
		_, _ = fmt.Fprint(w, "short")
	case "large":
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = fmt.Fprint(w, strings.Repeat("é\x1b[31m\n", 100_000))
	default:
		code, err := strconv.Atoi(path)
		if err != nil {
			code = http.StatusNotFound
		}
		w.WriteHeader(code)
		if code >= 400 {
			_, _ = fmt.Fprintf(w, "state is\n%d\r\n", code)
		}
	}
}

func TestHTTP(t *testing.T) {
	server := serve(t, site)
	tests := []struct {
		path   string
		ok     bool
		detail string
	}{
		{"/200", true, "HTTP 200"},
		{"200", true, "HTTP 200"},
		{"/204", true, "HTTP 204"},
		{"/304", true, "HTTP 304"},
		{"/400", false, "HTTP 400: state is 400"},
		{"/503", false, "HTTP 503: state is 503"},
		{"/nowhere", false, "HTTP 404: state is 404"},
		{"/same-host", true, "HTTP 200"},
		{"/other-host", true, "HTTP 302 (warning: it redirects to another host, other.example, and was not followed)"},
		{"/round", false, "stopped after 10 redirects"},
		{"/query?full=1", true, "HTTP 200"},
		{"//double", false, "HTTP 404: state is 404"},
		{"/broken", false, "HTTP 200, then: unexpected EOF"},
		{"/%zz", false, `invalid URL escape "%zz"`},
	}
	for _, tc := range tests {
		ok, detail := NewChecker("1.2").HTTP(t.Context(), target(t, server, tc.path), false)
		if ok != tc.ok || detail != tc.detail {
			t.Errorf("GET %s = %v %q, want %v %q", tc.path, ok, detail, tc.ok, tc.detail)
		}
	}
}

func TestDetailIsOneShortLine(t *testing.T) {
	_, detail := NewChecker("1.2").HTTP(t.Context(), target(t, serve(t, site), "/large"), false)
	body, found := strings.CutPrefix(detail, "HTTP 500: ")
	if !found || len(body) > maxDetail || len(body) < maxDetail-10 {
		t.Errorf("detail has %d bytes of body: %q", len(body), detail)
	}
	if strings.ContainsAny(body, "\x1b\n\uFFFD") || !strings.HasSuffix(body, "…") {
		t.Errorf("detail %q is not clean", body)
	}
}

func TestHTTPHeaders(t *testing.T) {
	var got *http.Request
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r })
	get := target(t, server, "/")
	get.Headers = map[string]string{"Host": "shop.example", "x-probe": "yes"}
	if ok, detail := NewChecker("1.2").HTTP(t.Context(), get, false); !ok {
		t.Fatal(detail)
	}
	if got.Host != "shop.example" || got.Header.Get("X-Probe") != "yes" {
		t.Errorf("Host %q, X-Probe %q", got.Host, got.Header.Get("X-Probe"))
	}
	if agent := got.UserAgent(); agent != "limber-probe/1.2" {
		t.Errorf("User-Agent %q", agent)
	}
	if !got.Close {
		t.Error("the connection was to be kept")
	}

	get.Headers = map[string]string{"user-agent": "mine"}
	if ok, detail := NewChecker("1.2").HTTP(t.Context(), get, false); !ok || got.UserAgent() != "mine" {
		t.Errorf("%s; User-Agent %q, want the declared one", detail, got.UserAgent())
	}
}

func TestCertificatesAreNotChecked(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(site))
	defer server.Close()
	if ok, detail := NewChecker("1.2").HTTP(t.Context(), target(t, server, "/200"), false); !ok {
		t.Error(detail)
	}
}

func TestProxyIsNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	if NewChecker("1.2").client.Transport.(*http.Transport).Proxy != nil {
		t.Error("the checker has a proxy")
	}
}

func TestCheckTimesOut(t *testing.T) {
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	get := target(t, server, "/")
	got := NewChecker("1.2").Check(t.Context(), Request{ID: 3, Timeout: 20 * time.Millisecond, HTTP: &get})
	if want := (Answer{ID: 3, Detail: "timed out after 20ms"}); got != want {
		t.Errorf("Check = %+v, want %+v", got, want)
	}
}

func TestCheckTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to := &engine.TCPSocket{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
	check := func() Answer { return NewChecker("1.2").Check(t.Context(), Request{ID: 4, TCP: to}) }
	if got, want := check(), (Answer{ID: 4, OK: true, Detail: "connected"}); got != want {
		t.Errorf("Check = %+v, want %+v", got, want)
	}
	_ = l.Close()
	if got := check(); got.OK || !strings.Contains(got.Detail, "connection refused") {
		t.Errorf("Check of a closed port = %+v", got)
	}
}

func TestCheckGRPC(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	statuses, server := health.NewServer(), grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, statuses)
	statuses.SetServingStatus("late", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	go func() { _ = server.Serve(l) }() // ends with Stop
	defer server.Stop()
	port := l.Addr().(*net.TCPAddr).Port
	deaf := serve(t, http.NotFound)

	for name, tc := range map[string]struct {
		service string
		port    int
		ok      bool
		detail  string
	}{
		"the server as a whole": {port: port, ok: true, detail: "SERVING"},
		"not yet":               {service: "late", port: port, detail: "NOT_SERVING"},
		"unknown":               {service: "other", port: port, detail: "the server does not know this service"},
		"no gRPC":               {port: target(t, deaf, "/").Port, detail: "no answer in gRPC"},
		"nobody":                {port: 1, detail: "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			req := Request{GRPC: &engine.GRPC{Host: "127.0.0.1", Port: tc.port, Service: tc.service}}
			got := NewChecker("1.2").Check(t.Context(), req)
			if got.OK != tc.ok || !strings.Contains(got.Detail, tc.detail) {
				t.Errorf("Check = %+v, want %v %q", got, tc.ok, tc.detail)
			}
		})
	}
}

func TestGRPCServerWithoutHealthChecks(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	go func() { _ = server.Serve(l) }() // ends with Stop
	defer server.Stop()
	ok, detail := NewChecker("1.2").GRPC(t.Context(), engine.GRPC{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port})
	if ok || detail != "the server does not answer health checks" {
		t.Errorf("GRPC = %v, %q", ok, detail)
	}
}

func TestQuietChecksDoNotQuote(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("canary"))
	})
	get := target(t, server, "/")
	if got := NewChecker("1.2").Check(t.Context(), Request{HTTP: &get, Quiet: true}); got.Detail != "HTTP 418" {
		t.Errorf("Check = %+v", got)
	}
}

func TestRefusedConnectionDoesNotShowTheURL(t *testing.T) {
	get := engine.HTTPGet{Scheme: "http", Host: "127.0.0.1", Port: 1, Path: "/?key=abc"}
	ok, detail := NewChecker("1.2").HTTP(t.Context(), get, false)
	if ok || !strings.Contains(detail, "connection refused") || strings.Contains(detail, "abc") {
		t.Errorf("HTTP = %v %q", ok, detail)
	}
}

func TestUnknownCheck(t *testing.T) {
	if got := NewChecker("1.2").Check(t.Context(), Request{ID: 9}); got.Error == "" || got.ID != 9 {
		t.Errorf("Check of nothing = %+v, want an error", got)
	}
}
