package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Limits of Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode.
// That acknowledgements of 20 KB and more are dropped without a word has been
// seen by slack-go (issue 1196).
const (
	maxSockets = 10
	maxAck     = 20 << 10
	socketPath = "/link/"
)

// socket is one open connection of the app.
type socket struct {
	id   int
	wire *wire
}

// envelope is something delivered over a socket that waits to be acknowledged.
type envelope struct {
	socket  int
	answers bool // accepts_response_payload
	acked   chan Object
}

// SetSocketMode switches Socket Mode on or off. While it is on, nothing is sent
// to the app's addresses: commands, clicks, forms and events go to any one of
// its open connections. Switching it off tells them so and closes them.
func (s *Server) SetSocketMode(on bool) {
	s.mu.Lock()
	s.socketMode = on
	s.mu.Unlock()
	if !on {
		s.Disconnect("link_disabled")
	}
}

// SetGhosts makes Slack believe in so many connections that nobody holds any
// more: they are counted, and deliveries to them are lost.
func (s *Server) SetGhosts(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ghosts = n
}

// Sockets counts the open connections.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// Disconnect tells connections to go, all of them if none is named (by their
// order of opening, from 0). With the reason warning they stay open, as Slack
// leaves some ten seconds; with every other reason they are closed at once.
func (s *Server) Disconnect(reason string, which ...int) {
	raw, _ := json.Marshal(Object{"type": "disconnect", "reason": reason, "debug_info": Object{"host": "wss-111.slack.com"}})
	for _, k := range s.chosen(which) {
		_ = k.wire.write(frameText, raw)
		if reason != "warning" {
			k.wire.end(1000)
		}
	}
}

// Cut breaks connections off without a word, all of them if none is named.
func (s *Server) Cut(which ...int) {
	for _, k := range s.chosen(which) {
		k.wire.drop()
	}
}

func (s *Server) chosen(which []int) (out []*socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range s.sockets {
		if len(which) == 0 || slices.Contains(which, i) {
			out = append(out, k)
		}
	}
	return out
}

// openSocket is apps.connections.open: an address that works once.
// https://docs.slack.dev/reference/methods/apps.connections.open
func (s *Server) openSocket(args) (Object, *failure) {
	if !s.socketMode {
		return nil, fail("access_denied") // what Slack says then isn't documented
	}
	ticket := s.newID("ticket-")
	s.tickets[ticket] = true
	base := s.baseURL
	if base == "" {
		base = "https://wss-primary.slack.com"
	}
	return Object{"url": "ws" + strings.TrimPrefix(base, "http") + socketPath + "?ticket=" + ticket}, nil
}

// serveSocket is one connection from its handshake to its end.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ticket := r.URL.Query().Get("ticket")
	known := s.tickets[ticket]
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !known {
		http.Error(w, "the address was used before", http.StatusForbidden)
		return
	}
	conn, err := upgrade(w, r)
	if err != nil {
		return
	}
	defer conn.drop()
	k, hello := s.join(conn)
	if k == nil {
		raw, _ := json.Marshal(Object{"type": "disconnect", "reason": "too_many_websockets"})
		_ = conn.write(frameText, raw)
		conn.end(1000)
		return
	}
	defer s.leave(k)
	if conn.write(frameText, hello) == nil {
		s.pinged(k)
	}
}

// join adds a connection, unless there are as many as Slack lets an app have.
func (s *Server) join(conn *wire) (*socket, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets)+s.ghosts >= maxSockets {
		return nil, nil
	}
	s.serial++
	k := &socket{id: s.serial, wire: conn}
	s.sockets = append(s.sockets, k)
	s.touch()
	hello, _ := json.Marshal(Object{"type": "hello", "connection_info": Object{"app_id": s.opt.AppID},
		"num_connections": len(s.sockets) + s.ghosts,
		"debug_info": Object{"host": "applink-1", "started": s.opt.Now().UTC().Format("2006-01-02 15:04:05.000"), "build_number": 54,
			"approximate_connection_time": 3600}})
	return k, hello
}

