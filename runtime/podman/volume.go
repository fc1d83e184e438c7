package podman

import (
	"context"
	"errors"
	"fmt"
	"net/url"

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
	volume := volumeData{Name: spec.Name, Labels: spec.Labels, Options: volumeOptions(spec)}
	err := r.post(ctx, "/volumes/create", nil, volume, nil)
	if err == nil || isTaken(err) {
		return nil
	}
	return fmt.Errorf("create volume %s: %w", spec.Name, err)
}

func volumeOptions(spec runtime.VolumeSpec) map[string]string {
	if !spec.Tmpfs {
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
