package podman

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/distribution/reference"
)

// authFile is the part of a containers/auth.json or Docker config.json that
// holds credentials. Credential helpers are not asked.
type authFile struct {
	Auths map[string]struct {
		Auth          string `json:"auth"` // base64 of "user:password"
		IdentityToken string `json:"identitytoken"`
	} `json:"auths"`
}

// credentials are what Podman sends to a registry.
type credentials struct {
	Username      string `json:"username,omitempty"`
	Password      string `json:"password,omitempty"`
	IdentityToken string `json:"identitytoken,omitempty"`
}

// registryAuth returns the header with the user's credentials for an image;
// nil if there are none, in which case Podman looks for its own.
func registryAuth(named reference.Named) (http.Header, error) {
	for _, path := range authFiles() {
		data, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read credentials: %w", err)
		}
		found, err := findCredentials(data, named)
		if err != nil {
			return nil, fmt.Errorf("read credentials %s: %w", path, err)
		}
		if found != nil {
			return authHeader(*found)
		}
	}
	return nil, nil
}

func authHeader(c credentials) (http.Header, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return http.Header{"X-Registry-Auth": {base64.URLEncoding.EncodeToString(data)}}, nil
}

// authFiles are the places where users keep credentials. The file that
// REGISTRY_AUTH_FILE names is the only one if it is set.
func authFiles() []string {
	if path := os.Getenv("REGISTRY_AUTH_FILE"); path != "" {
		return []string{path}
	}
	var files []string
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		files = append(files, filepath.Join(dir, "containers", "auth.json"))
	} else {
		files = append(files, fmt.Sprintf("/run/containers/%d/auth.json", os.Getuid()))
	}
	if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(home, ".config", "containers", "auth.json"), filepath.Join(home, ".docker", "config.json"))
	}
	return files
}

// findCredentials returns those of the entry that is nearest to the image's
// name, nil if there is none.
func findCredentials(data []byte, named reference.Named) (*credentials, error) {
	file := authFile{}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	for _, key := range authKeys(named) {
		entry, ok := file.Auths[key]
		if !ok || entry.Auth == "" && entry.IdentityToken == "" {
			continue
		}
		decoded, err := base64.StdEncoding.DecodeString(entry.Auth)
		if err != nil {
			return nil, fmt.Errorf("auth of %s is not base64", key) // the value is a secret
		}
		user, password, _ := strings.Cut(string(decoded), ":")
		return &credentials{Username: user, Password: strings.TrimRight(password, "\x00"), IdentityToken: entry.IdentityToken}, nil
	}
	return nil, nil
}

// authKeys are the entries that fit an image, the nearest first:
// registry/group/name, registry/group, registry.
func authKeys(named reference.Named) []string {
	var keys []string
	key := named.Name()
	for {
		keys = append(keys, key)
		i := strings.LastIndexByte(key, '/')
		if i < 0 {
			break
		}
		key = key[:i]
	}
	keys = append(keys, "https://"+key, "http://"+key)
	if key == "docker.io" {
		keys = append(keys, "https://index.docker.io/v1/", "index.docker.io")
	}
	return keys
}
