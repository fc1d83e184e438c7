package hclspec

import "github.com/limber-run/limber/engine"

// messagePolicy is engine.MessagePolicy as it is written.
type messagePolicy string

const messageFile messagePolicy = "file"

func messagePath(a arg, u *unit) {
	containerPath(func(u *unit) *string { return &u.spec.TerminationMessagePath }).take(a, u)
	u.messageAt = a.attr.Expr.Range()
	if u.spec.TerminationMessagePath == "/" {
		a.errorf(sumBadValue, "%s must be the path of a file, such as %q.", a.name(), engine.DefaultMessagePath)
	}
}

// finishMessage fills in where a unit leaves the message of its exit.
func (u *unit) finishMessage() {
	if u.spec.TerminationMessagePath == "" {
		u.spec.TerminationMessagePath, u.messageAt = engine.DefaultMessagePath, u.decl
	}
	if u.message != messageFile {
		u.spec.TerminationMessagePolicy = engine.MessagePolicy(u.message)
	}
}
