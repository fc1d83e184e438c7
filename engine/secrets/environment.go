package secrets

import (
	"bytes"

	"github.com/limber-run/limber/engine"
)

// environment is the content of the file of variables: NAME=VALUE, each with
// a zero byte after it, as in /proc/PID/environ.
func environment(uses []engine.SecretUse, known map[string][]byte) []byte {
	size := 0
	for _, use := range uses {
		size += len(use.Env) + len("=") + len(known[use.Name]) + 1
	}
	var content bytes.Buffer
	content.Grow(size) // so that no copies are left behind as it grows
	for _, use := range uses {
		content.WriteString(use.Env)
		content.WriteByte('=')
		content.Write(known[use.Name])
		content.WriteByte(0)
	}
	return content.Bytes()
}
