package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

var (
	simWorkflows = flag.Int("sim", 1000, "how many workflows TestSimulation lives through")
	simSeed      = flag.Uint64("seed", 0, "the only seed that TestSimulation tries")
)

// TestSimulation lets a whole system (supervisor, journal, records, secrets,
// and an engine in memory) live through random workflows and random
// misfortune: engines that fail, hang, lie about what they did and are away;
// containers killed, lost and removed behind its back; crashes, reboots; and
// people who stop, restart and change things at any time. After each step the
// invariants hold, when all is quiet again the workflow is where it should be,
// and after a stop nothing is left. A seed that fails prints what happened.
func TestSimulation(t *testing.T) {
	if *simSeed != 0 {
		synctest.Test(t, func(t *testing.T) { simulate(t, *simSeed) })
		return
	}
	const workers = 2
	for worker := range workers {
		t.Run(fmt.Sprint(worker), func(t *testing.T) {
			t.Parallel()
			for n := worker; n < *simWorkflows && !t.Failed(); n += workers {
				synctest.Test(t, func(t *testing.T) { simulate(t, uint64(n)+1) })
			}
		})
	}
}

func simulate(t *testing.T, seed uint64) {
	s := newSim(t, seed)
	defer s.clean()
	s.apply(s.spec)
	for range 5 + s.next(20) {
		s.step()
		s.pause()
	}
	s.calm()
	s.settle()
	s.end()
}

// sim is one life. Its bench is never in trouble itself.
type sim struct {
	*bench
	seed   uint64
	random *rand.Rand
	boots  int
	spec   engine.Workflow // as applied last
	units  int             // that were added to it
	ports  int             // of the host that were given to units
	lifts  []func()        // of faults
	onCall atomic.Pointer[func()]
	books  simBooks
	story  []string // what was done to it
}

func newSim(t *testing.T, seed uint64) *sim {
	t.Helper()
	dir := memoryDir(t)
	s := &sim{
		seed: seed, random: rand.New(rand.NewPCG(seed, 0)),
		bench: &bench{
			t: t, rt: fake.New("toolbox"), begun: time.Now(), boot: "boot 0",
			state: filepath.Join(dir, "state"), runtime: filepath.Join(dir, "run"),
		},
	}
	s.spec = s.workflow()
	s.books = newSimBooks(s)
	s.rt.OnChange(s.books.changed)
	s.rt.Observe(s.called)
	s.open()
	return s
}

func (s *sim) clean() {
	s.crash()
	<-s.ended
	if s.t.Failed() {
		spec, err := json.Marshal(s.spec)
		s.t.Logf("seed %d\n%s %v\n%s\n%s\n%s", s.seed, spec, err, strings.Join(s.story, "\n"),
			strings.Join(s.rt.History(), "\n"), strings.Join(s.events(), "\n"))
	}
}

func (s *sim) next(n int) int { return s.random.IntN(n) }

// oneIn is true once in n times.
func (s *sim) oneIn(n int) bool { return s.next(n) == 0 }

func (s *sim) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf(format, args...)
}

func (s *sim) tell(format string, args ...any) {
	s.story = append(s.story, fmt.Sprintf("%s  %s", time.Since(s.begun), fmt.Sprintf(format, args...)))
}

// pause lets time go by.
func (s *sim) pause() {
	switch s.next(4) {
	case 0:
	case 1:
		time.Sleep(time.Duration(s.next(1000)) * time.Millisecond)
	default:
		time.Sleep(time.Duration(s.next(20)) * time.Second)
	}
}

// step does one thing to the system.
func (s *sim) step() {
	switch s.next(14) {
	case 0:
		s.stop()
	case 1, 2:
		s.restart()
	case 3:
		s.apply(s.spec)
	case 4:
		s.change()
		s.apply(s.spec)
	case 5, 6:
		s.hurtContainer()
	case 7, 8, 9:
		s.fault()
	case 10:
		s.away()
	case 11:
		s.die("crash")
	case 12:
		s.dieInACall()
	case 13:
		s.reboot()
	}
}

