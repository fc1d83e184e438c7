package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/secrets"
	"github.com/limber-run/limber/runtime"
)

// How much of what a container leaves becomes the message of its exit
// (SEMANTICS B 114).
const (
	maxMessage  = 4096 // bytes of the file
	maxLogLines = 80
	maxLogBytes = 2048
	// logPatience is how long the end may take to get the last lines of the log.
	logPatience = 2 * time.Second
)

const (
	messagesDir = "messages" // in the runtime directory, one for each workflow
	// messageMode lets any user of a container write. On the host nobody else
	// comes that far.
	messageMode = 0o666
)

// messages are the files in which attempts leave the message of their end: one
// for each attempt, as long as it lives. A container that was made with one
// finds it whoever the supervisor is.
type messages struct{ dir string }

func (m messages) path(workflow string, ref engine.Ref) string {
	return filepath.Join(m.dir, workflow, fmt.Sprintf("%s.%d.%d", ref.Name, ref.Run, ref.Attempt))
}

// place makes the file of an attempt unless it is there, and returns its path.
func (m messages) place(workflow string, ref engine.Ref) (string, error) {
	path := m.path(workflow, ref)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	return path, errors.Join(file.Chmod(messageMode), file.Close()) // whatever the umask
}

// read returns the first n bytes of what an attempt has left; "" if it has
// no file.
func (m messages) read(workflow string, ref engine.Ref, n int) (string, error) {
	file, err := os.Open(m.path(workflow, ref))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, int64(n)))
	return string(text), err
}

func (m messages) remove(workflow string, ref engine.Ref) error {
	err := os.Remove(m.path(workflow, ref))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// sweep removes the files of a workflow that are not of the attempts in keep.
func (m messages) sweep(workflow string, keep map[engine.Ref]*attempt) error {
	wanted := map[string]bool{}
	for ref := range keep {
		wanted[m.path(workflow, ref)] = true
	}
	dir := filepath.Join(m.dir, workflow)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if path := filepath.Join(dir, entry.Name()); !wanted[path] {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}

// mountMessage adds the file of the attempt's message to what it sees.
func (a *attempt) mountMessage(spec *runtime.Spec) error {
	if a.spec.TerminationMessagePath == "" {
		return nil
	}
	path, err := a.d.project.messages.place(a.d.name, a.ref)
	if err != nil {
		return fmt.Errorf("make the file of its termination message: %w", err)
	}
	spec.Mounts = append(spec.Mounts, runtime.Mount{Kind: runtime.MountBind, Source: path, Target: a.spec.TerminationMessagePath})
	return nil
}

// forgetMessage removes the attempt's file. As long as it may have a container
// that nobody has heard of, the next try needs it: that container sees it.
func (a *attempt) forgetMessage() {
	if err := a.d.project.messages.remove(a.d.name, a.ref); err != nil {
		a.d.log.Error().Err(err).Stringer("unit", a.ref).Msg("remove the termination message")
	}
}

// sweepMessages removes the files of attempts that are not known any more.
func (d *driver) sweepMessages() {
	if err := d.project.messages.sweep(d.name, d.attempts); err != nil {
		d.log.Error().Err(err).Msg("remove termination messages")
	}
}

// lastWords is the message of the attempt, which has ended. It holds none of
// its secrets; those that were delivered are taken away.
func (a *attempt) lastWords(ctx context.Context, exit runtime.Exit) string {
	delivered, err := a.delivered()
	defer func() {
		for _, value := range delivered {
			clear(value)
		}
	}()
	a.takeAwaySecrets()
	text := a.readMessage(delivered)
	if text == "" && a.spec.TerminationMessagePolicy == engine.MessageFallbackToLogs && (exit.Code != 0 || exit.OOMKilled) {
		text = secrets.Conceal(a.lastLines(ctx), delivered)
		text = text[max(len(text)-maxLogBytes, 0):]
	}
	if text != "" && err != nil {
		a.d.log.Warn().Err(err).Stringer("unit", a.ref).Msg("leave out the termination message")
		return "its message is left out: it may hold secrets, which are not known any more"
	}
	return printable(text)
}

// delivered are the secrets that the attempt was given, and those that it has
// left as outputs.
func (a *attempt) delivered() (values [][]byte, err error) {
	if a.delivery != nil {
		values, err = a.delivery.Values()
	}
	for _, out := range a.spec.Outputs {
		if out.Sensitive {
			outputs, _ := a.d.project.secrets.Outputs(a.d.name, a.ref.Name) // what it has not left it may not know
			values = append(values, outputs[out.Name])
		}
	}
	return values, err
}

// readMessage is what the attempt has left in its file. It reads on beyond
// what is shown: a secret may lie across the end.
func (a *attempt) readMessage(delivered [][]byte) string {
	limit := maxMessage
	for _, value := range delivered {
		limit += len(value)
	}
	text, err := a.d.project.messages.read(a.d.name, a.ref, limit)
	if err != nil {
		a.d.log.Error().Err(err).Stringer("unit", a.ref).Msg("read the termination message")
	}
	text = secrets.Conceal(text, delivered)
	return text[:min(len(text), maxMessage)]
}

// lastLines is the end of the attempt's log; what of it can be got in time.
func (a *attempt) lastLines(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, logPatience)
	defer cancel()
	var lines []string
	err := a.d.project.cfg.Runtime.Logs(ctx, a.id, runtime.LogOptions{Tail: maxLogLines}, func(l runtime.LogLine) error {
		lines = append(lines, l.Text)
		return nil
	})
	if err != nil {
		a.d.log.Warn().Err(err).Stringer("unit", a.ref).Msg("read the end of the log")
	}
	return strings.Join(lines, "\n")
}

// printable is text without the space after it, as UTF-8.
func printable(text string) string {
	return strings.ToValidUTF8(strings.TrimRightFunc(text, unicode.IsSpace), "\ufffd")
}
