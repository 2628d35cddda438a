package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one connection. Each envelope is answered in a goroutine of its own, so that reading never stops: pings are
// answered while it reads, and Slack gives up a connection that doesn't.
type socket struct {
	m     *sockets
	conn  *websocket.Conn
	slots chan struct{}

	writing sync.Mutex // gorilla allows one writer at a time
	busy    sync.WaitGroup

	once    sync.Once
	leaving chan struct{} // closed once this connection is to be replaced
	reason  error         // why; set before leaving is closed
}

// leave says that this connection is to be replaced.
func (c *socket) leave(why error) {
	c.once.Do(func() {
		c.reason = why
		close(c.leaving)
	})
}

func (c *socket) why() error { return c.reason }

// alive moves the moment on at which the connection counts as dead.
func (c *socket) alive() error { return c.conn.SetReadDeadline(time.Now().Add(c.m.pace.silence)) }

func (c *socket) pinged(data string) error {
	if err := c.alive(); err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(ackWithin))
	if errors.Is(err, websocket.ErrCloseSent) {
		return nil
	}
	return err
}

// greeted waits for hello, without which nothing is delivered.
func (c *socket) greeted(ctx context.Context) error {
	if err := c.conn.SetReadDeadline(time.Now().Add(dialTimeout)); err != nil {
		return err
	}
	e, err := c.next()
	switch {
	case err != nil:
		return fmt.Errorf("connect to Slack: no greeting: %w", err)
	case e.Type == "disconnect":
		return reasonToGo(e.Reason)
	case e.Type != "hello":
		return fmt.Errorf("connect to Slack: %q came before the greeting", e.Type)
	}
	c.m.add(ctx, c, e.Count)
	return c.alive()
}

func (c *socket) next() (e envelope, err error) {
	_, raw, err := c.conn.ReadMessage()
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(raw, &e); err != nil { // one message that isn't understood is no reason to hang up
		return envelope{Type: "not understood"}, nil
	}
	return e, nil
}

// read takes what Slack sends until the connection ends. After a warning it goes on reading while the next connection is
// opened: what Slack still sends here is answered here.
func (c *socket) read(ctx context.Context) {
	defer c.m.drop(c)
	defer c.conn.Close()
	for {
		e, err := c.next()
		if err != nil {
			c.leave(fmt.Errorf("read from Slack: %w", err))
			c.busy.Wait()
			return
		}
		if err := c.alive(); err != nil {
			c.leave(err)
			return
		}
		switch e.Type {
		case "disconnect":
			c.m.log.InfoContext(ctx, "Slack ends a connection", "reason", e.Reason)
			c.leave(reasonToGo(e.Reason))
			time.AfterFunc(c.m.pace.drain, func() { c.finish() })
		case "slash_commands", "interactive", "events_api":
			c.begin(ctx, e)
		default:
			c.m.log.InfoContext(ctx, "Slack sends what is not understood", "type", line(e.Type, maxLabel))
		}
	}
}

// reasonToGo puts Slack's reason to end a connection into one of our errors.
func reasonToGo(reason string) error {
	switch reason {
	case "link_disabled":
		return errDisabled
	case "too_many_websockets":
		return errTooMany
	}
	return errRefresh // warning, refresh_requested, and whatever Slack thinks of next
}

// begin answers an envelope beside the reading.
func (c *socket) begin(ctx context.Context, e envelope) {
	select {
	case c.slots <- struct{}{}:
	default: // the person sees that the app doesn't answer, and tries again
		c.m.log.ErrorContext(ctx, "too much comes in at once", "type", e.Type)
		return
	}
	c.busy.Go(func() {
		defer func() { <-c.slots }()
		defer func() {
			if r := recover(); r != nil {
				c.m.log.ErrorContext(ctx, "answering Slack broke off", "type", e.Type, "panic", r, "stack", string(debug.Stack()))
			}
		}()
		ctx, cancel := context.WithTimeout(ctx, ackWithin)
		defer cancel()
		c.answer(ctx, e)
	})
}

// answer has an envelope taken and acknowledges it. What is not taken is not acknowledged: Slack then tells the person that
// the app doesn't answer, and an event comes again.
func (c *socket) answer(ctx context.Context, e envelope) {
	a := c.m.take(ctx, e)
	defer a.done()
	if a.status != 0 {
		c.m.log.WarnContext(ctx, "not acknowledged", "type", e.Type, "why", a.why)
		return
	}
	raw, tooLarge, err := acknowledgement(e, a)
	if err == nil {
		err = c.send(raw)
	}
	if other := c.m.other(c); err != nil && other != nil { // Slack may take it from there; the work is committed anyhow
		err = other.send(raw)
	}
	if err != nil {
		c.m.log.WarnContext(ctx, "acknowledgement didn't reach Slack: the person is told that the app doesn't answer", "type", e.Type, "error", err)
		return
	}
	if tooLarge {
		c.m.large(context.WithoutCancel(ctx), a)
	}
}

// acknowledgement is what goes back. A view that is too large is left for later; then another one holds its place.
func acknowledgement(e envelope, a answer) (raw []byte, tooLarge bool, err error) {
	ack := struct {
		ID      string `json:"envelope_id"`
		Payload any    `json:"payload,omitempty"`
	}{ID: e.ID}
	if e.Answers {
		ack.Payload = a.body
	}
	raw, err = json.Marshal(ack)
	if err == nil && len(raw) > maxAck {
		ack.Payload = a.meanwhile
		raw, err = json.Marshal(ack)
		return raw, true, err
	}
	return raw, false, err
}

func (c *socket) send(raw []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.conn.SetWriteDeadline(time.Now().Add(ackWithin)); err != nil {
		return err
	}
	return c.conn.WriteMessage(websocket.TextMessage, raw)
}

// finish waits for what is being answered and ends the connection.
func (c *socket) finish() {
	done := make(chan struct{})
	go func() { c.busy.Wait(); close(done) }()
	t := time.NewTimer(ackWithin)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	// Slack may have hung up by itself; there is nobody to tell.
	_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	_ = c.conn.Close()
}
