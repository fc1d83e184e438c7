// Package supervisor drives the workflows of a project: it carries out what
// package engine decides, tells it what happens, and keeps on disk what must
// survive.
//
// One goroutine per workflow owns its run (driver.loop); an attempt, a timer,
// a probe or a pull is a goroutine that posts to it. Who starts a goroutine
// waits for it: Run returns after the last one.
package supervisor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// ErrLocked is a project that another supervisor drives.
var ErrLocked = errors.New("another supervisor drives this project")

// Config is what a supervisor needs.
type Config struct {
	Project    string
	StateDir   string // of this project: journal and run records
	RuntimeDir string // of this project, on a tmpfs: control socket, lock, agents, secrets
	Runtime    runtime.Runtime
	Toolbox    Toolbox
	Executable string // limber's own static binary
	Version    string
	BootID     string // of the host; "": what the kernel says
	Recorded   func() // called after each record, unless nil: a place to crash at
	Log        zerolog.Logger
}

// Toolbox is limber's own small image, which the holders run.
type Toolbox struct {
	Ref string
	// Ensure makes the image if it is missing or of another binary.
	Ensure func(context.Context) error
}

// Project drives the workflows of a project. It is the control.API of its
// supervisor.
type Project struct {
	cfg      Config
	bootID   string
	lock     *os.File
	listener net.Listener
	journal  *journal.Journal
	secrets  *secrets.Store
	files    *files
	messages messages
	keys     keys
	machine  atomic.Pointer[engine.Amounts] // what it has; nil: not known yet

	life  context.Context //nolint:containedctx // the life of the supervisor itself, not of a call
	letGo context.CancelFunc
	news  broadcast
	// released is closed when another supervisor is to take over.
	released    chan struct{}
	releaseOnce sync.Once
	mu          sync.Mutex // guards what follows; never held while waiting
	drivers     map[string]*driver
	order       []string // names of workflows as first seen
	records     map[string]journal.Record
	orphans     []*driver              // that the supervisor before has left
	env         map[string]environment // of workflows
	running     bool                   // Run has begun
	served      bool                   // somebody has asked for something
	closing     bool
	removing    bool // Down is at work: it decides when to end
	wg          sync.WaitGroup
}

