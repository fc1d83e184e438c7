package supervisor

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

const (
	filesDir = "files" // in the runtime directory, one for each workflow
	// filesDirMode lets any user of a container look into a volume of files. On
	// the host nobody else comes that far.
	filesDirMode = 0o755
)

// files keeps the content of declared files where containers can mount it: a
// directory for each volume and content, so that what runs by an older
// declaration keeps the files that it began with.
type files struct {
	dir string
	mu  sync.Mutex // held while a directory is made
}

// filesPath is where the files of a volume are within a project: another path
// for another content.
func filesPath(workflow string, v engine.Volume) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a volume holds nothing that JSON cannot
	}
	sum := sha256.Sum256(text)
	return filepath.Join(workflow, fmt.Sprintf("%s.%x", v.Name, sum[:8]))
}

// path returns the directory that place makes for a volume.
func (f *files) path(workflow string, v engine.Volume) string {
	return filepath.Join(f.dir, filesPath(workflow, v))
}

// locate turns filesPath into path in mounts.
func (f *files) locate(mounts []runtime.Mount) {
	for i, m := range mounts {
		if m.Kind == runtime.MountBind && !filepath.IsAbs(m.Source) {
			mounts[i].Source = filepath.Join(f.dir, m.Source)
		}
	}
}

// place makes sure that the files of a volume are there as they are declared,
// all or none.
func (f *files) place(workflow string, v engine.Volume) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir := f.path(workflow, v)
	if holds(dir, v) {
		return nil
	}
	home := filepath.Dir(dir)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(home, ".new-")
	if err == nil {
		err = writeFiles(temporary, v)
	}
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err == nil {
		err = os.Rename(temporary, dir)
	}
	if err != nil {
		return fmt.Errorf("write the files of volume %q: %w", v.Name, errors.Join(err, os.RemoveAll(temporary)))
	}
	return nil
}

// holds reports whether all files of a volume are in dir.
func holds(dir string, v engine.Volume) bool {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return false
	}
	for name, content := range v.Files {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != os.FileMode(v.Mode) {
			return false
		}
		text, err := os.ReadFile(path)
		if err != nil || string(text) != content {
			return false
		}
	}
	return true
}

// writeFiles writes the files of a volume into dir, whatever the umask.
func writeFiles(dir string, v engine.Volume) error {
	problems := []error{os.Chmod(dir, filesDirMode)}
	for _, name := range slices.Sorted(maps.Keys(v.Files)) {
		path := filepath.Join(dir, name)
		problems = append(problems,
			makeOpenDir(dir, filepath.Dir(name)),
			os.WriteFile(path, []byte(v.Files[name]), 0o600),
			os.Chmod(path, os.FileMode(v.Mode)))
	}
	return errors.Join(problems...)
}

// makeOpenDir makes a directory below dir, and those on the way.
func makeOpenDir(dir, name string) error {
	if name == "." {
		return nil
	}
	path := filepath.Join(dir, name)
	err := makeOpenDir(dir, filepath.Dir(name))
	if err == nil {
		err = os.Mkdir(path, 0o700)
	}
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return errors.Join(err, os.Chmod(path, filesDirMode))
}

// keep removes what is there for a workflow, but for the volumes that w
// declares.
func (f *files) keep(w engine.Workflow) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	wanted := map[string]bool{}
	for _, v := range w.Volumes {
		if v.Kind == engine.VolumeFiles {
			wanted[f.path(w.Name, v)] = true
		}
	}
	home := filepath.Join(f.dir, w.Name)
	entries, err := os.ReadDir(home)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if path := filepath.Join(home, entry.Name()); !wanted[path] {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

// keepFiles removes what the run does not go by any more.
func (d *driver) keepFiles() {
	if err := d.project.files.keep(d.run.Spec); err != nil {
		d.log.Error().Err(err).Msg("remove the files of another content")
	}
}

// remove removes all that is there.
func (f *files) remove() error { return os.RemoveAll(f.dir) }
