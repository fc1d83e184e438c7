package toolbox

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// execEnvIn runs exec-env in a process of its own, with an environment file
// that holds entries.
func execEnvIn(t *testing.T, environ []string, entries string, argv ...string) result {
	t.Helper()
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte(entries), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := process(t, "exec-env", append([]string{file, "--"}, argv...)...)
	cmd.Env = append(cmd.Env, environ...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	} else if ok {
		return result{exit.ExitCode(), stdout.String(), stderr.String()}
	}
	return result{0, stdout.String(), stderr.String()}
}

// bin returns a directory with what exec-env may meet on its search.
func bin(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "tool")); err != nil {
		t.Fatal(err)
	}
	files := map[string]os.FileMode{"data": 0o644, "nonsense": 0o755, "script": 0o755}
	contents := map[string]string{"data": "x", "nonsense": "x", "script": "#!/no/such/interpreter\n"}
	for name, mode := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(contents[name]), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "directory"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestExecEnv(t *testing.T) {
	dir := bin(t)
	t.Run("adds to the environment and replaces in it", func(t *testing.T) {
		coverage := t.TempDir()
		got := execEnvIn(t, []string{"PATH=" + dir, "KEPT=1", "REPLACED=old"},
			commandVariable+"=env\x00REPLACED=new\x00LINES=a\nb=c\x00EMPTY=\x00GOCOVERDIR="+coverage+"\x00", "tool")
		want := []string{
			"EMPTY=", "GOCOVERDIR=" + coverage, "GORACE=atexit_sleep_ms=0", "KEPT=1", "LINES=a", "b=c",
			"PATH=" + dir, "REPLACED=new", commandVariable + "=env", "",
		}
		compare(t, got, result{Stdout: strings.Join(want, "\n")})
	})
	t.Run("passes arguments and the exit code on", func(t *testing.T) {
		compare(t, execEnvIn(t, []string{"PATH=" + dir}, commandVariable+"=exit", "tool", "42"), result{Code: 42})
		compare(t, execEnvIn(t, []string{"PATH=" + dir}, commandVariable+"=echo", "tool", "--", "a b", ""), result{Stdout: "-- a b \n"})
	})
	t.Run("searches the PATH of the file", func(t *testing.T) {
		compare(t, execEnvIn(t, []string{"PATH=/nowhere"}, commandVariable+"=true\x00PATH="+dir, "tool"), result{})
	})
	t.Run("takes a path as it is", func(t *testing.T) {
		compare(t, execEnvIn(t, nil, commandVariable+"=true", dir+"/tool"), result{})
	})
	t.Run("goes on after what may not be executed", func(t *testing.T) {
		other := t.TempDir()
		if err := os.WriteFile(filepath.Join(other, "tool"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		compare(t, execEnvIn(t, []string{"PATH=" + other + ":" + dir}, commandVariable+"=true", "tool"), result{})
	})
	t.Run("runs nothing without its variables", func(t *testing.T) {
		got := execEnvIn(t, []string{"PATH=" + dir}, "", "tool")
		if got.Code != exitNotRun || !strings.Contains(got.Stderr, "have not been delivered") {
			t.Errorf("got %+v", got)
		}
	})
}

func TestExecEnvErrors(t *testing.T) {
	dir := bin(t)
	path := []string{"PATH=" + dir}
	tests := map[string]struct {
		entries string
		argv    []string
		code    int
		stderr  string
	}{
		"no such command":       {"SECRET=abc", []string{"missing"}, 127, "missing: not found"},
		"no command":            {"SECRET=abc", []string{""}, 127, ": not found"},
		"no such path":          {"SECRET=abc", []string{"/no/such"}, 127, "/no/such: not found"},
		"not executable":        {"SECRET=abc", []string{"data"}, 126, dir + "/data: permission denied"},
		"a directory":           {"SECRET=abc", []string{"directory"}, 126, dir + "/directory: permission denied"},
		"no program":            {"SECRET=abc", []string{"nonsense"}, 126, dir + "/nonsense: exec format error"},
		"no interpreter":        {"SECRET=abc", []string{"script"}, 127, dir + "/script: its interpreter or loader is not there"},
		"an entry without =":    {"A=1\x00SECRET", []string{"tool"}, 125, "/env: entry 2 is not NAME=VALUE"},
		"an entry without name": {"=SECRET", []string{"tool"}, 125, "/env: entry 1 is not NAME=VALUE"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := execEnvIn(t, path, tc.entries, tc.argv...)
			if got.Code != tc.code || !strings.HasPrefix(got.Stderr, "exec-env: ") || !strings.HasSuffix(got.Stderr, tc.stderr+"\n") {
				t.Errorf("got %+v, want code %d and %q", got, tc.code, tc.stderr)
			}
			if strings.Contains(got.Stderr, "SECRET") || strings.Contains(got.Stderr, "abc") {
				t.Errorf("it shows the environment: %q", got.Stderr)
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		compare(t, do("exec-env", dir+"/none", "--", "tool"),
			result{125, "", "exec-env: open " + dir + "/none: no such file or directory\n"})
	})
}

func TestMergeEnv(t *testing.T) {
	base := []string{"A=1", "B=2", "odd"}
	got := mergeEnv(base, []string{"B=3", "C=4", "B=5", "C="})
	if diff := cmp.Diff([]string{"A=1", "B=5", "odd", "C="}, got); diff != "" {
		t.Errorf("mergeEnv (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A=1", "B=2", "odd"}, base); diff != "" {
		t.Errorf("the base was changed (-want +got):\n%s", diff)
	}
}

func TestCandidates(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    []string
	}{
		{"x", []string{"PATH=/a:/b"}, []string{"/a/x", "/b/x"}},
		{"x", []string{"PATH=:/b:"}, []string{"./x", "/b/x", "./x"}},
		{"./x", []string{"PATH=/a"}, []string{"./x"}},
		{"x", nil, []string{
			"/usr/local/sbin/x", "/usr/local/bin/x", "/usr/sbin/x", "/usr/bin/x", "/sbin/x", "/bin/x",
		}},
	}
	for _, tc := range tests {
		if diff := cmp.Diff(tc.want, candidates(tc.name, tc.environ)); diff != "" {
			t.Errorf("candidates(%q, %q) (-want +got):\n%s", tc.name, tc.environ, diff)
		}
	}
}
