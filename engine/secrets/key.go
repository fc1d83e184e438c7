package secrets

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
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

func makeKey(path string) (Key, error) {
	key := make(Key, keySize)
	_, _ = rand.Read(key) // never fails
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = file.Write(key)
		err = errors.Join(err, file.Sync(), file.Close())
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

// String is the sum of what was added.
func (f *Fingerprint) String() string { return hex.EncodeToString(f.sum.Sum(nil)) }
