package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestValidationIsAsDocumented runs the example of docs/editors.md.
func TestValidationIsAsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/editors.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Diagnostics as JSON")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "limber.hcl"), []byte(fenced(section, "hcl")), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"limber", "-p", "shop", "validate", "-o", "json"}, nil, &stdout, &stderr, nil); code != exitUsage || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
	var want, got any
	if err := json.Unmarshal([]byte(fenced(section, "json")), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-documented +printed:\n%s", diff)
	}
}

// fenced returns the first block of a language in a page.
func fenced(page, language string) string {
	_, block, _ := strings.Cut(page, "```"+language+"\n")
	block, _, _ = strings.Cut(block, "```")
	return block
}
