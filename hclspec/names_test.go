package hclspec

import "testing"

func TestNameOfDir(t *testing.T) {
	tests := []struct{ dir, want string }{
		{"/src/shop", "shop"},
		{"/src/My Shop.v2", "my-shop-v2"},
		{"/src/_x_", "x"},
		{"/src/ü", "project"},
		{"/", "project"},
	}
	for _, test := range tests {
		got := NameOfDir(test.dir)
		if got != test.want {
			t.Errorf("NameOfDir(%q) = %q, want %q", test.dir, got, test.want)
		}
		if !ValidName(got) {
			t.Errorf("NameOfDir(%q) = %q, which is not a valid name", test.dir, got)
		}
	}
}
