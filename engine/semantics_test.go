package engine

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The numbers of rules in each part.
const (
	rulesA = 14
	rulesB = 142
	rulesN = 9
)

// TestEachRuleIsShown checks docs/semantics.md: each rule has its row, and each
// scenario and test that it names is there.
func TestEachRuleIsShown(t *testing.T) {
	page, err := os.ReadFile("../docs/semantics.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([ABN] \d+) \| [^|]+ \| ([^|]+) \|$`).FindAllStringSubmatch(string(page), -1) {
		if rows[row[1]] != "" {
			t.Errorf("%s has two rows", row[1])
		}
		rows[row[1]] = row[2]
	}
	for part, last := range map[string]int{"A": rulesA, "B": rulesB, "N": rulesN} {
		for n := range last {
			if rule := fmt.Sprintf("%s %d", part, n+1); rows[rule] == "" {
				t.Errorf("%s has no row", rule)
			}
		}
	}
	if want := rulesA + rulesB + rulesN; len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	tests := testsOf(t, "..")
	for rule, shown := range rows {
		for _, name := range regexp.MustCompile(`\*([a-z_]+)\*`).FindAllStringSubmatch(shown, -1) {
			if _, err := os.Stat(filepath.Join("testdata", "scenarios", name[1]+".txt")); err != nil {
				t.Errorf("%s: %v", rule, err)
			}
		}
		for _, name := range regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(shown, -1) {
			if !tests[name[1]] {
				t.Errorf("%s: there is no test %s", rule, name[1])
			}
		}
	}
}

// testsOf returns the names of all tests below root.
func testsOf(t *testing.T, root string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root:
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, name := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			names[name[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