func (s *Server) leave(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets = slices.DeleteFunc(s.sockets, func(other *socket) bool { return other == k })
	s.touch()
}

// pinged reads what the app sends until the connection ends, and pings it all
// the while.
func (s *Server) pinged(k *socket) {
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(s.opt.SocketPing)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if k.wire.write(framePing, []byte("ping")) != nil {
					return
				}
			case <-s.stop:
				k.wire.drop()
				return
			case <-over:
				return
			}
		}
	}()
	defer close(over)
	for {
		raw, err := k.wire.read()
		if err != nil {
			return
		}
		s.acknowledged(k, raw)
	}
}

// acknowledged takes what the app sent: {envelope_id[, payload]} and nothing
// else, on the connection that the envelope came by.
func (s *Server) acknowledged(k *socket, raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ack struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(raw, &ack); err != nil {
		s.fault("socket: the app sent what is no JSON: %v", err)
		return
	}
	e, waiting := s.envelopes[ack.ID]
	var payload Object
	switch {
	case !waiting:
		if !s.answered[ack.ID] {
			s.fault("socket: %q acknowledges nothing that was sent", ack.ID)
		}
		return // too late, or for the second time
	case len(raw) >= maxAck:
		s.fault("socket: an acknowledgement of %d bytes is dropped", len(raw))
		return
	case e.socket != k.id:
		return // that another connection will do is not documented
	case len(ack.Payload) > 0 && json.Unmarshal(ack.Payload, &payload) != nil:
		s.fault("socket: the payload of an acknowledgement is no object")
	case len(payload) > 0 && !e.answers:
		s.fault("socket: a payload where none is taken")
	}
	delete(s.envelopes, ack.ID)
	s.answered[ack.ID] = true
	e.acked <- payload
}

// overSocket delivers over any connection and waits for the acknowledgement as
// long as Slack does for an answer.
func (s *Server) overSocket(ctx context.Context, kind string, payload Object) (r Result) {
	start := time.Now()
	defer func() { r.Elapsed = time.Since(start) }()
	k, id, e := s.address(kind)
	if e == nil {
		r.Err = errors.New("slackfake: the app has no connection open")
		return r
	}
	raw, err := json.Marshal(Object{"envelope_id": id, "type": kind, "payload": payload, "accepts_response_payload": e.answers})
	if err == nil && k != nil {
		err = k.wire.write(frameText, raw)
	}
	if err != nil {
		r.Err = fmt.Errorf("slackfake: deliver over a socket: %w", err)
		return r
	}
	limited, cancel := context.WithTimeout(ctx, s.opt.Patience)
	defer cancel()
	select {
	case said := <-e.acked:
		return s.ackResult(said)
	case <-limited.Done():
	case <-s.stop:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.envelopes, id)
	s.answered[id] = true
	r.TimedOut, r.Err = ctx.Err() == nil, errors.New("slackfake: not acknowledged")
	return r
}

// ackResult shows an acknowledgement as the answer to a request would be.
func (s *Server) ackResult(said Object) Result {
	r := Result{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}}
	if len(said) > 0 {
		r.Body, r.Err = json.Marshal(said)
	}
	return r
}

// address picks a connection, one after the other, ghosts included: k is nil
// for one of those. e is nil if there is none at all.
func (s *Server) address(kind string) (k *socket, id string, e *envelope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := len(s.sockets) + s.ghosts
	if all == 0 {
		return nil, "", nil
	}
	s.next++
	id = s.newID("envelope-")
	e = &envelope{answers: kind != "events_api", acked: make(chan Object, 1)}
	if n := s.next % all; n < len(s.sockets) {
		k = s.sockets[n]
		e.socket = k.id
	}
	s.envelopes[id] = e
	return k, id, e
}
