package podmantest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// answerTimeout is how long the service may take to answer after its start.
const answerTimeout = 30 * time.Second

// current is the service of this process. Main starts it before the tests.
var current service

// A service is a "podman system service" that can be killed and started again.
type service struct {
	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{} // closed when cmd has ended
}

// runTests is the third stage: it runs the tests next to a Podman service.
func runTests(tests M) int {
	if err := prepare(os.Getenv(dirVariable)); err != nil {
		return failed(err)
	}
	if err := current.start(); err != nil {
		return failed(err)
	}
	code := tests.Run()
	current.kill()
	return code
}

// prepare writes the configuration and sets the environment of the tests.
func prepare(dir string) error {
	if err := configure(dir); err != nil {
		return err
	}
	for _, name := range []string{"XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "DOCKER_HOST", "CONTAINER_CONNECTION"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	for _, variable := range Current().Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// Restart kills the Podman service and starts it again, as a crash would.
// Containers live on.
func Restart(t testing.TB) {
	t.Helper()
	current.kill()
	if err := current.start(); err != nil {
		t.Fatal(err)
	}
}

// start starts the service and waits until it answers.
func (s *service) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	log, err := os.OpenFile(Current().Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := podman(context.Background(), "--log-level", "warning", "system", "service", "--time=0", Current().URL)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start podman service: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // kill, or awaitAnswer, knows why
		close(ended)
	}()
	s.cmd, s.ended = cmd, ended
	return awaitAnswer(ended)
}

// kill kills the service, which leaves its containers alone.
func (s *service) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.cmd.Process.Kill() // it may have ended by itself
	<-s.ended
}

// podman returns a podman command that works on the private storage itself,
// not through the service. It does not work in the directory of the test: a
// conmon writes a file there when its container runs out of memory.
func podman(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "podman", args...)
	cmd.Dir = workDir(os.Getenv(dirVariable))
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CONTAINER_HOST=") })
	return cmd
}

// awaitAnswer waits until the service answers, or has ended.
func awaitAnswer(ended <-chan struct{}) error {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socketPath)
		},
	}}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	overdue := time.After(answerTimeout)
	for {
		select {
		case <-ended:
			return serviceFailure("ended")
		case <-overdue:
			return serviceFailure(fmt.Sprintf("does not answer after %s", answerTimeout))
		case <-tick.C:
			if pings(&client) {
				return nil
			}
		}
	}
}

func pings(client *http.Client) bool {
	resp, err := client.Get("http://d/_ping")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// serviceFailure is an error with what the service printed.
func serviceFailure(what string) error {
	log, err := os.ReadFile(Current().Log)
	return errors.Join(fmt.Errorf("podman service %s: %s", what, log), err)
}
