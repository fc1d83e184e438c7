package toolbox

import (
	"io"
	"os"
)

// cat copies files, "-" being its input, one after another to its output. It
// goes on after a file that it cannot read.
func cat(c *call) int {
	files := c.args
	if len(files) == 0 {
		files = []string{"-"}
	}
	code := exitOK
	for _, name := range files {
		if err := c.copyFile(name); err != nil {
			code = c.fail(exitFailed, "%v", err)
		}
	}
	return code
}

func (c *call) copyFile(name string) error {
	if name == "-" {
		_, err := io.Copy(c.stdout, c.stdin)
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(c.stdout, f)
	return err
}
