//go:build podman

package cmd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/limber-run/limber/hclspec"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

// withPodman runs the tests next to a private Podman.
func withPodman(m *testing.M) podmantest.M { return podmantest.Wrap(m) }

// TestPodmanScripts runs the real binary with the real Podman.
func TestPodmanScripts(t *testing.T) {
	bin := buildLimber(t)
	examples, err := filepath.Abs(filepath.Join("..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "podman"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                podmanCommands,
		Setup: func(env *testscript.Env) error {
			for _, variable := range podmantest.Current().Environ() {
				name, value, _ := strings.Cut(variable, "=")
				env.Setenv(name, value)
			}
			env.Setenv("PATH", bin+":"+env.Getenv("PATH"))
			env.Setenv("EXAMPLES", examples)
			env.Setenv("TOKEN", "canary")
			env.Setenv("PROJECT", hclspec.NameOfDir(env.WorkDir))
			return setUpScript(env)
		},
	})
}

// buildTags are those of the Makefile.
const buildTags = "remote,exclude_graphdriver_btrfs,btrfs_noversion,containers_image_openpgp"

// buildLimber builds the binary as the Makefile does, and returns its directory.
func buildLimber(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := buildVersion(dir, "test"); err != nil {
		t.Fatal(err)
	}
	return dir
}

// crashAt is the variable that makes a binary of the tests crash.
const crashAt = "LIMBER_TEST_CRASH_AT_RECORD"

func buildVersion(dir, version string) error {
	const variable = "github.com/limber-run/limber/cmd."
	build := exec.Command("go", "build", "-trimpath", "-tags", buildTags,
		"-ldflags", "-X "+variable+"version="+version+" -X "+variable+"crashVariable="+crashAt, "-o", filepath.Join(dir, "limber"), "github.com/limber-run/limber/cmd/limber")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	return nil
}
