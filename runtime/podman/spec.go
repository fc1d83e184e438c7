package podman

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/containers/podman/v5/libpod/define"
	"github.com/containers/podman/v5/pkg/specgen"
	oci "github.com/opencontainers/runtime-spec/specs-go"
	nettypes "go.podman.io/common/libnetwork/types"
	"go.podman.io/image/v5/manifest"
	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
)

// host is what the specification of every container has of its host.
type host struct {
	ociRuntime string // "": Podman's default
	rlimits    []oci.POSIXRlimit
	// leastOOMScoreAdj is the least that the service may set; nil: not known.
	leastOOMScoreAdj *int
}

// generator is a specification as Podman takes it.
//
// Podman 4.3 has other types for some fields than the client's version; the
// fields that are used here have the same form in JSON in all versions.
func generator(spec runtime.Spec, h host) (*specgen.SpecGenerator, error) {
	g := specgen.NewSpecGenerator(spec.Image, false)
	g.RawImageName = spec.Image
	g.Name = spec.Name
	g.Labels = spec.Labels
	g.OCIRuntime = h.ociRuntime
	g.Rlimits = h.rlimits
	setCommand(g, spec)
	setLogging(g)
	setHealth(g, spec)
	setSecurity(g, spec.Security)
	setResources(g, spec.Resources)
	setOOMScoreAdj(g, spec.Resources.OOMScoreAdj, h.leastOOMScoreAdj)
	setMounts(g, spec)
	if err := setStopSignal(g, spec.StopSignal); err != nil {
		return nil, err
	}
	if err := setNamespaces(g, spec); err != nil {
		return nil, err
	}
	return g, nil
}

func setCommand(g *specgen.SpecGenerator, spec runtime.Spec) {
	g.Entrypoint = spec.Command
	g.Command = spec.Args
	g.WorkDir = spec.WorkingDir
	g.Env = spec.Env
	g.HTTPProxy = new(bool) // the host's proxy is the host's business
	g.Systemd = "false"
}

// setLogging keeps every line: a log with a limited size is truncated.
func setLogging(g *specgen.SpecGenerator) {
	g.LogConfiguration = &specgen.LogConfig{Driver: define.KubernetesLogging}
}

// checkTimeout is longer than anybody waits for a check: how long it may take
// is the caller's business, but Podman wants a limit.
const checkTimeout = time.Hour

// setHealth gives the command to Check. It has no interval, and the image's
// own health check is off.
func setHealth(g *specgen.SpecGenerator, spec runtime.Spec) {
	g.HealthConfig = &manifest.Schema2HealthConfig{Test: []string{define.HealthConfigTestNone}}
	if len(spec.HealthCommand) > 0 {
		g.HealthConfig.Test = append([]string{define.HealthConfigTestCmd}, spec.HealthCommand...)
		g.HealthConfig.Retries = 1
		g.HealthConfig.Timeout = checkTimeout
	}
}

func setStopSignal(g *specgen.SpecGenerator, name string) error {
	if name == "" {
		return nil
	}
	signal, err := parseSignal(name)
	if err != nil {
		return err
	}
	g.StopSignal = &signal
	return nil
}

// parseSignal reads "SIGTERM", "term", "15", "SIGRTMIN+3".
func parseSignal(name string) (syscall.Signal, error) {
	full := strings.ToUpper(name)
	if n, err := strconv.Atoi(full); err == nil && n > 0 && n <= sigrtmax {
		return syscall.Signal(n), nil
	}
	if !strings.HasPrefix(full, "SIG") {
		full = "SIG" + full
	}
	if signal := unix.SignalNum(full); signal != 0 {
		return signal, nil
	}
	if rest, ok := strings.CutPrefix(full, "SIGRTMIN"); ok {
		n, err := strconv.Atoi(cmp.Or(strings.TrimPrefix(rest, "+"), "0"))
		if err == nil && n >= 0 && sigrtmin+n <= sigrtmax {
			return syscall.Signal(sigrtmin + n), nil
		}
	}
	return 0, fmt.Errorf("unknown signal %q", name)
}

