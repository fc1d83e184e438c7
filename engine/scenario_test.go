package engine

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/runtime"
)

var update = flag.Bool("update", false, "rewrite the expected actions of the scenarios")

// TestScenarios plays testdata/scenarios/*.txt: a workflow, "---", then events
// with the actions they lead to behind "> ".
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// play returns the scenario with the actions that its events do lead to.
func play(t *testing.T, text string) string {
	t.Helper()
	header, body, ok := strings.Cut(text, "---\n")
	if !ok {
		t.Fatal("no line --- between workflow and events")
	}
	s := NewScenario(parseWorkflow(t, header))
	out := []string{header + "---"}
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "> ") {
			continue
		}
		out = append(out, line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if spec, ok := strings.CutPrefix(line, "changed "); ok {
			spec = strings.ReplaceAll(spec, "; ", "\n")
			ev := RunRequested{At: s.Now, Spec: parseWorkflow(t, spec), Reason: ReasonUp}
			out = append(out, expected(s.Feed(ev))...)
			continue
		}
		actions, err := s.Do(line)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, expected(actions)...)
	}
	return strings.Join(out, "\n") + "\n"
}

func expected(actions []string) []string {
	for i := range actions {
		actions[i] = "> " + actions[i]
	}
	return actions
}

// parseWorkflow reads a line for the workflow and one for each unit.
func parseWorkflow(t *testing.T, text string) Workflow {
	t.Helper()
	w := Workflow{Name: "w", RestartPolicy: RestartAlways, TerminationGracePeriod: 30 * time.Second}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "workflow" {
			for key, value := range pairs(words[1:]) {
				switch key {
				case "policy":
					w.RestartPolicy = RestartPolicy(value)
				case "grace":
					w.TerminationGracePeriod = duration(t, value)
				case "deadline":
					w.ActiveDeadline = duration(t, value)
				case "depends_on":
					w.DependsOn = strings.Split(value, ",")
				case "network":
					w.Network = NetworkMode(value)
				default:
					t.Fatalf("unknown attribute %q of a workflow", key)
				}
			}
			continue
		}
		if words[0] == "volume" { // NAME FILE=CONTENT…
			v := Volume{Name: words[1], Kind: VolumeFiles, Files: map[string]string{}}
			maps.Insert(v.Files, pairs(words[2:]))
			w.Volumes = append(w.Volumes, v)
			continue
		}
		w.Units = append(w.Units, parseUnit(t, w, words))
	}
	return w
}

func parseUnit(t *testing.T, w Workflow, words []string) UnitSpec {
	t.Helper()
	u := UnitSpec{Name: words[1], Restart: Restart{Policy: w.RestartPolicy, Backoff: DefaultBackoff}}
	u.Restart.Backoff.Jitter = 0
	if err := u.Kind.UnmarshalText([]byte(words[0])); err != nil {
		t.Fatal(err)
	}
	switch u.Kind {
	case Init:
		u.Restart.Policy = RestartOnFailure
	case Sidecar:
		u.Restart.Policy = RestartAlways
		u.Restart.Backoff.Immediate = 1
	case Service:
		u.Restart.Backoff.Immediate = 1
	}
	for key, value := range pairs(words[2:]) {
		switch key {
		case "output":
			u.Outputs = []Output{{Name: value}}
		case "uses":
			step, name, _ := strings.Cut(value, ".")
			u.Container.Args = []string{"--value=" + OutputRef{step, name}.Placeholder()}
		case "image":
			u.Container.Image = value
		case "mount":
			u.Container.Mounts = append(u.Container.Mounts, runtime.Mount{Kind: runtime.MountVolume, Source: value, Target: "/" + value})
		case "host_port":
			u.Container.Ports = []runtime.Port{{Container: 80, Host: number(t, value)}}
		case "policy":
			u.Restart.Policy = RestartPolicy(value)
		case "attempts":
			u.Restart.Attempts = number(t, value)
		case "initial":
			u.Restart.Backoff.Initial = duration(t, value)
		case "immediate":
			u.Restart.Backoff.Immediate = number(t, value)
		case "jitter":
			u.Restart.Backoff.Jitter = 0.2
		case "on_exit":
			for code := range strings.SplitSeq(value, ",") {
				u.Restart.OnExit = append(u.Restart.OnExit, number(t, code))
			}
		case "scope":
			u.Restart.Scope = RestartScope(value)
		case "rule": // 3,4:ACTION or !3,4:ACTION
			u.Restart.Rules = append(u.Restart.Rules, parseRule(t, value))
		case "deadline":
			u.Restart.Deadline = duration(t, value)
		case "reset_after":
			u.Restart.ResetAfter = duration(t, value)
		case "depends_on":
			u.DependsOn = strings.Split(value, ",")
		case "run":
			u.Run = RunMode(value)
		case "timeout":
			u.Timeout = duration(t, value)
		case "post_start":
			u.PostStart = &Handler{Exec: &Exec{Command: []string{value}}}
		case "pre_stop":
			u.PreStop = &Handler{Exec: &Exec{Command: []string{value}}}
		case "startup":
			u.Startup = parseProbe(t, value)
		case "readiness":
			u.Readiness = parseProbe(t, value)
		case "liveness":
			u.Liveness = parseProbe(t, value)
		default:
			t.Fatalf("unknown attribute %q of a unit", key)
		}
	}
	return u
}

func parseRule(t *testing.T, text string) RestartRule {
	t.Helper()
	list, action, _ := strings.Cut(text, ":")
	rule := RestartRule{Action: RestartAction(action)}
	codes := &rule.OnExit
	if rest, not := strings.CutPrefix(list, "!"); not {
		list, codes = rest, &rule.NotOnExit
	}
	for code := range strings.SplitSeq(list, ",") {
		*codes = append(*codes, number(t, code))
	}
	return rule
}

// parseProbe reads "SUCCESS/FAILURE" thresholds, and "/GRACE" if there is one.
func parseProbe(t *testing.T, text string) *Probe {
	t.Helper()
	parts := strings.Split(text, "/")
	p := &Probe{Period: time.Second, Timeout: time.Second}
	p.SuccessThreshold, p.FailureThreshold = number(t, parts[0]), number(t, parts[1])
	if len(parts) > 2 {
		p.TerminationGracePeriod = duration(t, parts[2])
	}
	return p
}

func pairs(words []string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for _, word := range words {
			key, value, _ := strings.Cut(word, "=")
			if !yield(key, value) {
				return
			}
		}
	}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestStringsAreDistinct(t *testing.T) {
	var seen []string
	for _, s := range []fmt.Stringer{Init, Sidecar, Service, Startup, Readiness, Liveness} {
		if s.String() == "" || slices.Contains(seen, s.String()) {
			t.Errorf("%q is empty or taken", s)
		}
		seen = append(seen, s.String())
	}
}

func TestParseRefReadsWhatStringPrints(t *testing.T) {
	for _, want := range []Ref{
		{Run: 1, Kind: Init, Name: "migrate", Attempt: 2},
		{Run: 3, Kind: Service, Name: "a-b_c", Attempt: 0},
	} {
		got, err := ParseRef(want.String())
		if err != nil || got != want {
			t.Errorf("ParseRef(%q) = %v, %v; want %v", want, got, err, want)
		}
	}
}
