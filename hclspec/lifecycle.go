package hclspec

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

var lifecycleTable = newTable(table[unit]{
	noun: "a lifecycle",
	attrs: []attr[unit]{
		{name: "stop_signal", doc: "the signal that asks it to end; default: the image's, else SIGTERM", set: stopSignal},
	},
	refusals: []refusal{
		notYet("pre_stop", "until then let the program do its last work when it gets the stop signal."),
		notYet("post_start", "until then let the program do its first work itself, or use an init step."),
	},
})

func addLifecycle(d *decoder, b *hcl.Block, u *unit) { lifecycleTable.decode(d, b, u) }

// signals are what a unit can be asked to end with.
var signals = strings.Fields(`
	SIGTERM SIGINT SIGQUIT SIGHUP SIGKILL SIGUSR1 SIGUSR2 SIGABRT SIGALRM SIGBUS SIGCHLD SIGCONT SIGFPE SIGILL
	SIGIO SIGPIPE SIGPROF SIGPWR SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGVTALRM
	SIGWINCH SIGXCPU SIGXFSZ`)

const maxRealtimeSignal = 30 // SIGRTMIN+30 is the last

func stopSignal(a arg, u *unit) {
	s, ok := a.text()
	if !ok {
		return
	}
	name := strings.ToUpper(s)
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	if !isSignal(name) {
		a.errorf(sumInvalidSignal, "stop_signal must be the name of a signal, such as \"SIGTERM\", \"SIGINT\" or \"SIGRTMIN+3\".%s", didYouMean(name, signals))
		return
	}
	u.spec.Container.StopSignal = name
}

func isSignal(name string) bool {
	for _, known := range signals {
		if name == known {
			return true
		}
	}
	above, realtime := strings.CutPrefix(name, "SIGRTMIN")
	if !realtime || above == "" {
		return realtime
	}
	n, err := strconv.Atoi(strings.TrimPrefix(above, "+"))
	return err == nil && strings.HasPrefix(above, "+") && n >= 0 && n <= maxRealtimeSignal
}
