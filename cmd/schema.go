package cmd

import (
	"github.com/spf13/cobra"

	"github.com/limber-run/limber/hclspec"
	"github.com/limber-run/limber/hclspec/schema"
)

func newSchema(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of *.limber.json, for editors",
		Long: "schema prints the JSON Schema (draft 2020-12) of the language's JSON form. An\n" +
			"editor that has it completes names, shows what they mean, and marks mistakes.",
		Example: "  limber schema > limber.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return writeJSON(a.out, schema.JSON(hclspec.Language()))
		},
	}
}
