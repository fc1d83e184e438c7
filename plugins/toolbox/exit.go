package toolbox

import "strconv"

// exit ends with a code from 0 to 255.
func exit(c *call) int {
	args, code, ok := c.parse(c.flags(), 1)
	if !ok {
		return code
	}
	wanted, err := strconv.ParseUint(args[0], 10, 8)
	if err != nil {
		return c.fail(exitUsage, "%q is no exit code from 0 to 255", args[0])
	}
	return int(wanted)
}
