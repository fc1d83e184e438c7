package podman

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/blang/semver/v4"
	"github.com/cenkalti/backoff/v4"
	"github.com/containers/podman/v5/pkg/bindings"

	"github.com/limber-run/limber/runtime"
)

const (
	// apiRoot is the API of all versions since 4.0.
	apiRoot = "http://d/v4.0.0/libpod"
	// answerTimeout is how long Podman may take to answer.
	answerTimeout = time.Minute
	// reconnectTimeout is how long a service may be away: it restarts.
	reconnectTimeout = 5 * time.Second
	// probeTimeout is how long a service may take to say that it is there.
	probeTimeout = 3 * time.Second
)

// oldest is the first version of Podman that is known to work.
var oldest = semver.MustParse("4.3.0")

// connect finds a service, or starts one.
func (r *Runtime) connect(ctx context.Context, cfg Config) error {
	if uri := firstOf(cfg.URL, os.Getenv("CONTAINER_HOST")); uri != "" {
		return r.dial(ctx, uri)
	}
	if uri := runningService(ctx); uri != "" {
		return r.dial(ctx, uri)
	}
	service, err := startService(ctx, cfg.RuntimeDir, r.log)
	if err != nil {
		return err
	}
	r.service = service
	if err := r.dial(ctx, service.uri()); err != nil {
		return errors.Join(err, service.close())
	}
	return nil
}

// dial connects to the service at uri and checks its version.
func (r *Runtime) dial(ctx context.Context, uri string) error {
	if scheme, _, _ := strings.Cut(uri, "://"); scheme != "unix" {
		return fmt.Errorf("connect to %s: only a Podman on this host (unix:///path/podman.sock) can be used: %w: %w", uri, runtime.ErrUnavailable, runtime.ErrUnsupported)
	}
	probe, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	conn, err := bindings.NewConnection(probe, uri)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("connect to %s: %w: %w", uri, runtime.ErrUnavailable, err)
	}
	if r.conn, err = bindings.GetClient(conn); err != nil {
		return fmt.Errorf("connect to %s: %w", uri, err)
	}
	r.version = *bindings.ServiceVersion(conn)
	if r.version.LT(oldest) {
		return fmt.Errorf("%w: %s is Podman %s, limber needs %s or later: upgrade Podman", runtime.ErrUnavailable, uri, r.version, oldest)
	}
	return nil
}

// runningService returns where the user's Podman service answers, if it does.
func runningService(ctx context.Context) string {
	socket := "/run/podman/podman.sock"
	if os.Geteuid() != 0 {
		dir := firstOf(os.Getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/run/user/%d", os.Geteuid()))
		socket = filepath.Join(dir, "podman", "podman.sock")
	}
	if !answers(ctx, socket) {
		return ""
	}
	return "unix://" + socket
}

// answers is whether a Podman service listens on socket.
func answers(ctx context.Context, socket string) bool {
	if _, err := os.Stat(socket); err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var d net.Dialer
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "unix", socket)
		},
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://d/_ping", http.NoBody)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// A request is one call of the API.
type request struct {
	method string
	path   string // below apiRoot; its variable parts escaped
	query  url.Values
	header http.Header
	body   any // sent as JSON, or as it is if it is an io.Reader
	// once: not sent again after the connection broke, since it may have
	// been carried out.
	once bool
}

func (r *Runtime) get(ctx context.Context, path string, query url.Values, answer any) error {
	return r.call(ctx, request{method: http.MethodGet, path: path, query: query}, answer)
}

func (r *Runtime) post(ctx context.Context, path string, query url.Values, body, answer any) error {
	return r.call(ctx, request{method: http.MethodPost, path: path, query: query, body: body}, answer)
}

func (r *Runtime) delete(ctx context.Context, path string, query url.Values) error {
	return r.call(ctx, request{method: http.MethodDelete, path: path, query: query}, nil)
}

// call sends a request that Podman answers soon, and reads the answer.
func (r *Runtime) call(ctx context.Context, q request, answer any) error {
	ctx, cancel := r.bound(ctx)
	defer cancel()
	limited, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	err := retry(limited, q.once, func() error {
		resp, err := r.send(limited, q)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return readAnswer(resp, answer)
	})
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: podman not responding for %s", runtime.ErrUnavailable, answerTimeout)
	}
	return broken(ctx, err)
}

func readAnswer(resp *http.Response, answer any) error {
	if answer == nil || resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusNotModified {
		_, err := io.Copy(io.Discard, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}

// stream sends a request whose answer takes as long as it takes. The context
// is a bound one.
func (r *Runtime) stream(ctx context.Context, q request) (*http.Response, error) {
	var resp *http.Response
	err := retry(ctx, q.once, func() (err error) {
		resp, err = r.send(ctx, q) //nolint:bodyclose // the caller closes it
		return err
	})
	return resp, broken(ctx, err)
}

// send makes one try. Its error is what Podman answered, or that it did not.
func (r *Runtime) send(ctx context.Context, q request) (*http.Response, error) {
	req, err := q.http(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := r.conn.Client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		defer resp.Body.Close()
		return nil, readError(resp)
	}
	return resp, nil
}

func (q request) http(ctx context.Context) (*http.Request, error) {
	body, isStream := q.body.(io.Reader)
	if q.body != nil && !isStream {
		data, err := json.Marshal(q.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, apiRoot+q.path, body)
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = q.query.Encode()
	for key, values := range q.header {
		req.Header[key] = values
	}
	if q.body != nil && !isStream {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// retry repeats a try for some seconds while the service is away.
func retry(ctx context.Context, once bool, try func() error) error {
	policy := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(20*time.Millisecond),
		backoff.WithMaxInterval(500*time.Millisecond),
		backoff.WithMaxElapsedTime(reconnectTimeout),
	)
	return backoff.Retry(func() error {
		err := try()
		if err == nil || isNotSent(err) || !once && isBroken(err) {
			return err
		}
		return backoff.Permanent(err)
	}, backoff.WithContext(policy, ctx))
}

// broken says why a call failed: its context ended, or the service is away,
// or what Podman answered.
func broken(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return endOf(ctx)
	case isNotSent(err), isBroken(err):
		return fmt.Errorf("%w: %w", runtime.ErrUnavailable, err)
	default:
		return err
	}
}

// isNotSent is whether no service took the request.
func isNotSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// isBroken is whether the service went away during a request.
func isBroken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// firstOf returns the first of values that is not empty.
func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
