//go:build podman

package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// crashStep is how many records apart TestCrashAtEveryRecord crashes:
// LIMBER_TEST_MANY=1 tries each.
func crashStep() int {
	if os.Getenv("LIMBER_TEST_MANY") != "" {
		return 1
	}
	return 7
}

// TestCrashAtEveryRecord kills the supervisor of the quickstart right after
// its first record, its second, and so on, and lets the next one go on: the
// end is the same each time, and no step has been repeated.
func TestCrashAtEveryRecord(t *testing.T) {
	bin := buildLimber(t)
	for n := 1; ; n += crashStep() {
		if crashed := crashOnce(t, bin, n); !crashed {
			if n == 1 {
				t.Error("it has not crashed even once")
			}
			t.Logf("there are less than %d records", n)
			return
		}
		if t.Failed() {
			return
		}
	}
}

// crashed is a project in directories of its own.
type crashed struct {
	t   *testing.T
	bin string
	env []string
}

func crashOnce(t *testing.T, bin string, n int) bool {
	t.Helper()
	memory, remove, err := memoryDir()
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	c := crashed{t: t, bin: filepath.Join(bin, "limber"), env: append(os.Environ(), podmantest.Current().Environ()...)}
	c.env = append(c.env, "LIMBER_RUNTIME_DIR="+memory, "LIMBER_STATE_DIR="+t.TempDir())
	defer c.limber(0, "-p", "crash", "down", "--volumes", "--timeout", "0s")

	up := []string{"-p", "crash", "-f", filepath.Join("..", "examples", "quickstart"), "up", "-d"}
	c.env = append(c.env, crashAt+"="+strconv.Itoa(n))
	code, said := c.run(up...)
	if code == 0 {
		return false
	}
	if !strings.Contains(said, errLost.Error()) {
		t.Fatalf("record %d: exit %d\n%s", n, code, said)
	}
	c.env = append(c.env, crashAt+"=")
	c.limber(0, up...)
	c.check(n)
	return true
}

// run runs limber, and returns its exit code and what it said.
func (c *crashed) run(args ...string) (int, string) {
	cmd := exec.Command(c.bin, args...)
	cmd.Env = c.env
	out, _ := cmd.CombinedOutput() // the exit code says as much
	return cmd.ProcessState.ExitCode(), string(out)
}

func (c *crashed) limber(want int, args ...string) string {
	c.t.Helper()
	code, said := c.run(args...)
	if code != want {
		c.t.Errorf("limber %s: exit %d\n%s", strings.Join(args, " "), code, said)
	}
	return said
}

// check checks the journal: each step has succeeded once, in order, and each
// attempt of a unit has begun and ended at most once.
func (c *crashed) check(n int) {
	c.t.Helper()
	var succeeded []string
	seen := map[string]int{}
	lines := json.NewDecoder(bytes.NewBufferString(c.limber(0, "-p", "crash", "events", "-o", "json")))
	for lines.More() {
		var e journal.Event
		if err := lines.Decode(&e); err != nil {
			c.t.Fatal(err)
		}
		if e.Run > 1 {
			c.t.Errorf("record %d: run %d: %s", n, e.Run, e.Reason)
		}
		switch e.Type { //nolint:exhaustive // the others may be told twice
		case engine.TypeUnitStarted, engine.TypeUnitExited:
			seen[fmt.Sprintf("%s %s#%d", e.Type, e.Unit, e.Attempt)]++
		}
		if e.Type == engine.TypeUnitExited && e.Role == engine.Init.String() && e.Reason == engine.ReasonCompleted {
			succeeded = append(succeeded, e.Unit)
		}
	}
	for what, times := range seen {
		if times > 1 {
			c.t.Errorf("record %d: %d times %s", n, times, what)
		}
	}
	if diff := cmp.Diff([]string{"prepare", "flaky", "migrate"}, succeeded); diff != "" {
		c.t.Errorf("record %d: succeeded (-want +got):\n%s", n, diff)
	}
}
