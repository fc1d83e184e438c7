package hclspec

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// roots are the names that references begin with, the usual ones first.
var roots = []string{"var", "local", "each", "module", "volume", "secret", "limber", "path", "init"}

// The members of the roots that have always the same.
var (
	iteratorMembers = []string{"key", "value"}
	limberMembers   = []string{"project", "toolbox", "version"}
	pathMembers     = []string{"cwd", "module", "root"}
)

// remedies say how a member that is not there comes to be.
var remedies = map[string]string{
	"var":    "Declare it with variable \"NAME\" { }.",
	"local":  "Declare it in a locals block.",
	"volume": "Declare it with volume \"NAME\" { } at the top of the file.",
	"secret": "Declare it with secret \"NAME\" { … } at the top of the file.",
	"module": "Call it with module \"NAME\" { source = … }.",
	"limber": "There are limber.project, limber.toolbox and limber.version.",
	"path":   "There are path.module, the directory of this file; path.root, that of the project's first file; and path.cwd, the working directory.",
}

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
	root := ref.RootName()
	if d.isIterator(root) {
		return d.checkMember(ref, iteratorMembers, sumUnknownReference, fmt.Sprintf("There are %s.key and %s.value.", root, root))
	}
	switch root {
	case "var":
		_, ok := d.variables[memberName(ref)]
		return ok || d.checkMember(ref, namesOf(d.variables), sumUnknownReference, remedies[root])
	case "local", "module", "secret", "volume":
		return d.checkNode(ref)
	case "limber":
		return d.checkMember(ref, limberMembers, sumUnknownReference, remedies[root])
	case "path":
		return d.checkMember(ref, pathMembers, sumUnknownReference, remedies[root])
	case stepRoot:
		d.errorf(ref.SourceRange(), sumNotAllowed, "Outputs of init steps are known only when the step has ended. The units after it can have them in command, args, working_dir and env; write the reference there.")
	case eachName:
		d.errorf(ref.SourceRange(), sumUnknownReference, "each.key and each.value are there in a block with for_each, and this is in none. Write for_each = toset([\"a\", \"b\"]) into the unit, volume, secret or module.")
	case "count":
		d.errorf(ref.SourceRange(), sumUnknownReference, "There is no count: %s", noCount.detail)
	default:
		d.errorf(ref.SourceRange(), sumUnknownReference, "There is nothing named %q. %s", root, d.meantByRoot(ref))
	}
	return false
}

// constants are words of other languages for those of HCL.
var constants = map[string]string{
	"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
	"null": "null", "nil": "null", "none": "null", "undefined": "null",
}

// meantByRoot says what a reference to nothing may have been meant for.
func (d *decoder) meantByRoot(ref hcl.Traversal) string {
	root := ref.RootName()
	near := nearest(root, roots)
	constant, isConstant := constants[strings.ToLower(root)]
	switch {
	case len(ref) > 1 || near != "":
		return fmt.Sprintf("References begin with %s.%s", oneOf(roots), didYouMean(root, roots))
	case d.inTemplate(ref.SourceRange()):
		return fmt.Sprintf("In text ${ begins a reference, such as ${var.x}. For a variable of a shell in the container write $${%s}; env(%q) is one of whoever runs limber.", root, root)
	case isConstant:
		return fmt.Sprintf("Did you mean %s?", constant)
	}
	return fmt.Sprintf("If it is text, write it in double quotes: %q. References begin with %s.", root, oneOf(roots))
}

// inTemplate reports whether ${ comes before a range.
func (d *decoder) inTemplate(rng hcl.Range) bool {
	text := d.text(rng.Filename)
	if !rng.CanSliceBytes(text) {
		return false
	}
	before := bytes.TrimRight(text[:rng.Start.Byte], " ~")
	return bytes.HasSuffix(before, []byte("${"))
}

