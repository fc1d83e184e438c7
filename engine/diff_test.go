package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/runtime"
)

func TestChangesAreSaidInTheWordsOfTheLanguage(t *testing.T) {
	id := 1
	old := UnitSpec{
		Name: "api", Kind: Service, Timeout: time.Second,
		Container: runtime.Spec{
			Image: "a:1", Command: []string{"serve", "-v"}, Env: map[string]string{"A": "1", "B": "2"},
			Ports: []runtime.Port{{Name: "http", Container: 80}},
		},
		Secrets:   []SecretUse{{Name: "s", UID: &id}},
		Readiness: &Probe{Handler: Handler{HTTPGet: &HTTPGet{Path: "/a"}}, Period: time.Second},
		PostStart: &Handler{Sleep: &Sleep{Duration: time.Second}},
	}
	if changes := old.Changes(old); len(changes) > 0 {
		t.Errorf("Changes to itself = %v", changes)
	}
	now := old
	now.Kind, now.Timeout, now.PostStart = Init, 0, nil
	now.Container.Image, now.Container.Command = "a:2", []string{"serve", "-q"}
	now.Container.Env = map[string]string{"B": "3", "C": "4"}
	now.Container.Ports = []runtime.Port{{Name: "http", Container: 80, Host: 8080}}
	now.Secrets = nil
	now.Readiness = &Probe{Handler: Handler{HTTPGet: &HTTPGet{Path: "/b"}}, Period: 2 * time.Second}
	var got []string
	for _, change := range old.Changes(now) {
		got = append(got, change.String())
	}
	want := []string{
		`kind: service → init`,
		`secrets: [{"name":"s","uid":1}] → none`,
		`image: "a:1" → "a:2"`,
		`command[1]: "-v" → "-q"`,
		`env.A: "1" → none`,
		`env.B: "2" → "3"`,
		`env.C: none → "4"`,
		`ports[0].host: 0 → 8080`,
		`timeout: 1s → none`,
		`readiness.http_get.path: "/a" → "/b"`,
		`readiness.period: 1s → 2s`,
		`post_start: {"sleep":{"duration":1000000000}} → none`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestChangesOfAWorkflowInALine(t *testing.T) {
	unit := func(name, image string) UnitSpec {
		return UnitSpec{Name: name, Kind: Service, Container: runtime.Spec{Image: image}}
	}
	files := func(content string) []Volume {
		return []Volume{{Name: "conf", Kind: VolumeFiles, Files: map[string]string{"app.conf": content}}}
	}
	short, long := Workflow{Volumes: files("a")}, Workflow{Volumes: files(strings.Repeat("ä", 1000))}
	if got, want := short.explain(long), `volume.conf.files.app.conf: "a" → "`+strings.Repeat("ä", 99)+`… (2002 bytes)`; got != want {
		t.Errorf("explain = %s, want %s", got, want)
	}
	moved := Workflow{Volumes: []Volume{{Name: "src", Kind: VolumeHost, HostPath: "/b"}}}
	if got, want := moved.explain(short), `volume.conf: none → {"name":"conf","kind":"files","files":{"app.conf":"a"}}, volume.src: {"name":"src","kind":"host","host_path":"/b"} → none`; got != want {
		t.Errorf("explain = %s, want %s", got, want)
	}
	old := Workflow{Name: "w", Network: NetworkPod, Units: []UnitSpec{unit("a", "1"), unit("b", "1"), unit("c", "1")}}
	now := Workflow{Name: "w", Network: NetworkHost, Units: []UnitSpec{unit("a", "2"), unit("b", "1"), unit("d", "1")}}
	want := `network: "pod" → "host", service "a": image: "1" → "2", service "c": not declared any more, 1 more`
	if got := old.explain(now); got != want {
		t.Errorf("explain = %s, want %s", got, want)
	}
}
