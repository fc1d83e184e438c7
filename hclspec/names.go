package hclspec

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
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
