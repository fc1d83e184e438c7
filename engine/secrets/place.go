package secrets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

// Where a container finds its secret variables, and the program that sets
// them and then becomes the command of the container.
const (
	envPath    = "/.limber/env"
	helperPath = "/.limber/exec-env"
)

// defaultMode is the mode of a secret that says nothing else.
const defaultMode = 0o400

// Request says which secrets an attempt sees.
type Request struct {
	Workflow string
	Ref      engine.Ref
	Uses     []engine.SecretUse
	Helper   string // limber's own static binary, on the host
	UID, GID int    // the unit's user, as numbered in the container
}

// Place makes the files of an attempt, empty, for its container to mount.
//
// The files are new ones, even if this attempt had some: a container that
// was prepared with those sees those, and must be removed before.
func (s *Store) Place(r Request) (*Delivery, error) {
	d := s.Adopt(r.Workflow, r.Ref)
	if err := d.Remove(); err != nil {
		return nil, fmt.Errorf("place secrets of %s: %w", r.Ref, err)
	}
	if len(r.Uses) == 0 {
		return d, nil
	}
	if err := s.place(d, r); err != nil {
		return nil, fmt.Errorf("place secrets of %s: %w", r.Ref, errors.Join(err, d.Remove()))
	}
	return d, nil
}

func (s *Store) place(d *Delivery, r Request) error {
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		return err
	}
	var env []engine.SecretUse
	for _, use := range r.Uses {
		if use.Env != "" {
			env = append(env, use)
			continue
		}
		if err := s.addFile(d, r, use); err != nil {
			return fmt.Errorf("secret %q: %w", use.Name, err)
		}
	}
	if len(env) == 0 {
		return nil
	}
	if r.Helper == "" {
		return errors.New("secrets as variables need limber's own binary, and where that is is not known")
	}
	d.helper = r.Helper
	return s.add(d, owner{r.UID, r.GID}, owner{r.UID, r.GID}, file{uses: env, target: envPath, mode: defaultMode})
}

// addFile makes the file of one secret.
func (s *Store) addFile(d *Delivery, r Request, use engine.SecretUse) error {
	unit := owner{r.UID, r.GID}
	wanted := unit
	if use.UID != nil {
		wanted.uid = *use.UID
	}
	if use.GID != nil {
		wanted.gid = *use.GID
	}
	f := file{uses: []engine.SecretUse{use}, target: use.Path, mode: defaultMode}
	if use.Mode != 0 {
		f.mode = os.FileMode(use.Mode).Perm()
	}
	return s.add(d, unit, wanted, f)
}

// owner is a user and a group, as numbered in the container.
type owner struct{ uid, gid int }

// file is one of a delivery: a secret, or the secret variables.
type file struct {
	uses   []engine.SecretUse
	target string // in the container
	mode   os.FileMode
	chown  bool     // the container engine gives it to the unit's user
	file   *os.File // open for writing
}

// add makes f and gives it to its owner. Without root only the container
// engine can do that, and only for the unit's own user; what is written later
// goes through the open file.
func (s *Store) add(d *Delivery, unit, wanted owner, f file) error {
	if s.rootless {
		if wanted != unit {
			return fmt.Errorf("owner %d:%d is not the unit's user %d:%d, and only root can give it a file; "+
				"leave out uid and gid, or run limber as root", wanted.uid, wanted.gid, unit.uid, unit.gid)
		}
		f.chown = true
	}
	path := filepath.Join(d.dir, strconv.Itoa(len(d.files)))
	opened, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.file = opened
	d.files = append(d.files, f)
	if !s.rootless {
		if err := s.chown(opened, wanted.uid, wanted.gid); err != nil {
			return err
		}
	}
	return opened.Chmod(f.mode)
}

// Mounts are what the container needs to see its secrets.
func (d *Delivery) Mounts() []runtime.Mount {
	var mounts []runtime.Mount
	for _, f := range d.files {
		mounts = append(mounts, runtime.Mount{
			Kind: runtime.MountBind, Source: f.file.Name(), Target: f.target, ReadOnly: true, Chown: f.chown,
		})
	}
	if d.helper != "" {
		mounts = append(mounts, runtime.Mount{
			Kind: runtime.MountBind, Source: d.helper, Target: helperPath, ReadOnly: true,
		})
	}
	return mounts
}

// Wrap returns the command that a container with secret variables must run so
// that command sees them.
func Wrap(command []string) []string {
	return append([]string{helperPath, envPath, "--"}, command...)
}
