package hclspec

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// roots are the names that references begin with.
var roots = []string{"var", "local", "volume", "limber", "path", "secret", "init"}

var (
	limberMembers = map[string]bool{"project": true, "toolbox": true, "version": true}
	pathMembers   = map[string]bool{"module": true}
)

// checkReferences reports references to what does not exist, and those to
// what exists but has no value here. hcl would report them too, without a
// suggestion.
func (d *decoder) checkReferences(refs []hcl.Traversal) bool {
	ok := true
	for _, ref := range refs {
		ok = d.checkReference(ref) && ok
	}
	return ok
}

func (d *decoder) checkReference(ref hcl.Traversal) bool {
	switch root := ref.RootName(); root {
	case "var":
		return checkMember(d, ref, d.variables, sumUnknownReference, "Declare it with variable \"NAME\" { }.")
	case "local":
		return checkMember(d, ref, d.locals, sumUnknownReference, "Declare it in a locals block.")
	case "volume":
		return checkMember(d, ref, d.volumes, sumUnknownVolume, "Declare it with volume \"NAME\" { }.")
	case "limber":
		return checkMember(d, ref, limberMembers, sumUnknownReference, "There are limber.project, limber.toolbox and limber.version.")
	case "path":
		return checkMember(d, ref, pathMembers, sumUnknownReference, "There is path.module.")
	case "secret":
		d.errorf(ref.SourceRange(), sumSecretRef, "A secret's value is not available to expressions, so that it cannot end up where others see it. "+
			"Put a secret \"NAME\" { } block into the unit: it gives the value as a file, or with env = \"NAME\" as a variable.")
		return false
	case "init":
		d.errorf(ref.SourceRange(), sumNotYet, "Outputs of init steps (init.NAME.outputs) are not available yet. Until then let the step write a file into a volume that both units mount.")
		return false
	case "each":
		d.errorf(ref.SourceRange(), sumNotYet, "%s belongs to for_each, which is not available yet. Until then write one block for each.", root)
		return false
	default:
		d.errorf(ref.SourceRange(), sumUnknownReference, "There is nothing named %q. References begin with %s.%s", root, oneOf(roots[:5]), didYouMean(root, roots))
		return false
	}
}

// checkMember reports a reference such as var.x if x is not among the members.
func checkMember[V any](d *decoder, ref hcl.Traversal, members map[string]V, summary, remedy string) bool {
	member := memberName(ref)
	if member == "" {
		d.errorf(ref.SourceRange(), sumIncompleteRef, "%q must be followed by a dot and a name.", ref.RootName())
		return false
	}
	if _, ok := members[member]; ok {
		return true
	}
	near := didYouMean(member, slices.Sorted(maps.Keys(members)))
	d.errorf(ref.SourceRange(), summary, "There is no %s.%s. %s%s", ref.RootName(), member, remedy, near)
	return false
}

// memberName returns the second step of a reference: "x" of var.x and var["x"].
func memberName(ref hcl.Traversal) string {
	if len(ref) < 2 {
		return ""
	}
	switch step := ref[1].(type) {
	case hcl.TraverseAttr:
		return step.Name
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
			return step.Key.AsString()
		}
	}
	return ""
}
