package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/unixsock"
)

const (
	socketName = "control.sock"
	// headerTimeout is how long a client may take to say what it wants.
	headerTimeout = 10 * time.Second
	// farewell is how long requests under way may take once the server ends.
	farewell = 5 * time.Second
	// maxRequest is how long a request may be.
	maxRequest = 32 << 20
)

// SocketPath is where the control socket of a project is.
func SocketPath(runtimeDir string) string { return filepath.Join(runtimeDir, socketName) }

// Listen makes the control socket in a project's runtime directory, for its
// owner alone. It replaces one that nobody listens on.
func Listen(runtimeDir string) (net.Listener, error) {
	return unixsock.Listen(context.Background(), SocketPath(runtimeDir))
}

// Serve answers requests on l with what api says, until ctx ends. It then
// closes l, and returns when the requests under way have been answered or
// have had time enough for it.
func Serve(ctx context.Context, l net.Listener, api API) error {
	server := &http.Server{Handler: newHandler(api), ReadHeaderTimeout: headerTimeout}
	ended := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { ended <- shutDown(server) })
	err := server.Serve(l)
	if !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("control socket: %w", err)
	}
	return <-ended
}

// shutDown lets requests end by themselves: their contexts live on, so that
// followers of the journal get its last event.
func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// handler answers requests with what an API says.
type handler struct{ api API }

func newHandler(api API) http.Handler {
	h := handler{api}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", h.status)
	mux.HandleFunc("GET /v1/events", h.events)
	mux.HandleFunc("GET /metrics", h.metrics)
	mux.Handle("POST /v1/apply", post(h.api.Apply))
	mux.Handle("POST /v1/stop", post(withoutAnswer(h.api.Stop)))
	mux.Handle("POST /v1/restart", post(withoutAnswer(h.api.Restart)))
	mux.Handle("POST /v1/release", post(withoutAnswer(func(ctx context.Context, _ struct{}) error { return h.api.Release(ctx) })))
	mux.Handle("POST /v1/down", post(h.api.Down))
	return mux
}

// post passes the request's body to do, and answers with what that returns.
func post[Q, A any](do func(context.Context, Q) (A, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var question Q
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
		body.DisallowUnknownFields()
		if err := body.Decode(&question); err != nil {
			answerError(w, fmt.Errorf("%w: %w", errBadRequest, err))
			return
		}
		answer, err := do(r.Context(), question)
		if err != nil {
			answerError(w, err)
			return
		}
		answerJSON(w, http.StatusOK, answer)
	})
}

// withoutAnswer makes a call that returns nothing answer with {}.
func withoutAnswer[Q any](do func(context.Context, Q) error) func(context.Context, Q) (struct{}, error) {
	return func(ctx context.Context, question Q) (struct{}, error) { return struct{}{}, do(ctx, question) }
}

func (h handler) status(w http.ResponseWriter, r *http.Request) {
	status, err := h.api.Status(r.Context())
	if err != nil {
		answerError(w, err)
		return
	}
	answerJSON(w, http.StatusOK, status)
}

// events streams the journal, a line of JSON for each event. An error after
// the first line is in the trailer.
func (h handler) events(w http.ResponseWriter, r *http.Request) {
	after, follow, err := eventsQuery(r)
	if err != nil {
		answerError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/jsonl")
	w.Header().Set("Trailer", errorTrailer)
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	_ = out.Flush() // a client that is gone ends the request
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	err = h.api.Events(r.Context(), after, follow, func(e journal.Event) error {
		if err := lines.Encode(e); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil {
		text, _ := json.Marshal(newProblem(err)) // two strings
		w.Header().Set(errorTrailer, string(text))
	}
}

func eventsQuery(r *http.Request) (after int64, follow bool, err error) {
	query := r.URL.Query()
	if text := query.Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, false, fmt.Errorf("%w: after must be the number of an event, not %q", errBadRequest, text)
		}
	}
	if text := query.Get("follow"); text != "" {
		if follow, err = strconv.ParseBool(text); err != nil {
			return 0, false, fmt.Errorf("%w: follow must be 0 or 1, not %q", errBadRequest, text)
		}
	}
	return after, follow, nil
}

func answerJSON(w http.ResponseWriter, code int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(answer) // a client that is gone needs no answer
}
