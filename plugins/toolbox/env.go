package toolbox

import (
	"os"
	"slices"
)

// env prints the environment, sorted.
func env(c *call) int {
	if _, code, ok := c.parse(c.flags(), 0); !ok {
		return code
	}
	for _, entry := range slices.Sorted(slices.Values(os.Environ())) {
		c.say("%s", entry)
	}
	return exitOK
}
