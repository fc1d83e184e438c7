package secrets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"
)

// maxOutput is how much a step may leave as its outputs, in bytes.
const maxOutput = 64 << 10

// outputMode lets any user of the container write. On the host nobody else
// comes that far.
const outputMode = 0o666

// outputPrefix begins the names of the directories with outputs. No attempt's
// begins so: it would be of the workflow "", which no workflow is called.
const outputPrefix = "@output@"

// OutputDirName is the name of the directory with the outputs of a step.
func OutputDirName(workflow, step string) string {
	return outputsOf(workflow) + url.QueryEscape(step)
}

func outputsOf(workflow string) string { return outputPrefix + url.QueryEscape(workflow) + "@" }

func (s *Store) outputPath(workflow, step string) string {
	return filepath.Join(s.dir, OutputDirName(workflow, step), "0")
}

// PlaceOutput returns an empty file for the next attempt of a step to leave its
// outputs in. It is the same one each time: a container that was made with it
// goes on seeing it.
func (s *Store) PlaceOutput(workflow, step string) (path string, err error) {
	path = s.outputPath(workflow, step)
	err = os.Mkdir(filepath.Dir(path), 0o700)
	if err == nil || errors.Is(err, fs.ErrExist) {
		var file *os.File
		if file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err == nil {
			err = errors.Join(file.Chmod(outputMode), file.Close())
		}
	}
	if err != nil {
		return "", fmt.Errorf("place the outputs of %q: %w", step, err)
	}
	return path, nil
}

// OutputError is a file of outputs that cannot be used. It holds no value.
type OutputError struct{ Why string }

func (e *OutputError) Error() string { return e.Why }

// Outputs reads what a step has left: lines NAME=VALUE, of which the last one
// with a name counts. Errors of its content are *OutputError.
func (s *Store) Outputs(workflow, step string) (map[string][]byte, error) {
	file, err := os.OpenFile(s.outputPath(workflow, step), os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the outputs of %q: %w", step, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, maxOutput+1))
	if err != nil {
		return nil, fmt.Errorf("read the outputs of %q: %w", step, err)
	}
	return parseOutputs(text)
}

func parseOutputs(text []byte) (map[string][]byte, error) {
	switch {
	case len(text) > maxOutput:
		return nil, &OutputError{fmt.Sprintf("its outputs are longer than %d KiB", maxOutput>>10)}
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return nil, &OutputError{"its outputs are not text in UTF-8"}
	}
	values, number := map[string][]byte{}, 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			continue
		}
		name, value, ok := bytes.Cut(line, []byte("="))
		if !ok || len(name) == 0 {
			return nil, &OutputError{fmt.Sprintf("line %d of its outputs is not NAME=VALUE", number)}
		}
		values[string(name)] = value
	}
	return values, nil
}

// DropOutputs takes away what the steps of a workflow have left.
func (s *Store) DropOutputs(workflow string) error {
	return s.Sweep(func(dir string) bool { return !strings.HasPrefix(dir, outputsOf(workflow)) })
}
