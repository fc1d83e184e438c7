// Package control is how other processes talk to a supervisor: HTTP and JSON
// on a unix socket in the project's runtime directory.
package control

import (
	"context"
	"errors"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
)

// API is what a supervisor can be asked. A supervisor in this process and the
// Client of one in another both have it.
type API interface {
	// Status describes all workflows of the project.
	Status(ctx context.Context) (Status, error)

	// Events calls emit with each event of the journal after seq; with follow
	// also with those to come, until ctx or the supervisor ends.
	Events(ctx context.Context, after int64, follow bool, emit func(journal.Event) error) error

	// Apply starts or updates workflows, all or none. It returns when the
	// requests are taken, not when anything is ready. ErrMissing if a secret of
	// one that is to begin, or to be updated, has no value, or if the machine has no room for all
	// that would run.
	Apply(ctx context.Context, req ApplyRequest) (ApplyResult, error)

	// Stop begins a graceful stop, and returns at once. ErrUnknown if a
	// workflow is not there.
	Stop(ctx context.Context, req StopRequest) error

	// Restart begins a new run of a workflow or a new attempt of a unit, and
	// returns at once.
	Restart(ctx context.Context, req RestartRequest) error

	// Release ends the supervisor and leaves everything as it is, for another
	// one, such as that of a newer limber, to take over.
	Release(ctx context.Context) error

	// Down stops everything, removes what the project has in the engine, and
	// ends the supervisor. It returns when that is done.
	Down(ctx context.Context, req DownRequest) (DownResult, error)
}

// ErrUnknown is a workflow or unit that is not there. Its message names it.
var ErrUnknown = errors.New("unknown")

// ErrMissing is a workflow that lacks something before it could begin. Its
// message says what, and how to mend it.
var ErrMissing = errors.New("nothing was started")

// ErrNoSupervisor is a project that nobody supervises.
var ErrNoSupervisor = errors.New("no supervisor runs for this project")

// Status is what `limber ps -o json` prints.
type Status struct {
	Project    string          `json:"project"`
	Supervisor Supervisor      `json:"supervisor"`
	Workflows  []engine.Status `json:"workflows"`
}

// Supervisor is the process that drives a project.
type Supervisor struct {
	PID     int    `json:"pid,omitempty"` // of a supervisor that is alive
	Alive   bool   `json:"alive"`
	Version string `json:"version,omitempty"`
}

// ApplyRequest names the workflows to run. Env holds the variables that their
// secrets come from, as the caller's environment has them; it is kept in
// memory only, and replaces what an earlier caller had. What is missing in it is
// still taken from that for workflows whose run goes on.
type ApplyRequest struct {
	Workflows []engine.Workflow `json:"workflows"`
	// Whole: Workflows are all that the files declare. What else the project
	// has is stopped and removed.
	Whole bool              `json:"whole,omitempty"`
	Env   map[string]string `json:"env,omitempty"`
}

// ApplyResult tells what Apply found.
type ApplyResult struct {
	// Seq is the journal's last event before the request: what follows from
	// the request comes after it.
	Seq int64 `json:"seq"`
	// Removed are the workflows that are stopped and removed, because they are
	// not declared any more.
	Removed []string `json:"removed,omitempty"`
	// Warnings are sentences about secrets of workflows that go on: of those
	// that nobody knows any more, so that what names them cannot start again,
	// and of those that have another value now, which what runs does not have.
	Warnings []string `json:"warnings,omitempty"`
	// Changed are the workflows that get a new run, and Updated those whose run
	// goes on with some services replaced; the others run already as asked.
	Changed []string `json:"changed,omitempty"`
	Updated []string `json:"updated,omitempty"`
}

// DownResult tells what Down has removed.
type DownResult struct {
	Containers int      `json:"containers"`
	Volumes    []string `json:"volumes,omitempty"` // named ones, as the engine calls them
}

// StopRequest asks for a graceful stop; of all workflows if none is named.
type StopRequest struct {
	Workflows []string       `json:"workflows,omitempty"`
	Grace     *time.Duration `json:"grace,omitempty"` // nanoseconds; nil: as declared
	Force     bool           `json:"force,omitempty"` // kill at once
}

// RestartRequest asks for a new run of a workflow (of all if Workflow is
// empty), or for a new attempt of one of its units.
type RestartRequest struct {
	Workflow string `json:"workflow,omitempty"`
	Unit     string `json:"unit,omitempty"`
	NoInit   bool   `json:"no_init,omitempty"`
}

// DownRequest asks to stop and remove everything.
type DownRequest struct {
	Volumes bool           `json:"volumes,omitempty"` // named volumes too
	Grace   *time.Duration `json:"grace,omitempty"`
}