// ask makes a request of the supervisor. One that has just ended, or that is
// dead, does not answer: then another is started and asked.
func (s *sim) ask(request func() error) {
	for {
		err := request()
		if err == nil || errors.Is(err, control.ErrUnknown) || errors.Is(err, context.DeadlineExceeded) {
			return
		}
		if !errors.Is(err, control.ErrNoSupervisor) {
			s.fail("request: %v", err)
			return
		}
		s.reopenLater()
	}
}

func (s *sim) apply(w engine.Workflow) {
	s.tell("apply %s", w.Fingerprint())
	s.books.applied(w)
	s.ask(func() error {
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute) // the engine may hang
		defer cancel()
		_, err := s.project.Apply(ctx, control.ApplyRequest{
			Workflows: []engine.Workflow{w}, Env: map[string]string{"PASSWORD": "canary-7f3a"},
		})
		return err
	})
}

// change makes the workflow up anew, in part.
func (s *sim) change() {
	s.spec.Units = slices.Clone(s.spec.Units)
	i, what := s.next(len(s.spec.Units)), s.next(6)
	if s.spec.Units[i].Name == "z" { // one thing at least is to stay up
		what = 3 * (what % 2)
	}
	switch what {
	case 0:
		s.spec.TerminationGracePeriod += time.Second
	case 1:
		s.spec.Units[i].Container.Args = append(slices.Clone(s.spec.Units[i].Container.Args), "more")
	case 2:
		s.spec.Units = slices.Delete(s.spec.Units, i, i+1)
	case 3:
		s.units++
		s.spec.Units = append(s.spec.Units, s.service(fmt.Sprintf("s%d", s.units), s.spec.RestartPolicy))
	case 4:
		s.spec.Network = s.network()
	case 5:
		s.spec.Units[i].Container.Ports = s.publish()
	}
}

func (s *sim) stop() {
	req := control.StopRequest{Force: s.oneIn(4)}
	if s.oneIn(2) {
		grace := time.Duration(s.next(20)) * time.Second
		req.Grace = &grace
	}
	s.tell("stop %+v", req)
	s.ask(func() error { return s.project.Stop(s.t.Context(), req) })
	synctest.Wait()
	s.project.mu.Lock()
	defer s.project.mu.Unlock()
	if d := s.project.drivers["w"]; d != nil {
		s.books.stopped.Store(d.asked.Load() == 0) // the request was heard
	}
}

func (s *sim) restart() {
	req := control.RestartRequest{Workflow: "w", NoInit: s.oneIn(3)}
	if u := s.spec.Units[s.next(len(s.spec.Units))]; u.Kind != engine.Init && s.oneIn(2) {
		req.Unit = u.Name
	}
	s.tell("restart %+v", req)
	s.books.restarted(req)
	s.ask(func() error { return s.project.Restart(s.t.Context(), req) })
}

// hurtContainer does something to a container behind limber's back.
func (s *sim) hurtContainer() {
	running := s.books.running()
	if len(running) == 0 {
		return
	}
	name := running[s.next(len(running))]
	what := s.next(5)
	s.tell("hurt %s (%d)", name, what)
	switch what {
	case 0:
		s.rt.Kill(name, 137)
	case 1:
		s.rt.Kill(name, 0)
	case 2:
		s.rt.OOM(name)
	case 3:
		s.rt.Lose(name)
	case 4:
		s.rt.Vanish(name)
	}
}

var faulty = []fake.Method{
	fake.Image, fake.User, fake.Prepare, fake.Watch, fake.Start, fake.Signal, fake.Exec, fake.Check, fake.Inspect,
	fake.List, fake.Remove, fake.CreateNetwork,
}

// fault makes the engine fail in some calls from now on.
func (s *sim) fault() {
	f := fake.Fault{On: faulty[s.next(len(faulty))], Times: 1 + s.next(3)}
	switch s.next(5) {
	case 0:
		f.Err = errors.New("500 internal error")
	case 1:
		f.Err, f.Late = runtime.ErrUnavailable, true
	case 2:
		f.Err = runtime.ErrUnavailable
	case 3:
		f.Delay = time.Duration(s.next(5000)) * time.Millisecond
		f.Late = s.oneIn(2)
	case 4:
		f.Hang, f.Late = true, s.oneIn(2)
	}
	s.tell("fault %+v", f)
	s.lifts = append(s.lifts, s.rt.Inject(f))
}

