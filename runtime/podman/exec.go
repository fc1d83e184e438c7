package podman

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/blang/semver/v4"
	"github.com/containers/podman/v5/libpod/define"
	"golang.org/x/sys/unix"

	"github.com/limber-run/limber/runtime"
)

const (
	// outputLimit is how much of the output of an exec is kept.
	outputLimit = 4 << 10
	// killTimeout is how long it may take to kill an exec that is not wanted
	// any more.
	killTimeout = 2 * time.Second
)

// removableExecs is the first version with a way to remove an exec.
var removableExecs = semver.MustParse("4.8.0")

// execData is what limber reads of an exec.
type execData struct {
	Running  bool
	ExitCode int
	Pid      int
}

// Exec runs a command in a running container.
func (r *Runtime) Exec(ctx context.Context, id string, command []string) (runtime.ExecResult, error) {
	result, err := r.exec(ctx, id, command)
	if err != nil {
		return runtime.ExecResult{}, fmt.Errorf("exec in %s: %w", id, err)
	}
	return result, nil
}

func (r *Runtime) exec(ctx context.Context, id string, command []string) (runtime.ExecResult, error) {
	bounded, cancel := r.bound(ctx)
	defer cancel()
	session, err := r.createExec(bounded, id, command)
	if err != nil {
		return runtime.ExecResult{}, err
	}
	output, err := r.runExec(bounded, session)
	if bounded.Err() != nil {
		r.killExec(context.WithoutCancel(ctx), session)
		return runtime.ExecResult{}, endOf(bounded)
	}
	if err != nil {
		return runtime.ExecResult{}, err
	}
	code, err := r.execCode(bounded, session)
	if err != nil {
		return runtime.ExecResult{}, err
	}
	r.removeExec(bounded, session)
	return runtime.ExecResult{Code: code, Output: output}, nil
}

func (r *Runtime) createExec(ctx context.Context, id string, command []string) (session string, err error) {
	config := map[string]any{"Cmd": command, "AttachStdout": true, "AttachStderr": true}
	var made struct {
		ID string `json:"Id"`
	}
	err = r.call(ctx, request{method: http.MethodPost, path: "/containers/" + url.PathEscape(id) + "/exec", body: config, once: true}, &made)
	return made.ID, err
}

// runExec runs an exec to its end and returns the beginning of its output.
// Only an attached one reports its end on all versions.
func (r *Runtime) runExec(ctx context.Context, session string) (string, error) {
	conn, err := r.conn.GetDialer(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: %w", runtime.ErrUnavailable, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	stream, err := hijack(ctx, conn, "/exec/"+session+"/start", map[string]bool{"Detach": false, "Tty": false})
	if err != nil {
		return "", broken(ctx, err)
	}
	output := head{limit: outputLimit}
	if err := readFrames(stream, &output); err != nil {
		return "", broken(ctx, err)
	}
	return string(output.kept), nil
}

// hijack sends a request after which the connection carries frames.
func hijack(ctx context.Context, conn net.Conn, path string, body any) (*bufio.Reader, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, apiRoot+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "tcp")
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	stream := bufio.NewReader(conn)
	resp, err := http.ReadResponse(stream, req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusSwitchingProtocols && resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, readError(resp)
	}
	return stream, nil
}

// readFrames copies the content of frames: a header of eight bytes, of which
// the last four are the length, and that much output.
func readFrames(stream io.Reader, output io.Writer) error {
	for {
		var header [8]byte
		_, err := io.ReadFull(stream, header[:])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := io.CopyN(output, stream, int64(binary.BigEndian.Uint32(header[4:]))); err != nil {
			return err
		}
	}
}

// head keeps the first bytes written to it.
type head struct {
	limit int
	kept  []byte
}

func (h *head) Write(p []byte) (int, error) {
	room := h.limit - len(h.kept)
	h.kept = append(h.kept, p[:min(room, len(p))]...)
	return len(p), nil
}

// execCode returns the exit code of an exec whose output has ended, which is
// a moment before Podman knows it.
func (r *Runtime) execCode(ctx context.Context, session string) (int, error) {
	for look := firstLook; ; look = min(2*look, longestLook) {
		data := execData{}
		if err := r.get(ctx, "/exec/"+session+"/json", nil, &data); err != nil {
			return 0, err
		}
		if !data.Running {
			return data.ExitCode, nil
		}
		if err := pause(ctx, look); err != nil {
			return 0, err
		}
	}
}

// removeExec makes Podman forget an exec that has ended, where it can.
func (r *Runtime) removeExec(ctx context.Context, session string) {
	if r.version.LT(removableExecs) {
		return
	}
	err := r.post(ctx, "/exec/"+session+"/remove", nil, map[string]bool{"Force": true}, nil)
	if err != nil && !errors.Is(err, runtime.ErrNotFound) {
		r.log.Debug().Err(err).Str("exec", session).Msg("cannot remove exec")
	}
}

// killExec ends an exec that nobody waits for any more, where that is
// possible: by its process ID, else by forced removal.
func (r *Runtime) killExec(ctx context.Context, session string) {
	ctx, cancel := context.WithTimeout(ctx, killTimeout)
	defer cancel()
	data := execData{}
	if err := r.get(ctx, "/exec/"+session+"/json", nil, &data); err != nil {
		r.log.Debug().Err(err).Str("exec", session).Msg("cannot kill exec")
		return
	}
	if data.Running && data.Pid > 0 && r.samePIDs {
		parent, err := parentOf(data.Pid)
		if err == nil && names(parent, session) {
			_ = unix.Kill(data.Pid, unix.SIGKILL) // it may just have ended
		}
	}
	r.removeExec(ctx, session)
}

// Check runs the health command of a container.
func (r *Runtime) Check(ctx context.Context, id string) (bool, error) {
	result := define.HealthCheckResults{}
	err := r.call(ctx, request{method: http.MethodGet, path: "/containers/" + url.PathEscape(id) + "/healthcheck", once: true}, &result)
	if err != nil {
		return false, fmt.Errorf("check %s: %w", id, err)
	}
	return result.Status == define.HealthCheckHealthy, nil
}
