package hclspec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// checkJSON reports the first mistake in a file in JSON, of which hcl makes
// several reports; nil: there is none.
func checkJSON(name string, text []byte) *hcl.Diagnostic {
	var document json.RawMessage
	err := json.Unmarshal(text, &document)
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return nil
	}
	at := min(max(int(syntax.Offset)-1, 0), len(text))
	detail := ""
	if strings.HasPrefix(syntax.Error(), "unexpected end") {
		at = len(bytes.TrimRight(text, " \t\r\n"))
		detail = unfinishedJSON(text)
	} else {
		detail = explainJSONCharacter(text, at, syntax.Error())
	}
	_, size := utf8.DecodeRune(text[at:])
	rng := hcl.Range{Filename: name, Start: position(text, at), End: position(text, at+size)}
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: sumBadJSON, Detail: detail, Subject: &rng}
}

// explainJSONCharacter says what is wrong with a character in its place.
func explainJSONCharacter(text []byte, at int, reason string) string {
	char, _ := utf8.DecodeRune(text[at:])
	before := bytes.TrimRight(text[:at], " \t\r\n")
	switch {
	case strings.Contains(reason, "in string literal"):
		return "A text ends on its own line, and holds no tabs: write \\n and \\t, or \" where it ends."
	case strings.Contains(reason, "in string escape"), strings.Contains(reason, "hexadecimal"):
		return "A backslash begins \\n, \\t, \\r, \\\", \\/, \\\\ or \\uNNNN. For a backslash itself write two of them."
	case char == '\'':
		return "Text is in double quotes, as in \"this\". Single quotes have no meaning."
	case char == '/' || char == '#':
		return "JSON has no comments. An item \"//\": \"…\" is one for limber; or write the file in HCL."
	case char >= '0' && char <= '9' && text[at-1] == '0':
		return "A number does not begin with zeros. Put what is no number in double quotes."
	case bytes.HasSuffix(before, []byte(",")) && (char == '}' || char == ']'):
		return fmt.Sprintf("The comma before this %c is too many. Take it away, or write what is missing.", char)
	case strings.Contains(reason, "after object key:value pair"):
		return "A comma is missing before this, or the } that ends the object."
	case strings.Contains(reason, "after array element"):
		return "A comma is missing before this, or the ] that ends the list."
	case strings.Contains(reason, "after object key"):
		return "Between a name and its value is a colon: { \"NAME\": VALUE }."
	case strings.Contains(reason, "beginning of object key"):
		return "The name of an item is in double quotes: { \"NAME\": VALUE }."
	case strings.Contains(reason, "after top-level value"):
		return "The file goes on after its last bracket. It must hold one object, { … }."
	case strings.Contains(reason, "numeric literal"):
		return "A number does not begin with zeros, and has digits before and after its point. Put what is no number in double quotes."
	}
	return "A value is text in double quotes, a number, true, false, null, a list [ … ] or an object { … }."
}

// unfinishedJSON says what is missing at the end.
func unfinishedJSON(text []byte) string {
	if len(bytes.TrimSpace(text)) == 0 {
		return "The file is empty. It must hold an object, { … } at the least."
	}
	var open []int
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '{', '[':
			open = append(open, at)
		case '}', ']':
			open = open[:max(len(open)-1, 0)]
		case '"':
			end := endOfString(text, at)
			if end == len(text) && (end == at+1 || text[end-1] != '"') {
				return fmt.Sprintf("The text that begins on line %d has no quote at its end.", position(text, at).Line)
			}
			at = end - 1
		}
	}
	if len(open) == 0 {
		return "The file ends before its value does."
	}
	last := open[len(open)-1]
	return fmt.Sprintf("The file ends before the %c of line %d is closed.", text[last], position(text, last).Line)
}
