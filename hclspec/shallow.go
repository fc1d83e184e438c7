package hclspec

import "bytes"

// surelyShallow reports that a file is not too deep, if that can be seen
// without hcl's tokens, which cost a fifth of the time to load it. It may count
// too much, and then knows nothing; it never counts too little.
func surelyShallow(text []byte, most bounds) bool {
	if bytes.Contains(text, []byte("<<")) || bytes.Contains(text, []byte("/*")) {
		return false // what is text and what is not goes over several lines
	}
	var c depthCount
	for line := range bytes.Lines(text) {
		if !c.line(line) || c.nesting+1 > most.nesting || c.operatorsMost > most.operators { // a text is one deeper than what is around it
			return false
		}
	}
	return true
}

// depthCount counts what is open, and operators.
type depthCount struct {
	braces, brackets int // brackets are round or square
	operators        int // since the last line that could end an expression
	lowest           int // braces at the least in this line
	kept             int // what stays: in lines with templates, and before a brace that goes on
	nesting          int // the most that was open
	operatorsMost    int // and operators
	last             byte
}

// line counts a line; it is false if that cannot be done.
func (c *depthCount) line(line []byte) bool {
	if bytes.Contains(line, []byte("${")) || bytes.Contains(line, []byte("%{")) {
		c.kept += countAny(line, "\"{!-+*/%?<>=&|")
		c.note()
		return countAny(line, "([") == 0
	}
	c.lowest = c.braces
	quoted := false
	for i := 0; i < len(line); i++ {
		b := line[i]
		switch {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '#', b == '/' && i+1 < len(line) && line[i+1] == '/':
			i = len(line)
		default:
			c.count(b)
		}
	}
	switch {
	case c.braces > c.lowest: // what is in the brace may be an operand
		c.kept += c.operators
		c.operators = 0
	case c.brackets == 0:
		c.operators = 0
	}
	return !quoted
}

func (c *depthCount) count(b byte) {
	switch b {
	case '{':
		c.braces++
	case '}':
		c.braces = max(c.braces-1, 0)
		c.lowest = min(c.lowest, c.braces)
	case '(', '[':
		c.brackets++
		if c.last == ']' {
			c.operators++ // an index of an index
		}
	case ')', ']':
		c.brackets = max(c.brackets-1, 0)
	case '!', '-', '+', '*', '/', '%', '?', '<', '>', '&', '|':
		c.operators++
	}
	if b == '=' && c.last == '=' {
		c.operators++
	}
	if b != ' ' && b != '\t' {
		c.last = b
	}
	c.note()
}

func countAny(line []byte, chars string) int {
	n := 0
	for _, b := range line {
		if bytes.IndexByte([]byte(chars), b) >= 0 {
			n++
		}
	}
	return n
}

// note keeps the most that there was.
func (c *depthCount) note() {
	c.nesting = max(c.nesting, c.braces+c.brackets+c.kept)
	c.operatorsMost = max(c.operatorsMost, c.operators+c.kept)
}
