//go:build podman

package podmantest_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/limber-run/limber/runtime/podman/podmantest"
)

func TestMain(m *testing.M) { podmantest.Main(m) }

func TestCLIAndServiceSeeTheSameContainers(t *testing.T) {
	image := podmantest.BusyboxImage(t)
	id := podmantest.CLI(t, "create", "--network=none", "--name=same-storage", image, "true")
	defer podmantest.CLI(t, "rm", "same-storage")
	var seen struct{ ID, Name string }
	get(t, "/v4.0.0/libpod/containers/same-storage/json", &seen)
	if seen.ID != id {
		t.Errorf("the service knows %+v, the CLI made %s", seen, id)
	}
}

func TestStorageIsPrivate(t *testing.T) {
	env := podmantest.Current()
	got := podmantest.CLI(t, "info", "--format", "{{.Store.GraphRoot}} {{.Store.RunRoot}}")
	if want := env.Root + " " + env.RunRoot; got != want {
		t.Errorf("podman works in %s, want %s", got, want)
	}
	var info struct {
		Store struct{ GraphRoot, RunRoot string }
	}
	get(t, "/v4.0.0/libpod/info", &info)
	if info.Store.GraphRoot != env.Root || info.Store.RunRoot != env.RunRoot {
		t.Errorf("the service works in %+v, want %+v", info.Store, env)
	}
	if got := podmantest.CLI(t, "ps", "--all", "--quiet"); got != "" {
		t.Errorf("there are containers that no test made: %s", got)
	}
}

func TestContainersRun(t *testing.T) {
	image := podmantest.BusyboxImage(t)
	got := podmantest.CLI(t, "run", "--rm", "--publish=127.0.0.1:18080:80", image, "sh", "-c", "id -u && ip -4 -o addr show eth0 | wc -l")
	if got != "0\n1" {
		t.Errorf("the container printed %q, want user 0 and one address", got)
	}
}

func TestRestartKeepsContainers(t *testing.T) {
	image := podmantest.BusyboxImage(t)
	podmantest.CLI(t, "run", "--detach", "--network=none", "--name=survivor", image, "sleep", "1000")
	defer podmantest.CLI(t, "rm", "--force", "--time=0", "survivor")
	podmantest.Restart(t)
	var survivor struct {
		State struct{ Status string }
	}
	get(t, "/v4.0.0/libpod/containers/survivor/json", &survivor)
	if survivor.State.Status != "running" {
		t.Errorf("after the restart the container is %q, want running", survivor.State.Status)
	}
}

// Podman 4.3 says that a container whose conmon is a zombie is still running.
func TestConmonIsReaped(t *testing.T) {
	image := podmantest.BusyboxImage(t)
	podmantest.CLI(t, "run", "--detach", "--network=none", "--name=conmon", image, "sleep", "1000")
	defer podmantest.CLI(t, "rm", "--force", "conmon")
	pid := podmantest.CLI(t, "inspect", "--format", "{{.State.ConmonPid}}", "conmon")
	if got := parentOf(t, pid); got != "1" {
		t.Errorf("the parent of conmon is process %s, want 1", got)
	}
	podmantest.CLI(t, "kill", "conmon")
	podmantest.CLI(t, "wait", "--condition=stopped", "conmon")
	awaitGone(t, pid)
}

func TestRegistry(t *testing.T) {
	registry := podmantest.Registry(t)
	podmantest.CLI(t, "pull", "--quiet", registry.Image(t, "group/hello"))
	if got := podmantest.CLI(t, "run", "--rm", "--network=none", registry.Host+"/group/hello", "echo", "hello"); got != "hello" {
		t.Errorf("the pulled image printed %q, want hello", got)
	}
	private := registry.Image(t, "private/image")
	credentials := "--creds=" + podmantest.RegistryUser + ":" + podmantest.RegistryPassword
	podmantest.CLI(t, "pull", "--quiet", credentials, private)
	for ref, want := range map[string]string{registry.Missing(): "manifest unknown", registry.Denied(): "unauthorized"} {
		status, answer := pull(t, ref)
		if status == http.StatusOK && !strings.Contains(answer, `"error"`) || !strings.Contains(answer, want) {
			t.Errorf("pull %s: %d %s, want the error %q", ref, status, answer, want)
		}
	}
}

func parentOf(t *testing.T, pid string) string {
	t.Helper()
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "PPid:")
	return strings.Fields(rest)[0]
}

// awaitGone waits until a process has ended and is reaped. The kernel does not
// tell anybody about the second, so this asks.
func awaitGone(t *testing.T, pid string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	overdue := time.After(20 * time.Second)
	for {
		if _, err := os.Stat("/proc/" + pid); os.IsNotExist(err) {
			return
		}
		select {
		case <-tick.C:
		case <-overdue:
			t.Fatalf("process %s has not been reaped", pid)
		}
	}
}

// client sends requests to the service.
var client = http.Client{Transport: &http.Transport{
	DisableKeepAlives: true,
	DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", strings.TrimPrefix(os.Getenv("CONTAINER_HOST"), "unix://"))
	},
}}

func get(t *testing.T, path string, answer any) {
	t.Helper()
	resp, err := client.Get("http://d" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		t.Fatal(err)
	}
}

// pull pulls through the service, and returns its status and its answer.
func pull(t *testing.T, ref string) (status int, answer string) {
	t.Helper()
	query := url.Values{"reference": {ref}, "tlsVerify": {"false"}}
	resp, err := client.Post("http://d/v4.0.0/libpod/images/pull?"+query.Encode(), "", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
