package journal

import (
	"time"

	"github.com/limber-run/limber/engine"
)

// Event is one line of the journal, as PRODUCT.md's "Events" has it.
type Event struct {
	Time       time.Time         `json:"time"`
	Seq        int64             `json:"seq"` // from 1, without gaps, over all runs of a project
	Project    string            `json:"project"`
	Workflow   string            `json:"workflow"`
	Run        int               `json:"run"`
	Type       engine.NoticeType `json:"type"`
	Unit       string            `json:"unit,omitempty"`
	Role       string            `json:"role,omitempty"` // init, sidecar, service
	Attempt    int               `json:"attempt,omitempty"`
	ExitCode   *int              `json:"exit_code,omitempty"`
	Probe      string            `json:"probe,omitempty"`
	Hook       engine.HookKind   `json:"hook,omitempty"`
	Phase      engine.Phase      `json:"phase,omitempty"`
	DelayMS    int64             `json:"delay_ms,omitempty"`
	GraceMS    *int64            `json:"grace_ms,omitempty"`
	Image      string            `json:"image,omitempty"`
	Bytes      int64             `json:"bytes,omitempty"`
	DurationMS int64             `json:"duration_ms,omitempty"`
	Container  string            `json:"container_id,omitempty"`
	Permanent  bool              `json:"permanent,omitempty"` // trying again has little hope
	Reason     engine.Reason     `json:"reason"`
	Message    string            `json:"message"`
}
