package prober

import (
	"time"

	"github.com/limber-run/limber/engine"
)

// Request asks an agent for one check. Exactly one of HTTP and TCP is set.
type Request struct {
	ID      uint64          `json:"id"`
	Timeout time.Duration   `json:"timeout"`
	HTTP    *engine.HTTPGet `json:"http,omitempty"`
	TCP     *TCPConnect     `json:"tcp,omitempty"`
}

// Answer is what came of the Request of the same ID. If Error is set, the
// check could not be made and the rest means nothing.
type Answer struct {
	ID     uint64 `json:"id"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
	Error  string `json:"error,omitempty"`
}

// TCPConnect opens a connection and closes it again.
type TCPConnect struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}
