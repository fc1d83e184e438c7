package runtimetest

import (
	"maps"
	"slices"

	"github.com/limber-run/limber/runtime"
)

var (
	listTests = []test{
		{"list has the containers with all labels, ended ones too, oldest first", testList},
		{"list of what nothing carries is empty", testListNone},
		{"inspect finds by ID and by name", testInspect},
		{"inspect does not find what is not there", testInspectMissing},
	}
	removeTests = []test{
		{"remove removes in every state", testRemove},
		{"remove removes by name", testRemoveByName},
		{"remove of what is not there is no error", testRemoveMissing},
		{"a name is free after remove", testRemoveFreesName},
	}
)

func testList(b *bench) {
	ended, _ := b.run(b.spec("exit", "3"))
	running := b.running(b.spec("pause"))
	other := b.spec("true")
	other.Labels = map[string]string{"limber.test": b.prefix + "-other"}
	defer func() { b.check(b.Remove(b.ctx, other.Name)) }()
	b.prepare(other)
	marked := b.spec("true")
	marked.Labels["limber.mark"] = ""
	prepared := b.prepare(marked)

	b.wantList(b.labels, ended, running, prepared)
	more := maps.Clone(b.labels)
	more["limber.mark"] = ""
	b.wantList(more, prepared)

	found, err := b.List(b.ctx, b.labels)
	b.check(err)
	if found[0].State != runtime.Exited || found[0].Exit.Code != 3 || found[1].State != runtime.Running || found[2].State != runtime.Prepared {
		b.Fatalf("list = %+v", found)
	}
}

func (b *bench) wantList(labels map[string]string, want ...string) {
	b.Helper()
	found, err := b.List(b.ctx, labels)
	b.check(err)
	var got []string
	for _, c := range found {
		got = append(got, c.ID)
	}
	if !slices.Equal(got, want) {
		b.Fatalf("list of %v = %q, want %q", labels, got, want)
	}
}

func testListNone(b *bench) { b.wantList(b.labels) }

func testInspect(b *bench) {
	spec := b.spec("true")
	spec.Labels["limber.unit"] = "step/one"
	id := b.prepare(spec)
	for _, key := range []string{id, spec.Name} {
		c := b.inspect(key)
		if c.ID != id || c.Name != spec.Name || c.Image != spec.Image || c.State != runtime.Prepared {
			b.Fatalf("inspect %s = %+v", key, c)
		}
		if c.Labels["limber.unit"] != "step/one" || c.Labels["limber.test"] != b.prefix {
			b.Fatalf("labels = %v", c.Labels)
		}
	}
}

func testInspectMissing(b *bench) {
	_, err := b.Inspect(b.ctx, b.name())
	b.wantError("inspect", err, runtime.ErrNotFound)
}

func testRemove(b *bench) {
	ended, _ := b.run(b.spec("true"))
	for _, id := range []string{b.prepare(b.spec("true")), b.running(b.spec("deaf")), ended} {
		b.check(b.Remove(b.ctx, id))
		_, err := b.Inspect(b.ctx, id)
		b.wantError("inspect", err, runtime.ErrNotFound)
		b.check(b.Remove(b.ctx, id))
	}
}

func testRemoveByName(b *bench) {
	spec := b.spec("true")
	b.prepare(spec)
	b.check(b.Remove(b.ctx, spec.Name))
	b.wantList(b.labels)
}

func testRemoveMissing(b *bench) { b.check(b.Remove(b.ctx, b.name())) }

func testRemoveFreesName(b *bench) {
	spec := b.spec("true")
	first, _ := b.run(spec)
	b.check(b.Remove(b.ctx, first))
	second, exit := b.run(spec)
	b.wantCode(exit, 0)
	if first == second {
		b.Fatalf("both are %s", first)
	}
}
