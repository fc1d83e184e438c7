// Package cmd is limber's command line: it wires the other packages together,
// and is the only one that prints.
//
// What happens on "limber up -d":
//
//	Main       a name of the toolbox? then plugins/toolbox runs it
//	execute    cobra reads the flags into upOptions, and calls its run
//	load       hclspec reads the files; errors are printed, and that is all
//	apply      a supervisor is dialled, or started, and asked to run them
//	await      its events are shown until the workflows are ready
//	exitCode   the one table from errors to exit codes
package cmd

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"github.com/limber-run/limber/plugins/toolbox"
	"github.com/limber-run/limber/runtime"
	"github.com/limber-run/limber/runtime/podman"
)

// version is that of this binary. The Makefile sets it.
var version = "dev"

// Main runs limber and returns its exit code. Under the name of a command of
// the toolbox it is that command.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	return newApp(stdin, stdout, stderr, environ).main(args)
}

// toolboxCall tells whether args call a command of the toolbox. Containers do
// so by its name or as "limber toolbox NAME"; either must be fast.
func toolboxCall(args []string) (name string, rest []string, ok bool) {
	if len(args) == 0 {
		return "", nil, false
	}
	if name := filepath.Base(args[0]); slices.Contains(toolbox.Names(), name) {
		return name, args[1:], true
	}
	if len(args) > 2 && args[1] == "toolbox" && !strings.HasPrefix(args[2], "-") {
		return args[2], args[3:], true
	}
	return "", nil, false
}

// App is what commands share: the streams, the global flags, and how to reach
// the rest of the world.
type App struct {
	stdin   io.Reader
	out     stream // the result
	err     stream // everything else
	environ []string
	global  globalOptions
	log     zerolog.Logger

	connect    func(context.Context, podman.Config) (runtime.Runtime, error) // replaced by tests
	rt         runtime.Runtime                                               // once a command has needed it
	interrupts *interrupts
	running    bool // the flags were right, a command is at work
}

// globalOptions are the flags of every command.
type globalOptions struct {
	files     []string
	project   string
	vars      []string
	varFiles  []string
	logLevel  string
	logFormat string
	noColor   bool
	podmanURL string
}

func newApp(stdin io.Reader, stdout, stderr io.Writer, environ []string) *App {
	return &App{
		stdin: stdin, environ: environ,
		out: newStream(stdout, environ), err: newStream(stderr, environ),
		connect: connectPodman,
	}
}

func connectPodman(ctx context.Context, cfg podman.Config) (runtime.Runtime, error) {
	return podman.New(ctx, cfg)
}

// main runs what args ask for, and returns the exit code.
func (a *App) main(args []string) int {
	if name, rest, ok := toolboxCall(args); ok {
		return toolbox.Main(name, rest, a.stdin, a.out.w, a.err.w)
	}
	return a.execute(args[min(1, len(args)):])
}

// execute runs the command that args ask for.
func (a *App) execute(args []string) int {
	ctx, interrupts := watchInterrupts(context.Background())
	defer interrupts.close()
	a.interrupts = interrupts
	root := newRoot(a)
	root.SetArgs(longFileFlags(root, args))
	err := root.ExecuteContext(ctx)
	switch cause := context.Cause(ctx); {
	case err != nil && !a.running:
		err = usageError{err}
	case err != nil && cause != nil && !errors.Is(err, cause):
		err = cause // whatever a call under way has made of it
	}
	a.closeRuntime()
	a.reportError(err)
	return exitCode(err)
}

// runtime connects to Podman the first time that it is called: help and
// validate never do.
func (a *App) runtime(ctx context.Context, p project) (runtime.Runtime, error) {
	if a.rt != nil {
		return a.rt, nil
	}
	rt, err := a.connect(ctx, podman.Config{URL: a.global.podmanURL, RuntimeDir: p.runtimeDir, Logger: a.log})
	if err != nil {
		return nil, err
	}
	a.rt = rt
	return rt, nil
}

