package hclspec

import "bytes"

// HCL's parser calls itself for each bracket, operator and directive, and the
// end of the stack is the end of the process. What nobody writes is refused
// before it gets there.
const (
	maxNesting   = 1000   // of brackets, or of %{ if … } and %{ for … }
	maxOperators = 50_000 // in a row
)

// tooDeep returns the line in which a text is nested too deeply; 0 if it is
// not. It does not tell strings and comments from the rest, as templates may
// be in any of them.
func tooDeep(text []byte) (line int) {
	type level struct {
		operators int
		lines     bool // whether the end of a line is the end of an expression
	}
	levels := []level{{lines: true}}
	line, directives := 1, 0
	for i, c := range text {
		top := &levels[len(levels)-1]
		switch c {
		case '{', '[', '(':
			levels = append(levels, level{lines: c == '{'})
		case '}', ']', ')':
			levels = levels[:max(len(levels)-1, 1)]
		case '\n':
			line++
			if top.lines {
				top.operators = 0
			}
		case ',':
			top.operators = 0
		case '+', '-', '*', '/', '!', '?', '&', '|', '<', '>', '=':
			top.operators++
		case '%':
			top.operators++
			directives += directive(text[i:])
		}
		if len(levels) > maxNesting || directives > maxNesting || top.operators > maxOperators {
			return line
		}
	}
	return 0
}

// directive returns by how much what begins with % makes a template deeper.
func directive(text []byte) int {
	if !bytes.HasPrefix(text, []byte("%{")) {
		return 0
	}
	word := bytes.TrimLeft(text[2:], "~ \t\r\n")
	switch {
	case bytes.HasPrefix(word, []byte("if")), bytes.HasPrefix(word, []byte("for")):
		return 1
	case bytes.HasPrefix(word, []byte("end")):
		return -1
	}
	return 0
}
