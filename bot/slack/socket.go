package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): the bot holds connections open and Slack delivers over any
// of them what it would otherwise post to our addresses. Nothing is delivered twice, so that what is lost is lost: hence two
// connections, a new one before an old one ends, and each thing committed before it is acknowledged.
//
// The connections are our own, on gorilla/websocket (BSD-2-Clause, v1.5.3, which slack-go stands on too), and not those of
// slack-go's socketmode: that one drops a connection as soon as it hears the warning that comes ten seconds before its end,
// and with it what Slack has sent meanwhile, and it tells of an acknowledgement that it was queued, not that it was sent.
const (
	socketCount = 2
	// maxAck is how large an acknowledgement may be: Slack drops one of 20 KB without a word.
	maxAck      = 19 << 10
	ackWithin   = 2800 * time.Millisecond // of Slack's three seconds
	dialTimeout = 10 * time.Second
	maxEnvelope = 2 << 20
	maxAtOnce   = 256 // envelopes being answered on one connection
)

// The errors of a connection that decide when the next one is opened.
var (
	errRefresh  = errors.New("slack: the connection is refreshed") // as it happens every few hours
	errDisabled = errors.New("slack: Socket Mode is switched off for this app; switch it on in the app's settings, or set slack.mode to http")
	errTooMany  = errors.New("slack: the app has ten connections open already; look for another installation that uses the same app")
)

// envelope is a message on a connection.
type envelope struct {
	Type    string          `json:"type"` // hello, disconnect, slash_commands, interactive or events_api
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
	Answers bool            `json:"accepts_response_payload"`
	Reason  string          `json:"reason"`          // of a disconnect
	Count   int             `json:"num_connections"` // of a hello
}

// sockets keeps the connections of Socket Mode open.
type sockets struct {
	open     func(context.Context) (address string, err error) // asks Slack where to connect; an address works once
	take     func(context.Context, envelope) answer
	large    func(context.Context, answer) // draws what is too large for an acknowledgement
	link     *linkState
	log      *slog.Logger
	plain    bool // ws: will do, since the Web API is plain too: on loopback
	replicas int
	pace     socketPace

	mu   sync.Mutex
	live []*socket
}

// socketPace holds the waits of connections.
type socketPace struct {
	stagger time.Duration // between the first openings, lest both be refreshed at the same time
	silence time.Duration // without a ping so long, a connection is dead; Slack pings every few seconds
	first   time.Duration // before the second try; doubles
	most    time.Duration
	refused time.Duration // where only a person can mend it
	drain   time.Duration // so long an old connection is read after its replacement was asked for
	steady  time.Duration // a connection that lived so long ends the backing off
}

func defaultSocketPace() socketPace {
	return socketPace{
		stagger: 3 * time.Second, silence: 30 * time.Second, first: 200 * time.Millisecond, most: 30 * time.Second,
		refused: time.Minute, drain: 30 * time.Second, steady: 30 * time.Second,
	}
}

// run keeps the connections open until ctx ends, and then waits for what is being answered.
func (m *sockets) run(ctx context.Context) {
	var wg sync.WaitGroup
	for n := range socketCount {
		wg.Go(func() {
			if rest(ctx, time.Duration(n)*m.pace.stagger) {
				m.keep(ctx)
			}
		})
	}
	wg.Wait()
	m.mu.Lock()
	live := slices.Clone(m.live)
	m.mu.Unlock()
	for _, c := range live {
		wg.Go(func() { c.finish() })
	}
	wg.Wait()
}

// keep opens one connection after the other.
func (m *sockets) keep(ctx context.Context) {
	wait := m.pace.first
	for ctx.Err() == nil {
		began := time.Now()
		err := m.one(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) >= m.pace.steady {
			wait = m.pace.first
		}
		next := m.patience(ctx, err, wait)
		if !rest(ctx, next+rand.N(next/4+1)) {
			return
		}
		wait = min(2*wait, m.pace.most)
	}
}

