package supervisor

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime/fake"
)

func TestAControlSocketThatIsRemovedIsMadeAnew(t *testing.T) {
	p, err := Open(Config{
		Project: "p", StateDir: t.TempDir(), RuntimeDir: filepath.Join(t.TempDir(), "run"),
		Runtime: fake.New("toolbox"), BootID: "boot", Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var server sync.WaitGroup
	made := 0
	answer := func(l net.Listener) {
		made++
		server.Go(func() {
			if err := control.Serve(ctx, l, p); err != nil {
				t.Error(err)
			}
		})
	}
	p.mendSocket(answer)
	if made != 0 {
		t.Error("it was there, and is made anew")
	}
	if err := os.RemoveAll(p.cfg.RuntimeDir); err != nil {
		t.Fatal(err)
	}
	p.mendSocket(answer)
	client, err := control.Dial(p.cfg.RuntimeDir)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	if info, err := os.Stat(p.cfg.RuntimeDir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its directory: %v, %v", info, err)
	}
	cancel()
	server.Wait()
	if _, err := os.Lstat(control.SocketPath(p.cfg.RuntimeDir)); !os.IsNotExist(err) {
		t.Errorf("the socket after the end: %v", err)
	}
}
