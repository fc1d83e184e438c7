package cmd

import "testing"

func TestUnknownName(t *testing.T) {
	tests := []struct {
		name  string
		known []string
		want  string
	}{
		{"migrat", []string{"db", "migrate"}, `there is no unit "migrat", did you mean "migrate"?`},
		{"web", []string{"db", "api"}, `there is no unit "web"; there is: db, api`},
		{"web", nil, `there is no unit "web"`},
	}
	for _, test := range tests {
		if got := unknownName("unit", test.name, test.known).Error(); got != test.want {
			t.Errorf("unknownName(%q, %q) = %s, want %s", test.name, test.known, got, test.want)
		}
	}
}

func TestToolboxCall(t *testing.T) {
	tests := []struct {
		args []string
		name string // "": not a call
	}{
		{[]string{"/bin/sleep", "1h"}, "sleep"},
		{[]string{"limber", "toolbox", "echo", "x"}, "echo"},
		{[]string{"limber", "toolbox"}, ""},
		{[]string{"limber", "toolbox", "--help"}, ""},
		{[]string{"limber", "version"}, ""},
		{[]string{"limber"}, ""},
		{nil, ""},
	}
	for _, test := range tests {
		if name, _, ok := toolboxCall(test.args); name != test.name || ok != (test.name != "") {
			t.Errorf("toolboxCall(%q) = %q, %v, want %q", test.args, name, ok, test.name)
		}
	}
}
