package runtimetest

import (
	"strings"

	"github.com/limber-run/limber/runtime"
)

// processTests say what a process sees of its Spec; they need a shell.
var processTests = []test{
	{"a process has the environment of its spec, and of its image", testEnv},
	{"a process has the working directory of its spec", testWorkingDir},
	{"a process has the user and group of its spec", testProcessUser},
	{"a process has the hostname of its spec", testHostname},
	{"arguments reach the command as they are", testArguments},
	{"arguments alone replace the command of the image", testArgsOnly},
	{"a read-only container cannot write its root", testReadOnly},
	{"a process gains no privileges unless it may", testNewPrivileges},
	{"a process has no capabilities if all are dropped", testDropCapabilities},
	{"a command that may not be executed is a StartError with code 126", testNotExecutable},
	{"a user that is not in the image is a StartError", testNoSuchUser},
	{"exec of a missing command has code 127", testExecNotFound},
	{"exec returns 4 KiB of a large output", testExecLargeOutput},
	{"exec sees the environment of the container", testExecEnv},
}

// output runs a container that must succeed and returns its lines.
func (b *bench) output(spec runtime.Spec) []string {
	b.Helper()
	id, exit := b.run(spec)
	lines := texts(b.logs(id, all))
	if exit.Code != 0 {
		b.Fatalf("exit %+v, log %q", exit, lines)
	}
	return lines
}

// wantOutput ends the test unless spec succeeds and writes these lines.
func (b *bench) wantOutput(spec runtime.Spec, want ...string) {
	b.Helper()
	if got := b.output(spec); strings.Join(got, "\n") != strings.Join(want, "\n") {
		b.Fatalf("output = %q, want %q", got, want)
	}
}

func testEnv(b *bench) {
	spec := b.script(`echo "$GREETING"; echo "${EMPTY-unset}"; test -n "$PATH"`)
	spec.Env = map[string]string{"GREETING": "héllo  wörld=1 $x", "EMPTY": ""}
	b.wantOutput(spec, "héllo  wörld=1 $x", "")
}

func testWorkingDir(b *bench) {
	spec := b.script("pwd")
	spec.WorkingDir = "/tmp"
	b.wantOutput(spec, "/tmp")
}

func testProcessUser(b *bench) {
	spec := b.script("id -u; id -g")
	spec.Security.User = "1000:1001"
	b.wantOutput(spec, "1000", "1001")
}

func testHostname(b *bench) {
	spec := b.script("hostname")
	spec.Hostname = "limber-test"
	b.wantOutput(spec, "limber-test")
}

func testArguments(b *bench) {
	spec := b.spec("true")
	spec.Command = []string{"/bin/sh", "-c", `for a; do echo "[$a]"; done`, "sh"}
	spec.Args = []string{"", "two words", "$HOME", `"quoted"`, "--flag"}
	b.wantOutput(spec, "[]", "[two words]", "[$HOME]", `["quoted"]`, "[--flag]")
}

func testArgsOnly(b *bench) {
	spec := b.spec("true")
	spec.Command, spec.Args = nil, []string{"echo", "hello"}
	b.wantOutput(spec, "hello")
}

func testReadOnly(b *bench) {
	spec := b.script("touch /file 2>/dev/null || echo refused")
	spec.Security.ReadOnly = true
	b.wantOutput(spec, "refused")
	spec = b.script("touch /file && echo written")
	b.wantOutput(spec, "written")
}

func testNewPrivileges(b *bench) {
	b.wantOutput(b.script("awk '/^NoNewPrivs/ {print $2}' /proc/self/status"), "1")
	spec := b.script("awk '/^NoNewPrivs/ {print $2}' /proc/self/status")
	spec.Security.NewPrivileges = true
	b.wantOutput(spec, "0")
}

func testDropCapabilities(b *bench) {
	spec := b.script("awk '/^CapEff/ {print $2}' /proc/self/status")
	spec.Security.Drop = []string{"ALL"}
	b.wantOutput(spec, "0000000000000000")
}

func testNotExecutable(b *bench) {
	spec := b.spec("true")
	spec.Command = []string{"/etc/hosts"}
	b.wantStartError(spec, 126)
}

func testNoSuchUser(b *bench) {
	spec := b.spec("true")
	spec.Security.User = "no-such-user"
	b.wantStartError(spec, 125)
}

func testExecNotFound(b *bench) {
	id := b.running(b.spec("pause"))
	result, err := b.Exec(b.ctx, id, []string{"no-such-command"})
	if err != nil || result.Code != 127 {
		b.Fatalf("exec = %+v, %v", result, err)
	}
}

func testExecLargeOutput(b *bench) {
	id := b.running(b.spec("pause"))
	result, err := b.Exec(b.ctx, id, shell("head -c 100000 /dev/zero | tr '\\0' x; exit 3"))
	b.check(err)
	if result.Code != 3 || result.Output != strings.Repeat("x", 4<<10) {
		b.Fatalf("code %d, %d bytes", result.Code, len(result.Output))
	}
}

func testExecEnv(b *bench) {
	spec := b.spec("pause")
	spec.Env = map[string]string{"GREETING": "hello"}
	id := b.running(spec)
	result, err := b.Exec(b.ctx, id, shell(`echo "$GREETING"`))
	if err != nil || strings.TrimSpace(result.Output) != "hello" {
		b.Fatalf("exec = %+v, %v", result, err)
	}
}