// Open takes the project's lock and loads its records. Nothing happens before
// Run. Errors: ErrLocked.
func Open(cfg Config) (*Project, error) {
	for _, dir := range []string{cfg.StateDir, cfg.RuntimeDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	p := &Project{
		cfg: cfg, released: make(chan struct{}),
		files:    &files{dir: filepath.Join(cfg.RuntimeDir, filesDir)},
		messages: messages{dir: filepath.Join(cfg.RuntimeDir, messagesDir)},
		keys:     keys{path: filepath.Join(cfg.StateDir, keyFile)},
		drivers:  map[string]*driver{}, records: map[string]journal.Record{}, env: map[string]environment{},
	}
	p.life, p.letGo = context.WithCancel(context.Background())
	if err := p.open(); err != nil {
		p.release()
		return nil, err
	}
	return p, nil
}

func (p *Project) open() (err error) {
	if p.lock, err = lock(filepath.Join(p.cfg.StateDir, "lock")); err != nil {
		return err
	}
	if p.bootID = p.cfg.BootID; p.bootID == "" {
		p.bootID, err = journal.BootID()
	}
	if err != nil {
		return err
	}
	if p.journal, err = journal.Open(p.cfg.StateDir, p.cfg.Project); err != nil {
		return err
	}
	p.journal.OnRestore(func() {
		p.cfg.Log.Warn().Str("directory", p.cfg.StateDir).Msg("the journal was removed, and is begun anew")
	})
	if p.secrets, err = openSecrets(p.cfg); err != nil {
		return err
	}
	return p.load()
}

// openSecrets opens the store of secrets in the runtime directory, or in
// shared memory where that is on disk, as in many containers.
func openSecrets(cfg Config) (*secrets.Store, error) {
	store, err := secrets.Open(filepath.Join(cfg.RuntimeDir, "secrets"))
	if !errors.Is(err, secrets.ErrOnDisk) {
		return store, err
	}
	if store, shmErr := secrets.Open(fmt.Sprintf("/dev/shm/limber-%d-%s", os.Getuid(), cfg.Project)); shmErr == nil {
		return store, nil
	}
	return nil, err
}

// Close gives back what Open took. It is for a project that is not Run.
func (p *Project) Close() { p.release() }

// load reads the records, and removes secrets that nobody can be using.
func (p *Project) load() error {
	records, err := journal.LoadRecords(p.cfg.StateDir)
	if err != nil {
		return err // says which record, and what to do
	}
	live := map[string]bool{}
	var runs []*engine.Run // whose outputs are still of use
	for _, r := range records {
		name := r.Run.Spec.Name
		p.records[name] = r
		p.order = append(p.order, name)
		d := newDriver(p, r.Run)
		p.drivers[name] = d
		if r.Orphan {
			d.fate.Store(orphaned)
			d.asked.Add(1) // to end
			p.orphans = append(p.orphans, d)
		}
		if r.Run.Live() && r.BootID == p.bootID {
			runs = append(runs, &r.Run)
		}
		for i := range r.Run.Units {
			if r.Run.Live() && r.BootID == p.bootID && r.Run.Units[i].Phase.Live() {
				live[secrets.DirName(name, r.Run.Ref(i))] = true
			}
		}
	}
	return p.secrets.Sweep(func(dir string) bool {
		return live[dir] || slices.ContainsFunc(runs, func(r *engine.Run) bool { return isOutputOf(r, dir) })
	})
}

// release gives back what open took.
func (p *Project) release() {
	if p.listener != nil {
		_ = p.listener.Close() // the socket file goes with it; nobody is left to hear of an error
	}
	if p.journal != nil {
		_ = p.journal.Close()
	}
	if p.secrets != nil {
		_ = p.secrets.Close()
	}
	if p.lock != nil {
		_ = p.lock.Close()
	}
	p.letGo()
}

// Run takes over what the records say was live, then drives all workflows. It
// returns when nothing is left to drive (somebody has asked for something, and
// every workflow has ended), when Down is done, or when ctx ends or Release is
// called: then it lets go, and the containers stay as they are.
func (p *Project) Run(ctx context.Context) error {
	stopServing := p.serve()
	p.mu.Lock()
	p.running = true
	for _, d := range p.drivers {
		p.drive(d)
	}
	p.mu.Unlock()
	p.spawn(func() { p.abandon(p.life, p.orphans) })

	p.untilDone(ctx)
	p.letGo()
	p.wg.Wait()
	_ = p.journal.Close() // followers get the last event, then the end
	stopServing()
	p.release()
	return nil
}

// drive begins the loop of a workflow, which takes over what its record says.
func (p *Project) drive(d *driver) {
	r := p.records[d.name]
	p.wg.Go(func() { d.loop(r) })
}

// untilDone blocks until there is nothing left to do.
func (p *Project) untilDone(ctx context.Context) {
	for {
		news := p.news.next()
		if p.done() {
			return
		}
		select {
		case <-news:
			continue
		case <-ctx.Done():
		case <-p.released:
		}
		p.mu.Lock()
		p.closing = true
		p.mu.Unlock()
		return
	}
}

// done reports whether the supervisor may end, and if so closes the door.
func (p *Project) done() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.served || p.removing || !p.idle() || !p.saved() {
		return false
	}
	p.closing = true
	return true
}

// saved reports whether all records say what is, and none is to be removed. The
// caller holds mu.
func (p *Project) saved() bool {
	for _, d := range p.drivers {
		if !d.state.Load().saved || d.fate.Load() != kept {
			return false
		}
	}
	return true
}

// changed wakes who waits for the end of something.
func (p *Project) changed() { p.news.tell() }

func now() time.Time { return time.Now() }

func unknown(what, name string) error {
	return fmt.Errorf("%w %s %q", control.ErrUnknown, what, name)
}
