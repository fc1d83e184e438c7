package toolbox

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// drainTime is how long requests may go on after a signal to stop.
const drainTime = 10 * time.Second

// site is what http-serve serves.
type site struct {
	dir    string
	text   string
	status int
	delay  time.Duration
}

// httpServe serves a page, or the files of a directory, until it is told to
// stop. Requests that are under way are finished first.
func httpServe(c *call) int {
	var s site
	set := c.flags()
	listen := set.String("listen", ":8080", "")
	startDelay := set.Duration("start-delay", 0, "")
	set.StringVar(&s.dir, "dir", "", "")
	set.StringVar(&s.text, "text", "Hello from limber.", "")
	set.IntVar(&s.status, "status", http.StatusOK, "")
	set.DurationVar(&s.delay, "delay", 0, "")
	if _, code, ok := c.parse(set, 0); !ok {
		return code
	}
	if s.status < 200 || s.status > 599 {
		return c.fail(exitUsage, "%d is no status from 200 to 599", s.status)
	}

	ctx, release := c.untilStopped()
	defer release()
	if rest(ctx, *startDelay); ctx.Err() != nil {
		return exitOK
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", *listen)
	if err != nil {
		return c.fail(exitFailed, "%v", err)
	}
	c.say("listening on %s", l.Addr())
	if err := serveUntil(ctx, l, c.logged(s.handler())); err != nil {
		return c.fail(exitFailed, "%v", err)
	}
	return exitOK
}

// serveUntil serves until ctx ends and then finishes what is under way.
func serveUntil(ctx context.Context, l net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err := server.Shutdown(drain)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// handler answers /healthz at once, and everything else as the site is set
// up.
func (s site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.Handle("/", s.delayed(s.content()))
	return mux
}

func (s site) content() http.Handler {
	if s.dir != "" {
		return http.FileServer(http.Dir(s.dir))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, s.text+"\n")
	})
}

// delayed answers after the site's delay, unless the client goes away first.
func (s site) delayed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(s.delay):
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// logged prints a line for each request.
func (c *call) logged(next http.Handler) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		mu.Lock()
		defer mu.Unlock()
		c.say("%s %s %d", r.Method, r.URL.EscapedPath(), seen.status)
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader sends the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
