package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// runtimeDir is limber's, on the tmpfs of the private /run.
const runtimeDir = "/run/limber-bench"

// A project is one that limber runs.
type project struct {
	b    *bench
	name string
	file string
}

// project writes the file of a project with one workflow.
func (b *bench) project(name, workflow string) (*project, error) {
	stamps, err := b.stampsDir(name)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("volume \"stamps\" {\n  host_path = %q\n}\nworkflow %q {\n%s}\n", stamps, name, workflow)
	file := filepath.Join(b.dir, name+".hcl")
	return &project{b, name, file}, os.WriteFile(file, []byte(text), 0o644)
}

// stampsDir makes the directory where the containers of a measurement leave
// their times, in memory.
func (b *bench) stampsDir(name string) (string, error) {
	dir := filepath.Join("/run/stamps", name)
	return dir, os.MkdirAll(dir, 0o755)
}

// unit is the block of a unit that runs a command of inside. The lines in
// more are added.
func unit(kind, name string, command []string, more ...string) string {
	words := append([]string{programPath, insideCommand}, command...)
	lines := append([]string{
		fmt.Sprintf("image   = %q", image),
		`pull    = "never"`,
		fmt.Sprintf("command = [\"%s\"]", strings.Join(words, `", "`)),
	}, more...)
	return fmt.Sprintf("  %s %q {\n    %s\n  }\n", kind, name, strings.Join(lines, "\n    "))
}

// mountStamps is the line of a unit that leaves its times.
const mountStamps = "mount \"stamps\" {\n      path = \"" + stampsMount + "\"\n    }"

// limber is a limber command on the project.
func (p *project) limber(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.b.limber, append(args, "-f", p.file, "-p", p.name)...)
	cmd.Env = append(os.Environ(), "LIMBER_STATE_DIR="+filepath.Join(p.b.dir, "state"), "LIMBER_RUNTIME_DIR="+runtimeDir)
	return cmd
}

// up returns when the workflow is ready, or has succeeded.
func (p *project) up(ctx context.Context) error { return runDetached(p.limber(ctx, "up", "-d")) }

func (p *project) down(ctx context.Context) error { return run(p.limber(ctx, "down", "--volumes")) }

// projectStatus is what limber ps says.
type projectStatus struct {
	Supervisor struct{ Pid int }
	Workflows  []struct {
		Units []struct {
			Name        string
			State       string
			ContainerID string `json:"container_id"`
		}
	}
}

func (p *project) status(ctx context.Context) (s projectStatus, err error) {
	text, err := output(p.limber(ctx, "ps", "-o", "json"))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("limber ps: %w", err)
	}
	if len(s.Workflows) != 1 {
		return s, errors.New("limber ps: not one workflow")
	}
	return s, nil
}
