package hclspec

import (
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/hclspec/schema"
)

// handler is what a probe or a hook does, as it is declared.
type handler struct {
	spec  engine.Handler
	decls []hcl.Range
	to    endpoint
	sleep hcl.Range // of the duration
}

// endpoint is where a handler connects to. A port given by the name of a port
// block, and a host that is not given, are resolved by validate.
type endpoint struct {
	host   *string // nil: it connects to nothing
	hostAt hcl.Range
	port   *int
	name   string    // of the port; "": a number
	at     hcl.Range // of the name
}

// handlerBlocks are the blocks of a probe or hook that hold a handler.
func handlerBlocks[T any](of func(*T) *handler, blocks ...nested[handler]) []nested[T] {
	adapted := make([]nested[T], len(blocks))
	for i, block := range blocks {
		adapted[i] = nested[T]{name: block.name, doc: block.doc, of: block.of, kube: block.kube, add: func(d *decoder, b *hcl.Block, into *T) {
			h := of(into)
			h.decls = append(h.decls, b.DefRange)
			block.add(d, b, h)
		}}
	}
	return adapted
}

var (
	execBlock      = nested[handler]{name: "exec", doc: "runs a command in the container; exit code 0 is a success", add: addExec, of: execTable, kube: "exec"}
	httpGetBlock   = nested[handler]{name: "http_get", doc: "sends a request; an answer from 200 to 399 is a success", add: addHTTPGet, of: httpGetTable, kube: "httpGet"}
	tcpSocketBlock = nested[handler]{name: "tcp_socket", doc: "opens a connection, which is a success", add: addTCPSocket, of: tcpSocketTable, kube: "tcpSocket"}
	grpcBlock      = nested[handler]{name: "grpc", doc: "asks by the gRPC health checking protocol; SERVING is a success", add: addGRPC, of: grpcTable, kube: "grpc"}
	sleepBlock     = nested[handler]{name: "sleep", doc: "waits", add: addSleep, of: sleepTable, kube: "sleep"}
)

// checkHandler reports a handler that is missing, if nothing else is wrong, or
// one too many.
func (d *decoder) checkHandler(h *handler, noun string, decl hcl.Range, clean bool, example string) {
	switch {
	case len(h.decls) == 0 && clean:
		d.errorf(decl, sumMissingHandler, "A %s needs a handler: %s.", noun, example)
	case len(h.decls) > 1:
		d.errorf(h.decls[1], sumConflict, "A %s has one handler; the first is at %s.", noun, place(h.decls[0]))
		d.also("the first one", h.decls[0])
	}
}

var execTable = newTable(table[engine.Exec]{
	noun: "an exec handler",
	attrs: []attr[engine.Exec]{
		{name: "command", doc: "the program and its arguments, without a shell", required: true, kube: "command", set: command(func(h *engine.Exec) *[]string { return &h.Command })},
	},
})

func addExec(d *decoder, b *hcl.Block, h *handler) {
	h.spec.Exec = &engine.Exec{}
	execTable.decode(d, b, h.spec.Exec)
}

// connecting is a handler that connects to a port.
type connecting[T any] struct {
	spec T
	to   endpoint
}

// endpointAttributes are common to all handlers that connect.
func endpointAttributes[T any]() []attr[connecting[T]] {
	return []attr[connecting[T]]{
		{name: "port", doc: "a number, or the name of a port block of the workflow", required: true, kube: "port", set: as(schema.Either(integerType(1, maxPort), schema.Type{Form: schema.Text, Name: "name"}), func(a arg, h *connecting[T]) { setPort(a, &h.to) })},
		{name: "host", doc: "where it connects to", unset: "the unit's own address", kube: "host", set: as(textType, func(a arg, h *connecting[T]) {
			h.to.hostAt = a.attr.Expr.Range()
			text(func(to *endpoint) *string { return to.host }).take(a, &h.to)
		})},
	}
}

func setPort(a arg, to *endpoint) {
	s, ok := a.text()
	if !ok {
		return
	}
	if _, err := strconv.Atoi(s); err != nil && a.val.Type() == cty.String {
		to.name, to.at = s, a.attr.Expr.Range()
	} else if n, ok := a.integer(1, maxPort); ok {
		*to.port = int(n)
	}
}