// The real-time signals as the C library counts them.
const (
	sigrtmin = 34
	sigrtmax = 64
)

func setSecurity(g *specgen.SpecGenerator, s runtime.Security) {
	g.User = s.User
	g.Privileged = &s.Privileged
	g.ReadOnlyFilesystem = &s.ReadOnly
	noNewPrivileges := !s.NewPrivileges
	g.NoNewPrivileges = &noNewPrivileges
	g.CapAdd = s.Add
	g.CapDrop = s.Drop
}

const (
	// cpuPeriod is the time over which CPU time is counted, in microseconds.
	cpuPeriod = 100_000
	// leastQuota is the smallest one that the kernel takes, in microseconds.
	leastQuota = 1000
	// leastShares and mostShares are the weights that the kernel takes.
	leastShares, mostShares = 2, 1 << 18
)

// setResources sets limits as Kubernetes does: a request for CPU is a weight,
// a limit a quota; there is no swap beyond the memory limit.
func setResources(g *specgen.SpecGenerator, r runtime.Resources) {
	r.OOMScoreAdj = 0 // no matter of cgroups
	if r == (runtime.Resources{}) {
		return
	}
	g.ResourceLimits = &oci.LinuxResources{}
	if r.CPURequest > 0 || r.CPULimit > 0 {
		g.ResourceLimits.CPU = cpuLimits(r)
	}
	if r.MemoryRequest > 0 || r.MemoryLimit > 0 {
		g.ResourceLimits.Memory = memoryLimits(r)
	}
	if r.PidsLimit > 0 {
		g.ResourceLimits.Pids = &oci.LinuxPids{Limit: r.PidsLimit}
	}
}

func cpuLimits(r runtime.Resources) *oci.LinuxCPU {
	cpu := &oci.LinuxCPU{}
	if r.CPURequest > 0 {
		shares := uint64(min(max(r.CPURequest*1024/1000, leastShares), mostShares))
		cpu.Shares = &shares
	}
	if r.CPULimit > 0 {
		period, quota := uint64(cpuPeriod), max(r.CPULimit*cpuPeriod/1000, leastQuota)
		cpu.Period, cpu.Quota = &period, &quota
	}
	return cpu
}

func memoryLimits(r runtime.Resources) *oci.LinuxMemory {
	memory := &oci.LinuxMemory{}
	if r.MemoryRequest > 0 {
		memory.Reservation = &r.MemoryRequest
	}
	if r.MemoryLimit > 0 {
		memory.Limit, memory.Swap = &r.MemoryLimit, &r.MemoryLimit
	}
	return memory
}

// setOOMScoreAdj raises the score where the service may set no less: to lower
// it takes CAP_SYS_RESOURCE. If nobody knows what it may, nothing is set.
func setOOMScoreAdj(g *specgen.SpecGenerator, adj int, least *int) {
	if adj == 0 || least == nil {
		return
	}
	adj = max(adj, *least)
	g.OOMScoreAdj = &adj
}

// scratchDirs are writable in memory when the root file system is read-only,
// as in podman run.
var scratchDirs = []string{"/run", "/tmp", "/var/tmp"}

func setMounts(g *specgen.SpecGenerator, spec runtime.Spec) {
	mounts := spec.Mounts
	if spec.Security.ReadOnly {
		mounts = withScratchDirs(mounts)
	}
	for _, m := range mounts {
		switch m.Kind {
		case runtime.MountVolume:
			g.Volumes = append(g.Volumes, &specgen.NamedVolume{Name: m.Source, Dest: m.Target, Options: volumeMountOptions(m)})
		case runtime.MountTmpfs:
			g.Mounts = append(g.Mounts, oci.Mount{Type: "tmpfs", Source: "tmpfs", Destination: m.Target, Options: tmpfsOptions(m)})
		case runtime.MountBind:
			g.Mounts = append(g.Mounts, oci.Mount{Type: "bind", Source: m.Source, Destination: m.Target, Options: append([]string{"rbind"}, mountOptions(m)...)})
		}
	}
}

