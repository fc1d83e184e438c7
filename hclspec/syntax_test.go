package hclspec

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSyntaxErrorsShowNoSecrets: what a broken line says of itself is not told
// where a value may be sensitive.
func TestSyntaxErrorsShowNoSecrets(t *testing.T) {
	for _, line := range []string{
		"default = " + canary + ":1",
		"default = " + canary,
		"default = \"" + canary,
		"default = /" + canary,
		"default = '" + canary + "'",
		"default \"" + canary + "\"",
		"default: \"" + canary + "\"",
		"default = {\n    a = 1" + canary + " b\n  }",
		"default = <<EOT " + canary,
		"default = \"\\" + canary + "\"",
	} {
		p, diags := loadText("limber.hcl", "variable \"pw\" {\n  sensitive = true\n  "+line+"\n}\n"+named("w"))
		if text := written(t, p, diags); strings.Contains(text, canary) {
			t.Errorf("%s:\n%s", line, text)
		}
	}
}

// TestOneMistakeIsReportedOnce: what follows from a mistake is not told.
func TestOneMistakeIsReportedOnce(t *testing.T) {
	for name, text := range map[string]string{
		"a quote":   inService("args = [\"x]\nworking_dir = \"/x\""),
		"a brace":   "workflow \"w\" {\n  service \"s\" {\n    image = \"x\"\n    security {\n  }\n  service \"t\" {\n    image = \"x\"\n  }\n}\n",
		"a heredoc": inService("args = [<<EOT\nx\n"),
		"a list":    inService("args = [\n\"x\",\nworking_dir = \"/x\""),
		"a comment": inService("/* x\nargs = []"),
	} {
		if p, diags := loadText("limber.hcl", text); len(diags) != 1 {
			t.Errorf("%s:\n%s", name, written(t, p, diags))
		}
	}
}

// TestEachSyntaxRuleIsShown checks that a file of testdata/invalid needs each
// rule.
func TestEachSyntaxRuleIsShown(t *testing.T) {
	var details []string
	for _, file := range invalidFiles(t) {
		_, diags := Load(testOptions(file))
		for _, diag := range diags {
			details = append(details, diag.Detail)
		}
	}
	shown := func(detail string) bool {
		pattern := regexp.MustCompile(`\\\$\d|\\\$\\\{\d\\\}`).ReplaceAllString(regexp.QuoteMeta(strings.ReplaceAll(detail, "$$", "\x00")), `.*`)
		want := regexp.MustCompile("(?s)" + strings.ReplaceAll(pattern, "\x00", `\$`) + "$")
		return slices.ContainsFunc(details, want.MatchString)
	}
	for _, rule := range syntaxRules {
		if !shown(rule.detail) {
			t.Errorf("no file shows: %s: %s", rule.hcl, rule.detail)
		}
	}
	for summary, remedy := range expressionRemedies {
		if !shown(strings.ReplaceAll(remedy, "$", "$$")) {
			t.Errorf("no file shows: %s: %s", summary, remedy)
		}
	}
}

// invalidFiles are the files and directories of testdata/invalid.
func invalidFiles(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir("testdata/invalid")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, entry := range entries {
		if ext := filepath.Ext(entry.Name()); entry.IsDir() || ext == ".hcl" || ext == ".json" {
			list = append(list, filepath.Join("testdata/invalid", entry.Name()))
		}
	}
	return list
}
