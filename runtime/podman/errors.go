package podman

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/limber-run/limber/runtime"
)

// errClosed ends what is under way when the adapter is closed.
var errClosed = fmt.Errorf("%w: closed", runtime.ErrUnavailable)

// Conditions that only this package tells apart.
var (
	// errState: the container is in no state for what was asked of it.
	errState = errors.New("container state improper")
	// errLeftover: a container of that name or ID is half there, left by a
	// service that died while it made it.
	errLeftover = errors.New("leftover of a container")
	// errJoined: others have joined the container's namespaces.
	errJoined = errors.New("others have joined the container")
)

// apiError is what Podman answered instead of doing what it was asked.
type apiError struct {
	status  int
	cause   string
	message string
	kind    error // a sentinel, or nil
}

func (e *apiError) Error() string { return firstOf(e.message, e.cause) }

func (e *apiError) Unwrap() error { return e.kind }

// readError reads the error out of an answer.
func readError(resp *http.Response) error {
	var body struct {
		Cause   string `json:"cause"`
		Message string `json:"message"`
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return err
	}
	if json.Unmarshal(data, &body) != nil || body.Message == "" {
		body.Message = firstOf(strings.TrimSpace(string(data)), resp.Status)
	}
	return newAPIError(resp.StatusCode, body.Cause, body.Message)
}

func newAPIError(status int, cause, message string) *apiError {
	return &apiError{status: status, cause: cause, message: message, kind: kindOf(status, cause, message)}
}

// kinds are the conditions known by words in Podman's messages: its status
// codes differ from version to version, its words hardly do. The first that
// fits counts.
var kinds = []struct {
	words string
	kind  error
}{
	{"container with given ID already exists", errLeftover},
	{"in use by an external entity", errLeftover},
	{"that name is already in use", runtime.ErrConflict},
	{"has dependent containers", errJoined},
	{"no such container", runtime.ErrNotFound},
	{"no such exec session", runtime.ErrNotFound},
	{"image not known", runtime.ErrNotFound},
	{"no such image", runtime.ErrNotFound},
	{"container state improper", errState},
	{"can only kill running containers", errState},
	{"container is stopped", errState},
}

func kindOf(status int, cause, message string) error {
	for _, k := range kinds {
		if strings.Contains(cause, k.words) || strings.Contains(message, k.words) {
			return k.kind
		}
	}
	if status == http.StatusNotFound {
		return runtime.ErrNotFound
	}
	return nil
}

// isNoImage is whether what was not found is an image.
func isNoImage(err error) bool {
	return strings.Contains(err.Error(), "image not known") || strings.Contains(err.Error(), "no such image")
}

// pullKinds are the conditions of a registry, known by words as well.
var pullKinds = []struct {
	words string
	kind  error
}{
	{"unauthorized", runtime.ErrDenied},
	{"authentication required", runtime.ErrDenied},
	{"access to the resource is denied", runtime.ErrDenied},
	{"denied", runtime.ErrDenied},
	{"forbidden", runtime.ErrDenied},
	{"manifest unknown", runtime.ErrNotFound},
	{"name unknown", runtime.ErrNotFound},
	{"repository name not known", runtime.ErrNotFound},
	{"not found", runtime.ErrNotFound},
	{"connection refused", runtime.ErrUnreachable},
	{"connection reset", runtime.ErrUnreachable},
	{"no such host", runtime.ErrUnreachable},
	{"server misbehaving", runtime.ErrUnreachable},
	{"temporary failure in name resolution", runtime.ErrUnreachable},
	{"network is unreachable", runtime.ErrUnreachable},
	{"no route to host", runtime.ErrUnreachable},
	{"timeout", runtime.ErrUnreachable},
	{"deadline exceeded", runtime.ErrUnreachable},
	{"server gave http response to https client", runtime.ErrUnreachable},
	{"invalid reference format", runtime.ErrInvalidReference},
	{"parsing reference", runtime.ErrInvalidReference},
}

// pullError translates what Podman says of a pull that failed.
func pullError(message string) error {
	lower := strings.ToLower(message)
	for _, k := range pullKinds {
		if strings.Contains(lower, k.words) {
			return &apiError{message: message, kind: k.kind}
		}
	}
	return &apiError{message: message}
}

// processErrors are the words of errors that lie in the process to be run.
var processErrors = []string{
	"OCI runtime", // anything that runc or crun refused
	"OCI permission denied",
	"no matching entries in", // user or group
	"workdir",
}

// startError translates the error of setting up or starting a container: a
// process that cannot be run is a *runtime.StartError.
func startError(err error) error {
	var api *apiError
	if !errors.As(err, &api) || api.kind != nil {
		return err
	}
	for _, words := range processErrors {
		if strings.Contains(api.cause, words) {
			return newStartError(api)
		}
	}
	return err
}

// notFound is how OCI runtimes say that a command is not there.
var notFound = regexp.MustCompile("exec: \"([^\"]+)\": (?:executable file not found|stat .*: no such file)|executable file [`'\"]([^`'\"]+)[`'\"] not found")

func newStartError(e *apiError) *runtime.StartError {
	start := &runtime.StartError{Code: startCode(e), Message: e.message}
	if m := notFound.FindStringSubmatch(e.message); m != nil && start.Code == 127 {
		start.Message = fmt.Sprintf("the command %q is not in the image", firstOf(m[1], m[2]))
	}
	return start
}

// startCode is the exit code that a shell would have reported. Podman calls
// anything that is missing a missing command; only a message that speaks of
// an execution is about one.
func startCode(e *apiError) int {
	executing := strings.Contains(e.message, `exec: "`) || strings.Contains(e.message, "executable")
	switch {
	case executing && strings.Contains(e.cause, "command that was not found"):
		return 127
	case executing && (strings.Contains(e.cause, "permission denied") || strings.Contains(e.message, "is a directory")):
		return 126
	default:
		return 125
	}
}
