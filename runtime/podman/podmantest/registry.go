package podmantest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
)

// The media types of what a registry serves.
const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// RegistryUser and RegistryPassword open the private images of a registry.
const (
	RegistryUser     = "user"
	RegistryPassword = "opensesame"
)

// A RegistryServer serves images over plain HTTP, to be pulled only.
// Repositories that begin with "private/" need RegistryUser and
// RegistryPassword and are answered with 401 otherwise. What is not there is
// answered with 404.
type RegistryServer struct {
	Host string // 127.0.0.1:port

	mu       sync.Mutex
	blobs    map[string]blob // by path
	requests []string
}

// A blob is what the registry serves at one path.
type blob struct {
	mediaType string
	content   []byte
}

// Registry starts a registry on loopback that ends with the test.
func Registry(t testing.TB) *RegistryServer {
	t.Helper()
	r := &RegistryServer{blobs: map[string]blob{}}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.Host = strings.TrimPrefix(server.URL, "http://")
	return r
}

// Image serves the content of BusyboxImage as repository:latest for this
// machine, and returns its reference.
func (r *RegistryServer) Image(t testing.TB, repository string) string {
	t.Helper()
	return r.ImageFor(t, repository, goruntime.GOARCH)
}

// ImageFor is Image for another architecture. The programs in it remain those
// of this machine.
func (r *RegistryServer) ImageFor(t testing.TB, repository, arch string) string {
	t.Helper()
	rootfs := busyboxRootfs(t)
	layer, err := compress(rootfs)
	if err != nil {
		t.Fatal(err)
	}
	config := encode(t, map[string]any{
		"architecture": arch,
		"os":           "linux",
		"config":       map[string]any{"Cmd": []string{"sh"}, "Env": []string{"PATH=/bin"}},
		"rootfs":       map[string]any{"type": "layers", "diff_ids": []string{digest(rootfs)}},
	})
	manifest := encode(t, map[string]any{
		"schemaVersion": 2,
		"mediaType":     manifestType,
		"config":        descriptor(configType, config),
		"layers":        []any{descriptor(layerType, layer)},
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range []blob{{configType, config}, {layerType, layer}} {
		r.blobs["/v2/"+repository+"/blobs/"+digest(b.content)] = b
	}
	for _, name := range []string{"latest", digest(manifest)} {
		r.blobs["/v2/"+repository+"/manifests/"+name] = blob{manifestType, manifest}
	}
	return r.Host + "/" + repository + ":latest"
}

// Missing returns a reference that this registry does not know: 404.
func (r *RegistryServer) Missing() string { return r.Host + "/no/such:tag" }

// Denied returns a reference that this registry refuses without credentials: 401.
func (r *RegistryServer) Denied() string { return r.Host + "/private/image:latest" }

// Requests returns the requests so far, as "GET /v2/".
func (r *RegistryServer) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.requests...)
}

// ServeHTTP is the part of the OCI distribution API that a pull uses.
func (r *RegistryServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.requests = append(r.requests, req.Method+" "+req.URL.Path)
	found, ok := r.blobs[req.URL.Path]
	r.mu.Unlock()
	switch {
	case challenged(req.URL.Path) && !authorized(req):
		w.Header().Set("WWW-Authenticate", `Basic realm="podmantest"`)
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
	case req.URL.Path == "/v2/":
		// This is a registry: that is all the answer says.
	case ok:
		w.Header().Set("Content-Type", found.mediaType)
		w.Header().Set("Docker-Content-Digest", digest(found.content))
		w.Write(found.content)
	default:
		refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest unknown")
	}
}

// challenged is whether a path needs credentials. The root does, because a
// client sends them only to a registry that has asked for them there; it goes
// on without if it has none.
func challenged(path string) bool {
	return path == "/v2/" || strings.HasPrefix(path, "/v2/private/")
}

func authorized(req *http.Request) bool {
	user, password, ok := req.BasicAuth()
	return ok && user == RegistryUser && password == RegistryPassword
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, message)
}

func descriptor(mediaType string, content []byte) map[string]any {
	return map[string]any{"mediaType": mediaType, "size": len(content), "digest": digest(content)}
}

func digest(content []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(content)) }

func encode(t testing.TB, value any) []byte {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func compress(content []byte) ([]byte, error) {
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	_, err := w.Write(content)
	err = errors.Join(err, w.Close())
	return compressed.Bytes(), err
}
