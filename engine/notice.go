package engine

import (
	"fmt"
	"strings"
	"time"
)

// Notice is a line for the journal: an event as users see it (PRODUCT,
// "Events"). Fields that do not belong to its type are zero.
type Notice struct {
	Type      NoticeType
	Run       int
	Ref       Ref // zero: of the workflow
	ExitCode  int
	Reason    Reason
	Message   string
	Delay     time.Duration
	Grace     time.Duration
	Probe     ProbeKind
	Hook      HookKind
	Took      time.Duration // of TypeHookFinished
	Phase     Phase
	Permanent bool // of TypeUnitWaiting
}

// NoticeType names a kind of event in the journal.
type NoticeType string

// Types of events. Those of images and creation come from the supervisor.
const (
	TypeRunStarted          NoticeType = "run.started"
	TypeImagePulling        NoticeType = "image.pulling"
	TypeImagePulled         NoticeType = "image.pulled"
	TypeUnitCreated         NoticeType = "unit.created"
	TypeUnitStarted         NoticeType = "unit.started"
	TypeUnitExited          NoticeType = "unit.exited"
	TypeUnitSkipped         NoticeType = "unit.skipped"
	TypeUnitBackoff         NoticeType = "unit.backoff"
	TypeUnitWaiting         NoticeType = "unit.waiting"
	TypeUnitReady           NoticeType = "unit.ready"
	TypeUnitUnready         NoticeType = "unit.unready"
	TypeUnitStartupComplete NoticeType = "unit.startup_complete"
	TypeProbeFailed         NoticeType = "probe.failed"
	TypeHookStarted         NoticeType = "hook.started"
	TypeHookFinished        NoticeType = "hook.finished"
	TypeUnitStopping        NoticeType = "unit.stopping"
	TypeWorkflowInitialized NoticeType = "workflow.initialized"
	TypeWorkflowReady       NoticeType = "workflow.ready"
	TypeWorkflowUnready     NoticeType = "workflow.unready"
	TypeWorkflowPhase       NoticeType = "workflow.phase"
	TypeWorkflowSucceeded   NoticeType = "workflow.succeeded"
	TypeWorkflowFailed      NoticeType = "workflow.failed"
	TypeWorkflowRemoved     NoticeType = "workflow.removed"
)

// String prints "unit.exited init/migrate#2 code=1 reason=Error".
func (n Notice) String() string {
	var b strings.Builder
	b.WriteString("notice " + string(n.Type))
	if n.Ref.Name != "" {
		b.WriteString(" " + n.Ref.String())
	}
	if n.Type == TypeUnitExited || n.Type == TypeHookFinished {
		fmt.Fprintf(&b, " code=%d", n.ExitCode)
	}
	if n.Probe != 0 {
		fmt.Fprintf(&b, " probe=%s", n.Probe)
	}
	if n.Hook != "" {
		fmt.Fprintf(&b, " hook=%s", n.Hook)
	}
	if n.Phase != "" {
		fmt.Fprintf(&b, " phase=%s", n.Phase)
	}
	if n.Delay != 0 {
		fmt.Fprintf(&b, " delay=%s", n.Delay)
	}
	if n.Type == TypeUnitStopping {
		fmt.Fprintf(&b, " grace=%s", n.Grace)
	}
	if n.Reason != "" {
		fmt.Fprintf(&b, " reason=%s", n.Reason)
	}
	return b.String()
}
