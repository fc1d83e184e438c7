package podmantest

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// busyboxImage is the name of the image that BusyboxImage imports.
const busyboxImage = "localhost/busybox:1"

var busyboxImported struct {
	sync.Mutex
	done bool
}

// BusyboxImage imports an image with BusyBox and a link for each of its
// programs, once per test binary, and returns its name. It has a user "app"
// (1000:1001) who is also in the group "extra" (2000), and the empty
// directories /data, /root, /run and /tmp.
func BusyboxImage(t testing.TB) string {
	t.Helper()
	busyboxImported.Lock()
	defer busyboxImported.Unlock()
	if !busyboxImported.done {
		cli(t, bytes.NewReader(busyboxRootfs(t)), "import", "--quiet", "-", busyboxImage)
		busyboxImported.done = true
	}
	return busyboxImage
}

var rootfs = sync.OnceValues(makeRootfs)

// busyboxRootfs returns a root file system with BusyBox, as a tar.
func busyboxRootfs(t testing.TB) []byte {
	t.Helper()
	content, err := rootfs()
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func makeRootfs() ([]byte, error) {
	path, err := findBusybox()
	if err != nil {
		return nil, err
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	applets, err := exec.Command(path, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --list: %w", path, err)
	}
	return packRootfs(program, strings.Fields(string(applets)))
}

// packRootfs makes the tar. A tar.Writer repeats its first error, so only the
// last is looked at.
func packRootfs(program []byte, applets []string) ([]byte, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, dir := range []string{"bin", "data", "etc", "root", "run"} {
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755})
	}
	_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777})
	addFile(w, "bin/busybox", 0o755, program)
	addFile(w, "etc/passwd", 0o644, []byte("root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:/bin/sh\n"))
	addFile(w, "etc/group", 0o644, []byte("root:x:0:\napp:x:1001:\nextra:x:2000:app\n"))
	for _, applet := range applets {
		if applet != "busybox" {
			_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + applet, Linkname: "busybox"})
		}
	}
	err := w.Close()
	return archive.Bytes(), err
}

func addFile(w *tar.Writer, name string, mode int64, content []byte) {
	_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content))})
	_, _ = w.Write(content)
}

// findBusybox returns the path of a BusyBox that needs no library.
func findBusybox() (string, error) {
	for _, name := range []string{"busybox.static", "busybox-static", "busybox"} {
		if path, err := exec.LookPath(name); err == nil && isStatic(path) {
			return path, nil
		}
	}
	return "", errors.New("there is no static busybox: run \"make setup\"")
}

// isStatic is whether a program needs no dynamic loader.
func isStatic(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return false
		}
	}
	return true
}
