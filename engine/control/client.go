package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/unixsock"
)

// answerTimeout is how long a supervisor may take to say that it is there.
const answerTimeout = 10 * time.Second

// Client is the API of a supervisor in another process. Its methods return
// ErrNoSupervisor if that process has gone away.
type Client struct {
	http http.Client
}

var _ API = (*Client)(nil)

// Dial connects to the supervisor whose socket is in a project's runtime
// directory. It returns ErrNoSupervisor if there is none, or only the socket
// of a dead one.
func Dial(runtimeDir string) (*Client, error) {
	path := SocketPath(runtimeDir)
	c := &Client{http: http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return unixsock.Dial(ctx, path)
		},
	}}}
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	_, err := c.Status(ctx)
	switch {
	case err == nil:
		return c, nil
	case errors.Is(err, ErrNoSupervisor):
		return nil, ErrNoSupervisor
	case ctx.Err() != nil:
		return nil, fmt.Errorf("the supervisor on %s does not answer", path)
	}
	return nil, err
}

// Close gives back the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Status implements API.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	err := c.get(ctx, "/v1/status", nil, func(body io.Reader) error { return json.NewDecoder(body).Decode(&s) })
	return s, err
}

// Events implements API.
func (c *Client) Events(ctx context.Context, after int64, follow bool, emit func(journal.Event) error) error {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}, "follow": {strconv.FormatBool(follow)}}
	var refused error // by emit: returned as it is
	err := c.get(ctx, "/v1/events", query, func(body io.Reader) error {
		return eachEvent(body, func(e journal.Event) error {
			refused = emit(e)
			return refused
		})
	})
	if refused != nil {
		return refused
	}
	return err
}

// eachEvent decodes a stream of events.
func eachEvent(body io.Reader, emit func(journal.Event) error) error {
	for lines := json.NewDecoder(body); ; {
		var e journal.Event
		err := lines.Decode(&e)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := emit(e); err != nil {
			return err
		}
	}
}

// Apply implements API.
func (c *Client) Apply(ctx context.Context, req ApplyRequest) (ApplyResult, error) {
	var result ApplyResult
	err := c.post(ctx, "/v1/apply", req, &result)
	return result, err
}

// Stop implements API.
func (c *Client) Stop(ctx context.Context, req StopRequest) error {
	return c.post(ctx, "/v1/stop", req, &struct{}{})
}

// Restart implements API.
func (c *Client) Restart(ctx context.Context, req RestartRequest) error {
	return c.post(ctx, "/v1/restart", req, &struct{}{})
}

// Release implements API.
func (c *Client) Release(ctx context.Context) error {
	return c.post(ctx, "/v1/release", struct{}{}, &struct{}{})
}

// Down implements API.
func (c *Client) Down(ctx context.Context, req DownRequest) (result DownResult, err error) {
	err = c.post(ctx, "/v1/down", req, &result)
	return result, err
}

func (c *Client) get(ctx context.Context, path string, query url.Values, read func(io.Reader) error) error {
	return c.do(ctx, http.MethodGet, path+"?"+query.Encode(), nil, read)
}

func (c *Client) post(ctx context.Context, path string, question, answer any) error {
	text, err := json.Marshal(question)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, text, func(body io.Reader) error {
		return json.NewDecoder(body).Decode(answer)
	})
}

// do sends a request and reads its answer.
func (c *Client) do(ctx context.Context, method, path string, body []byte, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://limber"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return gone(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return readProblem(resp)
	}
	if err := read(resp.Body); err != nil {
		return gone(ctx, err)
	}
	if text := resp.Trailer.Get(errorTrailer); text != "" {
		return parseProblem([]byte(text))
	}
	return nil
}

// gone says why a request was not answered: its context ended, or nobody is
// there.
func gone(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isGone(err):
		return fmt.Errorf("%w (%v)", ErrNoSupervisor, err)
	}
	return err
}

// isGone reports whether err means that no supervisor is at the other end, or
// not any more.
func isGone(err error) bool {
	for _, sign := range []error{
		fs.ErrNotExist, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF,
	} {
		if errors.Is(err, sign) {
			return true
		}
	}
	return false
}

func readProblem(resp *http.Response) error {
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%w (%v)", ErrNoSupervisor, err)
	}
	return parseProblem(text)
}

// parseProblem reads an error from another process. What is not ours, such
// as the answer of an older supervisor to a request it does not know, is
// passed on as text.
func parseProblem(text []byte) error {
	var p problem
	if err := json.Unmarshal(text, &p); err != nil || p.Text == "" {
		return fmt.Errorf("the supervisor answered: %s", bytes.TrimSpace(text))
	}
	return p.err()
}
