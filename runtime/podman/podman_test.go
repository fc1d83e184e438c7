//go:build podman

package podman_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

func TestInfo(t *testing.T) {
	info, err := connect(t).Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Name != "podman" || info.Version == "" || info.OCIRuntime == "" || info.CPUs == 0 || info.StorageDriver == "" {
		t.Errorf("Info() = %+v, want more", info)
	}
}

func TestPrepareSaysWhyACommandCannotRun(t *testing.T) {
	r := connect(t)
	for command, code := range map[string]int{"nope": 127, "/bin/nope": 127, "/etc": 126, "/etc/passwd": 126} {
		name := "limber-test-cannot-run"
		_, err := r.Prepare(t.Context(), runtime.Spec{Name: name, Image: podmantest.BusyboxImage(t), Command: []string{command}})
		var start *runtime.StartError
		if !errors.As(err, &start) || start.Code != code {
			t.Errorf("Prepare(%s) = %v, want a start error with code %d", command, err, code)
		}
		if _, err := r.Inspect(t.Context(), name); !errors.Is(err, runtime.ErrNotFound) {
			t.Errorf("Prepare(%s) left a container: %v", command, err)
		}
	}
}

func TestPrepareNamesWhatIsMissing(t *testing.T) {
	r := connect(t)
	_, err := r.Prepare(t.Context(), runtime.Spec{Image: podmantest.BusyboxImage(t), Command: []string{"true"}, Security: runtime.Security{User: "nobody-here"}})
	var start *runtime.StartError
	if !errors.As(err, &start) || start.Code != 125 {
		t.Errorf("no such user: %v, want a start error with code 125", err)
	}
	_, err = r.Prepare(t.Context(), runtime.Spec{Image: podmantest.BusyboxImage(t), Command: []string{"true"}, Mounts: []runtime.Mount{{Kind: runtime.MountBind, Source: "/no/such/dir", Target: "/x"}}})
	if err == nil || !strings.Contains(err.Error(), "/no/such/dir") {
		t.Errorf("no such mount: %v, want an error that names it", err)
	}
}

// Podman would run an ended container again.
func TestStartDoesNotRunAnEndedContainerAgain(t *testing.T) {
	r := connect(t)
	dir := t.TempDir()
	id := prepare(t, r, runtime.Spec{
		Command: []string{"sh", "-c", "echo ran >> /out/log"},
		Mounts:  []runtime.Mount{{Kind: runtime.MountBind, Source: dir, Target: "/out"}},
	})
	startAndWait(t, r, id)
	for range 3 {
		if err := r.Start(t.Context(), id); err != nil {
			t.Errorf("Start() of an ended container = %v, want nil", err)
		}
	}
	got, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil || string(got) != "ran\n" {
		t.Errorf("the container wrote %q (%v), want one run", got, err)
	}
}

