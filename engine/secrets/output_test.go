package secrets

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestOutputsAreLinesOfNamesAndValues(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want map[string]string
		why  string
	}{
		"nothing":           {},
		"lines":             {text: "a=1\n\nb=x=y \r\nc=\nd=last", want: map[string]string{"a": "1", "b": "x=y ", "c": "", "d": "last"}},
		"the last counts":   {text: "a=1\na=2\n", want: map[string]string{"a": "2"}},
		"no equals sign":    {text: "a=1\ncanary\n", why: "line 2 of its outputs is not NAME=VALUE"},
		"no name":           {text: "=canary", why: "line 1 of its outputs is not NAME=VALUE"},
		"a zero byte":       {text: "a=\x00", why: "its outputs are not text in UTF-8"},
		"not UTF-8":         {text: "a=\xff", why: "its outputs are not text in UTF-8"},
		"just short enough": {text: "a=" + strings.Repeat("x", maxOutput-2), want: map[string]string{"a": strings.Repeat("x", maxOutput-2)}},
		"too long":          {text: "a=" + strings.Repeat("x", maxOutput-1), why: "its outputs are longer than 64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := newStore(t)
			path, err := s.PlaceOutput("w", "step")
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != outputMode {
				t.Fatalf("%v, %v", info, err)
			}
			if err := os.WriteFile(path, []byte(tc.text), 0); err != nil {
				t.Fatal(err)
			}
			got, err := s.Outputs("w", "step")
			var bad *OutputError
			if tc.why != "" {
				if !errors.As(err, &bad) || bad.Why != tc.why {
					t.Errorf("error %v, want %q", err, tc.why)
				}
				return
			}
			if err != nil || len(got) != len(tc.want) {
				t.Fatalf("%q, %v", got, err)
			}
			for name, value := range tc.want {
				if string(got[name]) != value {
					t.Errorf("%s is %q, want %q", name, got[name], value)
				}
			}
		})
	}
}

func TestOutputsAreOfOneStep(t *testing.T) {
	s, _ := newStore(t)
	for _, workflow := range []string{"w", "w2"} {
		path, err := s.PlaceOutput(workflow, "step")
		if err == nil {
			err = os.WriteFile(path, []byte("a="+workflow), 0)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DropOutputs("w"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Outputs("w", "step"); len(got) > 0 || err != nil {
		t.Errorf("dropped: %q, %v", got, err)
	}
	if got, err := s.Outputs("w2", "step"); string(got["a"]) != "w2" || err != nil {
		t.Errorf("of another workflow: %q, %v", got, err)
	}
	if _, err := s.PlaceOutput("w2", "step"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Outputs("w2", "step"); len(got) > 0 || err != nil {
		t.Errorf("of an attempt before: %q, %v", got, err)
	}
}
