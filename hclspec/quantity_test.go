package hclspec

import (
	"maps"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestParseQuantity(t *testing.T) {
	tests := map[string]int64{
		"1": 1000, "250m": 250, "0.5": 500, ".5": 500, "0.0001": 1, "1k": 1e6, "1Ki": 1024e3, "2Mi": 2 << 20 * 1000,
		"1.5G": 1.5e12, "0": 0,
	}
	for text, want := range tests {
		if got, ok := parseQuantity(text, 1000); !ok || got != want {
			t.Errorf("parseQuantity(%q) = %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "m", "-1", "+1", "1e3", "1MB", "1 Mi", "1.2.3", "0x10", "1/2", "9E9E", "100E", "1_0", "∞"} {
		if got, ok := parseQuantity(text, 1000); ok {
			t.Errorf("parseQuantity(%q) = %d, want none", text, got)
		}
	}
}

func TestParseEnv(t *testing.T) {
	tests := map[string]struct {
		text string
		want map[string]string
		err  string
	}{
		"windows lines and a mark":   {"\ufeffA=1\r\nB=2\r\n", map[string]string{"A": "1", "B": "2"}, ""},
		"no end of line":             {"A=1", map[string]string{"A": "1"}, ""},
		"the last one wins":          {"A=1\nA=2\n", map[string]string{"A": "2"}, ""},
		"equals signs in the value":  {"A=b=c\n", map[string]string{"A": "b=c"}, ""},
		"quotes in the middle":       {"A=b'c'\n", map[string]string{"A": "b'c'"}, ""},
		"a comment for a value":      {"A= # none\n", map[string]string{"A": ""}, ""},
		"dollars":                    {"A=$B\nB=\"$A\"\nC='${A}'", map[string]string{"A": "$B", "B": "$A", "C": "${A}"}, ""},
		"an unknown escape":          {`A="\q\"` + "\"", map[string]string{"A": `\q"`}, ""},
		"no equals sign":             {"A=1\n\nB\n", map[string]string{"A": "1"}, "3: a line must be NAME=value, a comment or empty"},
		"a bad name":                 {"1A=1\n", nil, "1: a line must be NAME=value, a comment or empty"},
		"a name without value's end": {"A=1\nB=\"x\nC=1\n", map[string]string{"A": "1"}, "2: a quote is opened and not closed"},
		"text after a quote":         {"A='x' y\n", nil, "1: nothing but a comment may follow the closing quote"},
		"a line after long quotes":   {"A='x\ny\n'\nB\n", map[string]string{"A": "x\ny\n"}, "4: a line must be NAME=value, a comment or empty"},
		"not text":                   {"A=\xff", nil, "1: this is not UTF-8 text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			err := parseEnv(test.text, got)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if message != test.err {
				t.Errorf("error %q, want %q", message, test.err)
			}
			if diff := gocmp.Diff(maps.Clone(test.want), got); diff != "" && len(test.want)+len(got) > 0 {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
