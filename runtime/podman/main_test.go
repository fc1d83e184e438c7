//go:build podman

package podman_test

import (
	"testing"

	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// TestMain runs the tests next to a Podman of their own.
func TestMain(m *testing.M) { podmantest.Main(m) }
