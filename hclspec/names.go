package hclspec

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

const (
	maxName  = 63
	maxPort  = 65535
	maxCount = math.MaxInt32
	maxID    = math.MaxUint32 - 1 // the last one means "none" to the kernel
)

var (
	nameRule     = regexp.MustCompile(`^[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`)
	notInName    = regexp.MustCompile(`[^-_a-z0-9]+`)
	envNameRule  = regexp.MustCompile(`^[^=\x00\s]+$`)
	nameRuleText = "Names have lower-case letters, digits, dashes and underscores, begin and end with a letter or digit, and have 63 characters at most."
)

// ValidName reports whether a project, workflow, unit, volume or secret may be
// called so.
func ValidName(name string) bool { return len(name) <= maxName && nameRule.MatchString(name) }

// name returns a block's label and reports it if it is not a valid name.
func (d *decoder) name(b *hcl.Block) string {
	name := b.Labels[0]
	if !ValidName(name) {
		hint := ""
		if better := sanitize(name); better != "" {
			hint = fmt.Sprintf(" Did you mean %q?", better)
		}
		d.errorf(b.LabelRanges[0], sumInvalidName, "%q is not a valid name of a %s. %s%s", name, b.Type, nameRuleText, hint)
	}
	return name
}

// fullName returns the name that a block has in the whole project.
func (d *decoder) fullName(b *hcl.Block) string {
	name := d.name(b)
	full := d.prefix + name
	if ValidName(name) && !ValidName(full) {
		d.errorf(b.LabelRanges[0], sumInvalidName, "The name of a %s in a module follows that of the module, and %q is too long: names have %d characters at most.", b.Type, full, maxName)
	}
	return full
}

// collision reports a block of which another one has the name already.
func (d *decoder) collision(b *hcl.Block, name string, first hcl.Range) {
	how := ""
	if d.prefix != "" || d.isIterator(eachName) || d.dirs[first.Filename] != d.dirs[b.DefRange.Filename] {
		how = " Names of what a module declares begin with the module's, and keys of for_each follow the block's."
	}
	d.errorf(b.LabelRanges[0], sumDuplicate, "The %s %q is already declared at %s.%s", b.Type, name, place(first), how)
	d.also("first declared", first)
}

// declareNamed makes secret.NAME or volume.NAME known to expressions. If there
// is such a block already it returns the first.
func (d *decoder) declareNamed(b *hcl.Block) (first *node) {
	n := &node{root: b.Type, name: b.Labels[0], decl: b.DefRange}
	forEach := forEachOf(b.Body)
	n.evaluate = func() cty.Value { return d.nameValue(b.Labels[0]) }
	if forEach != nil {
		n.exprs, n.several = []hcl.Expression{forEach.Expr}, true
		n.evaluate = func() cty.Value { return d.nameValues(b, forEach) }
	}
	if d.nodes.add(n) {
		return nil
	}
	if first = d.nodes[n.title()]; first.several || n.several {
		return first
	}
	return nil // their names collide as well
}

// nameValue is what secret.NAME or volume.NAME stands for.
func (d *decoder) nameValue(name string) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(d.prefix + name)})
}

// nameValues is what it stands for if the block has for_each: a map.
func (d *decoder) nameValues(b *hcl.Block, forEach *hcl.Attribute) cty.Value {
	elements, ok := d.instances(b, forEach)
	if !ok {
		return cty.DynamicVal
	}
	values := map[string]cty.Value{}
	for _, e := range elements {
		values[e.key.AsString()] = d.nameValue(instanceName(b.Labels[0], e.key.AsString()))
	}
	if len(values) == 0 {
		return cty.MapValEmpty(d.nameValue("").Type())
	}
	return cty.MapVal(values)
}

// NameOfDir is the name of the project in dir, if none is given.
func NameOfDir(dir string) string { return cmp.Or(sanitize(filepath.Base(dir)), "project") }

// sanitize makes a valid name of any text, or "" if nothing is left of it.
func sanitize(text string) string {
	name := notInName.ReplaceAllString(strings.ToLower(text), "-")
	name = strings.Trim(name, "-_")
	if len(name) > maxName {
		name = strings.Trim(name[:maxName], "-_")
	}
	return name
}

// interval prints the bounds of a whole number.
func interval(least, most int64) string {
	if most >= maxCount {
		return fmt.Sprintf("of at least %d", least)
	}
	return fmt.Sprintf("from %d to %d", least, most)
}
