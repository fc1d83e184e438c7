//go:build podman

package podman_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman/podmantest"
)

func TestPull(t *testing.T) {
	r, g := connect(t), podmantest.Registry(t)
	ref := g.Image(t, "group/hello")
	var lines []string
	image, err := r.Pull(t.Context(), ref, func(p runtime.PullProgress) { lines = append(lines, p.Message) })
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) == 0 || len(image.Command) != 1 || image.Platform != "linux/"+goruntime.GOARCH {
		t.Errorf("Pull() = %+v with progress %q", image, lines)
	}
	if again, err := r.Image(t.Context(), ref); err != nil || again.ID != image.ID {
		t.Errorf("Image() = %+v, %v, want %s", again, err, image.ID)
	}
}

func TestPullOfAnotherMachinesImageSaysSo(t *testing.T) {
	r, g := connect(t), podmantest.Registry(t)
	_, err := r.Pull(t.Context(), g.ImageFor(t, "group/other", "s390x"), nil)
	if err == nil || !strings.Contains(err.Error(), "linux/s390x") {
		t.Errorf("Pull() = %v, want an error that names linux/s390x", err)
	}
}

func TestPullSendsCredentials(t *testing.T) {
	r, g := connect(t), podmantest.Registry(t)
	ref := g.Image(t, "private/hello")
	auth := fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, g.Host, base64.StdEncoding.EncodeToString([]byte(podmantest.RegistryUser+":"+podmantest.RegistryPassword)))
	path := filepath.Join(t.TempDir(), "auth.json")
	if err := os.WriteFile(path, []byte(auth), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Pull(t.Context(), ref, nil); !errors.Is(err, runtime.ErrDenied) {
		t.Errorf("Pull() without credentials = %v, want %v", err, runtime.ErrDenied)
	}
	t.Setenv("REGISTRY_AUTH_FILE", path)
	if _, err := r.Pull(t.Context(), ref, nil); err != nil {
		t.Errorf("Pull() with credentials = %v", err)
	}
}
