package toolbox

import (
	"context"
	"fmt"
	"net"
)

// waitTCP waits until a connection to an address can be opened.
func waitTCP(c *call) int {
	return c.wait(func(address string) (string, func(context.Context) error, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil || port == "" {
			return "", nil, fmt.Errorf("%q is no address such as db:5432", address)
		}
		return net.JoinHostPort(host, port), func(ctx context.Context) error { return connect(ctx, address) }, nil
	})
}

func connect(ctx context.Context, address string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}