// scheme is of a URL.
type scheme string

var httpGetTable = newTable(table[connecting[engine.HTTPGet]]{
	noun: "an http_get handler",
	attrs: append([]attr[connecting[engine.HTTPGet]]{
		{name: "path", doc: "the path of the request", def: "/", kube: "path", set: as(schema.Type{Form: schema.Text, Name: "path", Pattern: `^/\S*$`, Example: `"/healthz"`}, httpPath)},
		{name: "scheme", doc: "https takes any certificate", def: "http", kube: "scheme", set: choice([]scheme{"http", "https"}, func(h *connecting[engine.HTTPGet]) *scheme { return (*scheme)(&h.spec.Scheme) })},
		{name: "headers", doc: "headers of the request", unset: "none", kube: "httpHeaders", set: as(schema.MapOf(textType), headers)},
	}, endpointAttributes[engine.HTTPGet]()...),
})

func addHTTPGet(d *decoder, b *hcl.Block, h *handler) {
	get := &connecting[engine.HTTPGet]{spec: engine.HTTPGet{Scheme: "http", Path: "/"}}
	get.to = endpoint{host: &get.spec.Host, port: &get.spec.Port}
	httpGetTable.decode(d, b, get)
	h.spec.HTTPGet, h.to = &get.spec, get.to
}

var tcpSocketTable = newTable(table[connecting[engine.TCPSocket]]{
	noun:  "a tcp_socket handler",
	attrs: endpointAttributes[engine.TCPSocket](),
})

func addTCPSocket(d *decoder, b *hcl.Block, h *handler) {
	tcp := &connecting[engine.TCPSocket]{}
	tcp.to = endpoint{host: &tcp.spec.Host, port: &tcp.spec.Port}
	tcpSocketTable.decode(d, b, tcp)
	h.spec.TCPSocket, h.to = &tcp.spec, tcp.to
}

var grpcTable = newTable(table[connecting[engine.GRPC]]{
	noun: "a grpc handler",
	attrs: append([]attr[connecting[engine.GRPC]]{
		{name: "service", doc: "the service that is asked about", unset: "the server as a whole", kube: "service", set: text(func(h *connecting[engine.GRPC]) *string { return &h.spec.Service })},
	}, endpointAttributes[engine.GRPC]()...),
})

func addGRPC(d *decoder, b *hcl.Block, h *handler) {
	grpc := &connecting[engine.GRPC]{}
	grpc.to = endpoint{host: &grpc.spec.Host, port: &grpc.spec.Port}
	grpcTable.decode(d, b, grpc)
	h.spec.GRPC, h.to = &grpc.spec, grpc.to
}

var sleepTable = newTable(table[engine.Sleep]{
	noun: "a sleep handler",
	attrs: []attr[engine.Sleep]{
		{name: "duration", doc: "how long it waits", required: true, kube: "seconds", set: duration(0, func(h *engine.Sleep) *time.Duration { return &h.Duration })},
	},
})

func addSleep(d *decoder, b *hcl.Block, h *handler) {
	h.spec.Sleep = &engine.Sleep{}
	h.sleep = sleepTable.decode(d, b, h.spec.Sleep).at("duration", b.DefRange)
}

func httpPath(a arg, h *connecting[engine.HTTPGet]) {
	s, ok := a.text()
	if ok && (!strings.HasPrefix(s, "/") || strings.ContainsAny(s, " \r\n\t")) {
		a.errorf(sumBadValue, "path must begin with a slash and contain no spaces, as in \"/healthz\".")
		return
	}
	h.spec.Path = s
}

func headers(a arg, h *connecting[engine.HTTPGet]) {
	items, ok := a.items(`Accept = "text/plain"`)
	if !ok {
		return
	}
	h.spec.Headers = map[string]string{}
	for name, item := range items {
		value, ok := item.text()
		if ok && (name == "" || strings.ContainsAny(name, " :\r\n") || strings.ContainsAny(value, "\r\n")) {
			item.errorf(sumBadValue, "%q is not a valid header: its name must not be empty or have spaces or colons, and its value must be one line.", name)
		}
		h.spec.Headers[name] = value
	}
}