// checkMember reports a reference such as path.x if x is not among the members.
func (d *decoder) checkMember(ref hcl.Traversal, members []string, summary, remedy string) bool {
	member := memberName(ref)
	if member == "" {
		d.errorf(ref.SourceRange(), sumIncompleteRef, "%q must be followed by a dot and a name.", ref.RootName())
		return false
	}
	if slices.Contains(members, member) {
		return true
	}
	d.errorf(ref.SourceRange(), summary, "There is no %s.%s. %s%s", ref.RootName(), member, remedy, didYouMean(member, members))
	return false
}

// checkNode reports a reference to a local, module, secret or volume that is
// not declared, or that has no value yet, or that asks for what it has not.
func (d *decoder) checkNode(ref hcl.Traversal) bool {
	root := ref.RootName()
	n := d.nodes.member(ref)
	_, known := d.names[root]
	switch {
	case n == nil && root == "secret":
		return d.noSecretValue(ref)
	case n == nil && root == "volume":
		return d.checkMember(ref, d.nodes.names(root), sumUnknownVolume, remedies[root])
	case n == nil:
		return d.checkMember(ref, d.nodes.names(root), sumUnknownReference, remedies[root])
	case !known && d.scope == nil:
		d.errorf(ref.SourceRange(), sumNotAllowed, "A validation can use variables alone, because nothing else has a value yet.")
		return false
	case root == "secret" || root == "volume":
		return d.checkName(ref, n)
	case root == "module":
		return d.checkOutput(ref, n)
	}
	return true
}

// checkOutput reports a reference to an output or instance that a module does
// not have.
func (d *decoder) checkOutput(ref hcl.Traversal, n *node) bool {
	if n.several {
		return d.checkPart(ref, n, "instance")
	}
	return d.checkPart(ref, n, "output")
}

// checkPart reports a reference whose third step leads to nothing.
func (d *decoder) checkPart(ref hcl.Traversal, n *node, what string) bool {
	if len(ref) < 3 || stepName(ref[2]) == "" || !n.value.IsKnown() {
		return true
	}
	parts, part := namesOf(n.value.AsValueMap()), stepName(ref[2])
	if slices.Contains(parts, part) {
		return true
	}
	d.errorf(ref.SourceRange(), sumUnknownReference, "%s has no %s %q.%s", n.title(), what, part, didYouMean(part, parts))
	return false
}

// checkName reports a reference that asks a secret or volume for anything but
// its name.
func (d *decoder) checkName(ref hcl.Traversal, n *node) bool {
	rest := ref[2:]
	if n.several && len(rest) == 0 { // for its keys, or with an index that is an expression
		return true
	}
	if n.several {
		if _, ok := rest[0].(hcl.TraverseIndex); !ok {
			d.errorf(ref.SourceRange(), sumIncompleteRef, "%s has for_each, so there are several. Write %s[\"KEY\"].name, or %s[each.key].name.", n.title(), n.title(), n.title())
			return false
		}
		if !d.checkPart(ref, n, "instance") {
			return false
		}
		rest = rest[1:]
	}
	switch {
	case len(rest) > 0 && stepName(rest[0]) == "name":
		return true
	case n.root == "secret":
		return d.noSecretValue(ref)
	case len(rest) == 0:
		return true
	}
	d.errorf(ref.SourceRange(), sumUnknownReference, "A volume has a name, and nothing else that can be referred to: write .name instead of .%s.", stepName(rest[0]))
	return false
}

func (d *decoder) noSecretValue(ref hcl.Traversal) bool {
	d.errorf(ref.SourceRange(), sumSecretRef, "A secret's value is not available to expressions, so that it cannot end up where others see it; only secret.NAME.name is. "+
		"Put a secret \"NAME\" { } block into the unit: it gives the value as a file, or with env = \"NAME\" as a variable.")
	return false
}

// memberName returns the second step of a reference: "x" of var.x and var["x"].
func memberName(ref hcl.Traversal) string {
	if len(ref) < 2 {
		return ""
	}
	return stepName(ref[1])
}
