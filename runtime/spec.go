package runtime

import (
	"maps"
	"slices"
)

// Spec is what a container is made from.
type Spec struct {
	Name   string            `json:"name,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`

	Image string     `json:"image"`
	Pull  PullPolicy `json:"pull,omitempty"` // for the caller; Prepare never pulls

	// Command replaces the image's entrypoint, and with it the image's
	// command; Args replaces the image's command. Nil leaves them.
	Command    []string          `json:"command,omitzero"`
	Args       []string          `json:"args,omitzero"`
	WorkingDir string            `json:"working_dir,omitempty"`
	Env        map[string]string `json:"env,omitempty"`

	Mounts []Mount `json:"mounts,omitempty"`

	// Sandbox is the ID of the container whose network, IPC and UTS
	// namespaces this one joins. If it is set, Network, Ports, Hostname and
	// Hosts must be empty.
	Sandbox  string  `json:"sandbox,omitempty"`
	Network  Network `json:"network,omitzero"`
	Ports    []Port  `json:"ports,omitempty"`
	Hostname string  `json:"hostname,omitempty"`
	// Hosts are names that resolve here, and in what joins this container: to
	// loopback.
	Hosts []string `json:"hosts,omitempty"`

	StopSignal string    `json:"stop_signal,omitempty"` // "": the image's, else SIGTERM
	Resources  Resources `json:"resources,omitzero"`
	Security   Security  `json:"security,omitzero"`

	// HealthCommand is what Check runs in this container.
	HealthCommand []string `json:"health_command,omitempty"`
}

// MapText returns s with f applied to the texts that may depend on what is known
// only when the container is made: command, arguments, directory, environment.
func (s Spec) MapText(f func(string) string) Spec {
	texts := func(list []string) []string {
		list = slices.Clone(list)
		for i := range list {
			list[i] = f(list[i])
		}
		return list
	}
	s.Command, s.Args, s.WorkingDir, s.Env = texts(s.Command), texts(s.Args), f(s.WorkingDir), maps.Clone(s.Env)
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		s.Env[name] = f(s.Env[name])
	}
	return s
}

// PullPolicy says when an image is pulled. The words are Podman's.
type PullPolicy string

// Pull policies. The default is PullMissing.
const (
	PullMissing PullPolicy = "missing"
	PullAlways  PullPolicy = "always"
	PullNever   PullPolicy = "never"
)

// MountKind is what a mount shows.
type MountKind string

// Kinds of mounts.
const (
	MountBind   MountKind = "bind"   // Source is an absolute path on the host
	MountVolume MountKind = "volume" // Source is a volume's name
	MountTmpfs  MountKind = "tmpfs"  // memory of this container alone
)

// Mount is a file or directory shown inside a container.
type Mount struct {
	Kind   MountKind `json:"kind"`
	Source string    `json:"source,omitempty"`
	// SubPath is what of Source is shown, a relative path; a directory that is
	// missing is made. What leads out of Source, as a link in it may, is
	// ErrSubPath.
	SubPath  string `json:"sub_path,omitempty"`
	Target   string `json:"target"`
	ReadOnly bool   `json:"read_only,omitempty"`
	// Chown gives the source to the container's user, through the user
	// namespace of a rootless engine (Podman's "U").
	Chown bool `json:"chown,omitempty"`
	// Empty leaves a new volume as it is. Else it gets what the image has at
	// Target.
	Empty bool  `json:"empty,omitempty"`
	Size  int64 `json:"size,omitempty"` // bytes, of a tmpfs; 0: no limit
}

// NetworkMode is how a sandbox is connected.
type NetworkMode string

// Network modes. Bridge connects to the network called Network.Name.
const (
	NetworkBridge NetworkMode = "bridge"
	NetworkHost   NetworkMode = "host"
	NetworkNone   NetworkMode = "none"
)

// Network is how a container that joins no sandbox is connected.
type Network struct {
	Mode    NetworkMode `json:"mode,omitempty"`
	Name    string      `json:"name,omitempty"`
	Aliases []string    `json:"aliases,omitempty"` // DNS names on that network
	// Domain is where names are looked for first: "db" is "db.Domain", if there
	// is such an alias.
	Domain string `json:"domain,omitempty"`
}

// Port is a container port published on the host.
type Port struct {
	Name      string `json:"name,omitempty"`
	Container int    `json:"container"`
	Host      int    `json:"host,omitempty"` // 0: not published
	HostIP    string `json:"host_ip,omitempty"`
	Protocol  string `json:"protocol,omitempty"` // "tcp" (also ""), "udp"
}

// Resources limit a container. Zero means no limit.
type Resources struct {
	CPURequest    int64 `json:"cpu_request,omitempty"`    // thousandths of a core
	CPULimit      int64 `json:"cpu_limit,omitempty"`      // thousandths of a core
	MemoryRequest int64 `json:"memory_request,omitempty"` // bytes
	MemoryLimit   int64 `json:"memory_limit,omitempty"`   // bytes
	PidsLimit     int64 `json:"pids_limit,omitempty"`
	// OOMScoreAdj has the kernel kill the container before others, or after
	// them, when memory runs out: 1 (late) to 1000 (first); 0: as what the
	// engine itself starts. An adapter sets no less than its engine may.
	OOMScoreAdj int `json:"oom_score_adj,omitempty"`
}

// Security is what a container's processes may do.
type Security struct {
	User          string   `json:"user,omitempty"` // "uid[:gid]" or names; "": the image's
	ReadOnly      bool     `json:"read_only,omitempty"`
	Privileged    bool     `json:"privileged,omitempty"`
	NewPrivileges bool     `json:"new_privileges,omitempty"` // false sets no_new_privileges
	Add           []string `json:"add,omitempty"`            // capabilities
	Drop          []string `json:"drop,omitempty"`           // capabilities, or "ALL"
}

// VolumeSpec is what a volume is made from.
type VolumeSpec struct {
	Name   string
	Labels map[string]string
	// Tmpfs keeps the volume in memory. It is emptied when the last
	// container that mounts it ends, so a sandbox mounts it as well.
	Tmpfs bool
	Size  int64 // bytes, of a tmpfs; 0: no limit
	// Shared lets any user of any container write, as in a /tmp. Else a new
	// volume is given to the first user who mounts it, or belongs to the owner
	// of what the image has there.
	Shared bool
}
