package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/plugins/toolbox"
)

// newToolbox is there for its help: Main runs the commands themselves.
func newToolbox(*App) *cobra.Command {
	return &cobra.Command{
		Use:    "toolbox NAME [ARG...]",
		Short:  "Run a command of the toolbox, as containers do",
		Long:   "toolbox runs one of the small commands that limber brings into containers:\n" + strings.Join(toolbox.Names(), ", "),
		Hidden: true,
		Args:   cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return usagef("limber toolbox takes no other flags before the name %q", args[0])
		},
	}
}
