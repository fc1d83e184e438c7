package toolbox

import (
	"os"
	"strings"
)

// outputFile is the variable that names the file for a step's outputs.
const outputFile = "LIMBER_OUTPUT"

// output leaves outputs of an init step.
func output(c *call) int {
	path := os.Getenv(outputFile)
	switch {
	case path == "":
		return c.fail(exitFailed, "there is no $%s: the step declares no output", outputFile)
	case len(c.args) == 0:
		return c.misused()
	}
	for _, arg := range c.args {
		if name, _, ok := strings.Cut(arg, "="); !ok || name == "" || strings.ContainsAny(arg, "\r\n") {
			return c.fail(exitUsage, "%q is not NAME=VALUE in a line", arg)
		}
	}
	if err := writeLine(path, os.O_APPEND, strings.Join(c.args, "\n")); err != nil {
		return c.fail(exitFailed, "%v", err)
	}
	return exitOK
}
