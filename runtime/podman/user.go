package podman

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/containers/podman/v5/pkg/specgen"

	"github.com/limber-run/limber/runtime"
)

// users remembers the owners found inside images, which never change.
type users struct {
	mutex sync.Mutex // held while one is looked up
	found map[userKey]owner
}

type userKey struct{ image, user string }

type owner struct{ uid, gid int }

// User returns the numeric owner that user has inside image.
func (r *Runtime) User(ctx context.Context, image, user string) (uid, gid int, err error) {
	o, err := r.user(ctx, image, user)
	if err != nil {
		return 0, 0, fmt.Errorf("user %q of image %s: %w", user, image, err)
	}
	return o.uid, o.gid, nil
}

func (r *Runtime) user(ctx context.Context, ref, user string) (owner, error) {
	if o, ok := numericOwner(user); ok {
		return o, nil
	}
	image, err := r.image(ctx, ref)
	if err != nil {
		return owner{}, err
	}
	user = firstOf(user, image.User, "0:0")
	if o, ok := numericOwner(user); ok {
		return o, nil
	}
	r.users.mutex.Lock()
	defer r.users.mutex.Unlock()
	key := userKey{image.ID, user}
	if o, ok := r.users.found[key]; ok {
		return o, nil
	}
	o, err := r.findUser(ctx, image.ID, user)
	if err != nil {
		return owner{}, err
	}
	if r.users.found == nil {
		r.users.found = map[userKey]owner{}
	}
	r.users.found[key] = o
	return o, nil
}

// numericOwner reads "uid:gid".
func numericOwner(user string) (owner, bool) {
	uid, gid, _ := strings.Cut(user, ":")
	u, err := strconv.Atoi(uid)
	if err != nil {
		return owner{}, false
	}
	g, err := strconv.Atoi(gid)
	return owner{u, g}, err == nil
}

// findUser looks a user up in the image's own files, through a container that
// is never started.
func (r *Runtime) findUser(ctx context.Context, imageID, user string) (owner, error) {
	name := "limber-user-" + imageID[:12]
	if err := r.remove(ctx, name); err != nil { // left by a process that died
		return owner{}, err
	}
	g := specgen.NewSpecGenerator(imageID, false)
	g.Name = name
	g.Entrypoint = []string{"none"}
	g.NetNS.NSMode = specgen.NoNetwork
	g.ImageVolumeMode = "ignore"
	if err := r.post(ctx, "/containers/create", nil, g, nil); err != nil {
		return owner{}, err
	}
	defer func() {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
		defer cancel()
		if err := r.remove(cleanup, name); err != nil {
			r.log.Warn().Err(err).Str("container", name).Msg("cannot remove container")
		}
	}()
	passwd, err := r.readFile(ctx, name, "/etc/passwd")
	if err != nil {
		return owner{}, err
	}
	group, err := r.readFile(ctx, name, "/etc/group")
	if err != nil {
		return owner{}, err
	}
	return lookUp(passwd, group, user)
}

// readFile returns a file of a container, "" if it has none.
func (r *Runtime) readFile(ctx context.Context, container, path string) (string, error) {
	ctx, cancel := r.bound(ctx)
	defer cancel()
	ctx, cancelTimeout := context.WithTimeout(ctx, answerTimeout)
	defer cancelTimeout()
	resp, err := r.stream(ctx, request{
		method: http.MethodGet,
		path:   "/containers/" + url.PathEscape(container) + "/archive",
		query:  url.Values{"path": {path}},
	})
	if errors.Is(err, runtime.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	archive := tar.NewReader(resp.Body)
	if _, err := archive.Next(); err != nil {
		return "", broken(ctx, err)
	}
	data, err := io.ReadAll(io.LimitReader(archive, 1<<20))
	return string(data), broken(ctx, err)
}

// lookUp returns the owner that "user[:group]" is, by the content of
// /etc/passwd and /etc/group. A number needs no entry.
func lookUp(passwd, group, user string) (owner, error) {
	name, groupName, hasGroup := strings.Cut(user, ":")
	o := owner{}
	entry := findEntry(passwd, name, 4)
	number, err := strconv.Atoi(name)
	switch {
	case entry != nil:
		o.uid, _ = strconv.Atoi(entry[2])
		o.gid, _ = strconv.Atoi(entry[3])
	case err == nil:
		o.uid = number
	default:
		return owner{}, fmt.Errorf("no user %q in its /etc/passwd: %w", name, runtime.ErrNotFound)
	}
	if !hasGroup {
		return o, nil
	}
	entry = findEntry(group, groupName, 3)
	number, err = strconv.Atoi(groupName)
	switch {
	case entry != nil:
		o.gid, _ = strconv.Atoi(entry[2])
	case err == nil:
		o.gid = number
	default:
		return owner{}, fmt.Errorf("no group %q in its /etc/group: %w", groupName, runtime.ErrNotFound)
	}
	return o, nil
}

// findEntry returns the fields of the line whose name or number is key.
func findEntry(file, key string, least int) []string {
	lines := bufio.NewScanner(strings.NewReader(file))
	for lines.Scan() {
		fields := strings.Split(lines.Text(), ":")
		if len(fields) >= least && (fields[0] == key || fields[2] == key) {
			return fields
		}
	}
	return nil
}
