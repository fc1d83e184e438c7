package cmd

import (
	"context"
	"fmt"
	goruntime "runtime"

	"github.com/spf13/cobra"
)

type versionOptions struct {
	output output
}

func newVersion(a *App) *cobra.Command {
	o := &versionOptions{}
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of limber",
		Example: "  limber version -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	o.output.bind(cmd)
	return cmd
}

func (o *versionOptions) run(_ context.Context, a *App) error {
	platform := goruntime.GOOS + "/" + goruntime.GOARCH
	if o.output.json {
		return writeJSON(a.out, map[string]string{"version": version, "go": goruntime.Version(), "platform": platform})
	}
	_, err := fmt.Fprintf(a.out, "limber %s (%s, %s)\n", version, goruntime.Version(), platform)
	return err
}
