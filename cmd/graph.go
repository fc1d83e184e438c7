package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

type graphOptions struct {
	names  []string
	format graphFormat
	all    bool
}

func newGraph(a *App) *cobra.Command {
	o := &graphOptions{format: mermaid}
	cmd := &cobra.Command{
		Use:   "graph [WORKFLOW...]",
		Short: "Draw the order in which units start",
		Long: "graph draws what waits for what, as text for Mermaid or Graphviz: init steps and\n" +
			"sidecars in their order, services after them, and what depends on each other. The\n" +
			"words at the arrows say what is waited for. It needs no Podman.",
		Example: "  limber graph > graph.mmd                        # GitHub shows it in ```mermaid\n  limber graph -o dot | dot -Tsvg > graph.svg    # with Graphviz\n  limber graph --all shop",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.names = args
			return o.run(cmd.Context(), a)
		},
		ValidArgsFunction: a.completeWorkflows,
	}
	cmd.Flags().VarP(&o.format, "output", "o", "`format` of the output: mermaid or dot")
	cmd.Flags().BoolVar(&o.all, "all", false, "also volumes and secrets")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(graphFormatNames(), cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	return cmd
}

func (o *graphOptions) run(_ context.Context, a *App) error {
	spec, err := a.load()
	if err != nil {
		return err
	}
	workflows, err := choose(spec.Workflows, o.names)
	if err != nil {
		return err
	}
	g := newGraphOf(workflows, o.all)
	return graphFormats[o.format](a.out, g)
}

// graphFormat is the flag -o.
type graphFormat string

const (
	mermaid graphFormat = "mermaid"
	dot     graphFormat = "dot"
)

var graphFormats = map[graphFormat]func(io.Writer, graph) error{mermaid: writeMermaid, dot: writeDot}

func graphFormatNames() []string { return []string{string(mermaid), string(dot)} }

// String implements pflag.Value.
func (f *graphFormat) String() string { return string(*f) }

// Set implements pflag.Value.
func (f *graphFormat) Set(value string) error {
	if !slices.Contains(graphFormatNames(), value) {
		return fmt.Errorf("it is %s", strings.Join(graphFormatNames(), " or "))
	}
	*f = graphFormat(value)
	return nil
}

// Type implements pflag.Value.
func (f *graphFormat) Type() string { return "format" }