func TestAdapterAdoptsARunningContainer(t *testing.T) {
	second, first := connect(t), connect(t)
	labels := map[string]string{"limber.test": "adopt"}
	id := prepare(t, second, runtime.Spec{Labels: labels, Command: []string{"sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done"}})
	if err := first.Start(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := second.List(t.Context(), labels)
	if err != nil || len(found) != 1 || found[0].ID != id || found[0].State != runtime.Running || found[0].Pid == 0 {
		t.Fatalf("List() = %+v, %v, want the running container", found, err)
	}
	wait, err := second.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	awaitLine(t, second.Logs, id, "ready")
	if err := second.Signal(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if exit, err := wait(); err != nil || exit.Code != 7 {
		t.Errorf("wait() = %+v, %v, want code 7", exit, err)
	}
}

func TestWatchEndsWithTheAdapter(t *testing.T) {
	first, second := connect(t), connect(t)
	id := start(t, second, runtime.Spec{Command: []string{"sleep", "1000"}})
	wait, err := first.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := wait(); !errors.Is(err, runtime.ErrUnavailable) {
		t.Errorf("wait() = %v, want %v", err, runtime.ErrUnavailable)
	}
}

func TestWatchOfARemovedContainer(t *testing.T) {
	r := connect(t)
	id := prepare(t, r, runtime.Spec{Command: []string{"true"}})
	wait, err := r.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if exit, err := wait(); !errors.Is(err, runtime.ErrNotFound) && !exit.Lost {
		t.Errorf("wait() = %+v, %v, want %v", exit, err, runtime.ErrNotFound)
	}
}

func TestDeadMonitorIsLost(t *testing.T) {
	r := connect(t)
	id := start(t, r, runtime.Spec{Command: []string{"sleep", "1000"}})
	wait, err := r.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	killParent(t, c.Pid)
	if exit, err := wait(); err != nil || !exit.Lost {
		t.Errorf("wait() = %+v, %v, want lost", exit, err)
	}
	endsSoon(t, c.Pid)
}

func TestDeadMonitorOfAHolderIsLost(t *testing.T) {
	r := connect(t)
	holder := start(t, r, runtime.Spec{Command: []string{"sleep", "1000"}})
	run(t, r, runtime.Spec{Sandbox: holder}, "true") // is kept, so that Podman keeps the holder
	c, err := r.Inspect(t.Context(), holder)
	if err != nil {
		t.Fatal(err)
	}
	killParent(t, c.Pid)
	wait, err := r.Watch(t.Context(), holder)
	if err != nil {
		t.Fatal(err)
	}
	if exit, err := wait(); err != nil || !exit.Lost {
		t.Errorf("wait() = %+v, %v, want lost", exit, err)
	}
	endsSoon(t, c.Pid)
}

func TestReadOnlyRootHasScratchDirs(t *testing.T) {
	r := connect(t)
	out, exit := run(t, r, runtime.Spec{Security: runtime.Security{ReadOnly: true}}, "touch /tmp/a /run/b /var/tmp/c && ! touch /data/d 2>/dev/null && echo good")
	if exit.Code != 0 || out != "good" {
		t.Errorf("exit %d, output %q, want good", exit.Code, out)
	}
}

func TestMounts(t *testing.T) {
	r := connect(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("bound"), 0o600); err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{"limber.test": t.Name()}
	volume := runtime.VolumeSpec{Name: "limber-test-mounts", Labels: labels}
	for range 2 {
		if err := r.CreateVolume(t.Context(), volume); err != nil {
			t.Fatal(err)
		}
	}
	spec := runtime.Spec{Mounts: []runtime.Mount{
		{Kind: runtime.MountBind, Source: dir, Target: "/bound", ReadOnly: true},
		{Kind: runtime.MountVolume, Source: volume.Name, Target: "/volume"},
		{Kind: runtime.MountTmpfs, Target: "/memory", Size: 1 << 20},
		{Kind: runtime.MountTmpfs, Target: "/owned", Chown: true},
	}}
	out, exit := run(t, r, spec, `cat /bound/f; ! touch /bound/x 2>/dev/null && touch /volume/y && ! dd if=/dev/zero of=/memory/z bs=1M count=2 2>/dev/null && echo; echo end`)
	if exit.Code != 0 || out != "bound\nend" {
		t.Errorf("exit %d, output %q, want the bound file and the end", exit.Code, out)
	}
	other := runtime.Spec{Mounts: []runtime.Mount{{Kind: runtime.MountVolume, Source: volume.Name, Target: "/volume", ReadOnly: true}}}
	out, _ = run(t, r, other, "ls /volume; touch /volume/q 2>/dev/null || echo read-only")
	if out != "y\nread-only" {
		t.Errorf("the volume shows %q, want y, read-only", out)
	}
}

func TestChownGivesABindToTheUser(t *testing.T) {
	r := connect(t)
	dir := t.TempDir()
	spec := runtime.Spec{
		Security: runtime.Security{User: "app"},
		Mounts:   []runtime.Mount{{Kind: runtime.MountBind, Source: dir, Target: "/out", Chown: true}},
	}
	out, exit := run(t, r, spec, "touch /out/x && stat -c %u:%g /out")
	if exit.Code != 0 || out != "1000:1001" {
		t.Errorf("exit %d, output %q, want the directory to be the user's", exit.Code, out)
	}
}

func TestSecurity(t *testing.T) {
	r := connect(t)
	out, _ := run(t, r, runtime.Spec{}, "grep -c . /dev/null; while read k v; do case $k in NoNewPrivs:) echo $v;; esac; done < /proc/self/status")
	if !strings.HasSuffix(out, "1") {
		t.Errorf("no_new_privs: %q, want 1", out)
	}
	out, _ = run(t, r, runtime.Spec{Security: runtime.Security{Drop: []string{"ALL"}, User: "1000:2000"}}, "while read k v; do case $k in CapBnd:) echo $v;; esac; done < /proc/self/status; id -u; id -g")
	if out != "0000000000000000\n1000\n2000" {
		t.Errorf("capabilities and owner: %q, want none, 1000, 2000", out)
	}
}

func TestEnvironmentIsNotInherited(t *testing.T) {
	t.Setenv("http_proxy", "http://proxy.invalid:1")
	r := connect(t)
	out, _ := run(t, r, runtime.Spec{Env: map[string]string{"A": "x y\nz"}}, `echo "$A"; echo "${http_proxy-none}"`)
	if out != "x y\nz\nnone" {
		t.Errorf("output %q", out)
	}
}

func TestSandboxIsShared(t *testing.T) {
	r := connect(t)
	labels := map[string]string{"limber.test": t.Name()}
	network := "limber-test-sandbox"
	for range 2 {
		if err := r.CreateNetwork(t.Context(), network, labels); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := r.RemoveNetworks(context.WithoutCancel(t.Context()), labels); err != nil {
			t.Error(err)
		}
	})
	sandbox := start(t, r, runtime.Spec{
		Hostname: "boxed", Hosts: []string{"web", "db"},
		Network: runtime.Network{Mode: runtime.NetworkBridge, Name: network, Aliases: []string{"alias"}},
		Ports:   []runtime.Port{{Container: 8080, Host: 18080}, {Container: 9090}},
		Command: []string{"httpd", "-f", "-p", "8080", "-h", "/etc"},
	})
	member := runtime.Spec{Sandbox: sandbox}
	out, exit := run(t, r, member, "hostname; wget -q -O - http://web:8080/group | head -n 1; readlink /proc/self/ns/ipc")
	lines := strings.Split(out, "\n")
	if exit.Code != 0 || !slices.Equal(lines[:2], []string{"boxed", "root:x:0:"}) {
		t.Errorf("exit %d, output %q", exit.Code, out)
	}
	other := runtime.Spec{Network: runtime.Network{Mode: runtime.NetworkBridge, Name: network}}
	out, exit = run(t, r, other, "wget -q -O - http://alias:8080/group | head -n 1")
	if exit.Code != 0 || out != "root:x:0:" {
		t.Errorf("by alias: exit %d, output %q", exit.Code, out)
	}
}

// A port must lead to its new owner as soon as the end of the old one is known.
func TestPortsMove(t *testing.T) {
	r := connect(t)
	labels := map[string]string{"limber.test": t.Name()}
	network := "limber-test-ports"
	if err := r.CreateNetwork(t.Context(), network, labels); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.RemoveNetworks(context.WithoutCancel(t.Context()), labels); err != nil {
			t.Error(err)
		}
	})
	spec := runtime.Spec{
		Network: runtime.Network{Mode: runtime.NetworkBridge, Name: network},
		Ports:   []runtime.Port{{Container: 8080, Host: 18081, HostIP: "127.0.0.1", Protocol: "tcp"}},
		Command: []string{"httpd", "-f", "-p", "8080", "-h", "/etc"},
	}
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for range 8 {
		id := start(t, r, spec)
		wait, err := r.Watch(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		serves := []string{"sh", "-c", "until wget -q -O /dev/null http://127.0.0.1:8080/group; do :; done"}
		if _, err := r.Exec(t.Context(), id, serves); err != nil {
			t.Fatal(err)
		}
		resp, err := client.Get("http://127.0.0.1:18081/group")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if err := r.Signal(t.Context(), id, "SIGKILL"); err != nil {
			t.Fatal(err)
		}
		if _, err := wait(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSignals(t *testing.T) {
	r := connect(t)
	id := start(t, r, runtime.Spec{StopSignal: "SIGUSR1", Command: []string{"sh", "-c", "trap 'exit 5' USR1; echo ready; while :; do sleep 0.01; done"}})
	wait, err := r.Watch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	awaitLine(t, r.Logs, id, "ready")
	if err := r.Signal(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if exit, err := wait(); err != nil || exit.Code != 5 {
		t.Errorf("wait() = %+v, %v, want code 5", exit, err)
	}
	for _, signal := range []string{"", "SIGKILL"} {
		if err := r.Signal(t.Context(), id, signal); err != nil {
			t.Errorf("Signal(%q) of an ended container = %v", signal, err)
		}
	}
}

func TestExec(t *testing.T) {
	r := connect(t)
	id := start(t, r, runtime.Spec{Command: []string{"sleep", "1000"}, HealthCommand: []string{"sh", "-c", "test -e /tmp/healthy"}})
	for _, c := range []struct {
		command []string
		want    runtime.ExecResult
	}{
		{[]string{"sh", "-c", "echo out; echo err >&2; exit 3"}, runtime.ExecResult{Code: 3, Output: "out\nerr\n"}},
		{[]string{"true"}, runtime.ExecResult{}},
	} {
		got, err := r.Exec(t.Context(), id, c.command)
		if err != nil || got.Code != c.want.Code || len(got.Output) != len(c.want.Output) {
			t.Errorf("Exec(%q) = %+v, %v, want %+v", c.command, got, err, c.want)
		}
	}
	for command, code := range map[string]int{"nope": 127, "/etc/passwd": 126} {
		if got, err := r.Exec(t.Context(), id, []string{command}); err != nil || got.Code != code {
			t.Errorf("Exec(%s) = %+v, %v, want code %d", command, got, err, code)
		}
	}
	if got, err := r.Exec(t.Context(), id, []string{"sh", "-c", "yes | head -c 100000"}); err != nil || got.Code != 0 || len(got.Output) != 4096 {
		t.Errorf("long output: %d bytes, code %d, %v, want 4096, 0", len(got.Output), got.Code, err)
	}
	for _, want := range []bool{false, true} {
		if ok, err := r.Check(t.Context(), id); ok != want || err != nil {
			t.Errorf("Check() = %v, %v, want %v", ok, err, want)
		}
		if _, err := r.Exec(t.Context(), id, []string{"touch", "/tmp/healthy"}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExecThatIsNotWantedAnyMoreIsKilled(t *testing.T) {
	r := connect(t)
	id := start(t, r, runtime.Spec{Command: []string{"sleep", "1000"}})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, err := r.Exec(ctx, id, []string{"sleep", "2000"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Exec() = %v, want %v", err, context.DeadlineExceeded)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("Exec() took %s after its deadline", took)
	}
	got, err := r.Exec(t.Context(), id, []string{"sh", "-c", "cat /proc/[0-9]*/cmdline"})
	if err != nil || strings.Contains(got.Output, "2000") {
		t.Errorf("processes: %q, %v, want no sleep 2000", got.Output, err)
	}
}

func TestUser(t *testing.T) {
	r := connect(t)
	for _, c := range []struct {
		user     string
		uid, gid int
	}{
		{"", 0, 0}, {"7:8", 7, 8}, {"app", 1000, 1001}, {"1000", 1000, 1001}, {"4711", 4711, 0}, {"app:extra", 1000, 2000}, {"5:extra", 5, 2000},
	} {
		uid, gid, err := r.User(t.Context(), podmantest.BusyboxImage(t), c.user)
		if err != nil || uid != c.uid || gid != c.gid {
			t.Errorf("User(%q) = %d, %d, %v, want %d, %d", c.user, uid, gid, err, c.uid, c.gid)
		}
	}
	if _, _, err := r.User(t.Context(), podmantest.BusyboxImage(t), "ghost"); !errors.Is(err, runtime.ErrNotFound) {
		t.Errorf("User(ghost) = %v, want %v", err, runtime.ErrNotFound)
	}
}

// awaitLine returns when a container has written line.
func awaitLine(t *testing.T, logs func(context.Context, string, runtime.LogOptions, func(runtime.LogLine) error) error, id, line string) {
	t.Helper()
	errFound := errors.New("found")
	err := logs(t.Context(), id, runtime.LogOptions{Tail: -1, Follow: true}, func(l runtime.LogLine) error {
		if l.Text == line {
			return errFound
		}
		return nil
	})
	if !errors.Is(err, errFound) {
		t.Fatalf("no line %q: %v", line, err)
	}
}

// killParent kills the parent of a process.
// endsSoon waits for the end of a process that has been killed.
func endsSoon(t *testing.T, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(10*time.Second/time.Millisecond))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if n != 1 || err != nil {
			t.Errorf("the process goes on: %v", err)
		}
		return
	}
}

func killParent(t *testing.T, pid int) {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	var parent int
	if _, err := fmt.Sscan(strings.Fields(string(stat))[3], &parent); err != nil {
		t.Fatal(err)
	}
	p, err := os.FindProcess(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
}
