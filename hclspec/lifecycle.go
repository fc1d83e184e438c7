package hclspec

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
)

var lifecycleTable = newTable(table[unit]{
	noun: "a lifecycle",
	attrs: []attr[unit]{
		{name: "stop_signal", doc: "the signal that asks it to end", unset: "the image's, else SIGTERM", kube: "stopSignal", set: as(schema.Type{Form: schema.Text, Name: "signal", Pattern: "^(?i:SIG)?[A-Za-z0-9+]+$", Example: `"SIGTERM"`}, stopSignal)},
	},
	blocks: []nested[unit]{
		{name: "post_start", doc: "done right after its start; it has not started before that has succeeded", once: true, add: addHook(func(u *unit) **engine.Handler { return &u.spec.PostStart }), of: hookTable, kube: "postStart"},
		{name: "pre_stop", doc: "done before it gets the stop signal, within the grace period", once: true, add: addHook(func(u *unit) **engine.Handler { return &u.spec.PreStop }), of: hookTable, kube: "preStop"},
	},
})

// hookTable is of a post_start or pre_stop block.
var hookTable = newTable(table[handler]{
	noun:   "a hook",
	oneOf:  true,
	blocks: handlerBlocks(func(h *handler) *handler { return h }, execBlock, httpGetBlock, sleepBlock),
	refusals: []refusal{
		notHere("command", "write exec { command = [ … ] }."),
		notHere("tcp_socket", "a connection changes nothing. Use exec or http_get."),
	},
})

// addHook returns what takes in the block of a hook.
func addHook(field func(*unit) **engine.Handler) func(*decoder, *hcl.Block, *unit) {
	return func(d *decoder, b *hcl.Block, u *unit) {
		h := &handler{}
		before := len(d.diags)
		hookTable.decode(d, b, h)
		d.checkHandler(h, "hook", b.DefRange, len(d.diags) == before, "exec { … }, http_get { … } or sleep { … }")
		u.handlers = append(u.handlers, h)
		*field(u) = &h.spec
	}
}

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
