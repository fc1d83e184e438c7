package podmantest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// dirVariable tells the later stages the directory of this run.
const dirVariable = "LIMBER_PODMANTEST_DIR"

// The socket is not where Podman's is by default: a test that does without
// $CONTAINER_HOST finds no service, and limber starts its own.
const (
	socketPath = "/run/podmantest/podman.sock"
	runRoot    = "/run/containers/storage"
)

// Env says where the private Podman of this test binary is.
type Env struct {
	URL     string // of its service, and the value of $CONTAINER_HOST
	Root    string // its storage
	RunRoot string // the part of its storage that does not survive a reboot
	Log     string // the file with what its service has printed
}

// Current returns where the private Podman is.
func Current() Env {
	dir := os.Getenv(dirVariable)
	return Env{
		URL:     "unix://" + socketPath,
		Root:    storageRoot(dir),
		RunRoot: runRoot,
		Log:     filepath.Join(dir, "service.log"),
	}
}

// Environ returns the variables that make a program use the private Podman,
// for those who start one with an environment of its own.
func (e Env) Environ() []string {
	return append(configuration(os.Getenv(dirVariable)), "CONTAINER_HOST="+e.URL)
}

func storageRoot(dir string) string { return filepath.Join(dir, "storage") }

func workDir(dir string) string { return filepath.Join(dir, "tmp") }

// configuration returns the variables that name the files of configure. They
// are enough: every podman command that sees them uses the private storage,
// also the cleanup that conmon runs.
func configuration(dir string) []string {
	return []string{
		"CONTAINERS_CONF=" + filepath.Join(dir, "containers.conf"),
		"CONTAINERS_STORAGE_CONF=" + filepath.Join(dir, "storage.conf"),
		"CONTAINERS_REGISTRIES_CONF=" + filepath.Join(dir, "registries.conf"),
	}
}

// configure writes the configuration of the private Podman and makes the
// directories it names.
func configure(dir string) error {
	files := map[string]string{
		"containers.conf": containersConf(dir),
		"storage.conf":    fmt.Sprintf("[storage]\ndriver = \"overlay\"\ngraphroot = %q\nrunroot = %q\n", storageRoot(dir), runRoot),
		"registries.conf": "short-name-mode = \"disabled\"\n[[registry]]\nlocation = \"127.0.0.1\"\ninsecure = true\n",
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	for _, path := range []string{filepath.Join(dir, "networks"), workDir(dir), filepath.Dir(socketPath)} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// containersConf is what limber expects of a host, as far as it differs from
// Podman's defaults, and nothing that needs systemd.
func containersConf(dir string) string {
	return strings.NewReplacer("DIR", dir, "RUNTIME", ociRuntime()).Replace(`
[containers]
log_driver = "k8s-file"

[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "RUNTIME"
image_copy_tmp_dir = "DIR/tmp"
tmp_dir = "/run/libpod"

[network]
network_backend = "netavark"
network_config_dir = "DIR/networks"
`)
}

// ociRuntime prefers runc: crun refuses a host that has cgroups of both
// versions.
func ociRuntime() string {
	if _, err := exec.LookPath("runc"); err != nil {
		return "crun"
	}
	return "runc"
}
