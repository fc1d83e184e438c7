package podman

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
)

// A part is what a mount with a sub path shows of its source.
//
// Podman 4.3 knows no sub paths, and no version makes missing directories, so
// that a part is found here and bound by its path. A container that runs
// beside may put a link in the place of a directory between the two: what was
// mounted is compared with what was found before the process runs.
type part struct {
	mount  int    // its index
	path   string // on Podman's side
	target string
	info   fs.FileInfo
}

// findParts finds the parts that mounts show, and makes those that are
// missing.
func (r *Runtime) findParts(ctx context.Context, spec runtime.Spec) ([]part, error) {
	var parts []part
	for i, m := range spec.Mounts {
		if m.SubPath == "" {
			continue
		}
		p, err := r.findPart(ctx, spec, m)
		if err != nil {
			return nil, fmt.Errorf("mount %q of %s on %s: %w", m.SubPath, m.Source, m.Target, err)
		}
		p.mount = i
		parts = append(parts, p)
	}
	return parts, nil
}

func (r *Runtime) findPart(ctx context.Context, spec runtime.Spec, m runtime.Mount) (part, error) {
	if !r.samePIDs {
		return part{}, fmt.Errorf("%w with a Podman that is not on this host", runtime.ErrSubPath)
	}
	source := m.Source
	if m.Kind == runtime.MountVolume {
		volume, err := r.volume(ctx, m.Source)
		if err != nil {
			return part{}, err
		}
		source = volume.Mountpoint
	}
	root, err := os.OpenRoot(r.hostPath(ctx, source))
	if err != nil {
		return part{}, subPathError(err)
	}
	defer root.Close()
	info, err := root.Stat(m.SubPath)
	if errors.Is(err, fs.ErrNotExist) {
		user := owner{-1, -1}
		if m.Kind == runtime.MountVolume {
			if user, err = r.user(ctx, spec.Image, spec.Security.User); err != nil {
				return part{}, err
			}
		}
		info, err = makePart(root, m.SubPath, user)
	}
	if err != nil {
		return part{}, subPathError(err)
	}
	return part{path: path.Join(source, m.SubPath), target: m.Target, info: info}, nil
}

func subPathError(err error) error { return fmt.Errorf("%w: %w", runtime.ErrSubPath, err) }

// volume describes a volume that is to be used by its path: one that Podman
// has to mount must be mounted.
func (r *Runtime) volume(ctx context.Context, name string) (volumeData, error) {
	var v volumeData
	err := r.get(ctx, "/volumes/"+url.PathEscape(name)+"/json", nil, &v)
	if errors.Is(err, runtime.ErrNotFound) {
		return v, fmt.Errorf("no such volume: %s", name) // ErrNotFound would mean the image
	}
	mounts := v.Options["type"]+v.Options["device"] != ""
	if err == nil && mounts && !isMounted(r.hostPath(ctx, v.Mountpoint)) {
		err = fmt.Errorf("%w: the volume is not mounted on %s", runtime.ErrSubPath, v.Mountpoint)
	}
	return v, err
}

// isMounted is whether something is mounted at a path, as far as the kernel
// tells.
func isMounted(path string) bool {
	var stat unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, 0, &stat); err != nil {
		return false
	}
	known := stat.Attributes_mask&unix.STATX_ATTR_MOUNT_ROOT != 0
	return !known || stat.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

// hostPath is a path of Podman's as it is seen here: without root Podman has
// mounts of its own.
func (r *Runtime) hostPath(ctx context.Context, path string) string {
	listener := listenerOf(ctx, r.conn)
	theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", listener))
	if err != nil {
		return path
	}
	if ours, err := os.Readlink("/proc/self/ns/mnt"); err != nil || ours == theirs {
		return path
	}
	return fmt.Sprintf("/proc/%d/root%s", listener, path)
}

// makePart makes the directories of a sub path that are missing, with the mode
// of root. They belong to the user if there is one, as a new volume does to the
// first who mounts it, else to the owner of root.
func makePart(root *os.Root, sub string, user owner) (fs.FileInfo, error) {
	top, err := root.Stat(".")
	if err != nil {
		return nil, err
	}
	mode := top.Mode().Perm()
	switch stat := top.Sys().(*syscall.Stat_t); {
	case user.uid < 0:
		user = owner{int(stat.Uid), int(stat.Gid)}
	case user.uid > 0 && os.Geteuid() != 0:
		mode = 0o777 // only from within a user namespace could it be given to them
	}
	made := ""
	for name := range strings.SplitSeq(sub, "/") {
		made = path.Join(made, name)
		if err := makeDir(root, made, mode, user); err != nil {
			return nil, err
		}
	}
	return root.Stat(sub)
}

// makeDir makes a directory unless it is there.
func makeDir(root *os.Root, name string, mode fs.FileMode, user owner) error {
	err := root.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = root.Chmod(name, mode)
	if os.Geteuid() == 0 {
		err = errors.Join(err, root.Lchown(name, user.uid, user.gid))
	}
	return err
}

// replaceParts returns mounts that bind parts by their paths.
func replaceParts(mounts []runtime.Mount, parts []part) []runtime.Mount {
	if len(parts) == 0 {
		return mounts
	}
	all := append([]runtime.Mount(nil), mounts...)
	for _, p := range parts {
		all[p.mount] = runtime.Mount{Kind: runtime.MountBind, Source: p.path, Target: p.target, ReadOnly: mounts[p.mount].ReadOnly}
	}
	return all
}

// checkParts compares what a container that is initialised has mounted with
// what was found.
func (r *Runtime) checkParts(ctx context.Context, id string, parts []part) error {
	if len(parts) == 0 {
		return nil
	}
	data, err := r.inspect(ctx, id)
	if err != nil {
		return err
	}
	for _, p := range parts {
		mounted, err := statInside(data.State.Pid, p.target)
		if errors.Is(err, unix.ENOSYS) {
			return nil // Linux before 5.6 cannot tell
		}
		if err != nil {
			return fmt.Errorf("look at what is mounted on %s: %w", p.target, err)
		}
		if !os.SameFile(mounted, p.info) {
			return fmt.Errorf("%w: %s was exchanged while it was being mounted on %s", runtime.ErrSubPath, p.path, p.target)
		}
	}
	return nil
}

// statInside describes what a process has at a path.
func statInside(pid int, path string) (fs.FileInfo, error) {
	root, err := os.Open(fmt.Sprintf("/proc/%d/root", pid))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	fd, err := unix.Openat2(int(root.Fd()), path, &unix.OpenHow{
		Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	return file.Stat()
}
