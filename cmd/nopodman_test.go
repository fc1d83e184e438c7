//go:build !podman

package cmd

import "testing"

// withPodman does without: see podman_test.go.
func withPodman(m *testing.M) *testing.M { return m }
