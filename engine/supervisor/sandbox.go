package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/prober"
	"github.com/limber-run/limber/runtime"
)

// agentMount is where the holder sees the directory of its agent's socket.
const (
	agentMount  = "/run/limber"
	agentSocket = "agent.sock"
	agentsDir   = "agents" // in the runtime directory, one for each workflow
)

// sandbox is the holder container whose namespaces the units join, unless each
// has its own network. It owns network, ports and memory volumes, and its process
// is the agent that probes from inside.
type sandbox struct {
	number int
	id     string             // "" until it is up
	names  map[string]bool    // units whose names resolve in it; nil: all do, or none need
	cancel context.CancelFunc // of its preparation
	agent  *prober.Prober
	probes *sync.WaitGroup // what uses agent: probes and hooks
	old    []string        // holders of earlier sandboxes, to be removed
}

// prepare makes sandbox number on a goroutine; the engine hears of it.
func (s *sandbox) prepare(d *driver, number int) {
	if s.number == number && s.id != "" { // adopted
		d.wg.Go(func() { d.feed(engine.SandboxReady{At: now(), Number: number}) })
		return
	}
	ctx, cancel := context.WithCancel(d.life)
	s.number, s.id, s.cancel = number, "", cancel
	plan := sandboxPlan{holder: d.holderSpec(number), workflow: d.run.Spec, images: d.images}
	s.names = namesOf(plan.holder.Labels)
	plan.before = d.givenUp(func(ref engine.Ref) bool { return ref.Run < d.run.Number })
	d.wg.Go(func() {
		defer cancel()
		d.prepareSandbox(ctx, number, plan)
	})
}

// sandboxPlan is what a sandbox is made from.
type sandboxPlan struct {
	holder   runtime.Spec
	workflow engine.Workflow
	images   *images
	before   []string // containers that must be gone first: they may have its ports and names
}

func (d *driver) prepareSandbox(ctx context.Context, number int, plan sandboxPlan) {
	id, wait, err := d.makeSandbox(ctx, plan)
	if err != nil {
		if id != "" {
			d.removeNow(id)
		}
		d.post(func() { d.sandboxFailed(number, err) })
		return
	}
	d.post(func() { d.sandboxUp(number, id) })
	if _, err := d.await(d.life, id, wait); err == nil {
		d.post(func() { d.sandboxGone(number) })
	}
}

// makeSandbox starts the holder and what it needs. The ID is not empty if
// there is something to remove.
func (d *driver) makeSandbox(
	ctx context.Context, plan sandboxPlan,
) (id string, wait waiter, err error) {
	rt, spec := d.project.cfg.Runtime, plan.holder
	if err := d.makeWay(ctx, plan.before); err != nil {
		return "", nil, err
	}
	if err := plan.images.ensure(ctx, d.life, spec.Image, runtime.PullNever); err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(d.agentDir(), 0o700); err != nil {
		return "", nil, err
	}
	if spec.Network.Mode == runtime.NetworkBridge {
		if err := rt.CreateNetwork(ctx, spec.Network.Name, projectLabels(d.project.cfg.Project)); err != nil {
			return "", nil, fmt.Errorf("create network %s: %w", spec.Network.Name, err)
		}
	}
	if err := d.createVolumes(ctx, plan.workflow.Volumes); err != nil {
		return "", nil, err
	}
	if err := d.project.files.keep(plan.workflow); err != nil {
		return "", nil, err
	}
	if id, err = rt.Prepare(ctx, spec); err != nil {
		return leftBy(err, spec), nil, err
	}
	if wait, err = rt.Watch(d.life, id); err != nil {
		return id, nil, err
	}
	return id, wait, patiently(ctx, func() error { return rt.Start(ctx, id) })
}

func (d *driver) createVolumes(ctx context.Context, volumes []engine.Volume) error {
	for _, v := range volumes {
		switch v.Kind { //nolint:exhaustive // the others are volumes of the engine
		case engine.VolumeHost:
			continue
		case engine.VolumeFiles:
			if err := d.project.files.place(d.name, v); err != nil {
				return err
			}
			continue
		}
		labels := projectLabels(d.project.cfg.Project)
		labels[LabelVolume] = string(v.Kind)
		if v.Kind != engine.VolumeNamed {
			labels[LabelWorkflow] = d.name
		}
		err := d.project.cfg.Runtime.CreateVolume(ctx, runtime.VolumeSpec{
			Name: volumeName(d.project.cfg.Project, d.name, v), Labels: labels,
			Tmpfs: v.Kind == engine.VolumeTmpfs, Size: v.Size, Shared: v.Kind == engine.VolumeScratch,
		})
		if err != nil {
			return fmt.Errorf("create volume %s: %w", v.Name, err)
		}
	}
	return nil
}

// holderSpec is the container that holds sandbox number.
func (d *driver) holderSpec(number int) runtime.Spec {
	w, project := d.run.Spec, d.project.cfg.Project
	labels := workflowLabels(project, d.name)
	labels[LabelSandbox] = strconv.Itoa(number)
	labels[LabelSpec] = w.Fingerprint()
	spec := runtime.Spec{
		Name: holderName(project, d.name, number), Labels: labels,
		Image:   d.project.cfg.Toolbox.Ref,
		Command: []string{"agent", "--socket", filepath.Join(agentMount, agentSocket)},
		Mounts:  []runtime.Mount{{Kind: runtime.MountBind, Source: d.agentDir(), Target: agentMount}},
	}
	d.connectHolder(&spec, w)
	for _, v := range w.Volumes { // a memory volume lives as long as something mounts it
		if v.Kind == engine.VolumeTmpfs {
			spec.Mounts = append(spec.Mounts, runtime.Mount{
				Kind: runtime.MountVolume, Source: volumeName(project, d.name, v), Target: "/volumes/" + v.Name,
			})
		}
	}
	return spec
}

