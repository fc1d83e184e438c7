package toolbox

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/limber-run/limber/engine/prober"
	"github.com/limber-run/limber/engine/unixsock"
)

// versionVariable tells the agent which limber it belongs to. It is in the
// environment of the toolbox image.
const versionVariable = "LIMBER_VERSION"

// acceptPause is how long the agent takes no connections after it could not
// take one.
const acceptPause = 100 * time.Millisecond

// agent holds a sandbox as pause does, and makes checks from inside its
// network for whoever connects to its socket.
func agent(c *call) int {
	set := c.flags()
	socket := set.String("socket", "", "")
	if _, code, ok := c.parse(set, 0); !ok {
		return code
	}
	if *socket == "" {
		return c.misused()
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l, err := unixsock.Listen(ctx, *socket)
	if err != nil {
		return c.fail(exitFailed, "%v", err)
	}
	var serving sync.WaitGroup
	checker := prober.NewChecker(os.Getenv(versionVariable))
	serving.Go(func() { serveAll(ctx, l, checker) })

	c.untilToldToStop()
	cancel()
	_ = l.Close()
	serving.Wait()
	return exitOK
}

// serveAll serves connections until l is closed, and returns when the last
// one has ended.
func serveAll(ctx context.Context, l net.Listener, checker *prober.Checker) {
	var connections sync.WaitGroup
	defer connections.Wait()
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors, say: that passes
			rest(ctx, acceptPause)
			continue
		}
		connections.Go(func() { prober.Serve(ctx, conn, checker.Check) })
	}
}
