package toolbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/limber-run/limber/runtime"
)

const (
	repository = "localhost/limber-toolbox"
	// imageLabel says from which executable the image was made.
	imageLabel = "dev.limber.toolbox"
	// executable is the running one, also after its file was replaced.
	executable = "/proc/self/exe"
	// maxTag is the longest tag that an image may have.
	maxTag = 128
)

// Ref returns the name of the toolbox image of a version.
func Ref(version string) string { return repository + ":" + tag(version) }

// Ensure makes the toolbox image of a version from the running executable,
// unless it is there, and returns its name. Two processes that do so at the
// same time make the same image.
func Ensure(ctx context.Context, rt runtime.Runtime, version string) (ref string, err error) {
	ref = Ref(version)
	self, err := os.Open(executable)
	if err != nil {
		return "", fmt.Errorf("toolbox image: %w", err)
	}
	defer func() { _ = self.Close() }()
	info, err := self.Stat()
	if err != nil {
		return "", fmt.Errorf("toolbox image: %w", err)
	}

	made := fingerprint(info)
	image, err := rt.Image(ctx, ref)
	switch {
	case err == nil && image.Labels[imageLabel] == made:
		return ref, nil
	case err != nil && !errors.Is(err, runtime.ErrNotFound):
		return "", fmt.Errorf("toolbox image: %w", err)
	}
	spec := runtime.ImportSpec{
		Ref:    ref,
		Env:    []string{"PATH=/bin", versionVariable + "=" + version},
		Labels: map[string]string{imageLabel: made},
	}
	if err := importRootfs(ctx, rt, spec, self, info.Size()); err != nil {
		return "", fmt.Errorf("toolbox image: %w", err)
	}
	return ref, nil
}

// importRootfs streams the root file system into an image.
func importRootfs(ctx context.Context, rt runtime.Runtime, spec runtime.ImportSpec, self io.Reader, size int64) error {
	r, w := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := Rootfs(w, self, size)
		_ = w.CloseWithError(err)
		written <- err
	}()
	_, err := rt.Import(ctx, spec, r)
	_ = r.Close() // ends the writer if Import did not read it all
	if writeErr := <-written; err == nil && !errors.Is(writeErr, io.ErrClosedPipe) {
		return writeErr
	}
	return err
}

// fingerprint tells executables apart without reading them.
func fingerprint(info os.FileInfo) string {
	return fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
}

// tag turns a version into what may stand after the colon of an image name.
func tag(version string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("_.-", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '-'
	}, version)
	clean = strings.TrimLeft(clean, ".-")
	if clean == "" {
		return "dev"
	}
	return clean[:min(len(clean), maxTag)]
}
