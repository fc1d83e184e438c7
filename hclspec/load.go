package hclspec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

// Options say which files make up a project and what they can refer to.
type Options struct {
	Files        []string          // files and directories; none: the nearest limber.hcl
	Dir          string            // where Files are relative to and the search begins; "": the working directory
	Project      string            // name of the project; "": that of its directory
	Variables    map[string]string // --var
	VarFiles     []string          // --var-file, later ones win
	Environ      []string          // as os.Environ; nil: none
	Version      string            // limber.version
	ToolboxImage string            // limber.toolbox
}

// Project is what the files declare. All paths in it are absolute.
type Project struct {
	Name      string             `json:"name"`
	Dir       string             `json:"-"`         // of the first file
	Workflows []*engine.Workflow `json:"workflows"` // in declared order
	// Files are for WriteDiagnostics. Sensitive values in them are blanked.
	Files map[string]*hcl.File `json:"-"`
}

// ProjectFile is what limber looks for when it is not told.
const ProjectFile = "limber.hcl"

// projectEnds are the ends of the names of files that a directory is made of.
var projectEnds = []string{".limber.hcl", ".limber.json"}

// source is a file that was read.
type source struct {
	path  string // absolute
	shown string // in diagnostics
	text  []byte
}

// disk is the file system as modules and expressions see it.
type disk interface {
	ReadFile(path string) ([]byte, error)
	ReadDir(path string) ([]fs.DirEntry, error)
	IsFile(path string) bool
	// Real returns path without symbolic links; path itself if it is not there.
	Real(path string) string
}

// ReadFile reads a file that is not larger than any that is meant.
func ReadFile(path string) ([]byte, error) { return osDisk{}.ReadFile(path) }

// osDisk is the real file system.
type osDisk struct{}

const (
	// maxFile is what a file may hold that expressions read; /dev/zero holds more.
	maxFile = 32 << 20
	// maxSource is what a file of HCL may hold, of which a parser makes a
	// hundred times as much.
	maxSource = 8 << 20
)

var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxFile>>20)

func (osDisk) ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if len(text) > maxFile {
		return nil, errTooLarge
	}
	return text, err
}

func (osDisk) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

func (osDisk) Real(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

func (osDisk) IsFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Load reads a project. The result is never nil, so that diagnostics can be
// written; it has workflows only if no diagnostic is an error.
func Load(opts Options) (*Project, hcl.Diagnostics) {
	d := newDecoder(opts, osDisk{})
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		d.failf(sumReadFile, "The working directory cannot be found: %v.", err)
		return &Project{}, d.diags
	}
	d.cwd = dir
	paths := d.find(dir, opts.Files)
	sources := d.read(dir, paths)
	if d.diags.HasErrors() || len(sources) == 0 {
		return &Project{Files: d.files}, d.diags
	}
	home := filepath.Dir(sources[0].path)
	return d.load(home, sources, d.read(dir, d.findVarFiles(home, dir)))
}

// find returns the paths of the project's files.
func (d *decoder) find(dir string, args []string) []string {
	if len(args) == 0 {
		return d.findUpward(dir)
	}
	var paths []string
	for _, arg := range args {
		path := within(dir, arg)
		info, err := os.Stat(path)
		switch {
		case err != nil:
			d.failf(sumReadFile, "%s: %v.", arg, reason(err))
		case info.IsDir():
			paths = append(paths, d.findIn(path, arg, d.failf)...)
		default:
			paths = append(paths, path)
		}
	}
	return unique(paths)
}

// unique leaves out what was there before: a file named twice is read once.
func unique(paths []string) []string {
	var list []string
	for _, path := range paths {
		if !slices.Contains(list, path) {
			list = append(list, path)
		}
	}
	return list
}

// otherFiles says which files to name.
func (d *decoder) otherFiles(dir string) string {
	for _, end := range projectEnds {
		if found, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*"+end)); err == nil && len(found) > 0 {
			return fmt.Sprintf("There is %s: for all such files of a directory write -f ., after which the project is named as well.", filepath.Base(found[0]))
		}
	}
	return "Name a file or a directory with -f."
}

// findUpward returns the nearest project file in dir or a parent.
func (d *decoder) findUpward(dir string) []string {
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, ProjectFile)
		if d.disk.IsFile(path) {
			return []string{path}
		}
		if at == filepath.Dir(at) {
			d.failf(sumNoFiles, "There is no %s in %s or a directory above it. %s", ProjectFile, dir, d.otherFiles(dir))
			return nil
		}
	}
}

// findIn returns the files of a project or module in a directory, limber.hcl
// first. It tells fail if there are none.
func (d *decoder) findIn(dir, shown string, fail func(summary, format string, args ...any)) []string {
	entries, err := d.disk.ReadDir(dir)
	if err != nil {
		fail(sumReadFile, "%s: %v.", shown, reason(err))
		return nil
	}
	var paths []string
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case entry.IsDir():
		case name == ProjectFile:
			paths = slices.Insert(paths, 0, filepath.Join(dir, name))
		case isProjectFile(name):
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	if len(paths) == 0 {
		fail(sumNoFiles, "The directory %s has neither %s nor files named *.limber.hcl or *.limber.json.", shown, ProjectFile)
	}
	return paths
}

// isProjectFile reports whether a directory with a file of this name is a
// project or module with it.
func isProjectFile(name string) bool {
	return name == ProjectFile || slices.ContainsFunc(projectEnds, func(end string) bool { return strings.HasSuffix(name, end) })
}

// findVarFiles returns the files with values of variables, the lowest first.
func (d *decoder) findVarFiles(home, dir string) []string {
	auto, err := filepath.Glob(filepath.Join(escapeGlob(home), "*.auto.limbervars"))
	if err != nil {
		d.failf(sumReadFile, "%s: %v.", home, err)
	}
	for _, arg := range d.opts.VarFiles {
		auto = append(auto, within(dir, arg))
	}
	return auto
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// read reads files, and reports those that it cannot read.
func (d *decoder) read(dir string, paths []string) []source {
	var sources []source
	for _, path := range paths {
		shown := shorten(dir, path)
		text, err := d.disk.ReadFile(path)
		if err != nil {
			d.failf(sumReadFile, "%s: %v.", shown, reason(err))
			continue
		}
		if len(text) > maxSource {
			d.failf(sumReadFile, "%s: it is larger than %d MiB. What repeats can be written once, with for_each.", shown, maxSource>>20)
			continue
		}
		sources = append(sources, source{path: path, shown: shown, text: text})
	}
	return sources
}

// shorten returns path as people would write it in dir.
func shorten(dir, path string) string {
	short, err := filepath.Rel(dir, path)
	if err != nil || len(short) > len(path) {
		return path
	}
	return short
}

// reason is what went wrong without the path, which the message has already.
func reason(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
