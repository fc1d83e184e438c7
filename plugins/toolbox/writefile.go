package toolbox

import (
	"io"
	"os"
)

// writeFile writes a line to a file; with --append, after what is there.
func writeFile(c *call) int {
	set := c.flags()
	add := set.Bool("append", false, "")
	args, code, ok := c.parse(set, 2)
	if !ok {
		return code
	}
	how := os.O_TRUNC
	if *add {
		how = os.O_APPEND
	}
	if err := writeLine(args[0], how, args[1]); err != nil {
		return c.fail(exitFailed, "%v", err)
	}
	return exitOK
}

func writeLine(path string, how int, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|how, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, text+"\n"); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
