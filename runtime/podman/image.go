package podman

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/limber-run/limber/runtime"
)

// imageData is what limber reads of an image.
type imageData struct {
	ID           string `json:"Id"`
	Architecture string
	OS           string `json:"Os"`
	Size         int64
	User         string
	Config       struct {
		Entrypoint []string
		Cmd        []string
		Env        []string
		WorkingDir string
		StopSignal string
		User       string
	}
	Labels map[string]string
}

// Image describes a local image, by any name that Podman knows it by.
func (r *Runtime) Image(ctx context.Context, ref string) (runtime.Image, error) {
	image, err := r.image(ctx, ref)
	if err != nil {
		return runtime.Image{}, fmt.Errorf("image %s: %w", ref, err)
	}
	return image, nil
}

func (r *Runtime) image(ctx context.Context, ref string) (runtime.Image, error) {
	data := imageData{}
	if err := r.get(ctx, "/images/"+url.PathEscape(ref)+"/json", nil, &data); err != nil {
		return runtime.Image{}, err
	}
	return runtime.Image{
		ID:         data.ID,
		Entrypoint: data.Config.Entrypoint,
		Command:    data.Config.Cmd,
		Env:        data.Config.Env,
		User:       firstOf(data.Config.User, data.User),
		WorkingDir: data.Config.WorkingDir,
		StopSignal: data.Config.StopSignal,
		Labels:     data.Labels,
		Platform:   data.OS + "/" + data.Architecture,
		Size:       data.Size,
	}, nil
}

// Import makes an image from a root file system.
func (r *Runtime) Import(ctx context.Context, spec runtime.ImportSpec, rootfs io.Reader) (runtime.Image, error) {
	image, err := r.importImage(ctx, spec, rootfs)
	if err != nil {
		return runtime.Image{}, fmt.Errorf("import %s: %w", spec.Ref, err)
	}
	return image, nil
}

func (r *Runtime) importImage(ctx context.Context, spec runtime.ImportSpec, rootfs io.Reader) (runtime.Image, error) {
	ctx, cancel := r.bound(ctx)
	defer cancel()
	changes, err := importChanges(spec)
	if err != nil {
		return runtime.Image{}, err
	}
	resp, err := r.stream(ctx, request{
		method: http.MethodPost,
		path:   "/images/import",
		query:  url.Values{"reference": {spec.Ref}, "changes": changes},
		header: http.Header{"Content-Type": {"application/x-tar"}},
		body:   rootfs,
		once:   true,
	})
	if err != nil {
		return runtime.Image{}, err
	}
	defer resp.Body.Close()
	var made struct {
		ID string `json:"Id"`
	}
	if err := readAnswer(resp, &made); err != nil {
		return runtime.Image{}, broken(ctx, err)
	}
	return r.image(ctx, strings.TrimPrefix(made.ID, "sha256:"))
}

// importChanges are Dockerfile instructions, of which Podman reads one
// variable or label each.
func importChanges(spec runtime.ImportSpec) ([]string, error) {
	var changes []string
	for _, env := range spec.Env {
		changes = append(changes, "ENV "+env)
	}
	for key, value := range spec.Labels {
		changes = append(changes, "LABEL "+key+"="+value)
	}
	for _, change := range changes {
		if strings.Contains(change, "\n") {
			return nil, fmt.Errorf("%q has more than one line", change)
		}
	}
	slices.Sort(changes[len(spec.Env):])
	return changes, nil
}
