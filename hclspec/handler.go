package hclspec

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/limber-run/limber/engine"
)

// portRef is a port as a handler names it: by number, or by the name of a port
// block, which validate resolves.
type portRef struct {
	name string
	at   hcl.Range
}

// httpGet is an http_get block.
type httpGet struct {
	spec engine.HTTPGet
	port portRef
}

// scheme is of a URL.
type scheme string

var execTable = newTable(table[engine.ExecHandler]{
	noun: "an exec handler",
	attrs: []attr[engine.ExecHandler]{
		{name: "command", doc: "the program and its arguments, without a shell", required: true, set: command(func(h *engine.ExecHandler) *[]string { return &h.Command })},
	},
})

func addExec(d *decoder, b *hcl.Block, p *probe) {
	p.handlers = append(p.handlers, b.DefRange)
	p.spec.Exec = &engine.ExecHandler{}
	execTable.decode(d, b, p.spec.Exec)
}

var httpGetTable = newTable(table[httpGet]{
	noun: "an http_get handler",
	attrs: []attr[httpGet]{
		{name: "port", doc: "a number, or the name of a port block of the workflow", required: true, set: httpPort},
		{name: "path", doc: "the path of the request; default /", set: httpPath},
		{name: "host", doc: "where the request goes; default 127.0.0.1, which is the unit's own address", set: text(func(h *httpGet) *string { return &h.spec.Host })},
		{name: "scheme", doc: "http (default) or https, with any certificate", set: choice([]scheme{"http", "https"}, nil, func(h *httpGet) *scheme { return (*scheme)(&h.spec.Scheme) })},
		{name: "headers", doc: "headers of the request", set: headers},
	},
})

func addHTTPGet(d *decoder, b *hcl.Block, p *probe) {
	p.handlers = append(p.handlers, b.DefRange)
	h := httpGet{spec: engine.HTTPGet{Scheme: "http", Host: "127.0.0.1", Path: "/"}}
	httpGetTable.decode(d, b, &h)
	p.spec.HTTPGet, p.port = &h.spec, h.port
}

func httpPort(a arg, h *httpGet) {
	s, ok := a.text()
	if !ok {
		return
	}
	if _, err := strconv.Atoi(s); err != nil && a.val.Type() == cty.String {
		h.port = portRef{name: s, at: a.attr.Expr.Range()}
	} else if n, ok := a.integer(1, maxPort); ok {
		h.spec.Port = int(n)
	}
}

func httpPath(a arg, h *httpGet) {
	s, ok := a.text()
	if ok && (!strings.HasPrefix(s, "/") || strings.ContainsAny(s, " \r\n\t")) {
		a.errorf(sumBadValue, "path must begin with a slash and contain no spaces, as in \"/healthz\".")
		return
	}
	h.spec.Path = s
}

func headers(a arg, h *httpGet) {
	items, ok := a.items(`Accept = "text/plain"`)
	if !ok {
		return
	}
	h.spec.Headers = map[string]string{}
	for name, item := range items {
		value, ok := item.text()
		if ok && (name == "" || strings.ContainsAny(name, " :\r\n") || strings.ContainsAny(value, "\r\n")) {
			item.errorf(sumBadValue, "%q is not a valid header.", name)
		}
		h.spec.Headers[name] = value
	}
}