// patience says how long to wait after a connection ended so, and tells the operator what only a person can mend.
func (m *sockets) patience(ctx context.Context, err error, wait time.Duration) time.Duration {
	var status *dialError
	told, busy := retryAfter(err)
	switch {
	case errors.Is(err, errRefresh):
		return 0
	case busy:
		return max(told, wait)
	case errors.Is(err, errToken), errors.Is(err, errRight), errors.Is(err, errDisabled), errors.Is(err, errTooMany),
		errors.As(err, &status) && status.code == http.StatusNotFound:
		m.log.ErrorContext(ctx, "Slack lets the bot open no connection: nothing that people do in Slack reaches it", "error", err)
		m.link.change(func(is *Link) { is.Trouble = err.Error() })
		return max(m.pace.refused, wait)
	}
	m.log.WarnContext(ctx, "connection to Slack ended", "again_in", wait, "error", err)
	return wait
}

// one opens a connection and stays until it is to be replaced. What ends in a panic ends this connection only.
func (m *sockets) one(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("slack: the connection broke off: %v", r)
		}
	}()
	c, err := m.dial(ctx)
	if err != nil {
		return err
	}
	select {
	case <-c.leaving:
		return c.why()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// dial opens a connection and waits for Slack's greeting.
func (m *sockets) dial(ctx context.Context) (*socket, error) {
	dctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	address, err := m.open(dctx)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "wss" && !(m.plain && u.Scheme == "ws") {
		return nil, errors.New("slack: apps.connections.open gave no wss address")
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: dialTimeout}
	conn, resp, err := dialer.DialContext(dctx, address, http.Header{"Origin": {"https://api.slack.com"}})
	if err != nil {
		e := &dialError{err: withoutURL(err)}
		if resp != nil {
			e.code = resp.StatusCode
		}
		return nil, e
	}
	c := &socket{m: m, conn: conn, leaving: make(chan struct{}), slots: make(chan struct{}, maxAtOnce)}
	conn.SetReadLimit(maxEnvelope)
	conn.SetPingHandler(c.pinged)
	if err := c.greeted(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go c.read(context.WithoutCancel(ctx))
	return c, nil
}

// add counts a connection that is open, and drop one that no longer is.
func (m *sockets) add(ctx context.Context, c *socket, counted int) {
	m.mu.Lock()
	m.live = append(m.live, c)
	ours := len(m.live)
	m.mu.Unlock()
	m.link.opened()
	// Another replica that refreshes has three for a moment.
	ghosts := max(0, counted-ours-(socketCount+1)*(m.replicas-1))
	m.link.change(func(is *Link) { is.Ghosts = ghosts })
	m.log.InfoContext(ctx, "connected to Slack", "connections", ours, "slack_counts", counted)
	if ghosts > 0 {
		m.log.WarnContext(ctx, "Slack counts connections that are not ours and may deliver to them: is the app used by another installation, or did one die a moment ago?",
			"slack_counts", counted, "ours", ours, "replicas", m.replicas)
	}
}

func (m *sockets) drop(c *socket) {
	m.mu.Lock()
	m.live = slices.DeleteFunc(m.live, func(other *socket) bool { return other == c })
	m.mu.Unlock()
	m.link.closed()
}

// other is a connection that is open beside this one; nil when there is none.
func (m *sockets) other(than *socket) *socket {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range slices.Backward(m.live) {
		if c != than {
			return c
		}
	}
	return nil
}

// rest waits so long; it is false when ctx ended first.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// dialError is a connection that Slack didn't open. The address stays out of it: it works for whoever has it.
type dialError struct {
	code int // of HTTP; 0: no answer
	err  error
}

func (e *dialError) Error() string {
	return fmt.Sprintf("connect to Slack: status %d: %v", e.code, e.err)
}

func (e *dialError) Unwrap() error { return e.err }
