package engine

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Workflow is what is declared: what starts, restarts and stops as one.
// It holds no secret value. All defaults are filled in.
type Workflow struct {
	Name                   string        `json:"name"`
	RestartPolicy          RestartPolicy `json:"restart_policy"`
	ActiveDeadline         time.Duration `json:"active_deadline,omitempty"` // of a run; 0: none
	TerminationGracePeriod time.Duration `json:"termination_grace_period"`
	Network                NetworkMode   `json:"network"`
	// DependsOn are workflows of the project: a run begins to do something
	// when all of them are ready or have succeeded.
	DependsOn []string       `json:"depends_on,omitempty"`
	Volumes   []Volume       `json:"volumes,omitempty"` // those that its units mount
	Secrets   []SecretSource `json:"secrets,omitempty"` // those that its units name
	// Resources go, where they are set, before what the units add up to.
	Resources runtime.Resources `json:"resources,omitzero"`
	// Units are in declared order. Init steps and sidecars start in this
	// order; services start together when those are through.
	Units []UnitSpec `json:"units"`
}

// Fingerprint tells workflows apart: equal for equal ones, in memory and read
// from a record.
func (w Workflow) Fingerprint() string {
	return fmt.Sprintf("%x", sha256.Sum256(mustJSON(w)))[:16]
}

func mustJSON(declared any) []byte {
	text, err := json.Marshal(declared)
	if err != nil {
		panic(err) // what is declared holds nothing that JSON cannot
	}
	return text
}

// Same reports whether w and v declare the same.
func (w Workflow) Same(v Workflow) bool { return w.Fingerprint() == v.Fingerprint() }

// Index returns the place of the unit with a name in w.Units, or -1.
func (w Workflow) Index(name string) int {
	return slices.IndexFunc(w.Units, func(u UnitSpec) bool { return u.Name == name })
}

// NetworkMode is how the units of a workflow see the network.
type NetworkMode string

// Network modes. In NetworkPod, the default, units share one address; in
// NetworkBridge each has its own, another with each attempt.
const (
	NetworkPod    NetworkMode = "pod"
	NetworkBridge NetworkMode = "bridge"
	NetworkHost   NetworkMode = "host"
	NetworkNone   NetworkMode = "none"
)

// VolumeKind is where a volume's content lives.
type VolumeKind string

// Kinds of volumes.
const (
	VolumeNamed   VolumeKind = "named"   // on disk, until it is removed
	VolumeHost    VolumeKind = "host"    // a path of the host
	VolumeTmpfs   VolumeKind = "tmpfs"   // in memory, as long as the sandbox
	VolumeScratch VolumeKind = "scratch" // on disk, as long as the workflow
	VolumeFiles   VolumeKind = "files"   // what is declared; it can only be read
)

// Volume is a declared volume. Mounts name it by Name.
type Volume struct {
	Name     string     `json:"name"`
	Kind     VolumeKind `json:"kind"`
	HostPath string     `json:"host_path,omitempty"` // absolute
	Size     int64      `json:"size,omitempty"`      // bytes, of a tmpfs; 0: no limit
	// Files are the content of a VolumeFiles, by clean relative path, and Mode
	// the permission bits of each.
	Files map[string]string `json:"files,omitempty"`
	Mode  uint32            `json:"mode,omitempty"`
}

// same reports whether v and w declare the same.
func (v Volume) same(w Volume) bool { return slices.Equal(mustJSON(v), mustJSON(w)) }

// SecretSource says where the value of a secret comes from. Exactly one
// field beside Name is set.
type SecretSource struct {
	Name string `json:"name"`
	Env  string `json:"env,omitempty"`  // variable of whoever ran limber
	File string `json:"file,omitempty"` // absolute path
	// Output is a sensitive output of a step of the workflow.
	Output *OutputRef `json:"output,omitempty"`
}

// SecretUse is one unit's view of a secret: a file, or a variable if Env is
// set.
type SecretUse struct {
	Name string `json:"name"`
	Path string `json:"path,omitempty"` // absolute, in the container
	Mode uint32 `json:"mode,omitempty"` // permission bits
	UID  *int   `json:"uid,omitempty"`  // nil: the unit's user
	GID  *int   `json:"gid,omitempty"`  // nil: the unit's group
	Env  string `json:"env,omitempty"`
}

