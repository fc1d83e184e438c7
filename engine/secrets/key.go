package secrets

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
)

// keySize is that of HMAC-SHA-256, in bytes (RFC 2104, section 3).
const keySize = 32

// Key makes fingerprints of values that tell nothing of the values to who does
// not have it.
type Key []byte

// OpenKey reads the key in the file at path, and makes it if there is none.
func OpenKey(path string) (Key, error) {
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err == nil && len(key) != keySize {
		err = fmt.Errorf("%s has %d bytes, not %d; remove it to have it made anew", path, len(key), keySize)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of fingerprints: %w", err)
	}
	return key, nil
}

// makeKey is for one process at a time. The key appears whole or not at all; if
// a power cut takes it, what it was used for is done again.
func makeKey(path string) (Key, error) {
	key := make(Key, keySize)
	_, _ = rand.Read(key) // never fails
	temporary := path + ".tmp"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = file.Write(key)
		err = errors.Join(err, file.Sync(), file.Close())
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return nil, fmt.Errorf("make the key of fingerprints: %w", err)
	}
	return key, nil
}

// A Fingerprint sums up named values; equal ones for equal values alone.
type Fingerprint struct{ sum hash.Hash }

// Fingerprint begins one.
func (k Key) Fingerprint() *Fingerprint { return &Fingerprint{hmac.New(sha256.New, k)} }

// Add takes in a value.
func (f *Fingerprint) Add(name string, value []byte) {
	fmt.Fprintf(f.sum, "%d:%s%d:", len(name), name, len(value))
	f.sum.Write(value)
}

// AddAll takes in all that content has. It is not the same as Add of it.
func (f *Fingerprint) AddAll(name string, content io.Reader) error {
	inner := sha256.New()
	_, err := io.Copy(inner, content)
	f.Add(name, inner.Sum(nil))
	return err
}

// String is the sum of what was added.
func (f *Fingerprint) String() string { return hex.EncodeToString(f.sum.Sum(nil)) }
