package hclspec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// hint returns a proposal for a value that is written in the attribute. What a
// reference leads to is written elsewhere, and shown with it.
func (a arg) hint(proposal string) string {
	if len(a.attr.Expr.Variables()) > 0 {
		return ""
	}
	return proposal
}

// meantInstead proposes a value of a type, as a question that begins with a
// space; "" if none is near.
func (a arg) meantInstead(ty cty.Type) string {
	if a.val.IsNull() || a.val.Type() != cty.String || len(a.val.AsString()) > 40 {
		return ""
	}
	text := a.val.AsString()
	switch {
	case ty == cty.Bool && constants[strings.ToLower(text)] != "" && constants[strings.ToLower(text)] != "null":
		return fmt.Sprintf(" Did you mean %s?", constants[strings.ToLower(text)])
	case ty.IsListType() && text != "":
		return fmt.Sprintf(" Did you mean [%q]?", text)
	}
	return ""
}

var numberAndUnit = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)$`)

var durationUnits = map[string]string{
	"": "s", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
	"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
	"h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
	"ms": "ms", "msec": "ms", "milliseconds": "ms",
}

const hoursOfDay = 24

// meantDuration proposes a duration for what is none.
func meantDuration(text string) string {
	m := numberAndUnit.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	unit := strings.ToLower(m[2])
	if days, err := strconv.Atoi(m[1]); err == nil && (unit == "d" || unit == "day" || unit == "days") {
		return fmt.Sprintf(" Did you mean \"%dh\"?", days*hoursOfDay)
	}
	if known, ok := durationUnits[unit]; ok {
		return fmt.Sprintf(" Did you mean %q?", m[1]+known)
	}
	return ""
}

var sizeUnits = map[string]string{
	"b": "", "kb": "k", "kib": "Ki", "ki": "Ki", "mb": "M", "mib": "Mi", "mi": "Mi", "gb": "G", "gib": "Gi", "gi": "Gi", "g": "G",
	"tb": "T", "tib": "Ti", "ti": "Ti", "t": "T", "m": "M",
}

// meantSize proposes a size for what is none.
func meantSize(text string) string {
	m := numberAndUnit.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	if unit, ok := sizeUnits[strings.ToLower(m[2])]; ok {
		return fmt.Sprintf(" Did you mean %q?", m[1]+unit)
	}
	return ""
}

// meantCores proposes a number of cores for what is none.
func meantCores(text string) string {
	m := numberAndUnit.FindStringSubmatch(text)
	if m != nil && m[2] != "" && strings.Contains("core cores cpu cpus vcpu vcpus", strings.ToLower(m[2])) {
		return fmt.Sprintf(" Did you mean %q?", m[1])
	}
	return ""
}
