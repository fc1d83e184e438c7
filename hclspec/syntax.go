package hclspec

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// explainSyntax says of a file that hcl cannot parse what its author may have
// meant, and leaves out what only follows from another error. Of the text it
// repeats what is in shown alone, where all that may be sensitive is blanked.
func explainSyntax(name string, text, shown []byte, diags hcl.Diagnostics) hcl.Diagnostics {
	if diag := notHCL(name, text); diag != nil {
		return hcl.Diagnostics{diag}
	}
	lines := strings.Split(string(shown), "\n")
	pairs := findPairs(name, text)
	var explained hcl.Diagnostics
	textEnd := 0 // of what was meant to be text of several lines
	for _, diag := range diags {
		if diag.Subject == nil || pairs.explains(diag) || diag.Subject.Start.Line <= textEnd {
			continue
		}
		syntaxError{diag, shown, lines}.explain()
		if diag.Summary == sumHeredoc {
			textEnd = endOfText(lines, diag.Subject.Start.Line)
		}
		explained = append(explained, diag)
	}
	if pairs.problem != nil {
		explained = append(explained, pairs.problem)
	}
	return oneALine(explained)
}

var heredocWord = regexp.MustCompile(`<<-?['"]?(\w+)`)

// endOfText returns the line that ends the text which begins on a line.
func endOfText(lines []string, begin int) int {
	m := heredocWord.FindStringSubmatch(lines[begin-1])
	if m == nil {
		return begin
	}
	end := slices.IndexFunc(lines[begin:], func(line string) bool { return strings.TrimSpace(line) == m[1] })
	return begin + end + 1
}

// oneALine keeps one report about each line: the others come from it. What is
// about a character goes before the rest.
func oneALine(diags hcl.Diagnostics) hcl.Diagnostics {
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Subject.Start.Line, b.Subject.Start.Line),
			cmp.Compare(aboutCharacter(b), aboutCharacter(a)), cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte))
	})
	return slices.CompactFunc(diags, func(a, b *hcl.Diagnostic) bool { return a.Subject.Start.Line == b.Subject.Start.Line })
}

func aboutCharacter(diag *hcl.Diagnostic) int {
	if diag.Summary == sumWrongCharacter || diag.Summary == sumWrongQuotes {
		return 1
	}
	return 0
}

// syntaxError is a report of hcl's parser, and the text that it is about.
type syntaxError struct {
	diag  *hcl.Diagnostic
	text  []byte
	lines []string // of text
}

// explain lets the first rule that fits speak instead of hcl.
func (e syntaxError) explain() {
	if e.diag.Summary == hclRedefined {
		e.explainRedefined()
		return
	}
	line, next := e.line(0), strings.TrimSpace(e.line(1))
	at := min(e.diag.Subject.Start.Byte, len(e.text))
	lineStart := bytes.LastIndexByte(e.text[:at], '\n') + 1
	rest := line[min(len(line), at-lineStart):]
	for _, rule := range syntaxRules {
		if !slices.Contains(strings.Split(rule.hcl, "|"), e.diag.Summary) || !strings.HasPrefix(next, rule.next) {
			continue
		}
		pattern, subject := rule.line, line
		if rule.at != nil {
			pattern, subject = rule.at, rest
		}
		if m := pattern.FindStringSubmatchIndex(subject); m != nil {
			e.diag.Summary, e.diag.Context = rule.summary, nil
			e.diag.Detail = string(pattern.ExpandString(nil, rule.detail, subject, m))
			return
		}
	}
}

// explainRedefined finds the first of two attributes: hcl has it in the detail
// alone.
func (e syntaxError) explainRedefined() {
	m := redefinedAt.FindStringSubmatch(e.diag.Detail)
	if m == nil {
		return
	}
	line, err := strconv.Atoi(m[2])
	if err != nil || line > len(e.lines) {
		return
	}
	first := hcl.Range{Filename: e.diag.Subject.Filename, Start: hcl.Pos{Line: line, Column: 1}}
	for _, before := range e.lines[:line-1] {
		first.Start.Byte += len(before) + 1
	}
	first.Start.Column += len(e.lines[line-1]) - len(strings.TrimLeft(e.lines[line-1], " \t"))
	first.Start.Byte += first.Start.Column - 1
	first.End = first.Start
	first.End.Column, first.End.Byte = first.End.Column+len(m[1]), first.End.Byte+len(m[1])
	e.diag.Summary = sumDuplicate
	e.diag.Detail = fmt.Sprintf("%s is set already at %s. Leave one of them out.", m[1], place(first))
	e.diag.Extra = []Related{{"first set", first}}
}

var redefinedAt = regexp.MustCompile(`^The argument "([^"]+)" was already set at .*:(\d+),`)

// line returns the line of the report, or one near it, without its comment.
func (e syntaxError) line(offset int) string {
	i := e.diag.Subject.Start.Line - 1 + offset
	if i < 0 || i >= len(e.lines) {
		return ""
	}
	return strings.TrimRight(withoutComment(e.lines[i]), " \t\r")
}

// withoutComment takes a comment off a line.
func withoutComment(line string) string {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"' && (i == 0 || line[i-1] != '\\'):
			quoted = !quoted
		case quoted:
		case line[i] == '#', strings.HasPrefix(line[i:], "//"):
			return line[:i]
		}
	}
	return line
}

// firstLine is the first line of a text that says something.
var firstLine = regexp.MustCompile(`(?m)^[ \t]*[^ \t\r\n#].*$`)

// notHCL tells files of other languages by how they begin.
func notHCL(name string, text []byte) *hcl.Diagnostic {
	found := firstLine.FindIndex(text)
	if found == nil {
		return nil
	}
	line := strings.TrimSpace(string(text[found[0]:found[1]]))
	detail := ""
	switch {
	case strings.HasPrefix(line, "{"), strings.HasPrefix(line, "["):
		detail = "This is JSON, or begins like it. A file in JSON has a name that ends in .limber.json."
	case yamlStart.MatchString(line):
		detail = "This is YAML, or begins like it. limber's own files are in HCL: workflow \"NAME\" { … }. \"limber new\" writes one to start from."
	case strings.HasPrefix(line, "<!"), strings.HasPrefix(line, "<?"), strings.HasPrefix(line, "<html"):
		detail = "This is a web page or XML. limber's files are in HCL: workflow \"NAME\" { … }. \"limber new\" writes one to start from."
	default:
		return nil
	}
	rng := hcl.Range{Filename: name, Start: position(text, found[0]), End: position(text, found[1])}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: sumNotHCL, Detail: detail, Subject: &rng}
}

var yamlStart = regexp.MustCompile(`^(---|(apiVersion|kind|metadata|spec|services|version|networks|volumes|name)\s*:)`)
