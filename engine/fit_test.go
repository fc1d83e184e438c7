package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFit(t *testing.T) {
	named := func(name, text string) Workflow {
		w := claiming(t, text)
		w.Name = name
		return w
	}
	shop := named("shop", "sidecar db 100/1073741824 0/0; init migrate 200/0 0/0; service api 1500/536870912 0/0; service web 0/0 0/0")
	small := named("small", "service a 100/1048576 0/0")
	jobs := named("jobs", "init build 1900/0 0/0; service b 1/0 0/0")
	own := named("own", "workflow 0/3221225472 0/0; service a 0/1 0/0")
	none := named("none", "service a 0/0 0/0")

	machine := Amounts{CPU: 2000, Memory: 2<<30 - 4096}
	for _, c := range []struct {
		name          string
		machine       Amounts
		begin, beside []Workflow
		want          string // "": it fits
	}{
		{"one that fits", machine, []Workflow{shop}, nil, ""},
		{"just", Amounts{CPU: 1600, Memory: 1536 << 20}, []Workflow{shop}, nil, ""},
		{
			"one that does not",
			Amounts{CPU: 1599, Memory: 8 << 30},
			[]Workflow{shop},
			nil,
			"not enough cpu: 1600m is requested, and this machine has 1599m:\n" +
				"  workflow shop: 1600m = sidecar/db 100m + service/api 1500m\n" +
				"Lower requests.cpu of these units (or limits.cpu, which is the request where there is none), or run it on a larger machine.",
		},
		{
			"two at once, each of which would", machine,
			[]Workflow{shop, none, jobs},
			nil,
			"not enough cpu: 3500m is requested, and this machine has 2:\n" +
				"  workflow shop: 1600m = sidecar/db 100m + service/api 1500m\n" +
				"  workflow jobs: 1900m = init/build 1900m\n" +
				"Lower requests.cpu of these units (or limits.cpu, which is the request where there is none), or run it on a larger machine.",
		},
		{
			"one beside others", machine,
			[]Workflow{small},
			[]Workflow{none, jobs, shop},
			"not enough cpu: 3600m is requested, and this machine has 2:\n" +
				"  workflow small: 100m = service/a 100m\n" +
				"  workflow jobs: 1900m = init/build 1900m (it runs already)\n" +
				"  workflow shop: 1600m = sidecar/db 100m + service/api 1500m (it runs already)\n" +
				"Lower requests.cpu of these units (or limits.cpu, which is the request where there is none), or stop a workflow that runs: limber stop NAME.",
		},
		{
			"both resources",
			Amounts{CPU: 50, Memory: 2<<30 - 4096},
			[]Workflow{small, own},
			nil,
			"not enough cpu: 100m is requested, and this machine has 50m:\n" +
				"  workflow small: 100m = service/a 100m\n" +
				"Lower requests.cpu of these units (or limits.cpu, which is the request where there is none), or run it on a larger machine.\n" +
				"not enough memory: 3073Mi is requested, and this machine has 2097148Ki (2.0Gi):\n" +
				"  workflow small: 1Mi = service/a 1Mi\n" +
				"  workflow own: 3Gi = what its own resources block requests\n" +
				"Lower requests.memory of these units (or limits.memory, which is the request where there is none), or run it on a larger machine.",
		},
		{"nothing is requested beside too much", machine, []Workflow{none}, []Workflow{shop, jobs}, ""},
		{"nothing of what lacks", machine, []Workflow{own}, []Workflow{jobs, named("more", "service a 200/0 0/0")}, "not enough memory: 3Gi is requested, and this machine has 2097148Ki (2.0Gi):\n" +
			"  workflow own: 3Gi = what its own resources block requests\n" +
			"Lower requests.memory of these units (or limits.memory, which is the request where there is none), or run it on a larger machine."},
		{"a machine that nobody knows", Amounts{}, []Workflow{shop, jobs}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := Fit(c.machine, c.begin, c.beside); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
