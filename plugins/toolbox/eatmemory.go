package toolbox

import (
	"os"
	goruntime "runtime"
	"strconv"
	"strings"
)

// eatMemory takes memory, says so, and keeps it until it is told to stop: to
// see what a limit does, or what a workflow does whose unit is killed for it.
func eatMemory(c *call) int {
	args, code, ok := c.parse(c.flags(), 1)
	if !ok {
		return code
	}
	size, ok := parseSize(args[0])
	if !ok {
		return c.fail(exitUsage, "%q is no size such as 64Mi, 1Gi or, in bytes, 1000000", args[0])
	}
	ctx, release := c.untilStopped()
	defer release()
	const bite = 1 << 20
	var eaten [][]byte
	for left := size; left > 0 && ctx.Err() == nil; left -= bite {
		eaten = append(eaten, touched(min(left, bite)))
	}
	if ctx.Err() == nil {
		c.say("%s taken", args[0])
	}
	<-ctx.Done()
	goruntime.KeepAlive(eaten)
	return exitOK
}

// touched is so much memory. What is not written to is not taken.
func touched(size int64) []byte {
	memory := make([]byte, size)
	for i := 0; i < len(memory); i += os.Getpagesize() {
		memory[i] = 1
	}
	return memory
}

// parseSize reads a number of bytes, Ki, Mi or Gi.
func parseSize(text string) (int64, bool) {
	shift := 0
	for suffix, bits := range map[string]int{"Ki": 10, "Mi": 20, "Gi": 30} {
		if digits, found := strings.CutSuffix(text, suffix); found {
			text, shift = digits, bits
			break
		}
	}
	n, err := strconv.ParseUint(text, 10, 63-shift)
	return int64(n) << shift, err == nil
}
