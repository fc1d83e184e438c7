package supervisor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/engine/secrets"
)

func TestInputsAreFilesOfAllKinds(t *testing.T) {
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	err := errors.Join(
		os.MkdirAll(at("data/sub"), 0o700), os.WriteFile(at("data/sub/file"), []byte("one"), 0o600),
		os.Symlink("sub", at("data/link")), unix.Mkfifo(at("data/pipe"), 0o600), os.Symlink("data", at("root")),
	)
	if err != nil {
		t.Fatal(err)
	}
	key, err := secrets.OpenKey(at("key"))
	if err != nil {
		t.Fatal(err)
	}
	sum := func() string {
		t.Helper()
		f := key.Fingerprint()
		if err := addFiles(t.Context(), f, at("root")); err != nil {
			t.Fatal(err)
		}
		return f.String()
	}
	seen := map[string]string{sum(): "nothing"}
	for _, change := range []struct {
		what string
		do   func() error
	}{
		{"a file", func() error { return os.WriteFile(at("data/sub/file"), []byte("two"), 0o600) }},
		{"a link", func() error { return errors.Join(os.Remove(at("data/link")), os.Symlink("other", at("data/link"))) }},
		{"a new file", func() error { return os.WriteFile(at("data/new"), nil, 0o600) }},
		{"a name", func() error { return os.Rename(at("data/new"), at("data/newer")) }},
	} {
		if err := change.do(); err != nil {
			t.Fatal(err)
		}
		now := sum()
		if before, same := seen[now]; same {
			t.Errorf("after a change of %s it is as after one of %s", change.what, before)
		}
		seen[now] = change.what
	}
}
