package toolbox

import (
	"context"
	"flag"
	"time"
)

const (
	waitInterval = 200 * time.Millisecond // between two looks, unless told otherwise
	waitLook     = 5 * time.Second        // the longest look
	waitReport   = 10 * time.Second       // between two lines that say what is missing
)

// waitFlags are the flags of every waiting command.
type waitFlags struct {
	timeout  time.Duration
	interval time.Duration
}

func (w *waitFlags) bind(set *flag.FlagSet) {
	set.DurationVar(&w.timeout, "timeout", 0, "")
	set.DurationVar(&w.interval, "interval", waitInterval, "")
}

// wait runs a command whose one argument is what to wait for. prepare turns
// the argument into its printed form and a look, which returns why it is not
// there.
func (c *call) wait(prepare func(arg string) (what string, look func(context.Context) error, err error)) int {
	var flags waitFlags
	set := c.flags()
	flags.bind(set)
	args, code, ok := c.parse(set, 1)
	if !ok {
		return code
	}
	if flags.timeout < 0 || flags.interval <= 0 {
		return c.fail(exitUsage, "the interval must be more than 0, and the timeout 0 (none) or more")
	}
	what, look, err := prepare(args[0])
	if err != nil {
		return c.fail(exitUsage, "%v", err)
	}
	ctx, release := c.untilStopped()
	defer release()
	return c.waitUntil(ctx, flags, what, look)
}

// waitUntil looks until there is nothing missing, ctx ends or the time is
// over.
func (c *call) waitUntil(ctx context.Context, flags waitFlags, what string, look func(context.Context) error) int {
	begin := time.Now()
	bounded, cancel := withTimeout(ctx, flags.timeout)
	defer cancel()

	c.say("waiting for %s", what)
	reported := begin
	for {
		missing := lookOnce(bounded, look)
		if missing == nil {
			c.say("%s is there after %s", what, since(begin))
			return exitOK
		}
		if time.Since(reported) >= waitReport {
			c.say("still waiting for %s after %s: %v", what, since(begin), missing)
			reported = time.Now()
		}
		rest(bounded, flags.interval)
		if ctx.Err() != nil {
			return signalCode(ctx)
		}
		if bounded.Err() != nil {
			return c.fail(exitFailed, "%s is not there after %s: %v", what, since(begin), missing)
		}
	}
}

func lookOnce(ctx context.Context, look func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, waitLook)
	defer cancel()
	return look(ctx)
}

// withTimeout is context.WithTimeout, in which 0 means none.
func withTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout)
}

// since returns the time since begin as a person would say it.
func since(begin time.Time) time.Duration {
	d := time.Since(begin)
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
