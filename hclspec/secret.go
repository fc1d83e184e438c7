package hclspec

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
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
		{name: "env", doc: "variable of whoever runs limber that holds the value", set: envName(func(s *secret) *string { return &s.spec.Env })},
		{name: "file", doc: "file of the host that holds the value", set: hostPath(func(s *secret) *string { return &s.spec.File })},
	},
	refusals: []refusal{
		notYet("command", "until then run the command before limber and pass its output on with env or file."),
		notYet("podman", "until then use env or file."),
		notYet("generate", "until then make a random file once, such as with openssl rand -hex 32, and use file."),
		notHere("value", "a value in the file would be no secret. Use env or file."),
		notHere("default", "a value in the file would be no secret. Use env or file."),
	},
})

// addSecret takes in a top-level secret block.
func (d *decoder) addSecret(b *hcl.Block) {
	s := &secret{decl: b.DefRange, rank: len(d.secrets)}
	s.spec.Name = d.name(b)
	before := len(d.diags)
	g := secretTable.decode(d, b, s)
	clean := len(d.diags) == before
	if first, again := d.secrets[s.spec.Name]; again {
		d.errorf(b.LabelRanges[0], sumDuplicate, "The secret %q is already declared at %s.", s.spec.Name, place(first.decl))
		return
	}
	d.secrets[s.spec.Name] = s
	switch {
	case g["env"] != nil && g["file"] != nil:
		d.errorf(b.DefRange, sumConflict, "The secret %q has more than one source. It needs exactly one of env and file.", s.spec.Name)
	case clean && s.spec.Env == "" && s.spec.File == "":
		d.errorf(b.DefRange, sumMissingSource, "The secret %q needs a source: env = \"NAME\" or file = \"PATH\".", s.spec.Name)
	}
}

// envName sets the name of a variable of the environment.
func envName[T any](field func(*T) *string) func(arg, *T) {
	return func(a arg, into *T) {
		s, ok := a.text()
		if ok && !envNameRule.MatchString(s) {
			a.errorf(sumInvalidName, "%s must be the name of a variable, without spaces and equals signs.", a.name())
			return
		}
		if ok {
			*field(into) = s
		}
	}
}
