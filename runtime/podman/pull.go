package podman

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/distribution/reference"

	"github.com/limber-run/limber/runtime"
)

// Pull fetches an image from its registry.
func (r *Runtime) Pull(ctx context.Context, ref string, progress func(runtime.PullProgress)) (runtime.Image, error) {
	image, err := r.pull(ctx, ref, progress)
	if err != nil {
		return runtime.Image{}, fmt.Errorf("pull %s: %w", ref, err)
	}
	return image, nil
}

func (r *Runtime) pull(ctx context.Context, ref string, progress func(runtime.PullProgress)) (runtime.Image, error) {
	ctx, cancel := r.bound(ctx)
	defer cancel()
	named, err := parseReference(ref)
	if err != nil {
		return runtime.Image{}, err
	}
	header, err := registryAuth(named)
	if err != nil {
		return runtime.Image{}, err
	}
	resp, err := r.stream(ctx, request{
		method: http.MethodPost,
		path:   "/images/pull",
		query:  pullQuery(named),
		header: header,
	})
	if err != nil {
		return runtime.Image{}, pullFailure(err)
	}
	defer resp.Body.Close()
	id, err := readPull(resp.Body, progress)
	switch {
	case errors.Is(err, runtime.ErrUnreachable) && reference.Domain(named) == "localhost":
		return runtime.Image{}, errNotMade
	case err != nil:
		return runtime.Image{}, broken(ctx, err)
	}
	return r.pulled(ctx, id)
}

// errNotMade is an image called localhost/…, as Podman calls those that are
// built here, when there is no registry on this host either.
var errNotMade = fmt.Errorf("%w: images called localhost/… are made on this host, and this one has not been", runtime.ErrNotFound)

// pulled describes a pulled image. Podman stores one for another machine with
// no more than a warning; it could not run.
func (r *Runtime) pulled(ctx context.Context, id string) (runtime.Image, error) {
	image, err := r.image(ctx, id)
	if err != nil {
		return runtime.Image{}, err
	}
	_, arch, _ := strings.Cut(image.Platform, "/")
	if arch != "" && arch != r.arch {
		return runtime.Image{}, fmt.Errorf("the image is for %s and this host is linux/%s", image.Platform, r.arch)
	}
	return image, nil
}

// parseReference reads the name of an image. A short one is of docker.io, as
// everywhere but in Podman's own configuration; no tag means latest.
func parseReference(ref string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", runtime.ErrInvalidReference, err)
	}
	return reference.TagNameOnly(named), nil
}

func pullQuery(named reference.Named) url.Values {
	query := url.Values{"reference": {named.String()}, "policy": {"always"}}
	if isLoopback(reference.Domain(named)) {
		query.Set("tlsVerify", "false")
	}
	return query
}

// isLoopback is whether a registry is on this host, where TLS adds nothing.
func isLoopback(domain string) bool {
	host, _, err := net.SplitHostPort(domain)
	if err != nil {
		host = domain
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// readPull reads what Podman says while it pulls, up to the image's ID. A
// stream that ends without ID or error was cut off.
func readPull(stream io.Reader, progress func(runtime.PullProgress)) (id string, err error) {
	decoder := json.NewDecoder(stream)
	for {
		var report struct {
			Stream string   `json:"stream"`
			Error  string   `json:"error"`
			Images []string `json:"images"`
			ID     string   `json:"id"`
		}
		err := decoder.Decode(&report)
		switch {
		case errors.Is(err, io.EOF) && id == "":
			return "", io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return id, nil
		case err != nil:
			return "", err
		case report.Error != "":
			return "", pullError(report.Error)
		case report.ID != "":
			id = report.ID
		case report.Stream != "" && progress != nil:
			progress(runtime.PullProgress{Message: strings.TrimSpace(report.Stream)})
		}
	}
}

// pullFailure is pullError for an answer that was an error from the start.
func pullFailure(err error) error {
	var api *apiError
	if errors.As(err, &api) {
		return pullError(api.message)
	}
	return err
}
