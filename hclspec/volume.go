package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
)

// volume is a declared volume.
type volume struct {
	spec engine.Volume
	rank int // in declared order
	decl hcl.Range

	scratch bool
	tmpfs   bool
}

var volumeTable = newTable(table[volume]{
	noun: "a volume",
	attrs: []attr[volume]{
		{name: "host_path", doc: "a path of the host, instead of a Podman volume", unset: "none", kube: "hostPath", set: hostPath(func(v *volume) *string { return &v.spec.HostPath })},
		{name: "tmpfs", doc: "memory, gone with the workflow; { } is without a limit", unset: "none", kube: "emptyDir.medium: Memory", set: tmpfs()},
		{name: "files", doc: "a map from names to content: files that can only be read", unset: "none", kube: "configMap", set: as(schema.MapOf(textType), files)},
		{name: "mode", doc: "the permission bits of files, in octal", unset: "0644 if there are files", kube: "configMap.defaultMode", set: permissions(func(v *volume) *uint32 { return &v.spec.Mode })},
		{name: "scratch", doc: "whether it begins empty with the workflow and goes with it", def: "false", kube: "emptyDir", set: boolean(func(v *volume) *bool { return &v.scratch })},
		forEachAttribute[volume]("volume"),
	},
	refusals: []refusal{
		noCount,
		notHere("path", "a mount \"NAME\" { path = … } block of a unit says where it appears in a container; host_path is where it is on the host."),
		notHere("size", "only memory has a size: tmpfs = { size = \"64Mi\" }."),
	},
})

func hostPath[T any](field func(*T) *string) setter[T] {
	return as(pathType, func(a arg, into *T) {
		s, ok := a.text()
		switch {
		case !ok:
		case s == "":
			a.errorf(sumBadValue, "%s must not be empty.", a.name())
		default:
			*field(into) = within(a.d.dirs[a.attr.Range.Filename], s)
		}
	})
}

// tmpfs is an object whose mere presence counts.
func tmpfs() setter[volume] {
	items := object(
		attr[volume]{name: "size", doc: "the most that it may hold", unset: "half of the host's memory", kube: "sizeLimit", set: byteSize(func(v *volume) *int64 { return &v.spec.Size })},
	)
	return as(items.ty, func(a arg, into *volume) {
		into.tmpfs = true
		items.take(a, into)
	})
}

// declareVolume makes a volume block known to expressions.
func (d *decoder) declareVolume(b *hcl.Block) {
	if first := d.declareNamed(b); first != nil {
		d.errorf(b.LabelRanges[0], sumDuplicate, "The volume %q is already declared at %s.", b.Labels[0], place(first.decl))
		d.also("first declared", first.decl)
	}
}

// addVolume takes in a volume block, or an instance of one.
func (d *decoder) addVolume(b *hcl.Block) {
	name := d.fullName(b)
	v := &volume{rank: len(d.allVolumes), decl: b.DefRange}
	g := volumeTable.decode(d, b, v)
	v.spec.Name, v.spec.Kind = name, engine.VolumeNamed
	kinds := 0
	for _, k := range []struct {
		kind engine.VolumeKind
		on   bool
	}{
		{engine.VolumeHost, g["host_path"] != nil},
		{engine.VolumeTmpfs, v.tmpfs},
		{engine.VolumeFiles, g["files"] != nil},
		{engine.VolumeScratch, v.scratch},
	} {
		if k.on {
			v.spec.Kind = k.kind
			kinds++
		}
	}
	if kinds > 1 {
		d.errorf(b.DefRange, sumConflict, "The volume %q can be one of host_path, tmpfs, files and scratch. Leave out the others.", b.Labels[0])
	}
	v.finishFiles(d, g)
	if first := d.allVolumes[name]; first != nil {
		d.collision(b, name, first.decl)
		return
	}
	d.allVolumes[name], d.volumes[b.Labels[0]] = v, v
}
