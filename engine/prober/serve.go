package prober

import (
	"context"
	"encoding/json"
	"net"
	"sync"
)

// Serve answers the requests that come in on conn, each in its own time, with
// check. It returns when conn ends or ctx does; what is still being checked
// is cancelled, and nothing of it goes on after Serve has returned. It closes
// conn.
func Serve(ctx context.Context, conn net.Conn, check func(context.Context, Request) Answer) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() { _ = conn.Close() }()
	hangUp := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer hangUp()

	var checks sync.WaitGroup
	defer checks.Wait()
	defer cancel()

	out := &answers{encoder: json.NewEncoder(conn)}
	in := json.NewDecoder(conn)
	for {
		var req Request
		if in.Decode(&req) != nil {
			return
		}
		checks.Go(func() {
			if out.send(check(ctx, req)) != nil {
				cancel()
			}
		})
	}
}

// answers writes lines from many goroutines.
type answers struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

func (a *answers) send(answer Answer) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.encoder.Encode(answer)
}
