package cmd

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/fake"
	"github.com/limber-run/limber/runtime/podman"
)

// TestMain makes this binary the command "limber" of the scripts, on an engine
// in memory that lives as long as the process.
func TestMain(m *testing.M) {
	testscript.Main(withPodman(m), map[string]func(){"limber": func() { os.Exit(fakeMain()) }})
}

func fakeMain() int {
	app := newApp(os.Stdin, os.Stdout, os.Stderr, os.Environ())
	app.connect = func(context.Context, podman.Config) (runtime.Runtime, error) {
		if os.Getenv("FAKE_UNAVAILABLE") != "" {
			return nil, runtime.ErrUnavailable
		}
		return fake.New(), nil
	}
	return app.main(os.Args)
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUpScript,
		Cmds:                scriptCommands,
	})
}

// scriptCommands are what scripts have beside testscript's own commands.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits": exits,
}

// exits runs a command that must exit with a code: exits 3 limber up -d.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("%s exited with code %d, want %s", strings.Join(args[1:], " "), code, want)
	}
}

// setUpScript gives a script directories of its own. Secrets want one in
// memory.
func setUpScript(env *testscript.Env) error {
	memory, remove, err := memoryDir()
	if err != nil {
		return err
	}
	env.Defer(remove)
	env.Setenv("LIMBER_RUNTIME_DIR", memory)
	env.Setenv("LIMBER_STATE_DIR", filepath.Join(env.WorkDir, "state"))
	env.Setenv("HOME", env.WorkDir)
	return nil
}

// memoryDir makes a directory in memory, and returns how to remove it.
func memoryDir() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("/dev/shm", "limber-test-")
	return dir, func() { _ = os.RemoveAll(dir) }, err // it is gone with the machine at the latest
}

// TestScriptsDoNotSleep keeps scripts free of what makes tests
// slow and unsure: limber has commands that wait.
func TestScriptsDoNotSleep(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "*", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "exec sleep") {
				t.Errorf("%s sleeps: wait with limber's own commands", path)
			}
		}
	}
}
