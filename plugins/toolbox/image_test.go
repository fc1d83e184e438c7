package toolbox

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/runtime"
)

// listing describes each entry of a tar stream in a line.
func listing(t *testing.T, r io.Reader) string {
	t.Helper()
	var b strings.Builder
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.ModTime.Unix() != 0 || h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" {
			t.Errorf("%s: time %v, owner %d:%d %q:%q", h.Name, h.ModTime, h.Uid, h.Gid, h.Uname, h.Gname)
		}
		fmt.Fprintf(&b, "%c %04o %d %s", h.Typeflag, h.Mode, h.Size, h.Name)
		if h.Linkname != "" {
			fmt.Fprintf(&b, " -> %s", h.Linkname)
		}
		b.WriteByte('\n')
	}
}

const wantListing = `5 0755 0 bin/
5 0755 0 dev/
5 0755 0 etc/
5 0755 0 proc/
5 0755 0 run/
5 0755 0 sys/
5 1777 0 tmp/
0 0644 112 etc/passwd
0 0644 41 etc/group
0 0755 4 bin/limber
2 0777 0 bin/agent -> limber
2 0777 0 bin/cat -> limber
2 0777 0 bin/eat-memory -> limber
2 0777 0 bin/echo -> limber
2 0777 0 bin/env -> limber
2 0777 0 bin/exec-env -> limber
2 0777 0 bin/exit -> limber
2 0777 0 bin/fail-times -> limber
2 0777 0 bin/false -> limber
2 0777 0 bin/http-serve -> limber
2 0777 0 bin/output -> limber
2 0777 0 bin/pause -> limber
2 0777 0 bin/sleep -> limber
2 0777 0 bin/true -> limber
2 0777 0 bin/wait-dns -> limber
2 0777 0 bin/wait-file -> limber
2 0777 0 bin/wait-http -> limber
2 0777 0 bin/wait-tcp -> limber
2 0777 0 bin/write-file -> limber
`

func TestRootfs(t *testing.T) {
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := Rootfs(w, strings.NewReader("\x7fELF"), 4); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two root file systems of one executable differ")
	}
	if diff := cmp.Diff(wantListing, listing(t, &first)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestRootfsOfAnExecutableThatChanges(t *testing.T) {
	for _, content := range []string{"too short", "much longer than it was said to be"} {
		if err := Rootfs(io.Discard, strings.NewReader(content), 20); err == nil {
			t.Errorf("no error for %d bytes that should be 20", len(content))
		}
	}
}

// images is a runtime in which only images work.
type images struct {
	runtime.Runtime
	image    runtime.Image
	imageErr error

	imported  []runtime.ImportSpec
	bytes     int64
	read      int64 // of each import, before it fails with importErr
	importErr error
}

func (i *images) Image(context.Context, string) (runtime.Image, error) { return i.image, i.imageErr }

func (i *images) Import(_ context.Context, spec runtime.ImportSpec, rootfs io.Reader) (runtime.Image, error) {
	i.imported = append(i.imported, spec)
	if i.importErr != nil {
		i.bytes, _ = io.CopyN(io.Discard, rootfs, i.read)
		return runtime.Image{}, i.importErr
	}
	var err error
	i.bytes, err = io.Copy(io.Discard, rootfs)
	return runtime.Image{}, err
}

// ownLabel is the label of the image that this test binary makes.
func ownLabel(t *testing.T) map[string]string {
	t.Helper()
	info, err := os.Stat("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{imageLabel: fingerprint(info)}
}

func TestEnsureMakesTheImage(t *testing.T) {
	stale := runtime.Image{Labels: map[string]string{imageLabel: "1-1"}}
	tests := map[string]*images{
		"there is none":            {imageErr: fmt.Errorf("image: %w", runtime.ErrNotFound)},
		"it is of another program": {image: stale},
		"it has no label":          {},
	}
	for name, rt := range tests {
		t.Run(name, func(t *testing.T) {
			ref, err := Ensure(t.Context(), rt, "1.2.3+dirty")
			if err != nil || ref != "localhost/limber-toolbox:1.2.3-dirty" {
				t.Fatalf("Ensure = %q, %v", ref, err)
			}
			want := []runtime.ImportSpec{{
				Ref: ref, Env: []string{"PATH=/bin", "LIMBER_VERSION=1.2.3+dirty"}, Labels: ownLabel(t),
			}}
			if diff := cmp.Diff(want, rt.imported); diff != "" {
				t.Errorf("imported (-want +got):\n%s", diff)
			}
			if info, _ := os.Stat("/proc/self/exe"); rt.bytes < info.Size() {
				t.Errorf("imported %d bytes of an executable of %d", rt.bytes, info.Size())
			}
		})
	}
}

func TestEnsureLeavesTheImage(t *testing.T) {
	rt := &images{image: runtime.Image{Labels: ownLabel(t)}}
	if ref, err := Ensure(t.Context(), rt, "dev"); err != nil || ref != "localhost/limber-toolbox:dev" || rt.imported != nil {
		t.Errorf("Ensure = %q, %v; imported %v", ref, err, rt.imported)
	}
}

func TestEnsureErrors(t *testing.T) {
	tests := map[string]*images{
		"the engine is away":                  {imageErr: runtime.ErrUnavailable},
		"the import does not begin":           {importErr: runtime.ErrUnavailable},
		"the import ends in the middle of it": {importErr: runtime.ErrUnavailable, read: 100_000},
	}
	for name, rt := range tests {
		t.Run(name, func(t *testing.T) {
			if ref, err := Ensure(t.Context(), rt, "dev"); !errors.Is(err, runtime.ErrUnavailable) {
				t.Errorf("Ensure = %q, %v; want ErrUnavailable", ref, err)
			}
		})
	}
}

func TestRef(t *testing.T) {
	tests := map[string]string{
		"1.2.3":                  "1.2.3",
		"v1.2.3-4-gabc123+dirty": "v1.2.3-4-gabc123-dirty",
		"(devel)":                "devel-",
		"":                       "dev",
		"+":                      "dev",
		"ü/x:y":                  "x-y",
		strings.Repeat("a", 200): strings.Repeat("a", 128),
	}
	for version, want := range tests {
		if got := Ref(version); got != "localhost/limber-toolbox:"+want {
			t.Errorf("Ref(%q) = %q, want the tag %q", version, got, want)
		}
	}
}
