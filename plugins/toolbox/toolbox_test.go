package toolbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// commandVariable makes the test binary run a command of the toolbox.
const commandVariable = "TOOLBOX_TEST_COMMAND"

func TestMain(m *testing.M) {
	switch name := os.Getenv(commandVariable); name {
	case "":
		os.Exit(m.Run())
	case "(reap)":
		os.Exit(reapThree())
	default:
		os.Exit(Main(name, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
}

// result is what a command did.
type result struct {
	Code   int
	Stdout string
	Stderr string
}

// do runs a command in this process.
func do(name string, args ...string) result {
	return doWith("", nil, name, args...)
}

// doWith also has input and may replace signal.Notify.
func doWith(stdin string, notify func(chan<- os.Signal, ...os.Signal), name string, args ...string) result {
	var stdout, stderr bytes.Buffer
	if notify == nil {
		notify = func(chan<- os.Signal, ...os.Signal) {}
	}
	code := run(&call{
		name: name, args: args,
		stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr,
		notify: notify,
	})
	return result{code, stdout.String(), stderr.String()}
}

// process returns a command that runs in a process of its own.
func process(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(quiet(t), commandVariable+"="+name)
	return cmd
}

// quiet is the environment in which a test binary that measures coverage or
// looks for races says nothing of its own, and ends at once.
func quiet(t *testing.T) []string {
	t.Helper()
	return []string{"GOCOVERDIR=" + t.TempDir(), "GORACE=atexit_sleep_ms=0"}
}

func compare(t *testing.T, got, want result) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSimpleCommands(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")

	tests := []struct {
		line  []string
		stdin string
		want  result
	}{
		{line: []string{"true"}},
		{line: []string{"false"}, want: result{Code: 1}},
		{line: []string{"echo", "a", "b"}, want: result{Stdout: "a b\n"}},
		{line: []string{"echo"}, want: result{Stdout: "\n"}},
		{line: []string{"echo", "-n", "a", "-n"}, want: result{Stdout: "a -n"}},
		{line: []string{"exit", "0"}},
		{line: []string{"exit", "255"}, want: result{Code: 255}},
		{line: []string{"exit", "256"}, want: result{2, "", "exit: \"256\" is no exit code from 0 to 255\n"}},
		{line: []string{"exit"}, want: result{2, "", "exit: usage: exit CODE\n"}},
		{line: []string{"exit", "--help"}, want: result{0, "usage: exit CODE\n", ""}},
		{line: []string{"eat-memory"}, want: result{2, "", "eat-memory: usage: eat-memory SIZE\n"}},
		{line: []string{"eat-memory", "9Ti"}, want: result{2, "", "eat-memory: \"9Ti\" is no size such as 64Mi, 1Gi or, in bytes, 1000000\n"}},
		{line: []string{"pause", "now"}, want: result{2, "", "pause: usage: pause\n"}},
		{line: []string{"pause", "--long"}, want: result{2, "", "pause: flag provided but not defined: -long\n"}},
		{line: []string{"cat"}, stdin: "in\x00put", want: result{Stdout: "in\x00put"}},
		{line: []string{"cat", file, "-", file}, stdin: "+", want: result{Stdout: "content+content"}},
		{line: []string{"cat", missing, file}, want: result{1, "content", "cat: open " + missing + ": no such file or directory\n"}},
		{line: []string{"sleep", "0"}},
		{line: []string{"sleep", "0.001"}},
		{line: []string{"sleep", "1ms"}},
		{line: []string{"sleep", "a while"}, want: result{2, "", "sleep: \"a while\" is no time such as 10, 0.5 or 1m30s\n"}},
		{line: []string{"agent"}, want: result{2, "", "agent: usage: agent --socket PATH\n"}},
		{line: []string{"http-serve", "--status", "99"}, want: result{2, "", "http-serve: 99 is no status from 200 to 599\n"}},
		{line: []string{"exec-env", file, "true"}, want: result{2, "", "exec-env: usage: exec-env FILE -- COMMAND [ARG...]\n"}},
		{line: []string{"wait-tcp", "db"}, want: result{2, "", "wait-tcp: \"db\" is no address such as db:5432\n"}},
		{line: []string{"wait-http", "api:8080/"}, want: result{2, "", "wait-http: the argument is no URL such as http://api:8080/healthz\n"}},
		{line: []string{"wait-file", file, "--interval", "0s"}, want: result{2, "", "wait-file: the interval must be more than 0, and the timeout 0 (none) or more\n"}},
		{line: []string{"wait-dns"}, want: result{2, "", "wait-dns: usage: wait-dns [--timeout D] [--interval D] NAME\n"}},
	}
	for _, tc := range tests {
		t.Run(strings.Join(tc.line, " "), func(t *testing.T) {
			compare(t, doWith(tc.stdin, nil, tc.line[0], tc.line[1:]...), tc.want)
		})
	}
}

func TestUnknownCommand(t *testing.T) {
	got := do("sh", "-c", "true")
	if got.Code != exitUsage || !strings.HasPrefix(got.Stderr, "sh: no such command; there are agent, cat, ") {
		t.Errorf("got %+v", got)
	}
}

func TestNamesAreSorted(t *testing.T) {
	if names := Names(); !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("Names() = %v", names)
	}
}

func TestEnv(t *testing.T) {
	t.Setenv("TOOLBOX_A", "1 and\t2")
	t.Setenv("TOOLBOX_B", "")
	got := do("env")
	if got.Code != 0 || !strings.Contains(got.Stdout, "TOOLBOX_A=1 and\t2\nTOOLBOX_B=\n") {
		t.Errorf("got %+v", got)
	}
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	steps := []struct {
		args []string
		want string
	}{
		{[]string{path, "version=1"}, "version=1\n"},
		{[]string{path, "version=2"}, "version=2\n"},
		{[]string{"--append", path, "port=80"}, "version=2\nport=80\n"},
		{[]string{path, "--append", "--", "--dash"}, "version=2\nport=80\n--dash\n"},
	}
	for _, step := range steps {
		compare(t, do("write-file", step.args...), result{})
		if got, err := os.ReadFile(path); err != nil || string(got) != step.want {
			t.Errorf("after write-file %v: %q (%v), want %q", step.args, got, err, step.want)
		}
	}
	if got := do("write-file", filepath.Join(path, "below"), "x"); got.Code != 1 || got.Stderr == "" {
		t.Errorf("write-file to nowhere: %+v", got)
	}
}

func TestOutput(t *testing.T) {
	compare(t, do("output", "a=1"), result{1, "", "output: there is no $LIMBER_OUTPUT: the step declares no output\n"})
	path := filepath.Join(t.TempDir(), "output")
	t.Setenv(outputFile, path)
	compare(t, do("output", "a=1", "b=x=y"), result{})
	compare(t, do("output", "c="), result{})
	if got, err := os.ReadFile(path); err != nil || string(got) != "a=1\nb=x=y\nc=\n" {
		t.Errorf("left is %q, %v", got, err)
	}
	compare(t, do("output", "a"), result{2, "", "output: \"a\" is not NAME=VALUE in a line\n"})
	compare(t, do("output", "a=1\nb=2"), result{2, "", "output: \"a=1\\nb=2\" is not NAME=VALUE in a line\n"})
	if got := do("output"); got.Code != 2 {
		t.Errorf("without arguments: %+v", got)
	}
}

func TestFailTimes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "count")
	compare(t, do("fail-times", "2", path), result{1, "", "fail-times: call 1 fails, as do the first 2\n"})
	compare(t, do("fail-times", "2", path, "--code", "75"), result{75, "", "fail-times: call 2 fails, as do the first 2\n"})
	compare(t, do("fail-times", "2", path), result{0, "call 3 succeeds\n", ""})
	compare(t, do("fail-times", "two", path), result{2, "", "fail-times: \"two\" is no number of times\n"})

	if err := os.WriteFile(path, []byte("many"), 0o600); err != nil {
		t.Fatal(err)
	}
	compare(t, do("fail-times", "2", path), result{1, "", "fail-times: " + path + " does not hold a count\n"})
}

