package main

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const (
	// image has this program, and nothing else.
	image = "localhost/limber-bench:1"
	// programPath is where it is there.
	programPath = "/bench"
	// stampsMount is where containers leave their times.
	stampsMount = "/stamps"
)

// importImage makes the image of this program.
func (b *bench) importImage(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	program, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive) // it repeats its first error
	_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: programPath[1:], Mode: 0o755, Size: int64(len(program))})
	_, _ = w.Write(program)
	if err := w.Close(); err != nil {
		return err
	}
	cmd := podman(ctx, "import", "--quiet", "-", image)
	cmd.Stdin = &archive
	_, err = output(cmd)
	return err
}

// podman is a podman command that works on the private storage, without its
// service.
func podman(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "podman", args...)
	cmd.Env = withoutService()
	return cmd
}

// withoutService is the environment of podman commands that do their work
// themselves, as users' do.
func withoutService() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CONTAINER_HOST=") })
}

// output runs a command to its end. What it printed is in the error.
func output(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(cmd.Args, " "), err, &stdout, &stderr)
	}
	return strings.TrimSpace(stdout.String()), nil
}

// run is output for those who only want to know whether it succeeded.
func run(cmd *exec.Cmd) error {
	_, err := output(cmd)
	return err
}

// runDetached is run for a command that leaves processes behind: they may
// inherit what it prints to, and would hold a pipe open.
func runDetached(cmd *exec.Cmd) error {
	said, err := os.CreateTemp("", "limber-bench-*")
	if err != nil {
		return err
	}
	defer said.Close()
	if err := os.Remove(said.Name()); err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		text, _ := io.ReadAll(io.NewSectionReader(said, 0, 1<<20)) // what there is, is good enough
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, text)
	}
	return nil
}
