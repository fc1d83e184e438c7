package cmd

import "github.com/spf13/cobra"

// completeWorkflows proposes the names of workflows to a shell: those in the
// files, else those of the project's last state.
func (a *App) completeWorkflows(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if spec, diags, err := a.parse(); err == nil && !diags.HasErrors() {
		for _, w := range spec.Workflows {
			names = append(names, w.Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	if p, err := a.project(); err == nil {
		names, _ = a.workflowNames(cmd.Context(), p) // nothing to propose then
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
