//go:build podman

package podmantest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// What the two runs of TestRunsDoNotMeet are told.
const (
	meetingVariable = "LIMBER_PODMANTEST_MEETING" // the FIFO where they meet
	modeVariable    = "LIMBER_PODMANTEST_MODE"    // how to open it
)

// TestRunsDoNotMeet runs this test binary twice at the same time. Both runs
// use the same names, addresses and ports.
func TestRunsDoNotMeet(t *testing.T) {
	meeting := filepath.Join(t.TempDir(), "meeting")
	if err := syscall.Mkfifo(meeting, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, writer := startOther(t, meeting, os.O_RDONLY), startOther(t, meeting, os.O_WRONLY)
	for _, other := range []*exec.Cmd{reader, writer} {
		if err := other.Wait(); err != nil {
			t.Errorf("%v\n%s", err, other.Stdout)
		}
	}
}

// startOther starts a run of TestOther.
func startOther(t *testing.T, meeting string, mode int) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestOther$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), meetingVariable+"="+meeting, modeVariable+"="+strconv.Itoa(mode))
	output := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// TestOther is what the runs of TestRunsDoNotMeet do. Each makes its container
// and only then tells the other, so both containers run at the same time.
func TestOther(t *testing.T) {
	if os.Getenv(meetingVariable) == "" {
		t.Skip("runs in the runs of TestRunsDoNotMeet")
	}
	image := podmantest.BusyboxImage(t)
	podmantest.CLI(t, "network", "create", "--subnet=10.89.77.0/24", "meeting")
	id := podmantest.CLI(t, "run", "--detach", "--name=meeting", "--network=meeting", "--ip=10.89.77.7",
		"--publish=127.0.0.1:18081:80", image, "sleep", "1000")
	meet(t)
	if got := podmantest.CLI(t, "ps", "--all", "--quiet", "--no-trunc"); got != id {
		t.Errorf("there are the containers %q, want only %s", got, id)
	}
}

// meet returns when the other run has come here too: one reads from the FIFO,
// one writes to it, and neither can open it before the other does.
func meet(t *testing.T) {
	t.Helper()
	mode, err := strconv.Atoi(os.Getenv(modeVariable))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(os.Getenv(meetingVariable), mode, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}
