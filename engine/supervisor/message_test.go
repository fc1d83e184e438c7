package supervisor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
)

// talking is a unit with a termination message.
func talking(u engine.UnitSpec, policy engine.MessagePolicy) engine.UnitSpec {
	u.TerminationMessagePath, u.TerminationMessagePolicy = engine.DefaultMessagePath, policy
	return u
}

// say has the process of a container leave a message, as it can.
func (b *bench) say(container, text string) {
	b.t.Helper()
	mount := b.mountsOf(container)[engine.DefaultMessagePath]
	info, err := os.Stat(mount.Source)
	if err != nil || info.Mode() != 0o666 || mount.ReadOnly {
		b.t.Fatalf("mounted is %+v, %v", mount, err)
	}
	if err := os.WriteFile(mount.Source, []byte(text), 0); err != nil {
		b.t.Fatal(err)
	}
}

// messageFiles are the files that are there for the workflow.
func (b *bench) messageFiles() []string {
	b.t.Helper()
	paths, err := filepath.Glob(filepath.Join(b.runtime, messagesDir, "w", "*"))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range paths {
		paths[i] = filepath.Base(paths[i])
	}
	return paths
}

func (b *bench) expectMessageFiles(want ...string) {
	b.t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, b.messageFiles()); diff != "" {
		b.t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestWhatAnAttemptLeavesIsItsMessage(t *testing.T) {
	for name, c := range map[string]struct {
		policy engine.MessagePolicy
		says   string
		writes string
		code   int
		oom    bool
		want   string
	}{
		"nothing":                   {},
		"a success":                 {says: "did it\n", want: "did it"},
		"a failure":                 {says: "  no table \"a\"\nat all\n\n", code: 1, want: "  no table \"a\"\nat all"},
		"the log does not count":    {writes: "log", code: 1},
		"a long one":                {says: strings.Repeat("x", 5000), code: 1, want: strings.Repeat("x", 4096)},
		"what is no text":           {says: "a\xff\xfeb", want: "a\ufffdb"},
		"a secret":                  {says: "cannot log in with canary-7f3a", want: "cannot log in with (sensitive)"},
		"a secret across the end":   {says: strings.Repeat("x", 4090) + "canary-7f3a", want: strings.Repeat("x", 4090) + "(sensi"},
		"fall back, a success":      {policy: engine.MessageFallbackToLogs, writes: "log"},
		"fall back, with a message": {policy: engine.MessageFallbackToLogs, says: "message", writes: "log", code: 1, want: "message"},
		"fall back, without":        {policy: engine.MessageFallbackToLogs, writes: "one\ntwo\ncanary-7f3a", code: 1, want: "one\ntwo\n(sensitive)"},
		"fall back, to many lines":  {policy: engine.MessageFallbackToLogs, writes: strings.Repeat("x\n", 99) + "end", code: 1, want: strings.Repeat("x\n", 79) + "end"},
		"fall back, to a long line": {policy: engine.MessageFallbackToLogs, writes: strings.Repeat("x", 5000), code: 1, want: strings.Repeat("x", 2048)},
		"fall back, out of memory":  {policy: engine.MessageFallbackToLogs, writes: "log", oom: true, want: "log"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				first := fake.Behaviour{For: time.Second, Code: c.code, OOM: c.oom}
				for _, line := range strings.Split(c.writes, "\n") {
					first.Lines = append(first.Lines, fake.Line{Text: line})
				}
				b.rt.Script(fake.Labelled(LabelUnit, "api"), first, fake.Behaviour{For: fake.Forever, OnSignal: &fake.Reaction{}})
				api := talking(unit(engine.Service, "api"), c.policy)
				api.Secrets = []engine.SecretUse{{Name: "password", Path: "/run/secrets/password", Mode: 0o400}}
				b.apply(workflow(api))
				b.until(0, "unit.started api#1")
				b.say("p.w.api.1.1", c.says)
				if got := b.until(0, "unit.exited api#1").Message; got != c.want {
					t.Errorf("message %q, want %q", got, c.want)
				}
				b.until(0, "unit.started api#2")
				b.expectMessageFiles("api.1.2")
				status, err := b.project.Status(t.Context())
				if err != nil || status.Workflows[0].Units[0].Message != c.want {
					t.Errorf("status %+v, %v", status, err)
				}
				b.down()
				if _, err := os.Stat(filepath.Join(b.runtime, messagesDir)); !os.IsNotExist(err) {
					t.Errorf("left after down: %v", err)
				}
			})
		})
	}
}

