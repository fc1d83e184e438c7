package journal

import (
	"fmt"
	"os"
	"strings"
)

// BootID returns what tells this boot of the host from all others.
func BootID() (string, error) { return BootIDFrom("/proc/sys/kernel/random/boot_id") }

// BootIDFrom is BootID with the ID in the file at path.
func BootIDFrom(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read boot ID: %w", err)
	}
	id := strings.TrimSpace(string(text))
	if id == "" {
		return "", fmt.Errorf("read boot ID: %s is empty", path)
	}
	return id, nil
}
