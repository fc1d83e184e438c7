package prober

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/limber-run/limber/engine"
)

const (
	maxBody      = 10 << 10 // bytes read of an answer
	maxDetail    = 200      // bytes of it that a detail quotes
	maxRedirects = 10
)

// Checker makes the checks of an agent from where it runs.
type Checker struct {
	client    *http.Client
	grpc      *http.Client
	userAgent string
}

// NewChecker returns a checker that introduces itself with limber's version.
func NewChecker(version string) *Checker {
	return &Checker{
		userAgent: "limber-probe/" + version,
		grpc:      newGRPCClient(),
		client: &http.Client{
			CheckRedirect: stayOnHost,
			Transport: &http.Transport{
				DisableKeepAlives:  true,
				DisableCompression: true,
				TLSClientConfig:    &tls.Config{InsecureSkipVerify: true},
			},
		},
	}
}

// Check makes the check that req asks for. It returns when the timeout of
// req is over at the latest.
func (c *Checker) Check(ctx context.Context, req Request) Answer {
	if req.Timeout <= 0 {
		req.Timeout = engine.DefaultProbeTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, req.Timeout)
	defer cancel()

	a := Answer{ID: req.ID}
	switch {
	case req.HTTP != nil:
		a.OK, a.Detail = c.HTTP(ctx, *req.HTTP, req.Quiet)
	case req.TCP != nil:
		a.OK, a.Detail = c.TCP(ctx, *req.TCP)
	case req.GRPC != nil:
		a.OK, a.Detail = c.GRPC(ctx, *req.GRPC)
	default:
		a.Error = "this agent does not know this kind of check"
		return a
	}
	if !a.OK && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		a.Detail = timedOut(req.Timeout)
	}
	return a
}

// TCP reports whether a connection can be opened, and in detail why not.
func (c *Checker) TCP(ctx context.Context, to engine.TCPSocket) (ok bool, detail string) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(to.Host, strconv.Itoa(to.Port)))
	if err != nil {
		return false, err.Error()
	}
	_ = conn.Close()
	return true, "connected"
}

// HTTP reports whether a GET request is answered with a status from 200 to
// 399, and in detail with which. Redirects are followed on the same host; one
// that leads elsewhere passes with a warning. What the server says beside its
// status is not quoted if the detail is to be quiet.
func (c *Checker) HTTP(ctx context.Context, get engine.HTTPGet, quiet bool) (ok bool, detail string) {
	req, err := c.request(ctx, get)
	if err != nil {
		return false, err.Error()
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return false, withoutURL(err).Error()
	}
	defer func() { _ = resp.Body.Close() }()

	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return false, fmt.Sprintf("HTTP %d, then: %v", resp.StatusCode, err)
	}
	if quiet {
		body = nil
	}
	return judge(resp, body)
}

func (c *Checker) request(ctx context.Context, get engine.HTTPGet) (*http.Request, error) {
	host := net.JoinHostPort(get.Host, strconv.Itoa(get.Port))
	address := get.Scheme + "://" + host + "/" + strings.TrimPrefix(get.Path, "/") // a path may carry a query
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, withoutURL(err)
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept", "*/*")
	for name, value := range get.Headers {
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	return req, nil
}

// stayOnHost ends the redirects at the first that leads to another host.
func stayOnHost(req *http.Request, via []*http.Request) error {
	if req.URL.Hostname() != via[0].URL.Hostname() {
		return http.ErrUseLastResponse
	}
	if len(via) >= maxRedirects {
		return fmt.Errorf("stopped after %d redirects", maxRedirects)
	}
	return nil
}

func judge(resp *http.Response, body []byte) (ok bool, detail string) {
	status := fmt.Sprintf("HTTP %d", resp.StatusCode)
	if resp.StatusCode < 200 || resp.StatusCode >= 400 {
		if text := Quote(string(body)); text != "" {
			status += ": " + text
		}
		return false, status
	}
	if to, err := resp.Location(); err == nil && resp.StatusCode >= 300 {
		status += fmt.Sprintf(" (warning: it redirects to another host, %s, and was not followed)", Quote(to.Host))
	}
	return true, status
}

// Quote returns the beginning of text without what could confuse a
// terminal or a log.
func Quote(text string) string {
	printable := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return ' '
	}, text)
	line := strings.Join(strings.Fields(printable), " ")
	if len(line) <= maxDetail {
		return line
	}
	end := maxDetail - len("…")
	for !utf8.RuneStart(line[end]) {
		end--
	}
	return line[:end] + "…"
}

// withoutURL drops the address that net/http puts before its errors: it may
// hold what is not for everybody's eyes, and the reader knows it anyway.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
