package toolbox

import (
	"context"
	"net"
)

// waitDNS waits until a name has an address.
func waitDNS(c *call) int {
	return c.wait(func(name string) (string, func(context.Context) error, error) {
		return "the name " + name, func(ctx context.Context) error {
			_, err := net.DefaultResolver.LookupHost(ctx, name)
			return err
		}, nil
	})
}
