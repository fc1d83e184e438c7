package toolbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// failTimes fails as often as it is told to and then succeeds. It counts its
// calls in a file.
func failTimes(c *call) int {
	set := c.flags()
	code := set.Int("code", exitFailed, "")
	args, usage, ok := c.parse(set, 2)
	if !ok {
		return usage
	}
	times, err := strconv.Atoi(args[0])
	if err != nil || times < 0 {
		return c.fail(exitUsage, "%q is no number of times", args[0])
	}
	n, err := countCall(args[1])
	if err != nil {
		return c.fail(exitFailed, "%v", err)
	}
	if n <= times {
		return c.fail(*code, "call %d fails, as do the first %d", n, times)
	}
	c.say("call %d succeeds", n)
	return exitOK
}

// countCall adds one to the number in a file and returns the sum. A file
// that is not there or empty counts as 0.
func countCall(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	n := 0
	if digits := strings.TrimSpace(string(text)); digits != "" {
		if n, err = strconv.Atoi(digits); err != nil {
			return 0, fmt.Errorf("%s does not hold a count", path)
		}
	}
	return n + 1, writeLine(path, os.O_TRUNC, strconv.Itoa(n+1))
}
