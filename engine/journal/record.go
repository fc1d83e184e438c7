package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/limber-run/limber/engine"
)

// RecordVersion is the version of the records that this limber writes, and
// the only one that it reads.
const RecordVersion = 1

// Record is what must survive the supervisor of a workflow. It holds no
// secret value.
type Record struct {
	Version   int    `json:"version"`              // set by SaveRecord
	BootID    string `json:"boot_id"`              // of the host when it was saved
	SandboxID string `json:"sandbox_id,omitempty"` // container ID
	// Containers are the containers that exist, of live attempts and of ended
	// ones that are kept: container ID by Ref.String().
	Containers map[string]string `json:"containers,omitempty"`
	Run        engine.Run        `json:"run"`
	// Orphan is a workflow that the files do not declare any more: it ends, and
	// the record is removed.
	Orphan bool `json:"orphan,omitempty"`
	// Events are what the journal is told once the record is written, and Seq
	// its last event before that. Who finds them missing tells them.
	Seq    int64   `json:"seq,omitempty"`
	Events []Event `json:"events,omitempty"`
}

// BrokenRecordError is a record that cannot be used.
type BrokenRecordError struct {
	Workflow string
	Path     string
	Err      error
}

func (e *BrokenRecordError) Error() string {
	return fmt.Sprintf("run record %s cannot be used: %v; move it away, "+
		"then \"limber down\" removes what is left of workflow %q", e.Path, e.Err, e.Workflow)
}

func (e *BrokenRecordError) Unwrap() error { return e.Err }

// SaveRecord makes r the record of its workflow in dir. When it returns nil,
// r survives a power cut. After an error the record is the one before; only
// if no more than the last sync failed it is r, which may yet be lost. It is
// never half of either. Records of different workflows may be saved at the
// same time.
func SaveRecord(dir string, r Record) error {
	r.Version = RecordVersion
	text, err := encode(r)
	if err != nil {
		return fmt.Errorf("save run record of %q: %w", r.Run.Spec.Name, err)
	}
	if err := makeDir(runsDir(dir)); err != nil {
		return fmt.Errorf("save run record: %w", err)
	}
	if err := replaceFile(recordPath(dir, r.Run.Spec.Name), text); err != nil {
		return fmt.Errorf("save run record: %w", err)
	}
	return nil
}

// Files of records: a workflow's name, escaped where it has to be, and an
// end that tells records from what an interrupted save has left.
const (
	recordEnd    = ".json"
	temporaryEnd = ".tmp"
)

func runsDir(dir string) string { return filepath.Join(dir, "runs") }

func recordPath(dir, workflow string) string {
	return filepath.Join(runsDir(dir), url.PathEscape(workflow)+recordEnd)
}

// makeDir makes a directory of the state directory, durably.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// replaceFile gives the file at path another content, all or nothing.
func replaceFile(path string, content []byte) error {
	temporary := path + temporaryEnd
	if err := writeSynced(temporary, content); err != nil {
		_ = os.Remove(temporary)
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		_ = os.Remove(temporary)
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeSynced(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncDir makes what was created, renamed and removed in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// LoadRecords reads all records in dir. One that cannot be used is a
// *BrokenRecordError, joined with others; the usable ones are returned all
// the same.
func LoadRecords(dir string) ([]Record, error) {
	entries, err := os.ReadDir(runsDir(dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load run records: %w", err)
	}
	var records []Record
	var problems []error
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), recordEnd)
		if !ok {
			continue
		}
		path := filepath.Join(runsDir(dir), entry.Name())
		r, err := loadRecord(path)
		if err != nil {
			problems = append(problems, &BrokenRecordError{Workflow: workflowOf(name), Path: path, Err: err})
			continue
		}
		records = append(records, r)
	}
	return records, errors.Join(problems...)
}

// workflowOf undoes the escaping of a file's name.
func workflowOf(name string) string {
	if workflow, err := url.PathUnescape(name); err == nil {
		return workflow
	}
	return name
}

func loadRecord(path string) (Record, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Record{}, err
	}
	// The version first: what another one means by the rest is not known.
	var head struct{ Version int }
	if err := json.Unmarshal(text, &head); err != nil {
		return Record{}, err
	}
	if head.Version != RecordVersion {
		return Record{}, fmt.Errorf("it has version %d, this limber reads version %d", head.Version, RecordVersion)
	}
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return Record{}, err
	}
	return r, r.check(path)
}

// check finds what no supervisor has written and none could go on from.
func (r *Record) check(path string) error {
	if want := recordPath("", r.Run.Spec.Name); filepath.Base(path) != filepath.Base(want) {
		return fmt.Errorf("it is of workflow %q", r.Run.Spec.Name)
	}
	if got, want := len(r.Run.Units), len(r.Run.Spec.Units); got != want {
		return fmt.Errorf("it has the state of %d units, its workflow has %d", got, want)
	}
	return nil
}

// RemoveRecord removes the record of a workflow, durably, and what an
// interrupted save of it has left. No record is no error.
func RemoveRecord(dir, workflow string) error {
	path := recordPath(dir, workflow)
	for _, p := range []string{path + temporaryEnd, path} {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove run record: %w", err)
		}
	}
	if err := syncDir(runsDir(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove run record: %w", err)
	}
	return nil
}
