package cmd

import (
	"strings"
	"testing"
)

func TestFileFlagBeforeTheCommand(t *testing.T) {
	tests := []struct{ args, want string }{
		{"-f ci.hcl logs -f", "--file ci.hcl logs -f"},
		{"-fci.hcl logs -f", "--file=ci.hcl logs -f"},
		{"-f=ci.hcl up", "--file=ci.hcl up"},
		{"-p shop -f a --no-color -f b logs", "-p shop --file a --no-color --file b logs"},
		{"--project=shop -f a logs", "--project=shop --file a logs"},
		{"--podman -f up", "--podman -f up"},
		{"up -f ci.hcl", "up -f ci.hcl"},
		{"-- -f", "-- -f"},
		{"-f", "--file"},
		{"", ""},
	}
	root := newRoot(newApp(nil, nil, nil, nil))
	for _, test := range tests {
		got := strings.Join(longFileFlags(root, strings.Fields(test.args)), " ")
		if got != test.want {
			t.Errorf("longFileFlags(%q) = %q, want %q", test.args, got, test.want)
		}
	}
}