// namesOf reads the label of a holder; nil if there are none to be known.
func namesOf(labels map[string]string) map[string]bool {
	if labels[LabelNames] == "" {
		return nil
	}
	names := map[string]bool{}
	for _, name := range strings.Fields(labels[LabelNames]) {
		names[name] = true
	}
	return names
}

// addName is run in the holder: its hosts are those of all units.
func addName(name string) []string {
	return []string{"write-file", "--append", "/etc/hosts", "127.0.0.1\t" + name}
}

// named notes that a name resolves in the sandbox with the ID.
func (s *sandbox) named(id, name string) {
	if s.id == id {
		s.names[name] = true
	}
}

func (d *driver) agentDir() string {
	return filepath.Join(d.project.cfg.RuntimeDir, agentsDir, d.name)
}

func (d *driver) sandboxUp(number int, id string) {
	if d.sandbox.number != number {
		return
	}
	d.sandbox.up(d, id)
	d.transition(engine.SandboxReady{At: now(), Number: number})
	if d.run.Sandbox.Phase == engine.SandboxRemoving { // taken back while it was being made
		d.sandbox.end(d)
	}
}

func (s *sandbox) up(d *driver, id string) {
	s.id = id
	s.probes = &sync.WaitGroup{}
	s.agent = prober.New(prober.Socket(filepath.Join(d.agentDir(), agentSocket)))
}

// sandboxFailed tells the engine that there is none, and why if it was wanted.
func (d *driver) sandboxFailed(number int, err error) {
	if d.run.Sandbox.Phase == engine.SandboxRemoving {
		d.transition(engine.SandboxLost{At: now(), Number: number})
		return
	}
	d.log.Warn().Err(err).Msg("prepare the sandbox")
	d.transition(engine.SandboxFailed{
		At: now(), Number: number, Message: err.Error(), Permanent: !errors.Is(err, runtime.ErrUnavailable),
	})
}

func (d *driver) sandboxGone(number int) {
	if d.sandbox.number == number {
		d.sandbox.close(d)
		d.sandbox.old = append(d.sandbox.old, d.sandbox.id)
		d.sandbox.id = ""
	}
	d.transition(engine.SandboxLost{At: now(), Number: number})
}

// adopt takes over a holder that exists, and reports whether it is the one in
// use. One that is on no record is removed, and so is one that was never
// started: it may be of another declaration.
func (s *sandbox) adopt(d *driver, c runtime.Container) bool {
	number, err := strconv.Atoi(c.Labels[LabelSandbox])
	current := err == nil && number == d.run.Sandbox.Number
	switch {
	case err != nil || number > d.run.Sandbox.Number || c.State == runtime.Prepared:
		d.removeNow(c.ID)
		return false
	case !current && c.State == runtime.Running:
		d.killHolder(c.ID)
		s.old = append(s.old, c.ID)
		return false
	case !current || c.State != runtime.Running:
		s.old = append(s.old, c.ID)
		return false
	}
	s.number, s.names = number, namesOf(c.Labels)
	s.up(d, c.ID)
	d.wg.Go(func() {
		if _, err := d.await(d.life, c.ID, d.watch(d.life, c.ID)); err == nil {
			d.post(func() { d.sandboxGone(number) })
		}
	})
	return true
}

// remove ends sandbox number. The containers that joined it stay, for their
// logs; so does the holder, until they are swept.
func (s *sandbox) remove(d *driver, number int) {
	switch {
	case s.id != "" && s.number == number:
		s.end(d)
	case s.number == number && s.cancel != nil:
		s.cancel()
	default:
		d.wg.Go(func() { d.feed(engine.SandboxLost{At: now(), Number: number}) })
	}
}

func (s *sandbox) end(d *driver) { d.killHolder(s.id) }

// killHolder ends a holder.
func (d *driver) killHolder(id string) {
	d.wg.Go(func() {
		ctx, cancel := d.cleanup()
		defer cancel()
		_ = d.stubbornly(ctx, "end the sandbox", func() error {
			return d.project.cfg.Runtime.Signal(ctx, id, "SIGKILL")
		})
	})
}

func (s *sandbox) forget(id string) {
	kept := s.old[:0:0]
	for _, old := range s.old {
		if old != id {
			kept = append(kept, old)
		}
	}
	s.old = kept
}

// begin runs what may use the agent on a goroutine.
func (s *sandbox) begin(d *driver, f func()) {
	if s.agent == nil {
		d.wg.Go(f)
		return
	}
	s.probes.Go(f)
}

// close ends the probes and hooks, and the connection to the agent.
func (s *sandbox) close(d *driver) {
	if s.agent == nil {
		return
	}
	for key, cancel := range d.probes {
		cancel()
		delete(d.probes, key)
	}
	for ref, cancel := range d.hooks {
		cancel(errSandboxGone)
		delete(d.hooks, ref)
	}
	agent, probes := s.agent, s.probes
	s.agent = nil
	d.wg.Go(func() {
		probes.Wait()
		agent.Close()
	})
}
