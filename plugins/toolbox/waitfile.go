package toolbox

import (
	"context"
	"os"
)

// waitFile waits until there is something at a path.
func waitFile(c *call) int {
	return c.wait(func(path string) (string, func(context.Context) error, error) {
		return path, func(context.Context) error {
			_, err := os.Stat(path)
			return err
		}, nil
	})
}
