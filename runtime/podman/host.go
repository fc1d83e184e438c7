package podman

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/containers/podman/v5/pkg/bindings"
	oci "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// chooseOCIRuntime returns the runtime to ask for: runc where crun, Podman's
// choice, refuses to work with the host's cgroups; else "", the default. It
// asks Podman only where there is a choice: that takes 0.2 s, for Podman asks
// the package manager where its parts come from.
func (r *Runtime) chooseOCIRuntime(ctx context.Context) (string, error) {
	if unifiedCgroups() || !installed("crun") || !installed("runc") {
		return "", nil
	}
	info, err := r.readInfo(ctx)
	if err != nil || info.Host.OCIRuntime.Name != "crun" {
		return "", err
	}
	return "runc", nil
}

// mostFiles and mostProcesses are what Podman gives containers by default.
const (
	mostFiles     = 1 << 20
	mostProcesses = 1 << 22
)

// clampedLimits are limits that Podman can set. It asks for high ones, which
// takes CAP_SYS_RESOURCE; without it they may not pass those of the service,
// which listens as the process called listener. Nil if Podman's own will do.
func clampedLimits(listener int) []oci.POSIXRlimit {
	if os.Geteuid() != 0 || hasCapability(unix.CAP_SYS_RESOURCE) {
		return nil
	}
	processes := min(mostProcesses, mostPIDs()) // Podman limits itself to that
	return []oci.POSIXRlimit{
		clampedLimit("nofile", unix.RLIMIT_NOFILE, mostFiles, listener),
		clampedLimit("nproc", unix.RLIMIT_NPROC, processes, listener),
	}
}

func clampedLimit(name string, resource int, most uint64, listener int) oci.POSIXRlimit {
	for _, pid := range []int{0, listener} { // 0: this process
		var limit unix.Rlimit
		if err := unix.Prlimit(pid, resource, nil, &limit); err == nil {
			most = min(most, limit.Max)
		}
	}
	return oci.POSIXRlimit{Type: name, Soft: most, Hard: most}
}

// leastOOMScoreAdj is what the service has, which listens as the process called
// listener, and its containers cannot go below. Nil if it cannot be seen.
func leastOOMScoreAdj(listener int) *int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", listener))
	if err != nil {
		return nil
	}
	adj, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return nil
	}
	return &adj
}

// mostPIDs is how many processes the kernel allows.
func mostPIDs() uint64 {
	data, err := os.ReadFile("/proc/sys/kernel/pid_max")
	if err != nil {
		return mostProcesses
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64)
	if err != nil {
		return mostProcesses
	}
	return n
}

func hasCapability(capability uint) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return false
	}
	return sets[capability/32].Effective&(1<<(capability%32)) != 0
}

// listenerOf returns the process that listens on the service's socket: the
// service, or the service manager that holds its socket. 0 if it cannot be
// seen.
func listenerOf(ctx context.Context, conn *bindings.Connection) int {
	c, err := conn.GetDialer(ctx)
	if err != nil {
		return 0
	}
	defer c.Close()
	socket, ok := c.(*net.UnixConn)
	if !ok {
		return 0
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0
	}
	pid := 0
	_ = raw.Control(func(fd uintptr) { // an error leaves it 0
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	return pid
}

// sharesPIDs is whether a process is in our PID namespace.
func sharesPIDs(pid int) bool {
	if pid == 0 {
		return false
	}
	theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid))
	if err != nil {
		return false
	}
	ours, err := os.Readlink("/proc/self/ns/pid")
	return err == nil && ours == theirs
}
