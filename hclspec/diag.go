package hclspec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
)

// The summaries of this package's diagnostics. They are constant, so that
// tools and searches can rely on them; what differs is in the detail.
const (
	sumAmbiguousPort      = "Ambiguous port"
	sumBadValue           = "Invalid value"
	sumBadTypeSpec        = "Invalid type"
	sumBadJSON            = "Invalid JSON"
	sumBrace              = "Brackets do not match"
	sumComment            = "Comment not closed"
	sumConflict           = "Conflicting settings"
	sumCycle              = "Declarations refer to each other"
	sumDependsOnItself    = "Dependency on itself"
	sumDuplicate          = "Duplicate declaration"
	sumDuplicatePath      = "Duplicate mount path"
	sumDuplicatePort      = "Duplicate host port"
	sumEmptyWorkflow      = "Nothing to run"
	sumForEach            = "Invalid for_each"
	sumEscape             = "Invalid escape"
	sumExtraComma         = "Comma too many"
	sumExtraEquals        = "Equals sign too many"
	sumExtraQuotes        = "Quotes too many"
	sumHeredoc            = "Text of several lines not closed"
	sumIncomplete         = "Incomplete line"
	sumIncompleteRef      = "Incomplete reference"
	sumInvalidDuration    = "Invalid duration"
	sumInvalidName        = "Invalid name"
	sumInvalidQuantity    = "Invalid quantity"
	sumInvalidSignal      = "Unknown signal"
	sumInvalidType        = "Wrong type"
	sumMergeConflict      = "Unfinished merge"
	sumMissingAttribute   = "Missing attribute"
	sumMissingBlock       = "Missing block"
	sumMissingComma       = "Missing comma"
	sumMissingEquals      = "Missing equals sign"
	sumMissingHandler     = "Missing handler"
	sumMissingLabel       = "Wrong number of labels"
	sumMissingQuote       = "Missing quote"
	sumMissingSource      = "Missing secret source"
	sumModuleCycle        = "Modules without end"
	sumModuleSource       = "Invalid module source"
	sumMore               = "And more"
	sumMissingValue       = "Missing value"
	sumNeedsQuotes        = "Text without quotes"
	sumNoFiles            = "No files"
	sumNotAllowed         = "Not allowed here"
	sumNotHCL             = "Not HCL"
	sumNotText            = "Not a text file"
	sumNotYet             = "Not supported yet"
	sumOneLineBlock       = "Block on one line"
	sumOnlySidecars       = "Nothing but sidecars"
	sumOutOfRange         = "Value out of range"
	sumOwnLine            = "Two things on one line"
	sumReadFile           = "Cannot read file"
	sumSecretRef          = "Secret in an expression"
	sumSensitive          = "Sensitive value would be visible"
	sumTemplate           = "Misplaced ${ or %{"
	sumTooDeep            = "Nested too deeply"
	sumTooLarge           = "Too much to repeat"
	sumTooMany            = "Too many blocks"
	sumUnknownAttribute   = "Unknown attribute"
	sumUnknownBlock       = "Unknown block"
	sumUnknownChoice      = "Unknown value"
	sumUnknownPort        = "Unknown port"
	sumUnknownReference   = "Unknown reference"
	sumUnknownSecret      = "Unknown secret"
	sumUnknownVariable    = "Unknown variable"
	sumUnknownVolume      = "Unknown volume"
	sumValidation         = "Invalid value for variable"
	sumVariableUnset      = "No value for variable"
	sumWrongCharacter     = "Wrong character"
	sumWrongQuotes        = "Wrong quotes"
	sensitiveErrorDetail  = "The details would show a sensitive value and are left out."
	suggestionMaxDistance = 3
)

// maxDiagnostics is how many are of use to anybody.
const maxDiagnostics = 200

// Related is a place that a diagnostic mentions, and what is there.
type Related struct {
	Message string
	Range   hcl.Range
}

// RelatedOf returns the places that a diagnostic mentions.
func RelatedOf(diag *hcl.Diagnostic) []Related {
	related, _ := hcl.DiagnosticExtra[[]Related](diag)
	return related
}

// also notes a place that the last diagnostic mentions.
func (d *decoder) also(message string, rng hcl.Range) {
	diag := d.diags[len(d.diags)-1]
	diag.Extra = append(RelatedOf(diag), Related{message, rng})
}

// errorf reports an error at rng.
func (d *decoder) errorf(rng hcl.Range, summary, format string, args ...any) {
	d.report(hcl.DiagError, &rng, summary, format, args...)
}

// warnf reports a warning at rng.
func (d *decoder) warnf(rng hcl.Range, summary, format string, args ...any) {
	d.report(hcl.DiagWarning, &rng, summary, format, args...)
}

// failf reports an error that is not about a place in a file.
func (d *decoder) failf(summary, format string, args ...any) {
	d.report(hcl.DiagError, nil, summary, format, args...)
}

func (d *decoder) report(severity hcl.DiagnosticSeverity, subject *hcl.Range, summary, format string, args ...any) {
	d.diags = append(d.diags, &hcl.Diagnostic{
		Severity: severity,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
		Subject:  subject,
	})
}

// sorted returns the diagnostics in the order of the files and, within a file,
// of the text. Those without a place come first. What several instances of a
// block or module have in common is said once.
func (d *decoder) sorted() hcl.Diagnostics {
	slices.SortStableFunc(d.diags, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(cmp.Compare(d.rank(a), d.rank(b)), cmp.Compare(offset(a), offset(b)), cmp.Compare(a.Detail, b.Detail), cmp.Compare(a.Summary, b.Summary))
	})
	d.diags = slices.CompactFunc(d.diags, func(a, b *hcl.Diagnostic) bool {
		return a.Subject != nil && b.Subject != nil && *a.Subject == *b.Subject && a.Detail == b.Detail && a.Summary == b.Summary
	})
	if more := len(d.diags) - maxDiagnostics; more > 0 {
		d.diags = d.diags[:maxDiagnostics]
		d.failf(sumMore, "There are %d more errors and warnings. Mend those above first.", more)
	}
	for _, diag := range d.diags {
		if m := d.origin[diag]; m != nil && m.parent != nil {
			diag.Detail += m.trace(diag.Subject)
		}
	}
	return d.diags
}

func (d *decoder) rank(diag *hcl.Diagnostic) int {
	if diag.Subject == nil {
		return -1
	}
	if n, ok := d.order[diag.Subject.Filename]; ok {
		return n
	}
	return len(d.order)
}

func offset(diag *hcl.Diagnostic) int {
	if diag.Subject == nil {
		return 0
	}
	return diag.Subject.Start.Byte
}

// place prints where a range begins, as in "limber.hcl:12".
func place(rng hcl.Range) string { return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line) }

// didYouMean returns a question that begins with a space if given is near one
// of the known names, else "".
func didYouMean(given string, known []string) string {
	if near := nearest(given, known); near != "" {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return ""
}

// nearest returns the known name most like given, or "". Spelling in camel
// case or with dashes counts as no difference.
func nearest(given string, known []string) string {
	best, least := "", suggestionMaxDistance
	plain := snake(given)
	for _, name := range known {
		distance := levenshtein.Distance(plain, snake(name), nil)
		if distance < least && distance < len(name) {
			best, least = name, distance
		}
	}
	return best
}

// snake turns "readOnly" and "read-only" into "read_only".
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == '-':
			b.WriteByte('_')
		case r >= 'A' && r <= 'Z':
			if i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
				b.WriteByte('_')
			}
			b.WriteRune(r + 'a' - 'A')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oneOf prints names for a detail: "a", "b" or "c".
func oneOf(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
