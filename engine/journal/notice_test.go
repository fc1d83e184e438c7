package journal

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/limber-run/limber/engine"
)

func TestNewEvent(t *testing.T) {
	ref := engine.Ref{Run: 2, Kind: engine.Sidecar, Name: "proxy", Attempt: 3}
	const head = `{"time":"0001-01-01T00:00:00Z","seq":0,"project":"","workflow":"web","run":2,`
	tests := []struct {
		notice engine.Notice
		want   string
	}{
		{
			engine.Notice{Type: engine.TypeUnitExited, Run: 2, Ref: ref, Reason: engine.ReasonCompleted},
			`"type":"unit.exited","unit":"proxy","role":"sidecar","attempt":3,"exit_code":0,"reason":"Completed","message":""}`,
		},
		{
			engine.Notice{Type: engine.TypeUnitExited, Run: 2, Ref: ref, ExitCode: 7, Reason: engine.ReasonError, Message: "m"},
			`"type":"unit.exited","unit":"proxy","role":"sidecar","attempt":3,"exit_code":7,"reason":"Error","message":"m"}`,
		},
		{
			engine.Notice{Type: engine.TypeUnitStopping, Run: 2, Ref: ref, Reason: "ending"},
			`"type":"unit.stopping","unit":"proxy","role":"sidecar","attempt":3,"grace_ms":0,"reason":"ending","message":""}`,
		},
		{
			engine.Notice{Type: engine.TypeUnitStopping, Run: 2, Ref: ref, Grace: 1500 * time.Millisecond},
			`"type":"unit.stopping","unit":"proxy","role":"sidecar","attempt":3,"grace_ms":1500,"reason":"","message":""}`,
		},
		{
			engine.Notice{Type: engine.TypeUnitBackoff, Run: 2, Ref: ref, Delay: 10 * time.Second},
			`"type":"unit.backoff","unit":"proxy","role":"sidecar","attempt":3,"delay_ms":10000,"reason":"","message":""}`,
		},
		{
			engine.Notice{Type: engine.TypeUnitWaiting, Run: 2, Ref: ref, Permanent: true, Reason: engine.ReasonErrImagePull},
			`"type":"unit.waiting","unit":"proxy","role":"sidecar","attempt":3,"permanent":true,"reason":"ErrImagePull","message":""}`,
		},
		{
			engine.Notice{Type: engine.TypeProbeFailed, Run: 2, Ref: ref, Probe: engine.Liveness},
			`"type":"probe.failed","unit":"proxy","role":"sidecar","attempt":3,"probe":"liveness","reason":"","message":""}`,
		},
		{
			engine.Notice{Type: engine.TypeWorkflowPhase, Run: 2, Phase: engine.Running},
			`"type":"workflow.phase","phase":"Running","reason":"","message":""}`,
		},
	}
	for _, test := range tests {
		got, err := json.Marshal(NewEvent("web", test.notice))
		if err != nil {
			t.Fatal(err)
		}
		expect(t, head+test.want, string(got))
	}
}
