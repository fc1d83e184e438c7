package fake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/limber-run/limber/runtime"
)

// Remote is what a registry has, or has not, under a reference.
type Remote struct {
	Image    runtime.Image
	Takes    time.Duration // how long a pull takes, until it succeeds or fails
	Progress []string
	Err      error // ErrNotFound, ErrDenied, ErrUnreachable
}

// reference is roughly the name of an image.
var reference = regexp.MustCompile(`^[a-z0-9][a-z0-9._:/-]*(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$`)

// users are the users that every image knows.
var users = map[string]int{"root": 0, "daemon": 1, "nobody": 65534}

// SetImage puts an image into the local storage.
func (h *Host) SetImage(ref string, image runtime.Image) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.store(ref, image)
}

// DropImage removes an image from the local storage.
func (h *Host) DropImage(ref string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.images, ref)
}

// SetRemote says what a pull of ref finds. At first no registry has anything.
func (h *Host) SetRemote(ref string, remote Remote) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remotes[ref] = remote
}

// store keeps image under ref. The same content has the same ID.
func (h *Host) store(ref string, image runtime.Image) runtime.Image {
	if image.ID == "" {
		image.ID = fmt.Sprintf("%x", sha256.Sum256([]byte("image "+ref)))
	}
	image.Platform = cmp.Or(image.Platform, "linux/amd64")
	h.images[ref] = image
	return image
}

// Image describes a local image.
func (r *Runtime) Image(ctx context.Context, ref string) (runtime.Image, error) {
	var found runtime.Image
	err := r.call(ctx, Image, ref, func() (err error) {
		found, err = r.image(ref)
		return err
	})
	return found, err
}

func (h *Host) image(ref string) (runtime.Image, error) {
	image, ok := h.images[ref]
	if !ok {
		return image, notFoundError("image", ref)
	}
	return image, nil
}

// Pull fetches what SetRemote has put into the registry.
func (r *Runtime) Pull(ctx context.Context, ref string, progress func(runtime.PullProgress)) (runtime.Image, error) {
	n := r.begin(Pull, ref)
	image, err := r.pull(ctx, ref, progress)
	r.finish(n, err)
	return image, err
}

func (r *Runtime) pull(ctx context.Context, ref string, progress func(runtime.PullProgress)) (runtime.Image, error) {
	var remote Remote
	err := r.attempt(ctx, Pull, ref, func() (err error) {
		remote, err = r.remote(ref)
		return err
	})
	if err != nil {
		return runtime.Image{}, err
	}
	for _, message := range remote.Progress {
		if progress != nil {
			progress(runtime.PullProgress{Message: message})
		}
	}
	if err := r.pause(ctx, remote.Takes); err != nil {
		return runtime.Image{}, err
	}
	if remote.Err != nil {
		return runtime.Image{}, fmt.Errorf("pull %s: %w", ref, remote.Err)
	}
	var image runtime.Image
	err = r.locked(ctx, func() error {
		image = r.store(ref, remote.Image)
		return nil
	})
	return image, err
}

func (h *Host) remote(ref string) (Remote, error) {
	if !reference.MatchString(ref) {
		return Remote{}, fmt.Errorf("pull %q: %w", ref, runtime.ErrInvalidReference)
	}
	remote, ok := h.remotes[ref]
	if !ok {
		return remote, fmt.Errorf("pull %s: %w", ref, runtime.ErrNotFound)
	}
	return remote, nil
}

// Import stores an image with what spec says of it. The files are read and
// forgotten.
func (r *Runtime) Import(ctx context.Context, spec runtime.ImportSpec, rootfs io.Reader) (runtime.Image, error) {
	size, err := io.Copy(io.Discard, rootfs)
	if err != nil {
		return runtime.Image{}, fmt.Errorf("import %s: %w", spec.Ref, err)
	}
	var image runtime.Image
	err = r.call(ctx, Import, spec.Ref, func() error {
		image = r.store(spec.Ref, runtime.Image{Env: spec.Env, Labels: maps.Clone(spec.Labels), Size: size})
		return nil
	})
	return image, err
}

// User knows numbers, and the names root, daemon and nobody.
func (r *Runtime) User(ctx context.Context, image, user string) (uid, gid int, err error) {
	err = r.call(ctx, User, strings.TrimSpace(image+" "+user), func() error {
		found, err := r.image(image)
		if err != nil {
			return err
		}
		uid, gid, err = owner(cmp.Or(user, found.User, "root"))
		return err
	})
	return uid, gid, err
}

// owner reads "user", "user:group", by name or number. The group of a user
// that no image knows is root's.
func owner(user string) (uid, gid int, err error) {
	name, group, hasGroup := strings.Cut(user, ":")
	if uid, err = number(name); err != nil {
		return 0, 0, err
	}
	if hasGroup {
		gid, err = number(group)
		return uid, gid, err
	}
	for _, known := range users {
		if known == uid {
			return uid, known, nil
		}
	}
	return uid, 0, nil
}

func number(name string) (int, error) {
	if id, ok := users[name]; ok {
		return id, nil
	}
	id, err := strconv.Atoi(name)
	if err != nil || id < 0 {
		return 0, notFoundError("user", name)
	}
	return id, nil
}
