package cmd

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const deafProject = `
workflow "shop" {
  service "deaf" {
    image   = limber.toolbox
    command = ["deaf"]
  }
}
`

const politeProject = `
workflow "shop" {
  sidecar "db" {
    image   = limber.toolbox
    command = ["pause"]
  }
  service "api" {
    image   = limber.toolbox
    command = ["pause"]
  }
}
`

// TestSignalsStopWhatIsInFront sends signals to limber up, each when limber
// has said a certain line.
func TestSignalsStopWhatIsInFront(t *testing.T) {
	tests := []struct {
		name    string
		project string
		signals []syscall.Signal
		after   []string // what limber says before each of them
		code    int
		want    string
	}{
		{
			"Ctrl-C stops in order", politeProject,
			[]syscall.Signal{syscall.SIGINT},
			[]string{"shop  ready"},
			130, "stopping gracefully (press Ctrl-C again to kill)\n" +
				"shop  service/api  stopping\nshop  service/api  completed\n" +
				"shop  sidecar/db   stopping\nshop  sidecar/db   completed\nshop  succeeded (Stopped)\n",
		},
		{
			"SIGTERM does the same", politeProject,
			[]syscall.Signal{syscall.SIGTERM},
			[]string{"shop  ready"},
			143, "shop  succeeded (Stopped)\n",
		},
		{
			"a second Ctrl-C kills", deafProject,
			[]syscall.Signal{syscall.SIGINT, syscall.SIGINT},
			[]string{"shop  ready", "shop  service/deaf  stopping"},
			130, "shop  service/deaf  exited with code 137, Killed (attempt 1)\nshop  stopped\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			up := startFront(t, test.project, &bytes.Buffer{})
			var said strings.Builder
			for up.lines.Scan() {
				said.WriteString(up.lines.Text() + "\n")
				if len(test.after) > 0 && up.lines.Text() == test.after[0] {
					if err := up.cmd.Process.Signal(test.signals[0]); err != nil {
						t.Fatal(err)
					}
					test.after, test.signals = test.after[1:], test.signals[1:]
				}
			}
			_ = up.cmd.Wait() // its code is looked at
			if got := up.cmd.ProcessState.ExitCode(); got != test.code {
				t.Errorf("exit code %d, want %d; it said:\n%s", got, test.code, &said)
			}
			if !strings.HasSuffix(said.String(), test.want) {
				t.Errorf("it said:\n%swant at the end:\n%s", &said, test.want)
			}
		})
	}
}

const chattyProject = `
workflow "shop" {
  sidecar "db" {
    image   = limber.toolbox
    command = ["pause"]
  }
  service "chat" {
    image   = limber.toolbox
    command = ["echo", "hello"]
  }
}
`

// TestAClosedStdoutStopsWhatIsInFront is limber up | true.
func TestAClosedStdoutStopsWhatIsInFront(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	up := startFront(t, chattyProject, writer)
	var said strings.Builder
	for up.lines.Scan() {
		said.WriteString(up.lines.Text() + "\n")
	}
	_ = up.cmd.Wait() // its code is looked at
	if got := up.cmd.ProcessState.ExitCode(); got != exitFailed {
		t.Errorf("exit code %d; it said:\n%s", got, &said)
	}
	for _, want := range []string{
		"nobody reads the logs any more\nstopping gracefully",
		"shop  sidecar/db    completed\n",
		"shop  succeeded (Stopped)\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it said:\n%swithout %q", &said, want)
		}
	}
}

// TestAClosedStderrDoesNotMatter is limber up 2>&-, as far as writing goes.
func TestAClosedStderrDoesNotMatter(t *testing.T) {
	up := startFront(t, `
workflow "job" {
  restart_policy = "never"
  service "hi" {
    image   = limber.toolbox
    command = ["echo", "hello"]
  }
}
`, &bytes.Buffer{})
	if err := up.stderr.Close(); err != nil {
		t.Fatal(err)
	}
	if err := up.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if got, want := up.cmd.Stdout.(*bytes.Buffer).String(), "hi | hello\n"; got != want {
		t.Errorf("stdout %q, want %q", got, want)
	}
}

// frontProcess is limber up in a process of its own.
type frontProcess struct {
	cmd    *exec.Cmd
	stderr io.Closer
	lines  *bufio.Scanner // of stderr
}

func startFront(t *testing.T, project string, stdout io.Writer) frontProcess {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "limber.hcl"), []byte(project), 0o600); err != nil {
		t.Fatal(err)
	}
	memory, remove, err := memoryDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	cmd := exec.CommandContext(t.Context(), "limber", "up")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LIMBER_RUNTIME_DIR="+memory, "LIMBER_STATE_DIR="+filepath.Join(dir, "state"))
	cmd.Stdout = stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return frontProcess{cmd, stderr, bufio.NewScanner(stderr)}
}
