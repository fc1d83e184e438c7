package hclspec

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxVisited is how many files fileset looks at.
const maxVisited = 20_000

var errTooMany = errors.New("there are too many files to look at: name a smaller directory")

// fileSetFunc returns the files in a directory that match a pattern, in which
// * stands for any part of a name and ** for any directories.
func (d *decoder) fileSetFunc(dir string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "pattern", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Set(cty.String)),
		Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
			pattern := strings.Split(path.Clean(args[1].AsString()), "/")
			for _, part := range pattern {
				if _, err := path.Match(part, ""); err != nil || part == ".." {
					return cty.NilVal, function.NewArgErrorf(1, "a pattern such as \"*.sql\" or \"**/*.sql\" is required")
				}
			}
			s := fileSearch{disk: d.disk, left: maxVisited, base: within(dir, args[0].AsString()), found: map[string]bool{}}
			if err := s.search("", pattern); err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			var list []cty.Value
			for name := range s.found {
				list = append(list, cty.StringVal(name))
			}
			if len(list) == 0 {
				return cty.SetValEmpty(ty.ElementType()), nil
			}
			return cty.SetVal(list), nil
		},
	})
}

// fileSearch looks for files in a directory.
type fileSearch struct {
	disk  disk
	left  int // how many files it may still look at
	base  string
	found map[string]bool
}

// search looks at the directory named at, for what matches a pattern.
func (s *fileSearch) search(at string, pattern []string) error {
	entries, err := s.disk.ReadDir(filepath.Join(s.base, at))
	if err != nil {
		return reason(err)
	}
	anywhere := pattern[0] == "**"
	if anywhere && len(pattern) > 1 {
		if err := s.search(at, pattern[1:]); err != nil {
			return err
		}
	}
	for _, entry := range entries {
		if s.left--; s.left < 0 {
			return errTooMany
		}
		name := path.Join(at, entry.Name())
		matches, _ := path.Match(pattern[0], entry.Name()) // the pattern has been checked
		switch {
		case entry.IsDir() && anywhere:
			err = s.search(name, pattern)
		case entry.IsDir() && matches && len(pattern) > 1:
			err = s.search(name, pattern[1:])
		case len(pattern) == 1 && (matches || anywhere) && isFile(s.disk, entry, filepath.Join(s.base, name)):
			s.found[name] = true
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isFile reports whether an entry of a directory is a file, or leads to one.
func isFile(disk disk, entry fs.DirEntry, path string) bool {
	return entry.Type().IsRegular() || entry.Type()&fs.ModeSymlink != 0 && disk.IsFile(path)
}
