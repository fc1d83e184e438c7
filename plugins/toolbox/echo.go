package toolbox

import (
	"fmt"
	"strings"
)

// echo prints its arguments; with -n first, without a line end.
func echo(c *call) int {
	args, end := c.args, "\n"
	if len(args) > 0 && args[0] == "-n" {
		args, end = args[1:], ""
	}
	if _, err := fmt.Fprint(c.stdout, strings.Join(args, " "), end); err != nil {
		return c.fail(exitFailed, "%v", err)
	}
	return exitOK
}