func (a *App) closeRuntime() {
	if a.rt == nil {
		return
	}
	if err := a.rt.Close(); err != nil {
		a.log.Warn().Err(err).Msg("close the connection to podman")
	}
}

// newRoot assembles the commands.
func newRoot(a *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "limber",
		Short:         "Run workflows, what Kubernetes calls Pods, on one machine",
		Long:          "limber runs workflows on one machine: init steps one by one until each has\nsucceeded, then sidecars and services that stay up. No cluster needed.",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.setUp(); err != nil {
				return err
			}
			a.running = true
			return nil
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.out)
	root.SetErr(a.err)
	a.global.bind(root)
	root.AddCommand(
		newPlan(a), newUp(a), newStop(a), newDown(a), newRestart(a),
		newPs(a), newLogs(a), newEvents(a),
		newNew(a), newValidate(a), newFmt(a), newGraph(a), newSchema(a), newDoctor(a), newVersion(a),
		newSupervise(a), newToolbox(a),
	)
	nameShells(root)
	return root
}

// nameShells has completion refuse a shell that it does not know: cobra shows
// its help, and says that all is well.
func nameShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil || completion == root {
		return
	}
	var shells []string
	for _, shell := range completion.Commands() {
		shells = append(shells, shell.Name())
	}
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return usagef("there is no completion for %q, only for %s", args[0], strings.Join(shells, ", "))
	}
}

const fileUsage = "`file` or directory to read, may be repeated (default: the nearest limber.hcl)"

// bindFollow gives a command -f for --follow. Its --file has no short form.
func (g *globalOptions) bindFollow(cmd *cobra.Command, follow *bool, usage string) {
	cmd.Flags().StringArrayVar(&g.files, "file", nil, fileUsage)
	cmd.Flags().BoolVarP(follow, "follow", "f", false, usage)
}

func (g *globalOptions) bind(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringArrayVarP(&g.files, "file", "f", nil, fileUsage)
	flags.StringVarP(&g.project, "project", "p", "", "`name` of the project (default: that of its directory)")
	flags.StringArrayVar(&g.vars, "var", nil, "value of a variable, as `NAME=VALUE`, may be repeated")
	flags.StringArrayVar(&g.varFiles, "var-file", nil, "`file` with values of variables, may be repeated")
	flags.StringVar(&g.logLevel, "log-level", "", "log of limber itself: debug, info, warn or error (default: warn)")
	flags.StringVar(&g.logFormat, "log-format", "text", "format of that log: text or json")
	flags.BoolVar(&g.noColor, "no-color", false, "print without colors")
	flags.StringVar(&g.podmanURL, "podman", "", "`URL` of Podman's socket (default: $CONTAINER_HOST, else the running one, else limber's own)")
}

// setUp makes of the global flags what commands use.
func (a *App) setUp() error {
	if a.global.noColor {
		a.out.color, a.err.color = false, false
	}
	level, err := zerolog.ParseLevel(cmp.Or(a.global.logLevel, zerolog.LevelWarnValue))
	if err != nil {
		return usagef("--log-level must be debug, info, warn or error, not %q", a.global.logLevel)
	}
	switch a.global.logFormat {
	case "json":
		a.log = zerolog.New(a.err)
	case "text":
		a.log = zerolog.New(zerolog.ConsoleWriter{Out: a.err, NoColor: !a.err.color, TimeFormat: "15:04:05.000"})
	default:
		return usagef("--log-format must be text or json, not %q", a.global.logFormat)
	}
	a.log = a.log.Level(level).With().Timestamp().Logger()
	return a.checkProject()
}

// getenv looks up a variable of the environment that limber was started with.
func (a *App) getenv(name string) (string, bool) { return lookup(a.environ, name) }

// lookup finds a variable. The last one of a name wins, as in a shell.
func lookup(environ []string, name string) (string, bool) {
	for _, entry := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value, true
		}
	}
	return "", false
}
