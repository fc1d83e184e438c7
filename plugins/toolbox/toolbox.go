// Package toolbox is the small commands that limber's own static binary
// brings into containers: what built-in plugins run, the process that holds a
// sandbox, and its agent.
//
// The commands need nothing of the image they run in. Errors are printed as
// "NAME: what went wrong"; the exit code is 0, 1, or 2 for a call that makes
// no sense, unless the command says otherwise.
package toolbox

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// Exit codes of the commands.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// command is one entry of the toolbox.
type command struct {
	name  string
	usage string // what follows the name
	run   func(c *call) int
}

// commands is the toolbox, sorted by name.
var commands = []command{
	{"agent", "--socket PATH", agent},
	{"cat", "[FILE...]", cat},
	{"eat-memory", "SIZE", eatMemory},
	{"echo", "[-n] [TEXT...]", echo},
	{"env", "", env},
	{"exec-env", "FILE -- COMMAND [ARG...]", execEnv},
	{"exit", "CODE", exit},
	{"fail-times", "[--code N] TIMES FILE", failTimes},
	{"false", "", func(*call) int { return exitFailed }},
	{"http-serve", "[--listen ADDR] [--dir DIR] [--text TEXT] [--status N] [--delay D] [--start-delay D]", httpServe},
	{"output", "NAME=VALUE...", output},
	{"pause", "", pause},
	{"sleep", "TIME", sleep},
	{"true", "", func(*call) int { return exitOK }},
	{"wait-dns", "[--timeout D] [--interval D] NAME", waitDNS},
	{"wait-file", "[--timeout D] [--interval D] PATH", waitFile},
	{"wait-http", "[--timeout D] [--interval D] URL", waitHTTP},
	{"wait-tcp", "[--timeout D] [--interval D] HOST:PORT", waitTCP},
	{"write-file", "[--append] PATH TEXT", writeFile},
}

// Names returns the names of the commands, sorted.
func Names() []string {
	var names []string
	for _, cmd := range commands {
		names = append(names, cmd.name)
	}
	return names
}

// Main runs one command and returns its exit code.
func Main(name string, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(&call{
		name: name, args: args,
		stdin: stdin, stdout: stdout, stderr: stderr,
		notify: signal.Notify,
	})
}

func run(c *call) int {
	i := slices.IndexFunc(commands, func(cmd command) bool { return cmd.name == c.name })
	if i < 0 {
		return c.fail(exitUsage, "no such command; there are %s", strings.Join(Names(), ", "))
	}
	c.usage = commands[i].usage
	return commands[i].run(c)
}

// call is one run of a command.
type call struct {
	name   string
	usage  string
	args   []string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	notify func(chan<- os.Signal, ...os.Signal) // signal.Notify, but in tests
}

// fail says what went wrong and returns code.
func (c *call) fail(code int, format string, args ...any) int {
	_, _ = fmt.Fprintf(c.stderr, "%s: %s\n", c.name, fmt.Sprintf(format, args...))
	return code
}

// misused says how the command is called.
func (c *call) misused() int {
	return c.fail(exitUsage, "usage: %s", strings.TrimSpace(c.name+" "+c.usage))
}

// say prints a line of the command's result.
func (c *call) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.stdout, format+"\n", args...)
}

// flags returns an empty set of flags for parse.
func (c *call) flags() *flag.FlagSet {
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return set
}

// parse reads flags before, between and after exactly n positional arguments,
// which it returns. What follows "--" is positional. It says itself what is
// wrong.
func (c *call) parse(set *flag.FlagSet, n int) (positional []string, code int, ok bool) {
	args, literal := c.args, []string(nil)
	if i := slices.Index(args, "--"); i >= 0 {
		args, literal = args[:i], args[i+1:]
	}
	for {
		if err := set.Parse(args); err != nil {
			return nil, c.badFlag(err), false
		}
		if set.NArg() == 0 {
			break
		}
		positional = append(positional, set.Arg(0))
		args = set.Args()[1:]
	}
	positional = append(positional, literal...)
	if len(positional) != n {
		return nil, c.misused(), false
	}
	return positional, exitOK, true
}

func (c *call) badFlag(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		c.say("usage: %s", strings.TrimSpace(c.name+" "+c.usage))
		return exitOK
	}
	return c.fail(exitUsage, "%v", err)
}
