package secrets

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/runtime"
)

// request asks for uses by an attempt whose user is 1000:100.
func request(attempt int, uses ...engine.SecretUse) Request {
	return Request{Workflow: "shop", Ref: ref(attempt), Uses: uses, Helper: "/usr/bin/limber", UID: 1000, GID: 100}
}

func place(t testing.TB, s *Store, attempt int, uses ...engine.SecretUse) *Delivery {
	t.Helper()
	d, err := s.Place(request(attempt, uses...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Remove() })
	return d
}

func content(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// known returns values from a map, and remembers what it has returned.
func known(values map[string]string) (func(string) ([]byte, error), *[][]byte) {
	given := new([][]byte)
	return func(name string) ([]byte, error) {
		value, ok := values[name]
		if !ok {
			return nil, &MissingError{Secret: name, Why: "not known"}
		}
		*given = append(*given, []byte(value))
		return (*given)[len(*given)-1], nil
	}, given
}

func ptr(n int) *int { return &n }

func TestDeliveryOfFilesAndVariables(t *testing.T) {
	s, owners := newStore(t)
	d := place(t, s, 2,
		engine.SecretUse{Name: "pw", Path: "/run/secrets/pw"},
		engine.SecretUse{Name: "pw", Env: "PW"},
		engine.SecretUse{Name: "key", Path: "/key", Mode: 0o440, UID: ptr(0), GID: ptr(7)},
		engine.SecretUse{Name: "key", Env: "KEY"},
	)
	dir := filepath.Join(s.dir, "shop@1@service@api@2")
	bind := func(source, target string) runtime.Mount {
		return runtime.Mount{Kind: runtime.MountBind, Source: source, Target: target, ReadOnly: true}
	}
	expect(t, []runtime.Mount{
		bind(dir+"/0", "/run/secrets/pw"),
		bind(dir+"/1", "/key"),
		bind(dir+"/2", "/.limber/env"),
		bind("/usr/bin/limber", "/.limber/exec-env"),
	}, d.Mounts())
	expect(t, []string{"/.limber/exec-env", "/.limber/env", "--", "run", "it"}, Wrap([]string{"run", "it"}))
	expect(t, []string{"1000:100", "0:7", "1000:100"}, printed(*owners))
	expect(t, []string{"-r--------", "-r--r-----", "-r--------"}, modes(t, dir))
	for _, name := range names(t, dir) {
		expect(t, "", content(t, filepath.Join(dir, name)))
	}

	for _, pw := range []string{"hunter2 is long", "short"} {
		values, given := known(map[string]string{"pw": pw, "key": "a\nb\n"})
		if err := d.Fill(values); err != nil {
			t.Fatal(err)
		}
		expect(t, pw, content(t, dir+"/0"))
		expect(t, "a\nb\n", content(t, dir+"/1"))
		expect(t, "PW="+pw+"\x00KEY=a\nb\n\x00", content(t, dir+"/2"))
		expectZeroed(t, *given, 2)
	}
}

func printed(owners []owner) []string {
	var out []string
	for _, o := range owners {
		out = append(out, fmt.Sprintf("%d:%d", o.uid, o.gid))
	}
	return out
}

func modes(t testing.TB, dir string) []string {
	t.Helper()
	var modes []string
	for _, name := range names(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		modes = append(modes, info.Mode().String())
	}
	return modes
}

func expectZeroed(t testing.TB, values [][]byte, n int) {
	t.Helper()
	expect(t, n, len(values))
	for _, value := range values {
		expect(t, strings.Repeat("\x00", len(value)), string(value))
	}
}

func TestFilesAreGivenToTheirOwner(t *testing.T) {
	s, _ := newStore(t)
	s.chown = (*os.File).Chown
	d := place(t, s, 1, engine.SecretUse{Name: "pw", Path: "/pw", UID: ptr(os.Getuid()), GID: ptr(os.Getgid())})
	expect(t, 1, len(d.Mounts()))

	s.chown = func(*os.File, int, int) error { return os.ErrPermission }
	_, err := s.Place(request(2, engine.SecretUse{Name: "pw", Path: "/pw"}))
	if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), `secret "pw"`) {
		t.Errorf("Place = %v, want an error that names the secret", err)
	}
	expect(t, []string{DirName("shop", ref(1))}, names(t, s.dir))
}

