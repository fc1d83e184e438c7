package podman

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/limber-run/limber/runtime"
)

func TestReferences(t *testing.T) {
	for ref, want := range map[string]string{
		"busybox":             "docker.io/library/busybox:latest",
		"acme/api:1.4":        "docker.io/acme/api:1.4",
		"localhost/x":         "localhost/x:latest",
		"127.0.0.1:5000/x:1":  "127.0.0.1:5000/x:1",
		"quay.io/a/b@" + hash: "quay.io/a/b@" + hash,
	} {
		named, err := parseReference(ref)
		if err != nil || named.String() != want {
			t.Errorf("parseReference(%q) = %v, %v, want %s", ref, named, err, want)
		}
	}
	for _, ref := range []string{"", "A", "x:", "a b"} {
		if _, err := parseReference(ref); !errors.Is(err, runtime.ErrInvalidReference) {
			t.Errorf("parseReference(%q) = %v, want %v", ref, err, runtime.ErrInvalidReference)
		}
	}
}

const hash = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestLoopbackRegistriesNeedNoTLS(t *testing.T) {
	for domain, want := range map[string]bool{
		"localhost": true, "localhost:5000": true, "127.0.0.1:5000": true, "127.1.2.3": true, "[::1]:5000": true,
		"docker.io": false, "10.0.0.1:5000": false, "localhost.example.com": false,
	} {
		if got := isLoopback(domain); got != want {
			t.Errorf("isLoopback(%s) = %v, want %v", domain, got, want)
		}
	}
}

func TestPullStream(t *testing.T) {
	var progress []string
	note := func(p runtime.PullProgress) { progress = append(progress, p.Message) }
	id, err := readPull(strings.NewReader(`{"stream":"Trying to pull x...\n"}{"images":["1"],"id":"1"}`), note)
	if id != "1" || err != nil || len(progress) != 1 || progress[0] != "Trying to pull x..." {
		t.Errorf("readPull() = %q, %v with %q", id, err, progress)
	}
	if _, err := readPull(strings.NewReader(`{"stream":"a"}{"error":"manifest unknown"}`), note); !errors.Is(err, runtime.ErrNotFound) {
		t.Errorf("an error in the stream: %v, want %v", err, runtime.ErrNotFound)
	}
	for _, cut := range []string{"", `{"stream":"a"}`, `{"stream":"a"}{"str`} {
		if _, err := readPull(strings.NewReader(cut), note); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("a stream cut off: %v, want %v", err, io.ErrUnexpectedEOF)
		}
	}
}

func TestCredentials(t *testing.T) {
	auth := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	file := fmt.Sprintf(`{"auths":{"quay.io":{"auth":%q},"quay.io/acme":{"auth":%q},"https://index.docker.io/v1/":{"auth":%q},"helped.io":{},"bad.io":{"auth":"%%"}},"credHelpers":{"x":"y"}}`,
		auth("all:a"), auth("acme:p:q"), auth("hub:h"))
	for ref, want := range map[string]string{
		"quay.io/other/x":   "all a",
		"quay.io/acme/x":    "acme p:q",
		"quay.io/acmee/x":   "all a",
		"busybox":           "hub h",
		"helped.io/x":       "",
		"ghcr.io/acme/quay": "",
	} {
		named, err := parseReference(ref)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		found, err := findCredentials([]byte(file), named)
		if found != nil {
			got = found.Username + " " + found.Password
		}
		if err != nil || got != want {
			t.Errorf("credentials for %s: %q, %v, want %q", ref, got, err, want)
		}
	}
	named, err := parseReference("bad.io/x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := findCredentials([]byte(file), named); err == nil || strings.Contains(err.Error(), "%") {
		t.Errorf("bad credentials: %v, want an error that does not show them", err)
	}
}
