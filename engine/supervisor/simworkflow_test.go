package supervisor

import (
	"path/filepath"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// workflow makes one up, and what its processes do: anything at first, and what
// they should in the end.
func (s *sim) workflow() engine.Workflow {
	w := engine.Workflow{
		Name: "w", RestartPolicy: s.policy(), Network: s.network(),
		TerminationGracePeriod: time.Duration(s.next(8)) * time.Second,
		Secrets:                []engine.SecretSource{{Name: "password", Env: "PASSWORD"}},
	}
	if s.oneIn(8) {
		w.ActiveDeadline = time.Duration(1+s.next(10)) * time.Minute
	}
	for i := range 1 + s.next(5) {
		w.Units = append(w.Units, s.unit(string(rune('a'+i)), w.RestartPolicy))
	}
	w.Units = append(w.Units, s.service("z", w.RestartPolicy)) // one thing at least is to stay up
	return w
}

func (s *sim) network() engine.NetworkMode {
	modes := []engine.NetworkMode{engine.NetworkPod, engine.NetworkBridge, engine.NetworkBridge, engine.NetworkHost, engine.NetworkNone}
	return modes[s.next(len(modes))]
}

func (s *sim) policy() engine.RestartPolicy {
	return []engine.RestartPolicy{engine.RestartAlways, engine.RestartAlways, engine.RestartOnFailure, engine.RestartNever}[s.next(4)]
}

func (s *sim) unit(name string, policy engine.RestartPolicy) engine.UnitSpec {
	switch s.next(3) {
	case 0:
		return s.initStep(name)
	case 1:
		u := s.service(name, engine.RestartAlways)
		u.Kind = engine.Sidecar
		return u
	}
	return s.service(name, policy)
}

// container is what all units have.
func (s *sim) container(kind engine.Kind, name string) engine.UnitSpec {
	u := talking(unit(kind, name), []engine.MessagePolicy{engine.MessageFile, engine.MessageFallbackToLogs}[s.next(2)])
	u.Restart.Backoff = engine.Backoff{
		Immediate: s.next(2), Initial: time.Duration(s.next(3)) * time.Second, Max: time.Minute, Multiplier: 2,
		Jitter: float64(s.next(2)) / 5,
	}
	if s.oneIn(3) {
		u.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
	}
	if s.oneIn(2) { // where the network lets it
		u.Container.Ports = s.publish()
	}
	if s.oneIn(6) {
		actions := []engine.RestartAction{engine.ActionRestart, engine.ActionRestartWorkflow, engine.ActionFail}
		u.Restart.Rules = []engine.RestartRule{{OnExit: []int{1}, Action: actions[s.next(3)]}}
	}
	return u
}

// publish is a port of the host that no other unit has.
func (s *sim) publish() []runtime.Port {
	s.ports++
	return []runtime.Port{{Container: 80, Host: 8000 + s.ports}}
}

func (s *sim) initStep(name string) engine.UnitSpec {
	u := s.container(engine.Init, name)
	u.Run = []engine.RunMode{engine.RunAlways, engine.RunAlways, engine.RunOnce, engine.RunOnChange}[s.next(4)]
	if s.oneIn(4) {
		u.Timeout = time.Duration(1+s.next(3)) * time.Second
	}
	if s.oneIn(4) {
		u.Restart.Attempts = 1 + s.next(4)
	}
	if s.oneIn(6) {
		u.Restart.Deadline = time.Duration(1+s.next(60)) * time.Second
	}
	s.script(name, fake.Behaviour{For: time.Duration(s.next(900)) * time.Millisecond}, func(b *fake.Behaviour) {
		b.For, b.Code = time.Duration(s.next(6000))*time.Millisecond, s.next(2)
	})
	return u
}

func (s *sim) service(name string, policy engine.RestartPolicy) engine.UnitSpec {
	u := s.container(engine.Service, name)
	u.Restart.Policy = policy
	u.Restart.ResetAfter = time.Duration(s.next(3)) * time.Minute
	if s.oneIn(6) {
		u.Restart.Scope = engine.ScopeWorkflow
	}
	for _, probe := range []**engine.Probe{&u.Startup, &u.Readiness, &u.Liveness} {
		if s.oneIn(3) {
			*probe = &engine.Probe{
				Handler: engine.Handler{Exec: &engine.Exec{Command: []string{"probe"}}},
				Period:  time.Second, Timeout: time.Second, SuccessThreshold: 1, FailureThreshold: 5,
			}
		}
	}
	if s.oneIn(4) {
		u.PostStart = execHook("sleep", time.Duration(s.next(3000)*int(time.Millisecond)).String())
	}
	if s.oneIn(4) {
		u.PreStop = execHook("sleep", time.Duration(s.next(6000)*int(time.Millisecond)).String())
	}
	s.script(name, fake.Behaviour{For: fake.Forever, OnSignal: &fake.Reaction{}}, func(b *fake.Behaviour) {
		b.Code = s.next(2)
		if b.For = fake.Forever; s.oneIn(2) {
			b.For = time.Duration(s.next(30)) * time.Second
		}
	})
	return u
}

// script makes up what the first few processes of a unit do.
func (s *sim) script(name string, good fake.Behaviour, vary func(*fake.Behaviour)) {
	var starts []fake.Behaviour
	for range s.next(5) {
		b := good
		vary(&b)
		switch s.next(8) {
		case 0:
			b.OOM, b.Code = true, 137
		case 1:
			b.Fail = &runtime.StartError{Code: 127, Message: "not found"}
		}
		b.OnSignal = []*fake.Reaction{nil, {}, {Ignore: true}, {After: time.Duration(s.next(9)) * time.Second}}[s.next(4)]
		sick := time.Duration(max(s.next(60)-40, 0)) * time.Second
		b.Healthy = func(up time.Duration) bool { return up >= sick }
		b.Exec = func(up time.Duration, _ []string) runtime.ExecResult {
			return runtime.ExecResult{Code: map[bool]int{true: 1}[up < sick]}
		}
		starts = append(starts, b)
	}
	starts = append(starts, good)
	s.rt.Script(fake.Labelled(LabelUnit, name), starts[0], starts[1:]...)
}

// secretsOf returns the attempts that have files in the store of secrets.
func (s *sim) secretsOf() []string {
	dirs, err := filepath.Glob(filepath.Join(s.runtime, "secrets", "*"))
	if err != nil {
		s.fail("%v", err)
	}
	for i := range dirs {
		dirs[i] = filepath.Base(dirs[i])
	}
	return dirs
}
