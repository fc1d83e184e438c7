package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
)

// secret is a declared secret.
type secret struct {
	spec engine.SecretSource
	rank int // in declared order
	decl hcl.Range
}

var secretTable = newTable(table[secret]{
	noun: "a secret",
	attrs: []attr[secret]{
		{name: "env", doc: "variable of whoever runs limber that holds the value; it or file", unset: "file", set: envName(func(s *secret) *string { return &s.spec.Env })},
		{name: "file", doc: "file of the host that holds the value; it or env", unset: "env", set: hostPath(func(s *secret) *string { return &s.spec.File })},
		forEachAttribute[secret]("secret"),
	},
	refusals: []refusal{
		noCount,
		notYet("command", "until then run the command before limber and pass its output on with env or file."),
		notYet("podman", "until then use env or file."),
		notYet("generate", "until then make a random file once, such as with openssl rand -hex 32, and use file."),
		notHere("value", "a value in the file would be no secret. Use env or file."),
		notHere("default", "a value in the file would be no secret. Use env or file."),
	},
})

// declareSecret makes the name of a secret known to expressions.
func (d *decoder) declareSecret(b *hcl.Block) {
	if first := d.declareNamed(b); first != nil {
		d.errorf(b.LabelRanges[0], sumDuplicate, "The secret %q is already declared at %s.", b.Labels[0], place(first.decl))
		d.also("first declared", first.decl)
	}
}

// addSecret takes in a top-level secret block, or an instance of one.
func (d *decoder) addSecret(b *hcl.Block) {
	s := &secret{decl: b.DefRange, rank: len(d.allSecrets)}
	s.spec.Name = d.fullName(b)
	before := len(d.diags)
	g := secretTable.decode(d, b, s)
	clean := len(d.diags) == before
	switch {
	case g["env"] != nil && g["file"] != nil:
		d.errorf(b.DefRange, sumConflict, "The secret %q has more than one source. It needs exactly one of env and file.", b.Labels[0])
	case clean && g["env"] == nil && g["file"] == nil:
		d.errorf(b.DefRange, sumMissingSource, "The secret %q needs a source: env = \"NAME\" or file = \"PATH\".", b.Labels[0])
	}
	if first := d.allSecrets[s.spec.Name]; first != nil {
		d.collision(b, s.spec.Name, first.decl)
		return
	}
	d.allSecrets[s.spec.Name], d.secrets[b.Labels[0]] = s, s
}

var envNameType = schema.Type{Form: schema.Text, Name: "name of a variable", Pattern: `^[^=\s]+$`, Example: `"DB_PASSWORD"`}

// envName sets the name of a variable of the environment.
func envName[T any](field func(*T) *string) setter[T] {
	return as(envNameType, func(a arg, into *T) {
		s, ok := a.text()
		if ok && !envNameRule.MatchString(s) {
			a.errorf(sumInvalidName, "%s must be the name of a variable, without spaces and equals signs.", a.name())
			return
		}
		if ok {
			*field(into) = s
		}
	})
}
