package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/limber-run/limber/hclspec"
)

// sources are the project's files.
func (a *App) sources() ([]string, error) {
	files, spec, diags := hclspec.Sources(hclspec.Options{Files: a.global.files, VarFiles: a.global.varFiles})
	if diags.HasErrors() {
		a.printDiagnostics(spec, diags)
		return nil, saidError{diagnosticsError{diags}}
	}
	return files, nil
}

// formattedFiles are those that an argument of fmt names.
func formattedFiles(arg string, recursive bool) ([]string, error) {
	info, err := os.Stat(arg)
	if err != nil {
		return nil, usageError{err}
	}
	if !info.IsDir() {
		if filepath.Ext(arg) == ".json" {
			return nil, usagef("%s is JSON, and fmt lays out HCL", arg)
		}
		return []string{arg}, nil
	}
	var files []string
	err = filepath.WalkDir(arg, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			if hclspec.IsFormatted(path) {
				files = append(files, path)
			}
		case path != arg && (!recursive || strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		}
		return nil
	})
	return files, err
}

// replaceFile gives a file other content, all at once: a reader sees the old
// or the new. A link stays a link; mode and owner stay.
func replaceFile(name string, content []byte) error {
	path, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("%s is read-only", name)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".limber-fmt-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	err = errors.Join(err, keepOwner(temporary, info), temporary.Chmod(info.Mode().Perm()), temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // the first error is the one to tell
	}
	return err
}

// keepOwner matters to root, who formats files of others.
func keepOwner(f *os.File, info os.FileInfo) error {
	was, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return f.Chown(int(was.Uid), int(was.Gid))
}
