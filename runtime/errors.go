package runtime

import (
	"errors"
	"fmt"
)

// Conditions that callers tell apart with errors.Is. Adapters translate the
// errors of their engine to these in one place.
var (
	// ErrUnavailable: the engine cannot be reached, or did not answer.
	ErrUnavailable = errors.New("container engine unavailable")
	// ErrNotFound: no such container or image, here or in its registry.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the name is taken by something else.
	ErrConflict = errors.New("name in use")
	// ErrDenied: a registry refused access.
	ErrDenied = errors.New("access denied")
	// ErrUnreachable: a registry cannot be reached.
	ErrUnreachable = errors.New("registry unreachable")
	// ErrInvalidReference: not the name of an image.
	ErrInvalidReference = errors.New("invalid image reference")
	// ErrSubPath: what a mount is to show of its source cannot be shown.
	ErrSubPath = errors.New("sub_path cannot be used")
	// ErrUnsupported: this version of the engine cannot do it.
	ErrUnsupported = errors.New("not supported by this container engine")
)

// StartError is a process that could not be run in its container. It counts
// as an exit with Code, as a shell would report it: 127 if the command was
// not found, 126 if it may not be executed, else 125.
type StartError struct {
	Code    int
	Message string
}

func (e *StartError) Error() string { return fmt.Sprintf("start: %s", e.Message) }
