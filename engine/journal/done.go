package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/limber-run/limber/engine"
)

// Done is what is remembered of the success of an init step that need not run
// in every run. It outlives the run record.
type Done struct {
	At          time.Time `json:"at"`
	Fingerprint string    `json:"fingerprint"` // of what it was run with

	Outputs map[string]string `json:"outputs,omitempty"` // that it has left
}

// Has reports whether d has all outputs that are declared now.
func (d Done) Has(declared []engine.Output) bool {
	return !slices.ContainsFunc(declared, func(o engine.Output) bool {
		_, ok := d.Outputs[o.Name]
		return !ok
	})
}

func doneDir(dir string) string { return filepath.Join(dir, "done") }

func donePath(dir, workflow string) string {
	return filepath.Join(doneDir(dir), url.PathEscape(workflow)+recordEnd)
}

// LoadDone reads what is remembered of the steps of a workflow, by their
// names. Nothing is no error.
func LoadDone(dir, workflow string) (map[string]Done, error) {
	done := map[string]Done{}
	text, err := os.ReadFile(donePath(dir, workflow))
	if errors.Is(err, os.ErrNotExist) {
		return done, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &done)
	}
	if err != nil {
		return nil, fmt.Errorf("read which steps are done (remove the file to run them again): %w", err)
	}
	return done, nil
}

// SaveDone remembers a step, durably, all or nothing. It is not safe for use
// by several goroutines with the same workflow.
func SaveDone(dir, workflow, step string, d Done) error {
	done, err := LoadDone(dir, workflow)
	if err != nil {
		return err
	}
	done[step] = d
	text, err := encode(done)
	if err == nil {
		err = makeDir(doneDir(dir))
	}
	if err == nil {
		err = replaceFile(donePath(dir, workflow), text)
	}
	if err != nil {
		return fmt.Errorf("remember that step %q is done: %w", step, err)
	}
	return nil
}

// RemoveDone forgets all steps of all workflows.
func RemoveDone(dir string) error {
	if err := os.RemoveAll(doneDir(dir)); err != nil {
		return fmt.Errorf("forget which steps are done: %w", err)
	}
	return nil
}