// away makes the engine unreachable for a while.
func (s *sim) away() {
	s.tell("away")
	s.rt.Unavailable(true)
	time.Sleep(time.Duration(s.next(60)) * time.Second)
	s.rt.Unavailable(false)
}

// die is kill -9 of the supervisor; another one comes, at once or later.
func (s *sim) die(how string) {
	s.tell("%s", how)
	_ = s.rt.Close() // nothing more gets through
	s.crash()
	<-s.ended
	s.reopenLater()
}

// dieInACall is kill -9 just before, or after, one of the next calls.
func (s *sim) dieInACall() {
	in := s.next(8)
	var calls atomic.Int32
	rt, crash := s.rt, s.crash
	die := func() {
		if int(calls.Add(1)) == in+1 {
			_ = rt.Close()
			crash()
		}
	}
	s.onCall.Store(&die)
	s.pause()
	s.onCall.Store(nil)
	s.die(fmt.Sprintf("crash in call %d", in))
}

// called hears of each call of the engine, before it has an effect.
func (s *sim) called(c fake.Call) {
	switch c.Method { //nolint:exhaustive // the others are of no interest
	case fake.Signal:
		name, _, _ := strings.Cut(c.Subject, " ")
		s.books.signaled.Store(name, true)
	case fake.Start:
		s.books.late.Store(c.Subject, s.books.stopped.Load())
	}
	if f := s.onCall.Load(); f != nil {
		(*f)()
	}
}

// reboot takes all processes, and what was in memory.
func (s *sim) reboot() {
	s.tell("reboot")
	_ = s.rt.Close()
	s.crash()
	<-s.ended
	s.rt.Reboot()
	s.boots++
	s.boot = fmt.Sprintf("boot %d", s.boots)
	if err := os.RemoveAll(s.runtime); err != nil {
		s.fail("%v", err)
	}
	s.reopenLater()
}

func (s *sim) reopenLater() {
	<-s.ended
	if s.oneIn(2) {
		time.Sleep(time.Duration(s.next(60)) * time.Second)
	}
	s.rt = s.rt.Reconnect()
	s.open()
}

// calm ends all misfortune.
func (s *sim) calm() {
	s.tell("calm")
	for _, lift := range s.lifts {
		lift()
	}
	time.Sleep(time.Minute) // what was begun under misfortune comes to its end
	s.apply(s.spec)
}

// settle waits until the workflow is up, or has ended for a reason of its own:
// every process behaves in the end, and so does the engine now.
func (s *sim) settle() {
	ctx, cancel := context.WithTimeout(s.t.Context(), 12*time.Hour)
	defer cancel()
	for {
		news := s.project.news.next()
		status, err := s.project.Status(ctx)
		if err != nil {
			s.fail("%v", err)
			return
		}
		if len(status.Workflows) == 1 && (status.Workflows[0].Settled() || status.Workflows[0].FailedForGood() != nil) {
			return
		}
		select {
		case <-news:
		case <-s.ended:
			return
		case <-ctx.Done():
			s.fail("not settled after hours: %+v", status)
			return
		}
	}
}

// end stops the workflow, and takes it down.
func (s *sim) end() {
	s.tell("end")
	synctest.Wait()
	s.books.check()
	s.ask(func() error { return s.project.Stop(s.t.Context(), control.StopRequest{}) })
	select {
	case <-s.ended:
	case <-time.After(time.Hour):
		s.fail("it has not ended an hour after the stop")
		return
	}
	s.books.checkEnd()
	s.rt = s.rt.Reconnect()
	s.open()
	if _, err := s.project.Down(s.t.Context(), control.DownRequest{}); err != nil {
		s.fail("down: %v", err)
	}
	<-s.ended
	if left := s.rt.Leftovers(projectLabels("p")); left != "" {
		s.fail("left after down:\n%s", left)
	}
	if records, err := journal.LoadRecords(s.state); len(records) > 0 || err != nil {
		s.fail("records after down: %v, %v", records, err)
	}
}
