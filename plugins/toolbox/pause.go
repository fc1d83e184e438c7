package toolbox

// pause does nothing until it is told to stop, and then exits 0.
func pause(c *call) int {
	if _, code, ok := c.parse(c.flags(), 0); !ok {
		return code
	}
	c.untilToldToStop()
	return exitOK
}
