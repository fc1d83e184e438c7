package engine

import "testing"

func TestAmountsAsKubernetesPrintsThem(t *testing.T) {
	for _, c := range []struct {
		resource Resource
		amount   int64
		want     string
	}{
		{CPU, 0, "0"},
		{CPU, 1, "1m"},
		{CPU, 250, "250m"},
		{CPU, 1000, "1"},
		{CPU, 1500, "1500m"},
		{CPU, 64_000, "64"},
		{CPU, 2_000_000, "2k"},
		{CPU, mostAmount, "9223372036854775807m"},
		{Memory, 0, "0"},
		{Memory, 1, "1"},
		{Memory, 1023, "1023"},
		{Memory, 128 << 20, "128Mi"},
		{Memory, 1536 << 20, "1536Mi"},
		{Memory, 4 << 30, "4Gi"},
		{Memory, 1 << 60, "1Ei"},
		{Memory, 1000 << 10, "1000Ki"}, // not 1024k
		{Memory, 500e6, "500M"},
		{Memory, 1e12, "1T"}, // not 976562500Ki
		{Memory, 25276514304, "24684096Ki"},
		{Memory, mostAmount, "9223372036854775807"},
	} {
		if got := c.resource.Format(c.amount); got != c.want {
			t.Errorf("%s %d is printed %q, want %q", c.resource, c.amount, got, c.want)
		}
	}
}

func TestSumsDoNotOverflow(t *testing.T) {
	for _, c := range [][3]int64{{1, 2, 3}, {mostAmount, 0, mostAmount}, {mostAmount - 1, 1, mostAmount}, {mostAmount, 1, mostAmount}, {mostAmount, mostAmount, mostAmount}} {
		if got := add(c[0], c[1]); got != c[2] {
			t.Errorf("%d + %d = %d, want %d", c[0], c[1], got, c[2])
		}
	}
}
