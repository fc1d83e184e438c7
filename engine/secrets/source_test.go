package secrets

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/limber-run/limber/engine"
)

func expect(t testing.TB, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

// variables looks up names in a map, as an environment does.
func variables(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

func TestResolve(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	values := Resolve([]engine.SecretSource{
		{Name: "password", Env: "PASSWORD"},
		{Name: "empty", Env: "EMPTY"},
		{Name: "key", File: path},
	}, From{Env: variables(map[string]string{"PASSWORD": "pa\nss", "EMPTY": ""})})

	for _, content := range []string{"first\n", "", "second\x00\xff", strings.Repeat("x", maxValue)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"password": "pa\nss", "empty": "", "key": content} {
			got, err := values(name)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, want, string(got))
		}
	}
}

func TestMissingSecretSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	long, pipe := filepath.Join(dir, "long"), filepath.Join(dir, "pipe")
	if err := os.WriteFile(long, []byte(strings.Repeat("hunter2", maxValue/7+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		source engine.SecretSource
		want   string
	}{
		{engine.SecretSource{Env: "UNSET"}, `variable UNSET is not set; set it, and run "limber up" again`},
		{engine.SecretSource{Env: "LONG"}, "variable LONG is longer than 512 KiB; make it shorter"},
		{engine.SecretSource{File: dir + "/none"}, "file " + dir + "/none does not exist; create it"},
		{engine.SecretSource{File: long}, "file " + long + " is longer than 512 KiB; name another one"},
		{engine.SecretSource{File: "/dev/zero"}, "file /dev/zero is not a regular file; name another one"},
		{engine.SecretSource{File: pipe}, "file " + pipe + " is not a regular file; name another one"},
		{engine.SecretSource{File: long + "/x"}, "file " + long + "/x cannot be read: open " + long + "/x: not a directory; mend that"},
	}
	for _, test := range tests {
		test.source.Name = "pw"
		values := Resolve([]engine.SecretSource{test.source},
			From{Env: variables(map[string]string{"LONG": strings.Repeat("hunter2", maxValue/7+1)})})
		_, err := values("pw")
		missing, ok := errors.AsType[*MissingError](err)
		if !ok || missing.Secret != "pw" {
			t.Fatalf("%+v: %v, want a MissingError", test.source, err)
		}
		expect(t, `secret "pw": `+test.want, err.Error())
	}
	_, err := Resolve(nil, From{Env: variables(nil)})("pw")
	if _, ok := errors.AsType[*MissingError](err); !ok || !strings.Contains(err.Error(), `"pw"`) {
		t.Errorf("a secret without source: %v", err)
	}
}

func TestUnreadableFileNamesTheUser(t *testing.T) {
	err := problem(engine.SecretSource{Name: "pw", File: "/x"}, &os.PathError{Op: "open", Path: "/x", Err: syscall.EACCES})
	if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "/x may not be read by user") {
		t.Errorf("got %v", err)
	}
}