// TestStaysLight keeps what is large or slow to start out of the commands.
func TestStaysLight(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, heavy := range []string{"containers/podman", "hashicorp/hcl", "spf13/cobra", "rs/zerolog"} {
		if strings.Contains(string(out), heavy) {
			t.Errorf("the toolbox depends on %s", heavy)
		}
	}
}

// reapThree leaves three ended children to reap, and succeeds if it takes in
// exactly those.
func reapThree() int {
	if err := os.Setenv(commandVariable, "true"); err != nil {
		return 10
	}
	for range 3 {
		child, err := os.StartProcess("/proc/self/exe", []string{"child"}, &os.ProcAttr{})
		if err != nil {
			return 11
		}
		waitUntilDead(child.Pid)
	}
	if n := reap(); n != 3 {
		return 20 + n
	}
	return reap()
}

// waitUntilDead blocks until a child has ended and leaves it a zombie.
func waitUntilDead(pid int) {
	const (
		idPid   = 1
		exited  = 0x4
		noReap  = 0x1000000
		noUsage = 0
	)
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, idPid, uintptr(pid), 0, exited|noReap, noUsage, 0)
		if errno != syscall.EINTR {
			return
		}
	}
}

func TestReap(t *testing.T) {
	if out, err := process(t, "(reap)").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1000": 1000, "1Ki": 1 << 10, "64Mi": 64 << 20, "8589934591Gi": 8589934591 << 30} {
		if got, ok := parseSize(text); got != want || !ok {
			t.Errorf("%s is %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "Mi", "-1", "1M", "1.5Gi", "8589934592Gi", "9223372036854775808"} {
		if got, ok := parseSize(text); ok {
			t.Errorf("%s is %d, want none", text, got)
		}
	}
}

// TestMemoryIsTaken looks at what the kernel says of the process.
func TestMemoryIsTaken(t *testing.T) {
	cmd := process(t, "eat-memory", "64Mi")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if line != "64Mi taken\n" || err != nil {
		t.Errorf("it says %q, %v", line, err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	var kB int
	if _, after, found := strings.Cut(string(status), "VmRSS:"); err == nil && found {
		_, err = fmt.Sscan(after, &kB)
	}
	if kB < 64<<10 || err != nil {
		t.Errorf("it has %d kB, %v", kB, err)
	}
	if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
		t.Error(err)
	}
}
