package prober

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/limber-run/limber/engine/unixsock"
)

// answerGrace is how much later than its timeout a check may be answered.
// The agent keeps the timeout; who answers later is no judge.
const answerGrace = time.Second

var (
	errClosed = errors.New("client closed")
	errLost   = errors.New("connection lost")
)

// Dial connects to an agent.
type Dial func(ctx context.Context) (net.Conn, error)

// Socket returns a Dial to the agent that listens on a unix socket. The path
// may be of any length.
func Socket(path string) Dial {
	return func(ctx context.Context) (net.Conn, error) { return unixsock.Dial(ctx, path) }
}

// client asks an agent. It keeps one connection, made when it is needed and
// again when it is lost. It is safe for use by many goroutines.
type client struct {
	dial    Dial
	readers sync.WaitGroup

	// turn holds one token. Who has put it there may dial, write, and use
	// the fields below. It is a channel, so that waiting for it has a
	// context.
	turn    chan struct{}
	session *session
	lastID  uint64
	closed  bool
}

func newClient(dial Dial) *client {
	return &client{dial: dial, turn: make(chan struct{}, 1)}
}

// ask sends req and returns its answer. An error means that the agent did
// not answer, not that a check has failed.
func (c *client) ask(ctx context.Context, req Request) (Answer, error) {
	bounded, cancel := context.WithTimeout(ctx, req.Timeout+answerGrace)
	defer cancel()

	s, reply, err := c.send(bounded, &req)
	if err != nil {
		return Answer{}, fmt.Errorf("agent: %w", err)
	}
	defer s.forget(req.ID)

	select {
	case a := <-reply:
		return a, nil
	case <-s.lost:
		return lastAnswer(reply)
	case <-bounded.Done():
		return Answer{}, fmt.Errorf("agent: no answer: %w", bounded.Err())
	}
}

// lastAnswer returns the answer that came in just before the connection was
// lost, if there is one.
func lastAnswer(reply <-chan Answer) (Answer, error) {
	select {
	case a := <-reply:
		return a, nil
	default:
		return Answer{}, fmt.Errorf("agent: %w", errLost)
	}
}

// send writes req, with an ID of its own, to the connection that it returns.
func (c *client) send(ctx context.Context, req *Request) (*session, <-chan Answer, error) {
	if err := c.take(ctx); err != nil {
		return nil, nil, err
	}
	defer c.leave()

	s, err := c.connected(ctx)
	if err != nil {
		return nil, nil, err
	}
	c.lastID++
	req.ID = c.lastID
	reply := s.expect(req.ID)
	if err := s.write(ctx, *req); err != nil {
		s.forget(req.ID)
		return nil, nil, err
	}
	return s, reply, nil
}

func (c *client) take(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *client) leave() { <-c.turn }

// connected returns the connection, a new one if there is none. The caller
// has the turn.
func (c *client) connected(ctx context.Context) (*session, error) {
	if c.closed {
		return nil, errClosed
	}
	if c.session != nil && !c.session.isLost() {
		return c.session, nil
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, lost: make(chan struct{}), replies: map[uint64]chan Answer{}}
	c.session = s
	c.readers.Go(s.read)
	return s, nil
}

// close ends the connection and waits until nobody reads from it.
func (c *client) close() {
	c.turn <- struct{}{}
	c.closed = true
	if c.session != nil {
		_ = c.session.conn.Close()
	}
	c.leave()
	c.readers.Wait()
}

// session is one connection to an agent.
type session struct {
	conn net.Conn
	lost chan struct{} // closed when nothing more can come in

	mu      sync.Mutex
	replies map[uint64]chan Answer // of the requests not yet answered
}

// read hands out answers until the connection ends.
func (s *session) read() {
	defer close(s.lost)
	defer func() { _ = s.conn.Close() }()
	in := json.NewDecoder(s.conn)
	for {
		var a Answer
		if in.Decode(&a) != nil {
			return
		}
		s.deliver(a)
	}
}

// deliver passes an answer on; one that nobody waits for is dropped.
func (s *session) deliver(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply, ok := s.replies[a.ID]; ok {
		reply <- a // has room: its entry goes with its only answer
		delete(s.replies, a.ID)
	}
}

func (s *session) expect(id uint64) <-chan Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply := make(chan Answer, 1)
	s.replies[id] = reply
	return reply
}

func (s *session) forget(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.replies, id)
}

func (s *session) isLost() bool {
	select {
	case <-s.lost:
		return true
	default:
		return false
	}
}

// write sends one line. A line that was not written whole ends the
// connection.
func (s *session) write(ctx context.Context, req Request) error {
	line, err := json.Marshal(req)
	if err != nil {
		return err
	}
	giveUp := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	_, err = s.conn.Write(append(line, '\n'))
	if !giveUp() && err == nil {
		err = ctx.Err() // it came to its end while the line was written
	}
	if err != nil {
		_ = s.conn.Close()
		return fmt.Errorf("%w: %v", errLost, err)
	}
	return nil
}
