package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/limber-run/limber/engine"
)

// ref names an attempt of service "api".
func ref(attempt int) engine.Ref {
	return engine.Ref{Run: 1, Kind: engine.Service, Name: "api", Attempt: attempt}
}

func disk(is bool) func(string) (bool, error) {
	return func(string) (bool, error) { return !is, nil }
}

// newStore opens a store as root would have it; who was given files is in
// owners.
func newStore(t testing.TB) (s *Store, owners *[]owner) {
	t.Helper()
	s, err := open(filepath.Join(t.TempDir(), "secrets"), disk(false))
	if err != nil {
		t.Fatal(err)
	}
	owners = new([]owner)
	s.rootless = false
	s.chown = func(_ *os.File, uid, gid int) error {
		*owners = append(*owners, owner{uid, gid})
		return nil
	}
	return s, owners
}

func names(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestOpenMakesThePrivateDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 {
		if _, err := open(dir, disk(false)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, os.FileMode(0o700), info.Mode().Perm())
		if err := os.Chmod(dir, 0o755); err != nil { // for the second time
			t.Fatal(err)
		}
	}
}

func TestOpenRefusesDisk(t *testing.T) {
	dir := t.TempDir()
	_, err := open(dir, disk(true))
	if err == nil {
		t.Fatal("a directory on disk was taken")
	}
	for _, want := range []string{dir, "LIMBER_RUNTIME_DIR", "LIMBER_ALLOW_DISK_SECRETS=1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	t.Setenv(AllowDisk, "1")
	if _, err := open(dir, disk(true)); err != nil {
		t.Errorf("a directory on disk that is allowed: %v", err)
	}
}

func TestOpenRefusesALink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if _, err := open(link, disk(false)); err == nil || !strings.Contains(err.Error(), link) {
		t.Errorf("open = %v, want an error that names the link", err)
	}
}

func TestInMemory(t *testing.T) {
	for dir, want := range map[string]bool{"/dev/shm": true, "/proc": false} {
		got, err := inMemory(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("inMemory(%s) = %v, want %v", dir, got, want)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "\x00")); err == nil {
		t.Error("an impossible directory was opened")
	}
	if _, err := inMemory("/nowhere"); err == nil || !strings.Contains(err.Error(), "/nowhere") {
		t.Errorf("inMemory = %v, want an error that names the directory", err)
	}
}

func TestDirNamesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for _, workflow := range []string{"a", "a@1", "a/1", "a 1", "a+1", "a%401", "..", "A"} {
		for _, unit := range []string{"a", "1@a", "../a", "a@1"} {
			for _, kind := range []engine.Kind{engine.Init, engine.Service} {
				for _, number := range []int{1, 11} {
					name := DirName(workflow, engine.Ref{Run: number, Kind: kind, Name: unit, Attempt: 1})
					if seen[name] || strings.ContainsAny(name, "/ ") || filepath.Base(name) != name {
						t.Errorf("%q is used twice, or no name", name)
					}
					seen[name] = true
				}
			}
		}
	}
	expect(t, "shop@1@service@api@2", DirName("shop", ref(2)))
}

func TestSweepRemovesWhatIsNotKept(t *testing.T) {
	s, _ := newStore(t)
	for attempt := range 3 {
		place(t, s, attempt, engine.SecretUse{Name: "pw", Path: "/pw"})
	}
	elsewhere := filepath.Join(t.TempDir(), "0")
	if err := os.WriteFile(elsewhere, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(elsewhere), filepath.Join(s.dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "stray"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	keep := DirName("shop", ref(1))
	if err := s.Sweep(func(name string) bool { return name == keep }); err != nil {
		t.Fatal(err)
	}
	expect(t, []string{keep}, names(t, s.dir))
	expect(t, "precious", content(t, elsewhere))
}

func TestSweepNamesTheDirectory(t *testing.T) {
	s, _ := newStore(t)
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(nil); err == nil || !strings.Contains(err.Error(), s.dir) {
		t.Errorf("Sweep = %v, want an error that names the directory", err)
	}
}
