package secrets

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/limber-run/limber/engine"
)

func TestWhatWasDeliveredIsConcealed(t *testing.T) {
	s, _ := newStore(t)
	d := place(t, s, 1,
		engine.SecretUse{Name: "pw", Path: "/pw"}, engine.SecretUse{Name: "key", Env: "KEY"},
		engine.SecretUse{Name: "pin", Env: "PIN"}, engine.SecretUse{Name: "none", Path: "/none"},
	)
	values, _ := known(map[string]string{"pw": "hunter2\n", "key": "hunter2=a\nb", "pin": "123", "none": ""})
	if err := d.Fill(values); err != nil {
		t.Fatal(err)
	}
	for who, d := range map[string]*Delivery{"its owner": d, "a later supervisor": s.Adopt("shop", ref(1))} {
		delivered, err := d.Values()
		if err != nil {
			t.Fatal(err)
		}
		got := Conceal("login with hunter2 or hunter2=a\nb, pin 123, failed: hunter2", delivered)
		if want := "login with (sensitive) or (sensitive), pin 123, failed: (sensitive)"; got != want {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
}

func TestValuesThatCannotBeKnownAreAnError(t *testing.T) {
	s, _ := newStore(t)
	if _, err := s.Adopt("shop", ref(7)).Values(); err == nil {
		t.Error("values of what is not there")
	}
	d := place(t, s, 1, engine.SecretUse{Name: "pw", Path: "/pw"})
	if err := d.files[0].file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Values(); err == nil {
		t.Error("values of a closed file")
	}
	dir := s.Adopt("shop", ref(1)).dir
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "1")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Adopt("shop", ref(1)).Values(); err == nil {
		t.Error("values of a file that cannot be read")
	}
}
