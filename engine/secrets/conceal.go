package secrets

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// concealed is what stands in the place of a value.
	concealed = "(sensitive)"
	// shortest is how long a value must be, in bytes, to be told from what
	// happens to be the same.
	shortest = 4
)

// Values are the values that were delivered, of an earlier supervisor too,
// until Remove. They belong to the caller. It is an error if some cannot be
// known any more.
func (d *Delivery) Values() ([][]byte, error) {
	contents, err := d.contents()
	if err != nil {
		return nil, fmt.Errorf("read the delivered secrets: %w", err)
	}
	values := contents
	for _, content := range contents { // of variables: NAME=VALUE and a zero byte each
		if bytes.HasSuffix(content, []byte{0}) {
			for entry := range bytes.SplitSeq(content, []byte{0}) {
				_, value, _ := bytes.Cut(entry, []byte("="))
				values = append(values, value)
			}
		}
	}
	return values, nil
}

func (d *Delivery) contents() (contents [][]byte, err error) {
	for _, f := range d.files {
		content, err := readBack(f.file)
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	if len(d.files) > 0 {
		return contents, nil
	}
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(d.dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

// readBack leaves no copies behind, as a buffer that grows would.
func readBack(file *os.File) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	content := make([]byte, info.Size())
	_, err = file.ReadAt(content, 0)
	return content, err
}

// Conceal returns text without values.
func Conceal(text string, values [][]byte) string {
	longest := slices.SortedFunc(slices.Values(values), func(a, b []byte) int { return len(b) - len(a) })
	for _, value := range longest {
		if secret := bytes.TrimSpace(value); len(secret) >= shortest {
			text = strings.ReplaceAll(text, string(secret), concealed)
		}
	}
	return text
}
