package journal

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAJournalThatIsRemovedIsBegunAnew removes it at all places where it may
// be missed.
func TestAJournalThatIsRemovedIsBegunAnew(t *testing.T) {
	for _, remove := range []func(dir string) error{
		os.RemoveAll,
		func(dir string) error { return os.Remove(currentPath(dir)) },
	} {
		dir := filepath.Join(t.TempDir(), "state")
		j := open(t, dir)
		restored := 0
		j.OnRestore(func() { restored++ })
		add(t, j, 2)
		if err := remove(dir); err != nil {
			t.Fatal(err)
		}
		if err := j.Follow(t.Context(), 0, false, func(Event) error { return nil }); err != nil {
			t.Errorf("Follow() = %v", err)
		}
		add(t, j, 1)
		if err := remove(dir); err != nil {
			t.Fatal(err)
		}
		add(t, j, 2)
		expect(t, count(4, 5), kept(t, dir, 0))
		var seen []int64
		err := j.Follow(t.Context(), 1, false, func(e Event) error { // from before what is left
			seen = append(seen, e.Seq)
			return nil
		})
		if err != nil {
			t.Errorf("Follow() = %v", err)
		}
		expect(t, count(4, 5), seen)
		expect(t, 2, restored)
	}
}

func TestAFollowerGoesOnInAJournalThatIsBegunAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	j := open(t, dir)
	add(t, j, 2)
	var seen []int64
	err := j.Follow(t.Context(), 0, true, func(e Event) error {
		seen = append(seen, e.Seq)
		switch e.Seq {
		case 2:
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			add(t, j, 2)
		case 4:
			return j.Close()
		}
		return nil
	})
	if err != nil {
		t.Errorf("Follow() = %v", err)
	}
	expect(t, count(1, 4), seen)
}
