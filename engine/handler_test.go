package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHandlersFindTheirUnit(t *testing.T) {
	const address = "10.0.0.7"
	tests := map[string]struct{ h, want Handler }{
		"http":         {Handler{HTTPGet: &HTTPGet{Port: 80}}, Handler{HTTPGet: &HTTPGet{Port: 80, Host: address}}},
		"tcp":          {Handler{TCPSocket: &TCPSocket{Port: 80}}, Handler{TCPSocket: &TCPSocket{Port: 80, Host: address}}},
		"grpc":         {Handler{GRPC: &GRPC{Port: 80}}, Handler{GRPC: &GRPC{Port: 80, Host: address}}},
		"another host": {Handler{TCPSocket: &TCPSocket{Host: "db"}}, Handler{TCPSocket: &TCPSocket{Host: "db"}}},
		"none":         {Handler{Sleep: &Sleep{}}, Handler{Sleep: &Sleep{}}},
	}
	for name, tc := range tests {
		if homeless := tc.h.Homeless(); homeless != !cmp.Equal(tc.h, tc.want) {
			t.Errorf("%s: homeless %v", name, homeless)
		}
		tc.h.At("10.0.0.6") // does not change h
		if diff := cmp.Diff(tc.want, tc.h.At(address)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if again := tc.want.At("10.0.0.8"); !cmp.Equal(again, tc.want) {
			t.Errorf("%s: moved to %+v", name, again)
		}
	}
}
