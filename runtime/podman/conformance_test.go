//go:build podman

package podman_test

import (
	"testing"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman/podmantest"
	"github.com/limber-run/limber/runtime/runtimetest"
)

func TestConformance(t *testing.T) {
	registry := podmantest.Registry(t)
	env := runtimetest.Env{
		Image: podmantest.BusyboxImage(t),
		Shell: true,
		PullErrors: map[string]error{
			registry.Missing():       runtime.ErrNotFound,
			registry.Denied():        runtime.ErrDenied,
			"127.0.0.1:1/image":      runtime.ErrUnreachable,
			"localhost/never-made":   runtime.ErrNotFound,
			"registry.invalid/image": runtime.ErrUnreachable,
			"Not/A Reference::1":     runtime.ErrInvalidReference,
		},
	}
	runtimetest.Run(t, func(t *testing.T) (runtime.Runtime, runtimetest.Env) {
		t.Helper()
		return connect(t), env
	})
}
