package podman

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/blang/semver/v4"
	"github.com/containers/podman/v5/libpod/define"
	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
)

// clockSlack is by how much a container may seem to have ended before it
// started: Podman notes the start after the fact, and a short process has
// ended by then.
const clockSlack = 10 * time.Second

// container translates what an inspection says.
func (r *Runtime) container(data *define.InspectContainerData) runtime.Container {
	c := runtime.Container{
		ID:     data.ID,
		Name:   strings.TrimPrefix(data.Name, "/"),
		Image:  data.ImageName,
		Labels: data.Config.Labels,
		State:  r.state(data.State),
	}
	switch c.State {
	case runtime.Running:
		c.Pid = data.State.Pid
		c.Address = addressOf(data)
		c.Exit.StartedAt = data.State.StartedAt
	case runtime.Exited, runtime.Lost:
		c.Exit = r.exit(data)
	case runtime.Prepared:
		c.Address = addressOf(data)
	}
	return c
}

// addressOf returns the address on the one network that a container has, if
// it has any.
func addressOf(data *define.InspectContainerData) string {
	if data.NetworkSettings == nil {
		return ""
	}
	for _, n := range data.NetworkSettings.Networks {
		if n != nil && cmp.Or(n.IPAddress, n.GlobalIPv6Address) != "" {
			return cmp.Or(n.IPAddress, n.GlobalIPv6Address)
		}
	}
	return cmp.Or(data.NetworkSettings.IPAddress, data.NetworkSettings.GlobalIPv6Address)
}

// state is where a container is in its life. A service that dies while it
// starts a container does not know afterwards that it did; the process tells.
func (r *Runtime) state(s *define.InspectContainerState) runtime.State {
	state := stateOf(s)
	switch {
	case state != runtime.Prepared || s.Pid == 0 || !r.samePIDs:
		return state
	case !exists(fmt.Sprintf("/proc/%d", s.Pid)):
		return runtime.Lost
	case isStarted(s.Pid):
		return runtime.Running
	default:
		return state
	}
}

// stateOf is the state that Podman knows. After a reboot it calls what was
// running "created" (4.x) or "exited" with code 0 (5.x), in both cases without
// a time at which it ended. What is created and had a process has lost it.
func stateOf(s *define.InspectContainerState) runtime.State {
	switch s.Status {
	case define.ContainerStateConfigured.String(), define.ContainerStateCreated.String():
		hadProcess := s.Status == define.ContainerStateConfigured.String() && s.Pid != 0
		if s.StartedAt.IsZero() && !hadProcess {
			return runtime.Prepared
		}
		return runtime.Lost
	case define.ContainerStateRunning.String(), define.ContainerStatePaused.String(), define.ContainerStateStopping.String():
		return runtime.Running
	case define.ContainerStateStopped.String(), define.ContainerStateExited.String(), define.ContainerStateRemoving.String():
		if hasEnded(s) {
			return runtime.Exited
		}
		return runtime.Lost
	default:
		return runtime.Lost
	}
}

// hasEnded is whether the end that Podman reports can be believed. When the
// container started is not known if the service died at that moment.
func hasEnded(s *define.InspectContainerState) bool {
	return !s.FinishedAt.IsZero() && !s.FinishedAt.Before(s.StartedAt.Add(-clockSlack))
}

// isOver is whether the container will not change any more. One that is being
// removed will go away, and an unknown state will become another.
func isOver(s *define.InspectContainerState) bool {
	if s.Status == define.ContainerStateRemoving.String() || s.Status == define.ContainerStateUnknown.String() {
		return false
	}
	state := stateOf(s)
	return state == runtime.Exited || state == runtime.Lost
}

// exit is how a container ended that is Exited or Lost.
func (r *Runtime) exit(data *define.InspectContainerData) runtime.Exit {
	exit := exitOf(data.State)
	_, killed := r.killed.Load(data.ID)
	exit.OOMKilled = exit.OOMKilled || r.version.LT(tellsOOM) && !killed && isLikelyOOM(data, exit)
	return exit
}

// tellsOOM is the first version that says whether a container was killed for
// its memory.
var tellsOOM = semver.MustParse("5.0.0")

// isLikelyOOM is whether a container that nobody here has killed may have been
// killed for its memory: it has a limit, and died of SIGKILL.
func isLikelyOOM(data *define.InspectContainerData, exit runtime.Exit) bool {
	const killed = 128 + int(unix.SIGKILL)
	return !exit.Lost && exit.Code == killed && data.HostConfig != nil && data.HostConfig.Memory > 0
}

// exitOf is exit as Podman says it.
func exitOf(s *define.InspectContainerState) runtime.Exit {
	if stateOf(s) != runtime.Exited {
		return runtime.Exit{Lost: true, StartedAt: s.StartedAt}
	}
	exit := runtime.Exit{
		Code:       int(s.ExitCode),
		OOMKilled:  s.OOMKilled,
		StartedAt:  s.StartedAt,
		FinishedAt: s.FinishedAt,
	}
	if exit.StartedAt.IsZero() {
		exit.StartedAt = exit.FinishedAt
	}
	if exit.FinishedAt.Before(exit.StartedAt) {
		exit.FinishedAt = exit.StartedAt
	}
	return exit
}
