package fake_test

import (
	"testing"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
	"github.com/limber-run/limber/runtime/runtimetest"
)

func TestConformance(t *testing.T) {
	runtimetest.Run(t, func(t *testing.T) (runtime.Runtime, runtimetest.Env) {
		rt := fake.New("busybox")
		t.Cleanup(func() { rt.Close() })
		rt.SetRemote("private", fake.Remote{Err: runtime.ErrDenied})
		rt.SetRemote("far", fake.Remote{Err: runtime.ErrUnreachable})
		return rt, runtimetest.Env{Image: "busybox", PullErrors: map[string]error{
			"private": runtime.ErrDenied, "far": runtime.ErrUnreachable, "none": runtime.ErrNotFound,
		}}
	})
}
