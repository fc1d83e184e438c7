package engine

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestTheCoreIsPure holds the first rule of the architecture: what decides
// does no IO and knows no clock, so it cannot import what does. Of ours it
// knows the types of package runtime alone.
func TestTheCoreIsPure(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	allowed := []string{
		"cmp", "crypto/sha256", "encoding/json", "errors", "fmt", "maps", "reflect", "slices", "strconv", "strings", "time",
		"github.com/cenkalti/backoff/v4", "github.com/limber-run/limber/runtime",
	}
	for _, path := range strings.Fields(string(out)) {
		if !slices.Contains(allowed, path) {
			t.Errorf("package engine imports %s", path)
		}
	}
}
