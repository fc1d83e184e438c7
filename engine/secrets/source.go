package secrets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/limber-run/limber/engine"
)

// maxValue is the longest value of a secret, in bytes.
const maxValue = 512 << 10

// MissingError is a secret without a value that can be used. Its message
// holds no value.
type MissingError struct {
	Secret string
	Why    string // names the source, and says what to do
	Err    error  // what reading it gave, if that was the reason
}

func (e *MissingError) Error() string { return fmt.Sprintf("secret %q: %s", e.Secret, e.Why) }

func (e *MissingError) Unwrap() error { return e.Err }

// From is where the values of secrets come from, files aside.
type From struct {
	Env    func(name string) (string, bool)       // variables of whoever ran limber
	Output func(engine.OutputRef) ([]byte, error) // nil: of no run
}

// Resolve returns a function that reads the value of one of sources, anew at
// each call; what it returns belongs to the caller. Errors are *MissingError.
func Resolve(sources []engine.SecretSource, from From) func(name string) ([]byte, error) {
	byName := make(map[string]engine.SecretSource, len(sources))
	for _, source := range sources {
		byName[source.Name] = source
	}
	return func(name string) ([]byte, error) {
		source, ok := byName[name]
		switch {
		case !ok:
			return nil, &MissingError{Secret: name, Why: "it has no source; declare it in a secret block"}
		case source.Env != "":
			return fromEnv(source, from.Env)
		case source.Output != nil:
			return fromOutput(source, from.Output)
		}
		return fromFile(source)
	}
}

func fromOutput(source engine.SecretSource, output func(engine.OutputRef) ([]byte, error)) ([]byte, error) {
	if output == nil {
		return nil, missing(source, nil, "it is an output of a step, which is known in a run")
	}
	value, err := output(*source.Output)
	if err != nil {
		return nil, missing(source, err, "%v", err)
	}
	return value, nil
}

func fromEnv(source engine.SecretSource, lookup func(string) (string, bool)) ([]byte, error) {
	value, ok := lookup(source.Env)
	if !ok {
		return nil, missing(source, nil, "variable %s is not set; set it, and run \"limber up\" again", source.Env)
	}
	if len(value) > maxValue {
		return nil, missing(source, nil, "variable %s is longer than %d KiB; make it shorter", source.Env, maxValue>>10)
	}
	return []byte(value), nil
}

// fromFile returns the content of a file as it is, with the newline at its
// end if it has one.
func fromFile(source engine.SecretSource) ([]byte, error) {
	value, err := readSmall(source.File)
	if err != nil {
		return nil, problem(source, err)
	}
	return value, nil
}

// problem says what to do about a file that cannot be used.
func problem(source engine.SecretSource, err error) *MissingError {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing(source, err, "file %s does not exist; create it", source.File)
	case errors.Is(err, errNotRegular), errors.Is(err, errTooLong):
		return missing(source, err, "file %s %v; name another one", source.File, err)
	case errors.Is(err, fs.ErrPermission):
		return missing(source, err, "file %s may not be read by user %d; permit it", source.File, os.Geteuid())
	}
	return missing(source, err, "file %s cannot be read: %v; mend that", source.File, err)
}

func missing(source engine.SecretSource, err error, format string, args ...any) *MissingError {
	return &MissingError{Secret: source.Name, Why: fmt.Sprintf(format, args...), Err: err}
}

var (
	errNotRegular = errors.New("is not a regular file")
	errTooLong    = fmt.Errorf("is longer than %d KiB", maxValue>>10)
)

// readSmall reads a regular file of at most maxValue bytes. It does not wait
// for the other end of a pipe.
func readSmall(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	if info.Size() > maxValue {
		return nil, errTooLong
	}
	// Room for all, so that no copies are left behind as it grows.
	value := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	_, err = value.ReadFrom(io.LimitReader(file, maxValue+1))
	if err == nil && value.Len() > maxValue {
		err = errTooLong
	}
	if err != nil {
		clear(value.Bytes())
		return nil, err
	}
	return value.Bytes(), nil
}
