package cmd

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/hclspec"
)

type validateOptions struct {
	output output
}

func newValidate(a *App) *cobra.Command {
	o := &validateOptions{}
	cmd := &cobra.Command{
		Use:     "validate",
		Short:   "Check the files",
		Long:    "validate reads the files as up would, and prints all that is wrong with them.\nIt needs no Podman. docs/editors.md says what -o json prints.",
		Example: "  limber validate\n  limber validate -f ci.hcl -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	o.output.bind(cmd)
	return cmd
}

func (o *validateOptions) run(_ context.Context, a *App) error {
	spec, diags, err := a.parse()
	if err != nil {
		return err
	}
	if o.output.json {
		err = writeJSON(a.out, newValidation(spec, diags))
	} else {
		a.printDiagnostics(spec, diags)
		if !diags.HasErrors() {
			err = describe(a.out, spec)
		}
	}
	if diags.HasErrors() {
		return saidError{diagnosticsError{diags}}
	}
	return err
}

// describe says what the files declare.
func describe(w io.Writer, spec *hclspec.Project) error {
	for _, wf := range spec.Workflows {
		kinds := map[string]int{}
		for _, u := range wf.Units {
			kinds[u.Kind.String()]++
		}
		_, err := fmt.Fprintf(w, "workflow %q is valid: %s, %s, %s\n", wf.Name,
			plural(kinds["init"], "init step"), plural(kinds["sidecar"], "sidecar"), plural(kinds["service"], "service"))
		if err != nil {
			return err
		}
	}
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
