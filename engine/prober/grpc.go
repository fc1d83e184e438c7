package prober

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/limber-run/limber/engine"
)

// The gRPC health checking protocol, version 1, is one call with one field in
// each direction:
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md. The gRPC
// library would make the binary half as big again for it.
const (
	healthMethod = "/grpc.health.v1.Health/Check"
	serviceField = 1 // of the request: a string
	statusField  = 1 // of the answer: an enum
	serving      = 1
)

// healthStatuses are the values of the answer's enum.
var healthStatuses = []string{"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}

// grpcPrefix is the length of what precedes a message: whether it is
// compressed, and its size.
const grpcPrefix = 5

// newGRPCClient returns a client that speaks HTTP/2 without TLS.
func newGRPCClient() *http.Client {
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: protocols, DisableKeepAlives: true}}
}

// GRPC reports whether a server says that it serves, and in detail what it
// says.
func (c *Checker) GRPC(ctx context.Context, to engine.GRPC) (ok bool, detail string) {
	message := protowire.AppendTag(nil, serviceField, protowire.BytesType)
	message = protowire.AppendString(message, to.Service)
	body := append(make([]byte, grpcPrefix), message...)
	binary.BigEndian.PutUint32(body[1:], uint32(len(message)))

	address := "http://" + net.JoinHostPort(to.Host, strconv.Itoa(to.Port)) + healthMethod
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return false, withoutURL(err).Error()
	}
	req.Header.Set("Content-Type", "application/grpc")
	req.Header.Set("Te", "trailers")
	req.Header.Set("User-Agent", c.userAgent)
	resp, err := c.grpc.Do(req)
	if err != nil {
		return false, noGRPC(ctx, withoutURL(err)).Error()
	}
	defer func() { _ = resp.Body.Close() }()
	status, err := readHealth(resp)
	if err != nil {
		return false, err.Error()
	}
	if status < uint64(len(healthStatuses)) {
		return status == serving, healthStatuses[status]
	}
	return false, fmt.Sprintf("unknown status %d", status)
}

// noGRPC tells a server that speaks something else from one that cannot be
// reached: what net/http says of the former depends on who is faster.
func noGRPC(ctx context.Context, err error) error {
	var network *net.OpError
	if ctx.Err() != nil || errors.As(err, &network) && network.Op == "dial" {
		return err
	}
	return fmt.Errorf("no answer in gRPC: %w", err)
}

// readHealth reads the status out of an answer.
func readHealth(resp *http.Response) (uint64, error) {
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return 0, err
	}
	if err := grpcError(resp); err != nil {
		return 0, err
	}
	if len(body) < grpcPrefix {
		return 0, errors.New("the answer is no gRPC message")
	}
	for message := body[grpcPrefix:]; len(message) > 0; {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return 0, protowire.ParseError(n)
		}
		message = message[n:]
		if number == statusField && kind == protowire.VarintType {
			status, n := protowire.ConsumeVarint(message)
			return status, protowire.ParseError(n)
		}
		if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
			return 0, protowire.ParseError(n)
		}
		message = message[n:]
	}
	return 0, nil // a field that is left out has its first value
}

// grpcError is what a server answers instead of a message: in the trailer, or
// in the header if there is no body.
func grpcError(resp *http.Response) error {
	for _, header := range []http.Header{resp.Trailer, resp.Header} {
		switch code := header.Get("Grpc-Status"); code {
		case "", "0":
		case "5":
			return errors.New("the server does not know this service")
		case "12":
			return errors.New("the server does not answer health checks")
		default:
			return fmt.Errorf("gRPC status %s: %s", code, Quote(header.Get("Grpc-Message")))
		}
	}
	return nil
}
