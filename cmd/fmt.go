package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/limber-run/limber/hclspec"
)

type fmtOptions struct {
	check     bool
	diff      bool
	recursive bool
}

func newFmt(a *App) *cobra.Command {
	o := &fmtOptions{}
	cmd := &cobra.Command{
		Use:   "fmt [FILE|DIR...]",
		Short: "Lay out the files",
		Long: "fmt lays out files in HCL: indentation, spaces, equals signs in line. Comments and\n" +
			"the order of things stay. It prints the names of the files that it has changed.\n\n" +
			"Without arguments these are the project's files and the *.limbervars beside them.\n" +
			"Of a directory: limber.hcl, *.limber.hcl and *.limbervars. - is stdin, to stdout.",
		Example: "  limber fmt\n  limber fmt --check --recursive .    # in CI\n  limber fmt --diff ci.hcl\n  limber fmt - < ci.hcl               # in an editor",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"hcl", "limbervars"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), a, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.check, "check", false, "change nothing; list what would change, and exit with 1 if there is any")
	flags.BoolVar(&o.diff, "diff", false, "change nothing; show what would change")
	flags.BoolVarP(&o.recursive, "recursive", "r", false, "also what is in directories of the directories")
	return cmd
}

// errNotFormatted is what --check finds.
var errNotFormatted = errors.New("not laid out as limber fmt would")

func (o *fmtOptions) run(ctx context.Context, a *App, args []string) error {
	if len(args) == 1 && args[0] == "-" {
		return o.stdin(a)
	}
	files, err := o.files(a, args)
	if err != nil {
		return err
	}
	changed, failures := 0, []error{}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		differs, err := o.file(a, file)
		if err != nil && !is[saidError](err) {
			a.reportError(err)
			err = saidError{err}
		}
		failures = append(failures, err)
		if differs {
			changed++
		}
	}
	if err := errors.Join(failures...); err != nil {
		return saidError{err}
	}
	if o.check && changed > 0 {
		return saidError{errNotFormatted} // by name
	}
	return nil
}

// stdin formats what an editor hands over.
func (o *fmtOptions) stdin(a *App) error {
	const name = "<stdin>"
	text, err := io.ReadAll(a.stdin)
	if err != nil {
		return fmt.Errorf("read stdin: %w", err)
	}
	formatted, err := a.format(name, text)
	if err != nil {
		return err
	}
	differs := !bytes.Equal(text, formatted)
	switch {
	case o.diff:
		err = a.printDiff(name, text, formatted)
	case !o.check:
		_, err = a.out.Write(formatted)
	case differs:
		_, err = fmt.Fprintln(a.out, name)
	}
	if err == nil && o.check && differs {
		return saidError{errNotFormatted}
	}
	return err
}

// file formats one file, and reports whether that changes it.
func (o *fmtOptions) file(a *App, name string) (bool, error) {
	text, err := hclspec.ReadFile(name)
	if err != nil {
		return false, err
	}
	formatted, err := a.format(name, text)
	if err != nil || bytes.Equal(text, formatted) {
		return false, err
	}
	if o.diff {
		return true, a.printDiff(name, text, formatted)
	}
	if !o.check {
		if err := replaceFile(name, formatted); err != nil {
			return true, err
		}
	}
	_, err = fmt.Fprintln(a.out, name)
	return true, err
}

// format prints what is wrong with a file that cannot be formatted.
func (a *App) format(name string, text []byte) ([]byte, error) {
	formatted, spec, diags := hclspec.Format(name, text)
	if diags.HasErrors() {
		a.printDiagnostics(spec, diags)
		return nil, saidError{diagnosticsError{diags}}
	}
	return formatted, nil
}

func (a *App) printDiff(name string, before, after []byte) error {
	text := diff.Diff(name, before, name+" (formatted)", after)
	_, header, _ := strings.Cut(string(text), "\n") // its first line is the call of diff
	for line := range strings.Lines(header) {
		color := ""
		switch line[0] {
		case '+':
			color = colorGood
		case '-':
			color = colorBad
		case '@':
			color = colorDim
		}
		if _, err := fmt.Fprintln(a.out, a.out.paint(color, strings.TrimSuffix(line, "\n"))); err != nil {
			return err
		}
	}
	return nil
}

// files are those that the arguments name.
func (o *fmtOptions) files(a *App, args []string) ([]string, error) {
	switch {
	case len(args) == 0 && o.recursive:
		args = []string{"."}
	case len(args) == 0:
		return a.sources()
	}
	var files []string
	for _, arg := range args {
		found, err := formattedFiles(arg, o.recursive)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}
