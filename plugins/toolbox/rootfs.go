package toolbox

import (
	"archive/tar"
	"io"
	"time"
)

// binary is where the toolbox image has limber's executable.
const binary = "bin/limber"

const passwd = `root:x:0:0:root:/:/bin/limber
limber:x:1000:1000:limber:/:/bin/limber
nobody:x:65534:65534:nobody:/:/bin/limber
`

const group = `root:x:0:
limber:x:1000:
nobody:x:65534:
`

// directories are those of the toolbox image, with their modes.
var directories = []struct {
	name string
	mode int64
}{
	{"bin/", 0o755},
	{"dev/", 0o755},
	{"etc/", 0o755},
	{"proc/", 0o755},
	{"run/", 0o755},
	{"sys/", 0o755},
	{"tmp/", 0o1777},
}

// Rootfs writes the root file system of the toolbox image as a tar stream:
// the executable, which is read from self and has size bytes, a link to it
// for each command, and little else. The same executable gives the same
// bytes.
func Rootfs(w io.Writer, self io.Reader, size int64) error {
	t := &tree{tar: tar.NewWriter(w)}
	for _, d := range directories {
		t.add(tar.Header{Typeflag: tar.TypeDir, Name: d.name, Mode: d.mode})
	}
	t.file("etc/passwd", passwd)
	t.file("etc/group", group)
	t.add(tar.Header{Typeflag: tar.TypeReg, Name: binary, Mode: 0o755, Size: size})
	t.copy(self)
	for _, name := range Names() {
		t.add(tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + name, Linkname: "limber", Mode: 0o777})
	}
	return t.close()
}

// tree writes a tar stream up to the first error.
type tree struct {
	tar *tar.Writer
	err error
}

func (t *tree) add(h tar.Header) {
	if t.err != nil {
		return
	}
	h.ModTime = time.Unix(0, 0)
	h.Format = tar.FormatUSTAR
	t.err = t.tar.WriteHeader(&h)
}

func (t *tree) file(name, content string) {
	t.add(tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content))})
	if t.err == nil {
		_, t.err = io.WriteString(t.tar, content)
	}
}

func (t *tree) copy(content io.Reader) {
	if t.err == nil {
		_, t.err = io.Copy(t.tar, content)
	}
}

// close ends the stream. An entry that is shorter than its header says is an
// error.
func (t *tree) close() error {
	if t.err != nil {
		return t.err
	}
	return t.tar.Close()
}