func withScratchDirs(mounts []runtime.Mount) []runtime.Mount {
	all := slices.Clone(mounts)
	for _, dir := range scratchDirs {
		taken := slices.ContainsFunc(mounts, func(m runtime.Mount) bool { return m.Target == dir })
		if !taken {
			all = append(all, runtime.Mount{Kind: runtime.MountTmpfs, Target: dir})
		}
	}
	return all
}

func mountOptions(m runtime.Mount) []string {
	options := []string{"rw"}
	if m.ReadOnly {
		options = []string{"ro"}
	}
	if m.Chown {
		options = append(options, "U")
	}
	return options
}

func volumeMountOptions(m runtime.Mount) []string {
	options := mountOptions(m)
	if m.Empty {
		options = append(options, "nocopy")
	}
	return options
}

// tmpfsOptions are those of podman run: what the image has there is copied.
func tmpfsOptions(m runtime.Mount) []string {
	options := append(mountOptions(m), "nosuid", "nodev", "tmpcopyup")
	if m.Size > 0 {
		options = append(options, fmt.Sprintf("size=%d", m.Size))
	}
	return options
}

// setNamespaces joins the sandbox, or makes namespaces that others can join.
func setNamespaces(g *specgen.SpecGenerator, spec runtime.Spec) error {
	if spec.Sandbox != "" {
		if spec.Network.Mode != "" || spec.Network.Name != "" || len(spec.Ports) > 0 || spec.Hostname != "" || len(spec.Hosts) > 0 {
			return errors.New("a container in a sandbox has its network, ports and names")
		}
		sandbox := specgen.Namespace{NSMode: specgen.FromContainer, Value: spec.Sandbox}
		g.NetNS, g.IpcNS, g.UtsNS = sandbox, sandbox, sandbox
		return nil
	}
	g.IpcNS = specgen.Namespace{NSMode: specgen.Shareable}
	g.UtsNS = specgen.Namespace{NSMode: specgen.Private}
	g.Hostname = spec.Hostname
	for _, name := range spec.Hosts {
		g.HostAdd = append(g.HostAdd, name+":127.0.0.1")
	}
	ports, err := portMappings(spec.Ports)
	if err != nil {
		return err
	}
	switch mode := spec.Network.Mode; mode {
	case runtime.NetworkHost:
		g.NetNS.NSMode = specgen.Host
	case runtime.NetworkNone, "":
		g.NetNS.NSMode = specgen.NoNetwork
	case runtime.NetworkBridge:
		g.NetNS.NSMode = specgen.Bridge
		g.PortMappings = ports
		g.Networks = networks(spec.Network)
		g.DNSSearch = searched(spec.Network)
	default:
		return fmt.Errorf("unknown network mode %q", mode)
	}
	return nil
}

func networks(n runtime.Network) map[string]nettypes.PerNetworkOptions {
	if n.Name == "" {
		return nil // the default network
	}
	return map[string]nettypes.PerNetworkOptions{n.Name: {Aliases: n.Aliases}}
}

// dnsDomain is of Podman's name server. It passes on no question about it, and
// so tells nobody outside what is looked for.
const dnsDomain = "dns.podman"

func searched(n runtime.Network) []string {
	if n.Domain == "" {
		return nil // as Podman has it
	}
	return []string{n.Domain + "." + dnsDomain, dnsDomain}
}

// portMappings are the ports that are published, on this host alone unless an
// address is given.
func portMappings(ports []runtime.Port) ([]nettypes.PortMapping, error) {
	var mappings []nettypes.PortMapping
	for _, p := range ports {
		if p.Host == 0 {
			continue
		}
		if !isPort(p.Container) || !isPort(p.Host) {
			return nil, fmt.Errorf("port %d:%d is not between 1 and 65535", p.Host, p.Container)
		}
		mappings = append(mappings, nettypes.PortMapping{
			HostIP:        cmp.Or(p.HostIP, "127.0.0.1"),
			HostPort:      uint16(p.Host),
			ContainerPort: uint16(p.Container),
			Protocol:      cmp.Or(p.Protocol, "tcp"),
		})
	}
	return mappings, nil
}

func isPort(n int) bool { return n > 0 && n <= 65535 }
