package hclspec

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// pairs are the brackets, quotes and heredocs of a file. Where one is missing
// hcl reports something else far away, or many things.
type pairs struct {
	name string
	text []byte
	open []opened
	// suspect was closed by a bracket that, by its place, is of an outer one.
	suspect *opened
	closer  hclsyntax.Token

	problem *hcl.Diagnostic // the first
	from    int             // what hcl says of this line and later ones comes from the problem
}

// opened is a bracket or quote that waits for its end.
type opened struct {
	token  hclsyntax.Token
	indent int // of its line
}

// closing are the ends of what begins with a token.
var closing = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenOBrace: hclsyntax.TokenCBrace, hclsyntax.TokenOBrack: hclsyntax.TokenCBrack,
	hclsyntax.TokenOParen: hclsyntax.TokenCParen, hclsyntax.TokenOQuote: hclsyntax.TokenCQuote,
	hclsyntax.TokenOHeredoc: hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateInterp: hclsyntax.TokenTemplateSeqEnd,
	hclsyntax.TokenTemplateControl: hclsyntax.TokenTemplateSeqEnd,
}

// findPairs looks for the first bracket, quote or heredoc without its other
// half.
func findPairs(name string, text []byte) *pairs {
	p := &pairs{name: name, text: text}
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	for _, token := range tokens {
		switch role(token.Type) {
		case opens:
			p.open = append(p.open, opened{token, p.indent(token)})
		case closes:
			p.close(token)
		case nothing, ends, deepens:
			if token.Type == hclsyntax.TokenQuotedNewline {
				p.quoteLeftOpen()
			}
		}
		if p.problem != nil {
			return p
		}
	}
	p.leftOpen()
	return p
}

// explains reports whether what hcl says comes from the problem.
func (p *pairs) explains(diag *hcl.Diagnostic) bool {
	if p.problem == nil {
		return false
	}
	return diag.Subject.Start.Line >= p.from || strings.HasPrefix(diag.Summary, "Unclosed configuration")
}

func (p *pairs) report(from int, token hclsyntax.Token, summary, format string, args ...any) {
	p.from = from
	p.problem = &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: token.Range.Ptr()}
}

func (p *pairs) close(token hclsyntax.Token) {
	if len(p.open) == 0 {
		p.report(token.Range.Start.Line, token, sumBrace, "Nothing is open that this %s could close. Take it away, or look above for what was closed too early.", token.Bytes)
		return
	}
	last := p.open[len(p.open)-1]
	if closing[last.token.Type] != token.Type {
		p.report(last.token.Range.Start.Line, token, sumBrace, "The %s of line %d is still open: its %s is missing before this.", last.token.Bytes, last.token.Range.Start.Line, closer(last.token.Type))
		p.problem.Extra = []Related{{"opened", last.token.Range}}
		return
	}
	p.open = p.open[:len(p.open)-1]
	if p.suspect == nil && p.firstOnLine(token) && p.indent(token) < last.indent {
		p.suspect, p.closer = &last, token
	}
}

// quoteLeftOpen is called at the end of a line in a text.
func (p *pairs) quoteLeftOpen() {
	if len(p.open) == 0 {
		return
	}
	quote := p.open[len(p.open)-1].token
	line := quote.Range.Start.Line
	if len(p.open) > 1 {
		if around := p.open[len(p.open)-2].token; around.Type == hclsyntax.TokenTemplateInterp && around.Range.Start.Line == line {
			p.report(line, around, sumTemplate, "In text ${ begins an expression, and a } must end it before the quote. Write $${ where it is to stay as it is.")
			return
		}
	}
	if before := quote.Range.Start.Byte - 1; before >= 0 && !bytes.ContainsRune([]byte(" \t\r\n([{,=:?"), rune(p.text[before])) {
		p.report(line, quote, sumMissingQuote, "A quote ends a text here that has no quote at its beginning. Write \" there.")
		return
	}
	p.report(line, quote, sumMissingQuote, "The text that begins with this quote has none at its end. Write \" there. For text of several lines write <<EOT, the lines, and a line EOT.")
}

// leftOpen looks at what is open at the end of the file.
func (p *pairs) leftOpen() {
	if len(p.open) == 0 {
		return
	}
	last := p.open[len(p.open)-1]
	if last.token.Type == hclsyntax.TokenOHeredoc {
		word := strings.TrimSpace(strings.TrimLeft(string(last.token.Bytes), "<-"))
		p.report(last.token.Range.Start.Line, last.token, sumHeredoc, "The text that begins with <<%s is not closed: a line with %s and nothing else ends it.", word, word)
		return
	}
	if p.suspect != nil {
		p.report(p.suspect.token.Range.Start.Line, p.suspect.token, sumBrace, "This %s has no %s. There are too few in the file, and the one of line %d stands where it would close something further out.",
			p.suspect.token.Bytes, closer(p.suspect.token.Type), p.closer.Range.Start.Line)
		p.problem.Extra = []Related{{"closed", p.closer.Range}}
		return
	}
	p.report(last.token.Range.Start.Line, last.token, sumBrace, "This %s has no %s: the file ends before it.", last.token.Bytes, closer(last.token.Type))
}

func closer(opener hclsyntax.TokenType) string {
	switch opener {
	case hclsyntax.TokenOBrack:
		return "]"
	case hclsyntax.TokenOParen:
		return ")"
	case hclsyntax.TokenOQuote:
		return `"`
	default:
		return "}"
	}
}

// indent is how far the line of a token is indented.
func (p *pairs) indent(token hclsyntax.Token) int {
	line := p.lineOf(token)
	return len(line) - len(bytes.TrimLeft(line, " \t"))
}

func (p *pairs) firstOnLine(token hclsyntax.Token) bool {
	return len(bytes.TrimSpace(p.lineOf(token)[:token.Range.Start.Byte-p.lineStart(token)])) == 0
}

func (p *pairs) lineOf(token hclsyntax.Token) []byte { return lineAt(p.text, token.Range.Start.Byte) }

func (p *pairs) lineStart(token hclsyntax.Token) int {
	return bytes.LastIndexByte(p.text[:token.Range.Start.Byte], '\n') + 1
}
