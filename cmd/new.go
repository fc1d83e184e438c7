package cmd

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/limber-run/limber/hclspec"
)

// starter is the file that new writes, with NAME for that of the project.
//
//go:embed starter.hcl
var starter string

type newOptions struct {
	dir string
}

func newNew(a *App) *cobra.Command {
	o := &newOptions{dir: "."}
	return &cobra.Command{
		Use:   "new [DIR]",
		Short: "Write a file to start from",
		Long: "new writes a limber.hcl with comments into a directory, which it makes if it is not\n" +
			"there. \"limber up\" can run it as it is. It overwrites nothing.",
		Example: "  limber new\n  limber new shop && cd shop && limber up -d",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.dir = args[0]
			}
			return o.run(cmd.Context(), a)
		},
	}
}

func (o *newOptions) run(_ context.Context, a *App) error {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(o.dir, hclspec.ProjectFile)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s is there already, and new overwrites nothing", path)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.ReplaceAll(starter, "NAME", hclspec.NameOfDir(dir)))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(a.out, path); err != nil {
		return err
	}
	a.sayf("It is yours to change. \"limber up -d\"%s starts it as it is.", inDir(o.dir))
	return nil
}

func inDir(dir string) string {
	if dir == "." {
		return ""
	}
	return " in " + dir
}
