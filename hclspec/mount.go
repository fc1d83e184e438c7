package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/hclspec/schema"
	"github.com/limber-run/limber/runtime"
)

// mount is a mount block of a unit.
type mount struct {
	spec runtime.Mount
	decl hcl.Range
	at   hcl.Range // of the path
	pick pick
	full string    // see pick
	of   *volume   // what validateMounts finds
	sub  hcl.Range // of what of the volume is mounted
	// access is what says whether it can only be read; nil: nothing.
	access *hcl.Attribute
}

var mountTable = newTable(table[mount]{
	noun: "a mount",
	attrs: []attr[mount]{
		{name: "path", doc: "where the volume appears in the container", required: true, kube: "mountPath", set: containerPath(func(m *mount) *string { return &m.spec.Target })},
		{name: "volume", doc: "which volume it is, if not the one that the label names: volume.NAME.name, or volume.NAME[\"KEY\"].name if that has for_each", unset: "the label", set: fullNameOf(func(m *mount) *string { return &m.full })},
		{name: "sub_path", doc: "a file or directory of the volume that appears instead of all of it; a directory that is missing is made", unset: "all of it", kube: "subPath", set: as(schema.Type{Form: schema.Text, Name: "path in the volume", Example: `"app/current"`}, subPath)},
		{name: "read_only", doc: "whether it can only be read", def: "false", kube: "readOnly", set: boolean(func(m *mount) *bool { return &m.spec.ReadOnly })},
	},
	refusals: []refusal{
		notHere("target", "it is called path here."),
		notHere("source", "the label is the name of the volume, which a volume block at the top of the file declares."),
		notHere("host_path", "declare a volume with host_path at the top of the file and mount it by its name."),
	},
})

func subPath(a arg, m *mount) {
	m.sub = a.attr.Expr.Range()
	name, ok := a.text()
	if !ok {
		return
	}
	clean, why := relative(name)
	if why != "" {
		a.errorf(sumBadValue, "sub_path is a path within the volume: %s.", why)
	}
	m.spec.SubPath = clean
}

// addMount takes in a mount block.
func addMount(d *decoder, b *hcl.Block, u *unit) {
	m := mount{decl: b.DefRange}
	m.spec.Kind = runtime.MountVolume
	g := mountTable.decode(d, b, &m)
	m.pick = pickOf(b, g, "volume", m.full)
	m.at, m.access = g.at("path", b.DefRange), g["read_only"]
	if m.spec.Target == "/" {
		d.errorf(m.at, sumBadValue, "A volume cannot be mounted over the whole container. Use a directory such as \"/data\".")
	}
	u.mounts = append(u.mounts, m)
}
