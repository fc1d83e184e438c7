package cmd

import (
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// stream is stdout or stderr, and what can be shown there. Each Write comes
// out whole, whoever writes at the same time.
type stream struct {
	mu       *sync.Mutex
	w        io.Writer
	terminal bool
	color    bool
	fd       int
}

// newStream looks at one stream by itself: stdout may be a file while stderr
// is a terminal.
func newStream(w io.Writer, environ []string) stream {
	s := stream{mu: &sync.Mutex{}, w: w}
	if f, ok := w.(*os.File); ok {
		s.fd = int(f.Fd())
		s.terminal = term.IsTerminal(s.fd)
	}
	s.color = wantsColor(s.terminal, environ)
	if name, _ := lookup(environ, "TERM"); name == "dumb" {
		s.terminal = false // it cannot move the cursor
	}
	return s
}

// quietStream shows nothing.
func quietStream() stream { return stream{mu: &sync.Mutex{}, w: io.Discard} }

// wantsColor follows no-color.org and bixense.com/clicolors.
func wantsColor(terminal bool, environ []string) bool {
	if value, _ := lookup(environ, "NO_COLOR"); value != "" {
		return false
	}
	if value, _ := lookup(environ, "CLICOLOR_FORCE"); value != "" && value != "0" {
		return true
	}
	if name, _ := lookup(environ, "TERM"); name == "dumb" {
		return false
	}
	return terminal
}

func (s stream) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(text)
}

// width is how many characters a line has room for; 0 if nobody knows.
func (s stream) width() int {
	if !s.terminal {
		return 0
	}
	width, _, err := term.GetSize(s.fd)
	if err != nil {
		return 0
	}
	return width
}

// Colors, by what they say.
const (
	colorGood = "32" // green
	colorBad  = "31" // red
	colorWarn = "33" // yellow
	colorDim  = "2"
	colorBold = "1"
)

// unitColors tell units apart.
var unitColors = []string{"36", "33", "32", "35", "34", "96", "93", "92", "95", "94"}

// paint gives text a color, where colors are wanted.
func (s stream) paint(color, text string) string {
	if !s.color || color == "" || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// redraw begins the screen anew.
const redraw = "\x1b[H\x1b[2J"

// plain replaces what would change the terminal: names and messages may come
// from anywhere.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