func TestRootlessLeavesTheOwnerToTheEngine(t *testing.T) {
	s, owners := newStore(t)
	s.rootless = true
	d := place(t, s, 1,
		engine.SecretUse{Name: "pw", Path: "/pw"},
		engine.SecretUse{Name: "key", Path: "/key", UID: ptr(1000)},
		engine.SecretUse{Name: "pw", Env: "PW"},
	)
	var chown []bool
	for _, m := range d.Mounts() {
		chown = append(chown, m.Chown)
	}
	expect(t, []bool{true, true, true, false}, chown)
	expect(t, 0, len(*owners))

	_, err := s.Place(request(2, engine.SecretUse{Name: "key", Path: "/key", GID: ptr(7)}))
	if err == nil {
		t.Fatal("a file was given to another group without root")
	}
	for _, want := range []string{`secret "key"`, "1000:7", "1000:100", "run limber as root"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestNothingToDeliver(t *testing.T) {
	s, _ := newStore(t)
	d := place(t, s, 1)
	expect(t, 0, len(d.Mounts()))
	if err := errors.Join(d.Fill(nil), d.Remove()); err != nil {
		t.Fatal(err)
	}
	expect(t, 0, len(names(t, s.dir)))
}

func TestVariablesNeedTheHelper(t *testing.T) {
	s, _ := newStore(t)
	r := request(1, engine.SecretUse{Name: "pw", Env: "PW"})
	r.Helper = ""
	if _, err := s.Place(r); err == nil {
		t.Fatal("variables were placed without helper")
	}
	expect(t, 0, len(names(t, s.dir)))
}

func TestFailedFillLeavesNoValue(t *testing.T) {
	tests := map[string]struct {
		values map[string]string
		want   string
	}{
		"missing":   {map[string]string{"pw": "hunter2"}, `secret "key": not known`},
		"zero byte": {map[string]string{"pw": "hunter2", "key": "hun\x00ter2"}, `secret "key": its value has a zero byte`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, _ := newStore(t)
			d := place(t, s, 1,
				engine.SecretUse{Name: "pw", Path: "/pw"}, engine.SecretUse{Name: "key", Env: "KEY"})
			first, _ := known(map[string]string{"pw": "hunter2", "key": "hunter2"})
			if err := d.Fill(first); err != nil {
				t.Fatal(err)
			}
			values, given := known(test.values)
			err := d.Fill(values)
			if _, ok := errors.AsType[*MissingError](err); !ok || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Fill = %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hun") {
				t.Errorf("%q shows a value", err)
			}
			expectZeroed(t, *given, len(test.values))
			for _, f := range d.files {
				expect(t, "", content(t, f.file.Name()))
			}
		})
	}
}

func TestFailedWriteLeavesNoValue(t *testing.T) {
	s, _ := newStore(t)
	d := place(t, s, 1, engine.SecretUse{Name: "pw", Path: "/pw"}, engine.SecretUse{Name: "key", Path: "/key"})
	if err := d.files[1].file.Close(); err != nil {
		t.Fatal(err)
	}
	values, given := known(map[string]string{"pw": "hunter2", "key": "hunter2"})
	if err := d.Fill(values); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Fill = %v, want an error without value", err)
	}
	expectZeroed(t, *given, 2)
	expect(t, "", content(t, d.files[0].file.Name()))
}

// What a container still has mounted is empty after Remove.
func TestRemoveEmptiesAndUnlinks(t *testing.T) {
	for _, who := range []string{"its owner", "a later supervisor"} {
		t.Run(who, func(t *testing.T) {
			s, _ := newStore(t)
			d := place(t, s, 1, engine.SecretUse{Name: "pw", Path: "/pw"}, engine.SecretUse{Name: "pw", Env: "PW"})
			values, _ := known(map[string]string{"pw": "hunter2"})
			if err := d.Fill(values); err != nil {
				t.Fatal(err)
			}
			mounted, err := os.Open(d.files[0].file.Name())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = mounted.Close() }()

			if who != "its owner" {
				d = s.Adopt("shop", ref(1))
			}
			for range 2 {
				if err := d.Remove(); err != nil {
					t.Fatal(err)
				}
				expect(t, 0, len(names(t, s.dir)))
			}
			left, err := io.ReadAll(mounted)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, "", string(left))
			expect(t, 0, len(d.Mounts()))
		})
	}
}

func TestPlaceReplacesWhatACrashHasLeft(t *testing.T) {
	s, _ := newStore(t)
	old := place(t, s, 1, engine.SecretUse{Name: "pw", Path: "/pw"}, engine.SecretUse{Name: "key", Path: "/key"})
	values, _ := known(map[string]string{"pw": "hunter2", "key": "hunter2"})
	if err := old.Fill(values); err != nil {
		t.Fatal(err)
	}
	d := place(t, s, 1, engine.SecretUse{Name: "pw", Path: "/pw"})
	expect(t, []string{"0"}, names(t, filepath.Join(s.dir, DirName("shop", ref(1)))))
	expect(t, "", content(t, d.files[0].file.Name()))
}

func TestAdoptOfNothing(t *testing.T) {
	s, _ := newStore(t)
	if err := s.Adopt("shop", ref(7)).Remove(); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkDelivery(b *testing.B) {
	s, err := open(filepath.Join("/dev/shm", filepath.Base(b.TempDir())+"-bench"), inMemory)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(s.dir) })
	for b.Loop() {
		d := place(b, s, 1,
			engine.SecretUse{Name: "pw", Path: "/pw", UID: ptr(os.Getuid()), GID: ptr(os.Getgid())},
			engine.SecretUse{Name: "pw", Path: "/pw2", UID: ptr(os.Getuid()), GID: ptr(os.Getgid())})
		values, _ := known(map[string]string{"pw": "hunter2"})
		if err := errors.Join(d.Fill(values), d.Remove()); err != nil {
			b.Fatal(err)
		}
	}
}
