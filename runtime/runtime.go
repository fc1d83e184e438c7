// Package runtime says what limber needs of a container engine: the
// interface, what a container is, and the errors that callers tell apart.
//
// An adapter translates and decides nothing. runtime/podman is the real one,
// runtime/fake a scripted one for tests; runtime/runtimetest is what both
// must do.
package runtime

import (
	"context"
	"io"
	"time"
)

// Runtime is a container engine.
//
// Every method blocks until its answer is known or its context ends, and is
// safe to call from many goroutines. Methods are idempotent by name or ID: a
// call repeated after a lost answer does no harm. An engine that cannot be
// reached is reported as ErrUnavailable.
type Runtime interface {
	Info(ctx context.Context) (Info, error)

	// Image describes a local image; ErrNotFound if it is not there.
	Image(ctx context.Context, ref string) (Image, error)

	// Pull fetches an image from its registry whether or not it is there.
	// Progress is called from the same goroutine and may be nil. Errors:
	// ErrNotFound, ErrDenied, ErrUnreachable, ErrInvalidReference.
	Pull(ctx context.Context, ref string, progress func(PullProgress)) (Image, error)

	// Import makes an image from the root file system in rootfs, a tar
	// stream, and gives it spec's reference.
	Import(ctx context.Context, spec ImportSpec, rootfs io.Reader) (Image, error)

	// User returns the numeric owner that user (a name or number, with or
	// without ":group"; "" is the image's own) has inside image.
	User(ctx context.Context, image, user string) (uid, gid int, err error)

	// Prepare creates a container and initialises it: its namespaces,
	// mounts and cgroup exist, its process does not run yet. It returns the
	// existing one if a container of that name is there, carries the same
	// labels and has never been started; other holders of the name are
	// ErrConflict. A missing image is ErrNotFound; it is never pulled. A
	// sub path of a mount that cannot be shown is ErrSubPath. A process that
	// cannot be run may be known now already: *StartError. If ctx ends first,
	// Prepare returns when what it was making is removed: nobody would know of
	// it. Whenever it fails, there is no container, unless the engine could not
	// be reached.
	Prepare(ctx context.Context, spec Spec) (id string, err error)

	// Watch subscribes to the end of a container, prepared or running. No
	// end that comes after Watch has returned is missed, however short the
	// container. The returned function blocks until the container has ended
	// and returns what the engine knows of it on inspection. It returns
	// ErrNotFound if the container was removed (its end may be seen as killed
	// or lost instead, never as success), or the error of ctx. The
	// subscription lives until then; end it through ctx.
	Watch(ctx context.Context, id string) (wait func() (Exit, error), err error)

	// Start runs the process of a prepared container; on a running or ended
	// one it does nothing, so that a repeated Start never runs it twice. A
	// process that cannot be run (no such command, no such user) is a
	// *StartError.
	Start(ctx context.Context, id string) error

	// Signal sends a signal by name ("SIGTERM") or, if signal is "", the
	// stop signal of the container. On an ended container it does nothing.
	Signal(ctx context.Context, id, signal string) error

	// Exec runs a command in a running container and returns its exit code
	// and the first 4 KiB of its output. When ctx ends first, the error of
	// ctx is returned; the command may go on.
	Exec(ctx context.Context, id string, command []string) (ExecResult, error)

	// Check runs the container's Spec.HealthCommand like Exec, at less cost
	// where the engine can. Only whether it exited 0 is known.
	Check(ctx context.Context, id string) (ok bool, err error)

	// Logs calls emit with each line that the container wrote, in order, of
	// containers that ended too. With Follow it returns after the
	// last line of the ended container.
	Logs(ctx context.Context, id string, opts LogOptions, emit func(LogLine) error) error

	// Inspect describes one container, by ID or name; ErrNotFound.
	Inspect(ctx context.Context, id string) (Container, error)

	// List describes the containers that carry all of labels, ended ones
	// included, oldest first.
	List(ctx context.Context, labels map[string]string) ([]Container, error)

	// Remove kills a container if it lives, and removes it. A container
	// that is not there is no error.
	Remove(ctx context.Context, id string) error

	// CreateNetwork makes a bridge network with name resolution, or leaves
	// the one of that name.
	CreateNetwork(ctx context.Context, name string, labels map[string]string) error
	// RemoveNetworks removes the networks that carry all of labels.
	RemoveNetworks(ctx context.Context, labels map[string]string) error

	// CreateVolume makes a volume, or leaves the one of that name.
	CreateVolume(ctx context.Context, spec VolumeSpec) error
	// RemoveVolumes removes the volumes that carry all of labels, and returns
	// their names.
	RemoveVolumes(ctx context.Context, labels map[string]string) ([]string, error)

	// Close ends what the adapter started. Watches end with ErrUnavailable.
	Close() error
}

// Info is what an engine says of itself and its host.
type Info struct {
	Name           string `json:"name"` // "podman"
	Version        string `json:"version"`
	OCIRuntime     string `json:"oci_runtime"`     // "runc", "crun": the one that limber's containers get
	CgroupVersion  string `json:"cgroup_version"`  // "v1", "v2"
	CgroupManager  string `json:"cgroup_manager"`  // "systemd", "cgroupfs"
	NetworkBackend string `json:"network_backend"` // "netavark", "cni"
	StorageDriver  string `json:"storage_driver"`
	StorageRoot    string `json:"storage_root"`
	Rootless       bool   `json:"rootless"`
	CPUs           int    `json:"cpus"`
	Memory         int64  `json:"memory"` // bytes
}

// Image is an image in local storage.
type Image struct {
	ID         string
	Entrypoint []string
	Command    []string
	Env        []string
	User       string
	WorkingDir string
	StopSignal string
	Labels     map[string]string
	Platform   string // "linux/amd64"
	Size       int64  // bytes
}

// ImportSpec says what an imported image is called and how it runs.
type ImportSpec struct {
	Ref    string
	Env    []string
	Labels map[string]string
}

// PullProgress is one line of what an engine says while it pulls.
type PullProgress struct {
	Message string
}

// ExecResult is the end of a command run by Exec.
type ExecResult struct {
	Code   int
	Output string // out and err interleaved, at most 4 KiB
}

// LogOptions selects lines of a container's log.
type LogOptions struct {
	Follow bool
	Since  time.Time // zero: from the start
	Tail   int       // the last so many lines; negative: all
}

// Stream is where a line was written.
type Stream string

// The two output streams of a process.
const (
	Stdout Stream = "stdout"
	Stderr Stream = "stderr"
)

// LogLine is one line without its line end. A last line without line end is
// a line too.
type LogLine struct {
	Time   time.Time
	Stream Stream
	Text   string
}

// State is where a container is in its life.
type State string

// States of a container. Prepared: created, perhaps initialised, never started.
const (
	Prepared State = "prepared"
	Running  State = "running"
	Exited   State = "exited"
	// Lost: the engine has no believable end of it (a reboot, a dead
	// monitor). Never success.
	Lost State = "lost"
)

// Exit is the end of a container's process.
type Exit struct {
	Code       int
	OOMKilled  bool
	Lost       bool // the code is not known; never success
	StartedAt  time.Time
	FinishedAt time.Time
}

// Container is a container as the engine sees it.
type Container struct {
	ID     string
	Name   string
	Image  string
	Labels map[string]string
	State  State
	Pid    int // of its main process, 0 unless it runs
	// Address is the IP address that it, or the sandbox that it has joined, has
	// on a bridge network while it is prepared or runs; "" if there is none.
	Address string
	Exit    Exit // valid if State is Exited or Lost; StartedAt also if Running
}
