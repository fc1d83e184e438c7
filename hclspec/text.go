package hclspec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var byteOrderMark = []byte("\ufeff")

// checkText reports what hcl's parser would not see, or not survive, and is nil
// if it can have the text.
func checkText(s source, isJSON bool) *hcl.Diagnostic {
	problem := func(at int, summary, format string, args ...any) *hcl.Diagnostic {
		rng := hcl.Range{Filename: s.shown, Start: position(s.text, at), End: position(s.text, min(at+1, len(s.text)))}
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &rng}
	}
	if bytes.HasPrefix(s.text, []byte("\xff\xfe")) || bytes.HasPrefix(s.text, []byte("\xfe\xff")) {
		return problem(0, sumNotText, "This is UTF-16. Save the file as UTF-8.")
	}
	if at := bytes.IndexByte(s.text, 0); at >= 0 {
		return problem(at, sumNotText, "There is a NUL character here, so this is no text, or not in UTF-8. Save the file as UTF-8.")
	}
	if at := invalidUTF8(s.text); at >= 0 {
		return problem(at, sumNotText, "The byte 0x%02x here is not UTF-8. Save the file as UTF-8, and look at the characters near it.", s.text[at])
	}
	at := tooDeepNative(s.text)
	if isJSON {
		at = tooDeepJSON(s.text, tooDeepTemplate)
	}
	if at >= 0 {
		return problem(at, sumTooDeep, "Brackets or operators are nested deeper here than anybody can read: there may be %d in each other. Give parts of it names in a locals block.", maxNesting)
	}
	return nil
}

// position is where a byte is, as an editor counts.
func position(text []byte, at int) hcl.Pos {
	before := text[:at]
	line := bytes.LastIndexByte(before, '\n') + 1
	return hcl.Pos{Byte: at, Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[line:])}
}

func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for at := 0; ; {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size < 2 {
			return at
		}
		at += size
	}
}

// tooDeepNative returns where a file is too deep, or -1.
func tooDeepNative(text []byte) int {
	if len(text) <= maxNesting || surelyShallow(text, normal) {
		return -1
	}
	if at := looksDeep(text); at >= 0 {
		return at
	}
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	return tooDeep(tokens, normal)
}

// tooDeepTemplate returns where a template is too deep, or -1.
func tooDeepTemplate(text []byte) int {
	if len(text) <= maxNesting {
		return -1
	}
	if at := looksDeep(text); at >= 0 {
		return at
	}
	tokens, _ := hclsyntax.LexTemplate(text, "", hcl.InitialPos)
	return tooDeep(tokens, normal)
}

// bounds are how much may be open.
type bounds struct{ nesting, operators int }

var normal = bounds{maxNesting, maxOperators}

// tooDeep returns where more is open than may be, or -1. It counts, for each
// bracket, the operators since the last comma or end of a line: a tree is at
// most as deep as their sum.
func tooDeep(tokens hclsyntax.Tokens, most bounds) int {
	open := []level{{lines: true}}
	operators := 0
	for i, token := range tokens {
		inner := &open[len(open)-1]
		more := chained(tokens, i)
		operators += more
		inner.operators += more
		if token.Type == hclsyntax.TokenComment && bytes.HasSuffix(token.Bytes, []byte("\n")) {
			token.Type = hclsyntax.TokenNewline
		}
		switch role(token.Type) {
		case opens:
			open = append(open, level{lines: token.Type == hclsyntax.TokenOBrace})
		case closes:
			if len(open) > 1 {
				operators -= inner.operators
				open = open[:len(open)-1]
			}
		case ends:
			if inner.lines || token.Type == hclsyntax.TokenComma {
				operators -= inner.operators
				inner.operators = 0
			}
		case deepens:
			operators++
			inner.operators++
		case nothing:
		}
		if len(open)-1 > most.nesting || operators > most.operators {
			return token.Range.Start.Byte
		}
	}
	return -1
}

// level is a bracket that is open.
type level struct {
	operators int
	lines     bool // the end of a line ends an expression
}

// tokenRole is what a token does to the depth of the tree.
type tokenRole int

const (
	nothing tokenRole = iota
	opens
	closes
	ends
	deepens
)

func role(token hclsyntax.TokenType) tokenRole {
	switch token {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenOBrack,
		hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return opens
	case hclsyntax.TokenCBrace, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenCBrack,
		hclsyntax.TokenTemplateSeqEnd:
		return closes
	case hclsyntax.TokenComma, hclsyntax.TokenNewline:
		return ends
	case hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenPercent,
		hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
		hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr,
		hclsyntax.TokenBang, hclsyntax.TokenQuestion:
		return deepens
	default:
		return nothing
	}
}

// chained is what a token adds to the depth around it: an index after an index,
// and what a template says is only for a condition or a loop.
func chained(tokens hclsyntax.Tokens, i int) int {
	switch {
	case tokens[i].Type == hclsyntax.TokenOBrack && i > 0 && tokens[i-1].Type == hclsyntax.TokenCBrack:
		return 1
	case tokens[i].Type == hclsyntax.TokenTemplateControl && i+1 < len(tokens):
		switch string(tokens[i+1].Bytes) {
		case "if", "for":
			return 1
		case "endif", "endfor":
			return -1
		}
	}
	return 0
}

// tooDeepJSON returns where a text in JSON is too deep, or -1. Strings of a file
// are templates, for which there is inString.
func tooDeepJSON(text []byte, inString func([]byte) int) int {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '"':
			end := endOfString(text, at)
			var s string
			if inString != nil && json.Unmarshal(text[at:end], &s) == nil && inString([]byte(s)) >= 0 {
				return at
			}
			at = end - 1
		}
		if depth > maxNesting {
			return at
		}
	}
	return -1
}

// endOfString returns where a JSON string that begins at a quote has ended.
func endOfString(text []byte, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