// Kind is what a unit is for.
type Kind int

// Kinds of units.
const (
	Init Kind = iota + 1 // runs to completion, in order
	Sidecar
	Service
)

func (k Kind) String() string {
	switch k {
	case Init:
		return "init"
	case Sidecar:
		return "sidecar"
	case Service:
		return "service"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// MarshalText writes a kind as in HCL.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	for _, known := range []Kind{Init, Sidecar, Service} {
		if known.String() == string(text) {
			*k = known
			return nil
		}
	}
	return fmt.Errorf("unknown kind of unit %q", text)
}

// UnitSpec is a declared unit.
type UnitSpec struct {
	Name    string      `json:"name"`
	Kind    Kind        `json:"kind"`
	Secrets []SecretUse `json:"secrets,omitempty"`

	// Container is passed on unopened, but for its Resources. Its volume mounts
	// carry the names of Workflow.Volumes; the supervisor fills in Name, Labels
	// and Sandbox.
	Container runtime.Spec `json:"container"`

	// Timeout bounds one attempt of an init step; 0: none.
	Timeout time.Duration `json:"timeout,omitempty"`
	// Run says in which runs an init step runs.
	Run RunMode `json:"run,omitempty"`
	// Inputs are files and directories of the host, absolute, whose content
	// counts for RunOnChange.
	Inputs []string `json:"inputs,omitempty"`
	// Outputs are what an init step leaves for the units after it.
	Outputs []Output `json:"outputs,omitempty"`
	// Restart is the policy after an exit; of an init step its retry block.
	Restart Restart `json:"restart"`

	// DependsOn are services of the workflow that a service waits for until
	// they are ready or have succeeded, and that end after it.
	DependsOn []string `json:"depends_on,omitempty"`

	Startup   *Probe `json:"startup,omitempty"`
	Readiness *Probe `json:"readiness,omitempty"`
	Liveness  *Probe `json:"liveness,omitempty"`

	PostStart *Handler `json:"post_start,omitempty"`
	PreStop   *Handler `json:"pre_stop,omitempty"`

	// TerminationMessagePath is a file in the container: what an attempt
	// leaves there is the message of its end. "": there is none.
	TerminationMessagePath   string        `json:"termination_message_path,omitempty"`
	TerminationMessagePolicy MessagePolicy `json:"termination_message_policy,omitempty"`
}

// same reports whether u and v declare the same.
func (u UnitSpec) same(v UnitSpec) bool { return slices.Equal(mustJSON(u), mustJSON(v)) }

// MessagePolicy says where the message of an end comes from (SEMANTICS B 114).
type MessagePolicy string

// Message policies.
const (
	MessageFile MessagePolicy = "" // the file alone
	// MessageFallbackToLogs takes the last lines of the log after a failure
	// that left no message.
	MessageFallbackToLogs MessagePolicy = "fallback_to_logs_on_error"
)

// DefaultMessagePath is where Kubernetes has the file.
const DefaultMessagePath = "/dev/termination-log"

// RunMode says in which runs an init step runs (SEMANTICS A6). Whether it is
// needed is found out when its turn has come.
type RunMode string

// Run modes.
const (
	RunAlways   RunMode = ""          // in every run
	RunOnce     RunMode = "once"      // until it has succeeded, whatever it was run with
	RunOnChange RunMode = "on_change" // if it has not succeeded with just what it would be run with now
)

// Ref names one attempt of one unit. Every event and every timer carries one;
// what does not match the current attempt is dropped. Attempts are counted
// anew in each run, so the run is part of the name.
type Ref struct {
	Run     int    `json:"run"`
	Kind    Kind   `json:"kind"`
	Name    string `json:"name"`
	Attempt int    `json:"attempt"`
}

// String prints "service/api#2", and "service/api#2@3" in run 3: the first
// run is not said.
func (r Ref) String() string {
	s := fmt.Sprintf("%s/%s#%d", r.Kind, r.Name, r.Attempt)
	if r.Run > 1 {
		s += fmt.Sprintf("@%d", r.Run)
	}
	return s
}
