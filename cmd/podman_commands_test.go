//go:build podman

package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/hclspec"
)

// podmanCommands are what scripts with a real Podman can do.
var podmanCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":              exits,
	"awaits":             awaits,
	"build":              build,
	"get":                get,
	"in-order":           inOrder,
	"kill-supervisor":    killSupervisor,
	"nothing-left":       nothingLeft,
	"supervisor-environ": supervisorEnviron,
}

// projectOf is the name of the script's project.
func projectOf(ts *testscript.TestScript) string { return hclspec.NameOfDir(ts.MkAbs(".")) }

func clientOf(ts *testscript.TestScript) *control.Client {
	client, err := control.Dial(filepath.Join(ts.Getenv("LIMBER_RUNTIME_DIR"), projectOf(ts)))
	ts.Check(err)
	return client
}

// awaits waits for an event: awaits TYPE UNIT ATTEMPT [RUN].
func awaits(ts *testscript.TestScript, _ bool, args []string) {
	attempt, err := strconv.Atoi(args[2])
	ts.Check(err)
	run := 0 // any
	if len(args) > 3 {
		run, err = strconv.Atoi(args[3])
		ts.Check(err)
	}
	client := clientOf(ts)
	defer client.Close()
	errFound := errors.New("found")
	err = client.Events(context.Background(), 0, true, func(e journal.Event) error {
		if string(e.Type) == args[0] && e.Unit == args[1] && e.Attempt == attempt && (run == 0 || run == e.Run) {
			return errFound
		}
		return nil
	})
	if !errors.Is(err, errFound) {
		ts.Fatalf("no %s of %s#%d: %v", args[0], args[1], attempt, err)
	}
}

// build builds limber with another version: build DIR VERSION.
func build(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(buildVersion(ts.MkAbs(args[0]), args[1]))
}

// get prints a page.
func get(ts *testscript.TestScript, _ bool, args []string) {
	resp, err := http.Get(args[0])
	ts.Check(err)
	defer resp.Body.Close()
	_, err = io.Copy(ts.Stdout(), resp.Body)
	ts.Check(err)
}

// inOrder checks that the events on stdout have some in this order, each
// TYPE or TYPE:UNIT. Of attempts of a unit the last one counts.
func inOrder(ts *testscript.TestScript, _ bool, args []string) {
	var seen []string
	lines := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	for lines.More() {
		var e journal.Event
		ts.Check(lines.Decode(&e))
		name := string(e.Type)
		if e.Unit != "" {
			name += ":" + e.Unit
		}
		seen = append(seen, name)
	}
	for _, want := range args {
		i := slices.Index(seen, want)
		if i < 0 {
			ts.Fatalf("no %s where it should be; left are %s", want, strings.Join(seen, " "))
		}
		seen = seen[i+1:]
	}
}

// killSupervisor kills the supervisor, and waits for its end.
func killSupervisor(ts *testscript.TestScript, _ bool, _ []string) {
	client := clientOf(ts)
	defer client.Close()
	status, err := client.Status(context.Background())
	ts.Check(err)
	fd, err := unix.PidfdOpen(status.Supervisor.PID, 0)
	ts.Check(err)
	defer unix.Close(fd)
	ts.Check(unix.PidfdSendSignal(fd, syscall.SIGKILL, nil, 0))
	_, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
	ts.Check(err)
}

// supervisorEnviron prints the environment of the supervisor.
func supervisorEnviron(ts *testscript.TestScript, _ bool, _ []string) {
	client := clientOf(ts)
	defer client.Close()
	status, err := client.Status(context.Background())
	ts.Check(err)
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", status.Supervisor.PID))
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), strings.ReplaceAll(string(environ), "\x00", "\n"))
	ts.Check(err)
}

// nothingLeft checks that Podman has nothing of the project.
func nothingLeft(ts *testscript.TestScript, _ bool, _ []string) {
	filter := "label=dev.limber.project=" + projectOf(ts)
	for _, list := range [][]string{
		{"ps", "--all", "--quiet", "--filter", filter},
		{"network", "ls", "--quiet", "--filter", filter},
		{"volume", "ls", "--quiet", "--filter", filter},
		{"pod", "ps", "--quiet", "--filter", filter},
		{"secret", "ls", "--quiet", "--filter", "name=" + projectOf(ts)},
	} {
		ts.Check(ts.Exec("podman", list...))
		if left := ts.ReadFile("stdout"); left != "" {
			ts.Fatalf("podman %s shows what should be gone:\n%s", strings.Join(list, " "), left)
		}
	}
}
