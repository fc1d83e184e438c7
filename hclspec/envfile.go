package hclspec

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
)

var envFileName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// envFile reads one file, or several, of which later ones win.
func envFile(a arg, u *unit) {
	files := []arg{a}
	if a.val.Type() != cty.String {
		list, ok := a.elements("a path, or a list of paths")
		if !ok {
			return
		}
		files = list
	}
	u.envFile = map[string]string{}
	for _, f := range files {
		f.readEnv(u.envFile)
	}
}

// readEnv adds what a file sets. What is wrong in the file is told by line and
// not shown: it may be a secret.
func (a arg) readEnv(into map[string]string) {
	name, ok := a.text()
	if !ok {
		return
	}
	text, err := a.d.disk.ReadFile(within(a.d.dirs[a.attr.Range.Filename], name))
	if err != nil {
		a.errorf(sumReadFile, "%s: %v. A relative path is looked for in the directory of this file.", name, reason(err))
		return
	}
	if err := parseEnv(string(text), into); err != nil {
		a.errorf(sumBadValue, "%s:%v.", name, err)
	}
}

// parseEnv reads lines NAME=value into a map. A value may be in quotes and
// then run over several lines: 'as it is', "with \n and such". Without quotes
// it ends at the line or at a # after a space. $ is an ordinary character.
func parseEnv(text string, into map[string]string) error {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return errors.New("1: this is not UTF-8 text")
	}
	for line, rest := 1, text; rest != ""; {
		name, value, after, err := parseEnvLine(rest)
		if err != nil {
			return fmt.Errorf("%d: %w", line, err)
		}
		if name != "" {
			into[name] = value
		}
		line += strings.Count(rest[:len(rest)-len(after)], "\n")
		rest = after
	}
	return nil
}

// parseEnvLine reads one assignment, comment or empty line off text. The name
// is "" if there is no assignment.
func parseEnvLine(text string) (name, value, rest string, err error) {
	line, rest, _ := strings.Cut(text, "\n")
	trimmed := strings.TrimSpace(line)
	if trimmed == "" || trimmed[0] == '#' {
		return "", "", rest, nil
	}
	name, _, found := strings.Cut(line, "=")
	start := len(name) + 1
	name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "export "))
	if !found || !envFileName.MatchString(name) {
		return "", "", rest, errors.New("a line must be NAME=value, a comment or empty")
	}
	value = strings.TrimLeft(text[start:], " \t")
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return name, bareValue(line[start:]), rest, nil
	}
	value, rest, err = quotedValue(value)
	return name, value, rest, err
}

func bareValue(s string) string {
	for i := range s {
		if s[i] == '#' && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t') {
			s = s[:i]
			break
		}
	}
	return strings.TrimSpace(s)
}

var errOpenQuote = errors.New("a quote is opened and not closed")

// quotedValue reads a value that begins with a quote, and the rest of its
// last line, which may hold a comment.
func quotedValue(text string) (value, rest string, err error) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			tail, rest, _ := strings.Cut(text[i+1:], "\n")
			if tail = strings.TrimSpace(tail); tail != "" && tail[0] != '#' {
				return "", rest, errors.New("nothing but a comment may follow the closing quote")
			}
			return b.String(), rest, nil
		case c == '\\' && quote == '"' && i+1 < len(text):
			i++
			b.WriteString(unescape(text[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errOpenQuote
}

// unescape returns what a backslash and c stand for in double quotes.
func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '"', '\\', '$':
		return string(c)
	}
	return `\` + string(c)
}
