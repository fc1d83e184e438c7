package podman

import (
	"testing"
	"time"

	"github.com/blang/semver/v4"
	"github.com/containers/podman/v5/libpod/define"

	"github.com/limber-run/limber/runtime"
)

func TestStates(t *testing.T) {
	never, start := time.Time{}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		status            string
		pid               int
		started, finished time.Time
		want              runtime.State
	}{
		"created":                          {"created", 0, never, never, runtime.Prepared},
		"initialised":                      {"initialized", 7, never, never, runtime.Prepared},
		"running":                          {"running", 7, start, never, runtime.Running},
		"being stopped":                    {"stopping", 0, start, never, runtime.Running},
		"ended, not cleaned up":            {"stopped", 0, start, start.Add(time.Second), runtime.Exited},
		"ended":                            {"exited", 0, start, start.Add(time.Second), runtime.Exited},
		"ended before the start was noted": {"exited", 0, start, start.Add(-2 * time.Millisecond), runtime.Exited},
		"running at a reboot, 4.x":         {"created", 0, start, never, runtime.Lost},
		"running at a reboot, 5.x":         {"exited", 0, start, never, runtime.Lost},
		"started again, then a reboot":     {"exited", 0, start, start.Add(-time.Hour), runtime.Lost},
		"set up again by an attach":        {"initialized", 7, start, start.Add(time.Second), runtime.Lost},
		"started while the service died":   {"exited", 0, never, start, runtime.Exited},
		"ended unseen by its service":      {"created", 7, never, never, runtime.Lost},
		"unknown":                          {"unknown", 0, start, never, runtime.Lost},
	} {
		s := &define.InspectContainerState{Status: c.status, Pid: c.pid, StartedAt: c.started, FinishedAt: c.finished}
		if got := stateOf(s); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if exit := exitOf(s); exit.Lost != (c.want != runtime.Exited) || exit.FinishedAt.Before(exit.StartedAt) && !exit.Lost {
			t.Errorf("%s: exit %+v", name, exit)
		}
	}
}

// TestOOMIsGuessedOfOldVersions: Podman 4 never says that a container was
// killed for its memory.
func TestOOMIsGuessedOfOldVersions(t *testing.T) {
	start := time.Now()
	for _, c := range []struct {
		name    string
		version string
		code    int32
		limit   int64
		says    bool
		killed  bool // by us
		want    bool
	}{
		{"killed within a limit", "4.9.5", 137, 1, false, false, true},
		{"killed by us", "4.9.5", 137, 1, false, true, false},
		{"without a limit", "4.9.5", 137, 0, false, false, false},
		{"ended otherwise", "4.9.5", 1, 1, false, false, false},
		{"Podman 5 would say so", "5.0.0", 137, 1, false, false, false},
		{"and does", "5.4.2", 1, 1, true, true, true},
	} {
		r := &Runtime{version: semver.MustParse(c.version)}
		if c.killed {
			r.killed.Store("id", struct{}{})
		}
		got := r.exit(&define.InspectContainerData{
			ID:         "id",
			State:      &define.InspectContainerState{Status: "exited", ExitCode: c.code, OOMKilled: c.says, StartedAt: start, FinishedAt: start},
			HostConfig: &define.InspectContainerHostConfig{Memory: c.limit},
		})
		if got.OOMKilled != c.want || got.Lost {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	r := &Runtime{version: semver.MustParse("4.3.1")}
	lost := &define.InspectContainerData{State: &define.InspectContainerState{Status: "exited", ExitCode: 137, StartedAt: start}, HostConfig: &define.InspectContainerHostConfig{Memory: 1}}
	if got := r.exit(lost); got.OOMKilled || !got.Lost {
		t.Errorf("lost: %+v", got)
	}
}

func TestUsersAreLookedUp(t *testing.T) {
	const passwd, group = "root:x:0:0::/:/bin/sh\nbroken\napp:x:1000:1001::/:/bin/sh\n", "root:x:0:\nextra:x:2000:app\n"
	for user, want := range map[string]owner{
		"root": {0, 0}, "app": {1000, 1001}, "1000": {1000, 1001}, "9": {9, 0}, "app:extra": {1000, 2000}, "9:2000": {9, 2000}, "app:7": {1000, 7},
	} {
		if got, err := lookUp(passwd, group, user); got != want || err != nil {
			t.Errorf("lookUp(%s) = %v, %v, want %v", user, got, err, want)
		}
	}
	for _, user := range []string{"ghost", "app:ghosts"} {
		if got, err := lookUp(passwd, group, user); err == nil {
			t.Errorf("lookUp(%s) = %v, want an error", user, got)
		}
	}
}
