package podman

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/blang/semver/v4"

	"github.com/limber-run/limber/runtime"
)

// volumeData is a volume, as it is created and listed.
type volumeData struct {
	Name       string            `json:"Name"`
	Driver     string            `json:"Driver,omitempty"`
	Mountpoint string            `json:"Mountpoint,omitempty"`
	Labels     map[string]string `json:"Labels,omitempty"`
	Options    map[string]string `json:"Options,omitempty"`
}

// sizedTmpfs is the first version that limits the size of a memory volume.
var sizedTmpfs = semver.MustParse("4.8.0")

// CreateVolume makes a volume.
func (r *Runtime) CreateVolume(ctx context.Context, spec runtime.VolumeSpec) error {
	if spec.Tmpfs && spec.Size > 0 && r.version.LT(sizedTmpfs) {
		return fmt.Errorf("create volume %s: a memory volume with a size needs Podman %s, this is %s: %w", spec.Name, sizedTmpfs, r.version, runtime.ErrUnsupported)
	}
	volume := volumeData{Name: spec.Name, Labels: spec.Labels, Options: r.volumeOptions(spec)}
	var made volumeData
	err := r.post(ctx, "/volumes/create", nil, volume, &made)
	if isTaken(err) {
		err = nil
	}
	if err == nil && r.opens(spec) {
		err = r.openVolume(ctx, spec.Name)
	}
	if err != nil {
		return fmt.Errorf("create volume %s: %w", spec.Name, err)
	}
	return nil
}

// opens is whether a volume is opened to all users. Where Podman's directories
// cannot be seen it is left to Podman, which gives it to the first one.
func (r *Runtime) opens(spec runtime.VolumeSpec) bool {
	return spec.Shared && !spec.Tmpfs && r.samePIDs
}

// rootVolume keeps Podman from giving a volume to the first user. There is no
// option for its mode.
const rootVolume = "uid=0,gid=0"

// openVolume lets all users write to a volume that is as Podman has made it,
// now or before a crash.
func (r *Runtime) openVolume(ctx context.Context, name string) error {
	var v volumeData
	if err := r.get(ctx, "/volumes/"+url.PathEscape(name)+"/json", nil, &v); err != nil || v.Options["o"] != rootVolume {
		return err
	}
	path := r.hostPath(ctx, v.Mountpoint)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != newVolumeMode {
		return err
	}
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) > 0 {
		return err
	}
	return os.Chmod(path, 0o777)
}

// newVolumeMode is that of a volume which nobody has used.
const newVolumeMode = 0o755

func (r *Runtime) volumeOptions(spec runtime.VolumeSpec) map[string]string {
	switch {
	case r.opens(spec):
		return map[string]string{"o": rootVolume}
	case !spec.Tmpfs:
		return nil
	}
	options := "nosuid,nodev"
	if spec.Size > 0 {
		options += fmt.Sprintf(",size=%d", spec.Size)
	}
	return map[string]string{"type": "tmpfs", "device": "tmpfs", "o": options}
}

// RemoveVolumes removes the volumes that carry labels.
func (r *Runtime) RemoveVolumes(ctx context.Context, labels map[string]string) (removed []string, err error) {
	var volumes []volumeData
	if err := r.get(ctx, "/volumes/json", labelFilter(labels), &volumes); err != nil {
		return nil, fmt.Errorf("list volumes: %w", err)
	}
	for _, v := range volumes {
		if !hasLabels(v.Labels, labels) {
			continue
		}
		err := r.delete(ctx, "/volumes/"+url.PathEscape(v.Name), nil)
		if err != nil && !errors.Is(err, runtime.ErrNotFound) {
			return removed, fmt.Errorf("remove volume %s: %w", v.Name, err)
		}
		removed = append(removed, v.Name)
	}
	return removed, nil
}
