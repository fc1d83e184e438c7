// Package secrets brings the values of secrets into containers, and takes
// them away again.
//
// A value is written to a file in memory, under the project's runtime
// directory, just before the attempt starts that may see it; the container
// has that file as a read-only mount. When the attempt has ended the file is
// emptied and removed. Values are never in a command line, in a label, in
// what the container engine keeps, or on disk.
package secrets

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/engine"
)

// Store is a directory of deliveries. Its methods may be called at the same
// time for different attempts.
type Store struct {
	dir      string
	rootless bool                                    // files cannot be given to others
	chown    func(file *os.File, uid, gid int) error // replaced by tests
}

// AllowDisk is the variable that, set to 1, allows a store on disk.
const AllowDisk = "LIMBER_ALLOW_DISK_SECRETS"

// ErrOnDisk is a directory that is not in memory.
var ErrOnDisk = errors.New("secrets would be written to disk")

// Open opens the store in dir, which it makes if it is not there. dir must be
// in memory (tmpfs or ramfs), unless AllowDisk says otherwise: ErrOnDisk.
func Open(dir string) (*Store, error) { return open(dir, inMemory) }

func open(dir string, inMemory func(dir string) (bool, error)) (*Store, error) {
	if err := makePrivate(dir); err != nil {
		return nil, fmt.Errorf("open secrets: %w", err)
	}
	ok, err := inMemory(dir)
	if err != nil {
		return nil, fmt.Errorf("open secrets: %w", err)
	}
	if !ok && os.Getenv(AllowDisk) != "1" {
		return nil, fmt.Errorf("open secrets: %w: %s is not in memory; "+
			"set LIMBER_RUNTIME_DIR to a directory on a tmpfs, or set %s=1 if that may be", ErrOnDisk, dir, AllowDisk)
	}
	return &Store{dir: dir, rootless: os.Geteuid() != 0, chown: (*os.File).Chown}, nil
}

// makePrivate makes dir a directory that is this user's alone.
func makePrivate(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; int(owner) != os.Geteuid() {
		return fmt.Errorf("%s belongs to user %d, not to %d, who runs limber", dir, owner, os.Geteuid())
	}
	return os.Chmod(dir, 0o700)
}

func inMemory(dir string) (bool, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return false, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	kind := uint32(stat.Type) // its size and sign depend on the architecture
	return kind == unix.TMPFS_MAGIC || kind == unix.RAMFS_MAGIC, nil
}

// DirName is the name of an attempt's directory. No two attempts share one.
func DirName(workflow string, ref engine.Ref) string {
	return strings.Join([]string{ // the escaping leaves no "@" in a name
		url.QueryEscape(workflow), strconv.Itoa(ref.Run),
		ref.Kind.String(), url.QueryEscape(ref.Name), strconv.Itoa(ref.Attempt),
	}, "@")
}

// Adopt returns the delivery that an earlier supervisor has made for an
// attempt, or an empty one. All it can do is Remove.
func (s *Store) Adopt(workflow string, ref engine.Ref) *Delivery {
	return &Delivery{dir: filepath.Join(s.dir, DirName(workflow, ref))}
}

// Close removes the directory of the store if no delivery is in it.
func (s *Store) Close() error {
	err := os.Remove(s.dir)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTEMPTY) {
		return nil
	}
	return err
}

// Sweep removes the deliveries whose directories keep does not want, so that
// nothing is left of attempts that no longer live.
func (s *Store) Sweep(keep func(dirName string) bool) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("sweep secrets: %w", err)
	}
	var problems []error
	for _, entry := range entries {
		if !keep(entry.Name()) {
			d := Delivery{dir: filepath.Join(s.dir, entry.Name())}
			problems = append(problems, d.Remove())
		}
	}
	return errors.Join(problems...)
}
