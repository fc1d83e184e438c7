package secrets

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Delivery is the secrets of one attempt. It belongs to one goroutine.
//
// Its files stay open until Remove: those that have been given away could not
// be opened again, to be emptied or read back.
type Delivery struct {
	dir    string
	files  []file
	helper string // "": there are no variables
}

// Fill writes the values, in place of what was there. It asks values once for
// each secret, and zeroes what values returned. On an error the files are
// empty; errors of values and values that cannot be used are wrapped, so a
// *MissingError is found by errors.As.
func (d *Delivery) Fill(values func(name string) ([]byte, error)) error {
	known := map[string][]byte{}
	defer func() {
		for _, value := range known {
			clear(value)
		}
	}()
	err := d.resolve(values, known)
	if err == nil {
		err = d.write(known)
	}
	if err != nil {
		return fmt.Errorf("fill secrets: %w", errors.Join(err, d.erase()))
	}
	return nil
}

// resolve gathers the values of all secrets.
func (d *Delivery) resolve(values func(string) ([]byte, error), known map[string][]byte) error {
	for _, f := range d.files {
		for _, use := range f.uses {
			if _, ok := known[use.Name]; !ok {
				value, err := values(use.Name)
				if err != nil {
					return err
				}
				known[use.Name] = value
			}
			if use.Env != "" && bytes.IndexByte(known[use.Name], 0) >= 0 {
				return &MissingError{Secret: use.Name, Why: fmt.Sprintf(
					"its value has a zero byte, which variable %s cannot hold; mount it as a file", use.Env)}
			}
		}
	}
	return nil
}

func (d *Delivery) write(known map[string][]byte) error {
	for _, f := range d.files {
		content, temporary := f.content(known)
		err := f.replace(content)
		if temporary {
			clear(content)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// content is what belongs in the file. A temporary one is to be zeroed.
func (f file) content(known map[string][]byte) (content []byte, temporary bool) {
	if f.target != envPath {
		return known[f.uses[0].Name], false
	}
	return environment(f.uses, known), true
}

func (f file) replace(content []byte) error {
	if err := f.file.Truncate(0); err != nil {
		return err
	}
	_, err := f.file.WriteAt(content, 0)
	return err
}

// Remove empties and removes all files. Content that a container still has
// mounted is gone as well. Calling it again does nothing.
func (d *Delivery) Remove() error {
	err := errors.Join(d.erase(), d.eraseLeft())
	for _, f := range d.files {
		_ = f.file.Close() // nothing is buffered
	}
	d.files, d.helper = nil, ""
	if err := errors.Join(err, os.RemoveAll(d.dir)); err != nil {
		return fmt.Errorf("remove secrets: %w", err)
	}
	return nil
}

// erase empties the open files.
func (d *Delivery) erase() error {
	var problems []error
	for _, f := range d.files {
		problems = append(problems, erase(f.file))
	}
	return errors.Join(problems...)
}

// erase overwrites what is in file and then drops it.
func erase(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	_, err = file.WriteAt(make([]byte, info.Size()), 0)
	return errors.Join(err, file.Truncate(0))
}

// eraseLeft empties the files of an earlier supervisor. Those that it has
// given away cannot be opened without root; they are no more than unlinked.
func (d *Delivery) eraseLeft() error {
	if len(d.files) > 0 {
		return nil
	}
	if info, err := os.Lstat(d.dir); err != nil || !info.IsDir() {
		return nil // nothing of ours; it is removed unopened
	}
	entries, err := os.ReadDir(d.dir)
	problems := []error{err}
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			problems = append(problems, eraseFile(filepath.Join(d.dir, entry.Name())))
		}
	}
	return errors.Join(problems...)
}

func eraseFile(path string) error {
	_ = os.Chmod(path, 0o600) // its owner may not be allowed to write
	file, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(erase(file), file.Close())
}
