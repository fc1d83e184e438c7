package cmd

import (
	"strings"
	"testing"
)

func TestWantsColor(t *testing.T) {
	tests := []struct {
		environ  string
		terminal bool
		want     bool
	}{
		{"", true, true},
		{"", false, false},
		{"NO_COLOR=1", true, false},
		{"NO_COLOR=", true, true},
		{"CLICOLOR_FORCE=1", false, true},
		{"CLICOLOR_FORCE=0", false, false},
		{"NO_COLOR=1 CLICOLOR_FORCE=1", true, false},
		{"TERM=dumb", true, false},
		{"TERM=dumb CLICOLOR_FORCE=1", false, true},
	}
	for _, test := range tests {
		if got := wantsColor(test.terminal, strings.Fields(test.environ)); got != test.want {
			t.Errorf("wantsColor(%v, %q) = %v, want %v", test.terminal, test.environ, got, test.want)
		}
	}
}

func TestPaint(t *testing.T) {
	var s stream
	if got := s.paint(colorBad, "x"); got != "x" {
		t.Errorf("without colors: %q", got)
	}
	s.color = true
	if got, want := s.paint(colorBad, "x"), "\x1b[31mx\x1b[0m"; got != want {
		t.Errorf("with colors: %q, want %q", got, want)
	}
}

func TestPlainLeavesTheTerminalAlone(t *testing.T) {
	if got, want := plain("a\x1b[2Jb\nc\td"), "a [2Jb c\td"; got != want {
		t.Errorf("plain() = %q, want %q", got, want)
	}
}
