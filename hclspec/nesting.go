package hclspec

import "bytes"

// HCL's parser calls itself for each bracket, operator and directive, and the
// end of the stack is the end of the process. What nobody writes is refused
// before it gets there.
const (
	maxNesting   = 1000   // of brackets, or of %{ if … } and %{ for … }
	maxOperators = 10_000 // in what is open
)

// looksDeep returns where a text looks as if it were nested too deeply, or -1.
// It costs little, and does not tell strings and comments from the rest: what
// it lets pass may be too deep after all, see tooDeep.
func looksDeep(text []byte) int {
	type level struct {
		operators int
		lines     bool // whether the end of a line is the end of an expression
	}
	levels := []level{{lines: true}}
	directives := 0
	for i, c := range text {
		top := &levels[len(levels)-1]
		switch c {
		case '{', '[', '(':
			levels = append(levels, level{lines: c == '{'})
		case '}', ']', ')':
			levels = levels[:max(len(levels)-1, 1)]
		case '\n':
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
			return i
		}
	}
	return -1
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
