package supervisor

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"

	"github.com/limber-run/limber/engine/control"
)

// socketCheck is how often the supervisor looks whether its control socket is
// still there.
const socketCheck = 2 * time.Second

// Listen opens the control socket, on which Run then serves.
func (p *Project) Listen() (err error) {
	p.listener, err = control.Listen(p.cfg.RuntimeDir)
	return err
}

// serve answers on the control socket until the returned function is called,
// which waits for the requests under way.
func (p *Project) serve() (stop func()) {
	if p.listener == nil {
		return func() {}
	}
	serving, cancel := context.WithCancel(context.Background()) // longer than p.life: somebody may wait for an answer
	var server sync.WaitGroup
	answer := func(l net.Listener) {
		server.Go(func() {
			if err := control.Serve(serving, l, p); err != nil {
				p.cfg.Log.Error().Err(err).Msg("serve the control socket")
			}
		})
	}
	answer(p.listener)
	server.Go(func() { p.keepSocket(serving, answer) })
	return func() {
		cancel()
		server.Wait()
	}
}

// keepSocket makes the control socket anew when somebody has removed it:
// nobody could reach the supervisor any more.
func (p *Project) keepSocket(ctx context.Context, answer func(net.Listener)) {
	check := time.NewTicker(socketCheck)
	defer check.Stop()
	for {
		select {
		case <-check.C:
			p.mendSocket(answer)
		case <-ctx.Done():
			return
		}
	}
}

// mendSocket makes the control socket anew, with its directory, if it is gone.
// Requests on the old one are answered still.
func (p *Project) mendSocket(answer func(net.Listener)) {
	path := control.SocketPath(p.cfg.RuntimeDir)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	err := os.MkdirAll(p.cfg.RuntimeDir, 0o700)
	var l net.Listener
	if err == nil {
		l, err = control.Listen(p.cfg.RuntimeDir)
	}
	if err != nil {
		p.cfg.Log.Error().Err(err).Msg("the control socket was removed, and cannot be made anew")
		return
	}
	p.cfg.Log.Warn().Str("path", path).Msg("the control socket was removed, and is made anew")
	answer(l) // who serves it closes it
}
