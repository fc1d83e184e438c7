package toolbox

import (
	"strconv"
	"time"
)

// sleep waits for a time such as "1m30s" or, in seconds, "0.5".
func sleep(c *call) int {
	args, code, ok := c.parse(c.flags(), 1)
	if !ok {
		return code
	}
	d, ok := parseTime(args[0])
	if !ok {
		return c.fail(exitUsage, "%q is no time such as 10, 0.5 or 1m30s", args[0])
	}
	ctx, release := c.untilStopped()
	defer release()
	select {
	case <-time.After(d):
		return exitOK
	case <-ctx.Done():
		return signalCode(ctx)
	}
}

// parseTime reads a duration with units, or a number of seconds.
func parseTime(text string) (d time.Duration, ok bool) {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0
}
