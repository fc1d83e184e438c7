package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
)

const (
	secretDir         = "/run/secrets/"
	defaultSecretMode = 0o400
)

// secretUse is a secret block of a unit.
type secretUse struct {
	spec engine.SecretUse
	decl hcl.Range
	at   hcl.Range // of the path or variable
	pick pick
	full string  // see pick
	of   *secret // what validateSecrets finds
}

var secretUseTable = newTable(table[secretUse]{
	noun: "a unit's secret",
	attrs: []attr[secretUse]{
		{name: "secret", doc: "which secret it is, if not the one that the label names: secret.NAME.name", unset: "the label", set: fullNameOf(func(s *secretUse) *string { return &s.full })},
		{name: "path", doc: "the file that holds the value", unset: "/run/secrets/NAME", kube: "mountPath", set: containerPath(func(s *secretUse) *string { return &s.spec.Path })},
		{name: "mode", doc: "the file's permission bits, in octal", def: "0400", kube: "defaultMode", set: permissions(func(s *secretUse) *uint32 { return &s.spec.Mode })},
		{name: "uid", doc: "the file's owner", unset: "the unit's user", set: identity(func(s *secretUse) **int { return &s.spec.UID })},
		{name: "gid", doc: "the file's group", unset: "the unit's group", kube: "fsGroup", set: identity(func(s *secretUse) **int { return &s.spec.GID })},
		{name: "env", doc: "a variable that holds the value, instead of a file", unset: "a file", kube: "env.valueFrom.secretKeyRef", set: envName(func(s *secretUse) *string { return &s.spec.Env })},
	},
	refusals: []refusal{
		notHere("file", "the source belongs into the secret block at the top of the file; path says where the value appears in the container."),
		notHere("command", "the source belongs into the secret block at the top of the file."),
	},
})

// addSecretUse takes in a secret block of a unit.
func addSecretUse(d *decoder, b *hcl.Block, u *unit) {
	s := secretUse{decl: b.DefRange}
	g := secretUseTable.decode(d, b, &s)
	s.pick = pickOf(b, g, "secret", s.full)
	s.at = g.at("path", g.at("env", b.DefRange))
	if g["env"] == nil {
		if s.spec.Path == "" {
			s.spec.Path = secretDir + b.Labels[0]
		}
		if s.spec.Mode == 0 {
			s.spec.Mode = defaultSecretMode
		}
	}
	for _, name := range []string{"path", "mode", "uid", "gid"} {
		if g["env"] != nil && g[name] != nil {
			d.errorf(g[name].NameRange, sumConflict, "%s belongs to a file, and env puts the value into a variable instead. Use one of them.", name)
		}
	}
	u.secrets = append(u.secrets, s)
}
