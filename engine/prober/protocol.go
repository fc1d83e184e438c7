package prober

import (
	"time"

	"github.com/limber-run/limber/engine"
)

// Request asks an agent for one check. Exactly one of HTTP, TCP and GRPC is
// set.
type Request struct {
	ID      uint64            `json:"id"`
	Timeout time.Duration     `json:"timeout"`
	Quiet   bool              `json:"quiet,omitempty"` // do not quote what the server says
	HTTP    *engine.HTTPGet   `json:"http,omitempty"`
	TCP     *engine.TCPSocket `json:"tcp,omitempty"`
	GRPC    *engine.GRPC      `json:"grpc,omitempty"`
}

// Answer is what came of the Request of the same ID. If Error is set, the
// check could not be made and the rest means nothing.
type Answer struct {
	ID     uint64 `json:"id"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
	Error  string `json:"error,omitempty"`
}
