package engine

import "time"

// Handler is what a probe or a hook does. Exactly one field is set; a probe
// does not sleep, and a hook only runs a command, sends a request or sleeps
// (SEMANTICS B 52, 78).
type Handler struct {
	Exec      *Exec      `json:"exec,omitempty"`
	HTTPGet   *HTTPGet   `json:"http_get,omitempty"`
	TCPSocket *TCPSocket `json:"tcp_socket,omitempty"`
	GRPC      *GRPC      `json:"grpc,omitempty"`
	Sleep     *Sleep     `json:"sleep,omitempty"`
}

// Homeless reports whether h connects to the unit's own address, which is not
// known before it runs.
func (h Handler) Homeless() bool {
	host := h.host()
	return host != nil && *host == ""
}

// At returns h for a unit that has an address. A host that is declared stays.
func (h Handler) At(address string) Handler {
	h.HTTPGet, h.TCPSocket, h.GRPC = copied(h.HTTPGet), copied(h.TCPSocket), copied(h.GRPC)
	if h.Homeless() {
		*h.host() = address
	}
	return h
}

// host is where h connects to; nil if it does not.
func (h Handler) host() *string {
	switch {
	case h.HTTPGet != nil:
		return &h.HTTPGet.Host
	case h.TCPSocket != nil:
		return &h.TCPSocket.Host
	case h.GRPC != nil:
		return &h.GRPC.Host
	}
	return nil
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// Exec runs a command in the unit's container; exit code 0 is a success.
type Exec struct {
	Command []string `json:"command"`
}

// HTTPGet sends a GET request from inside the workflow's network; an answer
// from 200 to 399 is a success.
type HTTPGet struct {
	Scheme  string            `json:"scheme"` // "http" or "https"; certificates are not checked
	Host    string            `json:"host"`   // "": the unit's own address
	Port    int               `json:"port"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
}

// TCPSocket opens a connection from inside the workflow's network, and closes
// it again.
type TCPSocket struct {
	Host string `json:"host"` // "": the unit's own address
	Port int    `json:"port"`
}

// GRPC asks by the gRPC health checking protocol, without TLS; SERVING is a
// success.
type GRPC struct {
	Host    string `json:"host"` // "": the unit's own address
	Port    int    `json:"port"`
	Service string `json:"service,omitempty"` // "": the server as a whole
}

// Sleep waits.
type Sleep struct {
	Duration time.Duration `json:"duration"`
}