// A supervisor that dies finds the message again, whether the attempt ends
// before it comes back or after.
func TestAMessageSurvivesTheSupervisor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for _, name := range []string{"away", "back", "left"} {
			b.rt.Script(fake.Labelled(LabelUnit, name), fake.Behaviour{For: fake.Forever, Lines: []fake.Line{{Text: "log canary-7f3a"}}})
		}
		away, back, left := unit(engine.Service, "away"), unit(engine.Service, "back"), unit(engine.Service, "left")
		away.Secrets = []engine.SecretUse{{Name: "password", Env: "PASSWORD"}}
		left.Secrets = away.Secrets
		w := workflow(talking(away, engine.MessageFallbackToLogs), talking(back, engine.MessageFile), talking(left, engine.MessageFile))
		b.apply(w)
		b.until(0, "workflow.ready")
		b.say("p.w.back.1.1", "said before")
		b.say("p.w.left.1.1", "canary-7f3a")
		stray := filepath.Join(b.runtime, messagesDir, "w", "back.1.7")
		if err := os.WriteFile(stray, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		b.crash()
		<-b.ended
		b.rt.Kill("p.w.away.1.1", 3)
		b.rt.Kill("p.w.left.1.1", 3)
		if err := os.RemoveAll(filepath.Join(b.runtime, "secrets", "w@1@service@left@1")); err != nil {
			t.Fatal(err)
		}
		b.rt = b.rt.Reconnect()
		b.open()
		if got := b.until(0, "unit.exited away#1").Message; got != "log (sensitive)" {
			t.Errorf("of one that ended meanwhile: %q", got)
		}
		if got := b.until(0, "unit.exited left#1").Message; !strings.HasPrefix(got, "its message is left out") {
			t.Errorf("of one whose secrets are not known: %q", got)
		}
		b.apply(w)
		b.until(0, "unit.started away#2")
		b.until(0, "unit.started left#2")
		b.expectMessageFiles("away.1.2", "back.1.1", "left.1.2")
		b.rt.Kill("p.w.back.1.1", 3)
		if got := b.until(0, "unit.exited back#1").Message; got != "said before" {
			t.Errorf("of one that ended later: %q", got)
		}
		if got := b.grep("canary"); len(got) != 2 { // the secrets of two units
			t.Errorf("the value is in %v", got)
		}
		b.down()
	})
}

// A container whose making was not answered has the file of that try.
func TestALostAnswerDoesNotLoseTheMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		inodes := []any{}
		b.rt.Observe(func(c fake.Call) {
			if c.Method == fake.Prepare && c.Subject == "api#1" {
				if info, err := os.Stat(filepath.Join(b.runtime, messagesDir, "w", "api.2.1")); err == nil {
					inodes = append(inodes, info)
				}
			}
		})
		lift := b.rt.Inject(fake.Fault{On: fake.Prepare, Subject: "api#1", Late: true, Err: runtime.ErrUnavailable})
		b.apply(workflow(talking(unit(engine.Service, "api", "pause"), engine.MessageFile)))
		b.until(0, "unit.waiting api#1 CreateContainerError")
		b.until(0, "unit.backoff api#0")
		b.expectMessageFiles("api.1.1")
		if err := b.project.Restart(t.Context(), control.RestartRequest{Workflow: "w"}); err != nil {
			t.Fatal(err)
		}
		b.until(0, "run.started@2")
		b.expectMessageFiles("api.2.1")
		lift()
		b.until(0, "unit.started api#1@2")
		synctest.Wait()
		if len(inodes) < 2 || !os.SameFile(inodes[0].(os.FileInfo), inodes[len(inodes)-1].(os.FileInfo)) {
			t.Errorf("%d tries with files of their own", len(inodes))
		}
		b.down()
	})
}

func TestAMessageFileGoesWithItsAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		step := talking(unit(engine.Init, "a", "sleep", "10s"), engine.MessageFile)
		api := talking(unit(engine.Service, "api", "nothing"), engine.MessageFile)
		b.rt.Script(fake.Labelled(LabelUnit, "api"), fake.Behaviour{Fail: &runtime.StartError{Code: 127, Message: "not found"}})
		api.Restart.Attempts = 1
		w := workflow(step, api)
		b.apply(w)
		b.until(0, "unit.started a#1")
		b.expectMessageFiles("a.1.1", "api.1.1") // one step ahead
		w.ActiveDeadline = time.Hour
		b.apply(w)
		b.until(0, "unit.started a#1@2")
		b.expectMessageFiles("a.2.1", "api.2.1")
		b.until(0, "unit.exited api#1@2")
		<-b.ended
		b.expectMessageFiles()

		b.rt = b.rt.Reconnect()
		b.open()
		b.apply(w)
		b.until(0, "unit.started a#1@3")
		b.expectMessageFiles("a.3.1", "api.3.1")
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		b.expectMessageFiles()
	})
}

// As long as a message is on no record its file is kept.
func TestAMessageThatIsNotOnRecordIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		w := workflow(talking(unit(engine.Init, "a", "sleep", "1s"), engine.MessageFile), unit(engine.Service, "api", "pause"))
		b.apply(w)
		b.until(0, "unit.started a#1")
		b.say("p.w.a.1.1", "said")
		runs := filepath.Join(b.state, "runs")
		if err := errors.Join(os.Rename(runs, runs+"-away"), os.WriteFile(runs, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		seq := b.until(0, "unit.exited a#1").Seq
		b.expectMessageFiles("a.1.1")
		b.crash()
		<-b.ended
		if err := errors.Join(os.Remove(runs), os.Rename(runs+"-away", runs)); err != nil {
			t.Fatal(err)
		}
		b.rt = b.rt.Reconnect()
		b.open()
		if got := b.until(seq, "unit.exited a#1").Message; got != "said" {
			t.Errorf("message %q", got)
		}
		b.apply(w)
		b.down()
	})
}

func TestAMessageDoesNotTellOutputs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Script(fake.Labelled(LabelUnit, "build"), fake.Behaviour{For: time.Second})
		build := talking(unit(engine.Init, "build"), engine.MessageFile)
		build.Outputs = []engine.Output{{Name: "version"}, {Name: "token", Sensitive: true}}
		b.apply(workflow(build, unit(engine.Service, "api", "pause")))
		b.until(0, "unit.started build#1")
		b.say("p.w.build.1.1", "built v1.23 with canary-0815")
		file := b.mountsOf("p.w.build.1.1")[outputPath].Source
		if err := os.WriteFile(file, []byte("version=v1.23\ntoken=canary-0815\n"), 0); err != nil {
			t.Fatal(err)
		}
		if got, want := b.until(0, "unit.exited build#1").Message, "built v1.23 with (sensitive)"; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
		b.down()
	})
}
