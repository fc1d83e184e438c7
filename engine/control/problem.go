package control

import (
	"context"
	"errors"
	"net/http"

	"github.com/limber-run/limber/runtime"
)

// errorTrailer ends a stream that has failed: it holds a problem.
const errorTrailer = "Limber-Error"

var errBadRequest = errors.New("bad request")

// problem is an error on its way through the socket.
type problem struct {
	Text string `json:"error"`
	Code string `json:"code,omitempty"` // of a condition that callers tell apart
}

// conditions are the errors that a client gets back as they were.
var conditions = []struct {
	code   string
	err    error
	status int
}{
	{"unknown", ErrUnknown, http.StatusNotFound},
	{"missing", ErrMissing, http.StatusUnprocessableEntity},
	{"no_supervisor", ErrNoSupervisor, http.StatusServiceUnavailable},
	{"unavailable", runtime.ErrUnavailable, http.StatusBadGateway},
	{"bad_request", errBadRequest, http.StatusBadRequest},
	{"canceled", context.Canceled, http.StatusServiceUnavailable},
}

func newProblem(err error) problem {
	p := problem{Text: err.Error()}
	for _, c := range conditions {
		if errors.Is(err, c.err) {
			p.Code = c.code
			break
		}
	}
	return p
}

func answerError(w http.ResponseWriter, err error) {
	p, status := newProblem(err), http.StatusInternalServerError
	for _, c := range conditions {
		if c.code == p.Code {
			status = c.status
		}
	}
	answerJSON(w, status, p)
}

// err is the error that p was made of: the same text, the same condition.
func (p problem) err() error {
	e := &remoteError{text: p.Text}
	for _, c := range conditions {
		if c.code == p.Code {
			e.condition = c.err
		}
	}
	return e
}

// remoteError is what a supervisor in another process has answered.
type remoteError struct {
	text      string
	condition error // nil: none that callers tell apart
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.condition }
