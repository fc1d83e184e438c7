package podman

import (
	"errors"
	"regexp"
	"testing"

	"github.com/limber-run/limber/runtime"
)

func TestErrorsAreTranslated(t *testing.T) {
	for _, c := range []struct {
		status  int
		cause   string
		message string
		want    error
	}{
		{404, "no such container", `no container with name or ID "x" found: no such container`, runtime.ErrNotFound},
		{500, "image not known", "localhost/none:1: image not known", runtime.ErrNotFound},
		{404, "", "Not Found", runtime.ErrNotFound},
		{500, "that name is already in use", `the container name "x" is already in use by 1: that name is already in use`, runtime.ErrConflict},
		{500, "that name is already in use", `the container name "x" is in use by an external entity: that name is already in use`, errLeftover},
		{500, "OCI runtime error", "runc: container with given ID already exists: OCI runtime error", errLeftover},
		{409, "container state improper", "can only kill running containers. x is in state exited: container state improper", errState},
		{500, "database is locked", "database is locked", nil},
	} {
		err := newAPIError(c.status, c.cause, c.message)
		if !errors.Is(err.kind, c.want) {
			t.Errorf("%d %s: %v, want %v", c.status, c.message, err.kind, c.want)
		}
	}
}

func TestStartErrors(t *testing.T) {
	const notFound, denied = "OCI runtime attempted to invoke a command that was not found", "OCI permission denied"
	for _, c := range []struct {
		cause, message string
		code           int // 0: no start error
	}{
		{notFound, `runc: runc create failed: unable to start container process: exec: "mount": executable file not found in $PATH`, 127},
		{notFound, "crun: executable file `nope` not found in $PATH: No such file or directory", 127},
		{notFound, `runc: runc create failed: error mounting "/nope" to rootfs at "/x": no such file or directory`, 125},
		{denied, `runc: runc create failed: unable to start container process: exec: "/etc": permission denied`, 126},
		{"OCI runtime error", `runc: runc create failed: unable to start container process: exec: "/etc": is a directory`, 126},
		{denied, "crun: open executable: Permission denied", 126},
		{denied, "runc: error setting rlimits for ready process: operation not permitted", 125},
		{"OCI runtime error", "runc: something", 125},
		{"no matching entries in passwd file", "unable to find user bob: no matching entries in passwd file", 125},
		{`workdir "/nope" does not exist on container 1`, `workdir "/nope" does not exist on container 1`, 125},
		{"address already in use", "rootlessport listen tcp 127.0.0.1:80: bind: address already in use", 0},
	} {
		err := startError(newAPIError(500, c.cause, c.message))
		if c.code == 127 && !regexp.MustCompile(`^start: the command "(mount|nope)" is not in the image$`).MatchString(err.Error()) {
			t.Errorf("%s: %v", c.message, err)
		}
		var start *runtime.StartError
		if errors.As(err, &start) != (c.code != 0) || start != nil && start.Code != c.code {
			t.Errorf("%s: %#v, want code %d", c.message, err, c.code)
		}
	}
}

func TestPullErrors(t *testing.T) {
	for message, want := range map[string]error{
		"initializing source docker://r/x: reading manifest latest in r/x: manifest unknown":                  runtime.ErrNotFound,
		"reading manifest latest in docker.io/library/x: errors:\ndenied: requested access is denied":         runtime.ErrDenied,
		"reading manifest latest in r/x: unauthorized: authentication required":                               runtime.ErrDenied,
		`pinging container registry r: Get "http://r/v2/": dial tcp 127.0.0.1:1: connect: connection refused`: runtime.ErrUnreachable,
		`Get "https://r.invalid/v2/": dial tcp: lookup r.invalid: no such host`:                               runtime.ErrUnreachable,
		"writing blob: no space left on device":                                                               nil,
	} {
		err := pullError(message)
		if got := errors.Unwrap(err); !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", message, got, want)
		}
	}
}
