package podmantest

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// CLI runs the podman command on the private storage, and returns what it
// printed, without the last newline. It fails the test if the command fails.
// Paths in args must be absolute.
func CLI(t testing.TB, args ...string) string {
	t.Helper()
	return cli(t, nil, args...)
}

// cli runs the podman command with the given input.
func cli(t testing.TB, input io.Reader, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := podman(t.Context(), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("podman %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSuffix(stdout.String(), "\n")
}
