package hclspec

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/limber-run/limber/engine"
)

const (
	defaultFileMode = 0o644
	ownerReads      = 0o400
	// maxFiles is how much content the files of a volume may have, in bytes: as
	// much as a ConfigMap. Workflows are kept in memory and in records.
	maxFiles = 1 << 20
	// maxFileName is how long a part of a path may be, in bytes.
	maxFileName = 255
)

// files sets the content of a volume.
func files(a arg, v *volume) {
	items, ok := a.items(`"app.conf" = "debug = true"`)
	if !ok {
		return
	}
	v.spec.Files = map[string]string{}
	size := 0
	for _, name := range slices.Sorted(maps.Keys(items)) {
		item := items[name]
		content, ok := item.text()
		if clean := item.fileName(name, v.spec.Files); ok && clean != "" {
			v.spec.Files[clean] = content
			size += len(content)
		}
	}
	if size > maxFiles {
		a.errorf(sumOutOfRange, "The files of a volume can have %d bytes (1 MiB) together, and these have %d. Put what is larger into a directory, and declare a volume with host_path.", maxFiles, size)
	}
}

// fileName returns the path of a file within its volume, or reports why that
// cannot be one, or cannot be beside those that are taken, and returns "".
func (a arg) fileName(name string, taken map[string]string) string {
	clean, why := relative(name)
	if why != "" {
		a.errorf(sumInvalidName, "%q is not the name of a file in a volume: %s.", name, why)
		return ""
	}
	if strings.HasSuffix(name, "/") {
		a.errorf(sumInvalidName, "%q is the name of a directory. Name the files in it, such as %q.", name, clean+"/app.conf")
		return ""
	}
	for other := range taken {
		switch {
		case other == clean:
			a.errorf(sumDuplicate, "The volume has a file %q already.", clean)
			return ""
		case strings.HasPrefix(clean, other+"/"), strings.HasPrefix(other, clean+"/"):
			a.errorf(sumConflict, "%q and %q cannot both be files: one would have to be a directory.", other, clean)
			return ""
		}
	}
	return clean
}

// relative cleans a path that leads to something within a volume, or says why
// it does not.
func relative(name string) (clean, why string) {
	clean = path.Clean(name)
	parts := strings.Split(name, "/")
	switch {
	case path.IsAbs(name):
		return "", "it must not begin with a slash"
	case slices.Contains(parts, ".."):
		return "", "it must not have \"..\" in it"
	case clean == ".":
		return "", "it must not be empty"
	case slices.ContainsFunc(parts, func(part string) bool { return len(part) > maxFileName }):
		return "", "it is too long"
	}
	return clean, ""
}

// holds reports whether a path leads to a file of the volume, or to a
// directory that has some.
func (v *volume) holds(name string) bool {
	for file := range v.spec.Files {
		if file == name || strings.HasPrefix(file, name+"/") {
			return true
		}
	}
	return false
}

// finishFiles fills in the mode of files.
func (v *volume) finishFiles(d *decoder, g given) {
	switch {
	case g["mode"] != nil && g["files"] == nil:
		d.errorf(g["mode"].NameRange, sumConflict, "mode is that of files, and the volume declares none.")
	case v.spec.Mode == 0 && v.spec.Kind == engine.VolumeFiles:
		v.spec.Mode = defaultFileMode
	case v.spec.Mode != 0 && v.spec.Mode&ownerReads == 0:
		d.errorf(g.at("mode", v.decl), sumBadValue, "With this mode not even the owner can read the files. Use \"0644\" or \"0400\".")
	}
}
