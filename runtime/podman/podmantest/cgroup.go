package podmantest

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// removeCgroups removes the cgroups of the containers in the storage at root.
// They are no part of a namespace, and no process is left to remove them.
func removeCgroups(root string) {
	containers, _ := os.ReadDir(filepath.Join(root, "overlay-containers")) // none if not there
	for _, c := range containers {
		if !c.IsDir() {
			continue
		}
		for _, hierarchy := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/*"} {
			paths, _ := filepath.Glob(filepath.Join(hierarchy, "libpod_parent", "libpod-"+c.Name())) // the pattern is good
			for _, path := range paths {
				removeCgroup(path)
			}
		}
	}
}

// removeCgroup removes a cgroup and those in it, the innermost first. One that
// cannot be removed does no harm.
func removeCgroup(path string) {
	var dirs []string
	_ = filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs = append(dirs, path)
		}
		return nil
	})
	for _, dir := range slices.Backward(dirs) {
		_ = os.Remove(dir)
	}
}
