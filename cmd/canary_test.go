//go:build podman

package cmd

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// The canaries are values that appear nowhere unless somebody leaks them.
const (
	canaryEnv  = "canary-env-6c1f0b7e"
	canaryFile = "canary-file-93d2a45c"
)

const canaryWorkflow = `
secret "from_env" { env = "CANARY" }
secret "from_file" { file = "canary.txt" }

workflow "birds" {
  init "migrate" {
    image   = limber.toolbox
    command = ["wait-file", "/run/secrets/from_file"]
    secret "from_file" {}
  }
  init "flaky" {
    image   = limber.toolbox
    command = ["fail-times", "1", "/data/tries"]
    secret "from_env" { env = "TOKEN" }
    mount "data" { path = "/data" }
    retry { initial = "10ms" }
  }
  service "api" {
    image   = limber.toolbox
    command = ["pause"]
    secret "from_env" { env = "TOKEN" }
    secret "from_file" {
      path = "/etc/token"
      uid  = 1000
      gid  = 1000
    }
    readiness_probe {
      exec { command = ["wait-file", "/etc/token"] }
    }
  }
}

volume "data" { scratch = true }
`

// TestNoSecretIsLeftAnywhere plants values and looks for them: on disk, in
// what Podman tells, in command lines, in the journal, the record and the log;
// while the units run, after a supervisor and its units were killed, and after
// down.
func TestNoSecretIsLeftAnywhere(t *testing.T) {
	c := newCanary(t)
	c.limber("up", "-d", "--log-level", "debug")
	if got := c.limber("logs"); strings.Contains(got, "canary") {
		t.Errorf("limber logs shows %q", got)
	}
	if got := podmantest.CLI(t, "exec", c.container("api"), "/bin/cat", "/etc/token"); got != canaryFile {
		t.Errorf("the unit sees %q, want its secret", got)
	}
	environ, err := os.ReadFile("/proc/" + podmantest.CLI(t, "inspect", "--format", "{{.State.Pid}}", c.container("api")) + "/environ")
	if err != nil || !bytes.Contains(environ, []byte("TOKEN="+canaryEnv+"\x00")) {
		t.Errorf("the unit's environment lacks its secret (%v)", err)
	}
	c.search("while the units run", c.places()...)

	c.kill()
	c.limber("up", "-d") // adopts what is left, or restarts it
	c.search("after a crash", c.places()...)
	c.limber("stop")
	c.search("after stop", append(c.places(), c.runtime, "/dev/shm")...)
	c.limber("down")
	c.search("after down", append(c.places(), c.runtime, "/dev/shm")...)
}

// canary is a project with secrets, and where it leaves things.
type canary struct {
	t       *testing.T
	bin     string
	dir     string
	state   string
	runtime string
}

func newCanary(t *testing.T) *canary {
	c := &canary{t: t, bin: filepath.Join(buildLimber(t), "limber"), dir: t.TempDir(), state: t.TempDir()}
	var err error
	if c.runtime, err = os.MkdirTemp("/run", "canary"); err != nil { //nolint:usetesting // secrets want a tmpfs
		t.Fatal(err)
	}
	for name, content := range map[string]string{"limber.hcl": canaryWorkflow, "canary.txt": canaryFile} {
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { c.limber("down") })
	return c
}

// limber runs a command in the project and returns its standard output.
func (c *canary) limber(args ...string) string {
	c.t.Helper()
	cmd := exec.CommandContext(context.Background(), c.bin, append(args, "-p", "birds")...) // down comes when the test's context has ended
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "CANARY="+canaryEnv, "LIMBER_STATE_DIR="+c.state, "LIMBER_RUNTIME_DIR="+c.runtime)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		c.t.Fatalf("limber %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	if strings.Contains(stderr.String(), "canary-") {
		c.t.Errorf("limber %s prints a secret:\n%s", strings.Join(args, " "), &stderr)
	}
	return stdout.String()
}

func (c *canary) container(unit string) string {
	c.t.Helper()
	return podmantest.CLI(c.t, "ps", "--quiet", "--filter", "label=dev.limber.project=birds", "--filter", "label=dev.limber.unit="+unit)
}

// kill ends the supervisor and the service, as the OOM killer might.
func (c *canary) kill() {
	c.t.Helper()
	client, err := control.Dial(filepath.Join(c.runtime, "birds"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer client.Close()
	status, err := client.Status(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	if err := syscall.Kill(status.Supervisor.PID, syscall.SIGKILL); err != nil {
		c.t.Fatal(err)
	}
	podmantest.CLI(c.t, "kill", c.container("api"))
}

// places are where no secret may be at any time.
func (c *canary) places() []string {
	env := podmantest.Current()
	return []string{c.state, env.Root, env.RunRoot, env.Log}
}

func (c *canary) search(when string, places ...string) {
	c.t.Helper()
	for _, place := range places {
		err := filepath.WalkDir(place, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return nil // gone meanwhile, or nothing to read
			}
			content, err := os.ReadFile(path)
			c.check(when, path, content)
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			c.t.Error(err)
		}
	}
	c.searchCommandLines(when)
	if ids := strings.Fields(podmantest.CLI(c.t, "ps", "--all", "--quiet")); len(ids) > 0 {
		c.check(when, "podman inspect", []byte(podmantest.CLI(c.t, append([]string{"inspect"}, ids...)...)))
	}
	c.check(when, "limber events", []byte(c.limber("events", "-o", "json")))
	c.check(when, "limber ps", []byte(c.limber("ps", "-o", "json")))
}

func (c *canary) searchCommandLines(when string) {
	c.t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		c.t.Fatal(err)
	}
	for _, path := range lines {
		if line, err := os.ReadFile(path); err == nil { // else it has ended
			c.check(when, path, line)
		}
	}
}

// check looks for the canaries, also as Podman's own store would write them.
func (c *canary) check(when, where string, content []byte) {
	c.t.Helper()
	for _, value := range []string{canaryEnv, canaryFile} {
		for _, form := range []string{
			value, hex.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte(value)),
		} {
			if bytes.Contains(content, []byte(form)) {
				c.t.Errorf("%s, %s contains the secret %q", when, where, value)
			}
		}
	}
}
