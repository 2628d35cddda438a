package slack

import (
	"sync"
	"time"
)

// The ways in which Slack reaches the bot.
const (
	ModeHTTP   = "http"   // Slack calls our addresses
	ModeSocket = "socket" // we hold connections open, where nothing from outside may come in
)

// Link is how the bot stands with Slack at one moment: for App Home, the doctor and who watches.
type Link struct {
	Mode string // ModeHTTP or ModeSocket

	Want  int       // connections that the bot holds open; 0 over HTTP
	Up    int       // those that are open now
	Since time.Time // since when at least one is open, or none is; zero over HTTP

	Heard  time.Time // when Slack last delivered something; zero: not since the start
	Ghosts int       // connections that Slack counts beyond ours and may deliver to

	Token   string    // Slack's word for why it doesn't accept a token; empty: it does
	Refused time.Time // since when
	Trouble string    // what keeps the connections from opening, for the operator; empty: nothing
}

// Connected says whether what people do in Slack can reach the bot and the bot can answer.
func (l Link) Connected() bool { return l.Token == "" && (l.Mode == ModeHTTP || l.Up > 0) }

// Connected tells how the bot stands with Slack now. It asks nobody.
func (s *Slack) Connected() Link { return s.link.now() }

// linkState keeps that.
type linkState struct {
	clock func() time.Time

	mu sync.Mutex
	is Link
}

func newLink(cfg Config) *linkState {
	l := &linkState{clock: cfg.Now, is: Link{Mode: cfg.Mode}}
	if cfg.Mode == ModeSocket {
		l.is.Want, l.is.Since = socketCount, cfg.Now()
	}
	return l
}

func (l *linkState) now() Link {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.is
}

func (l *linkState) change(f func(*Link)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.is)
}

func (l *linkState) heard(at time.Time) { l.change(func(is *Link) { is.Heard = at }) }

func (l *linkState) tokenTaken() { l.change(func(is *Link) { is.Token, is.Refused = "", time.Time{} }) }

func (l *linkState) tokenRefused(code string) {
	l.change(func(is *Link) {
		if is.Token == "" {
			is.Refused = l.clock()
		}
		is.Token = code
	})
}

// opened and closed count the connections of Socket Mode.
func (l *linkState) opened() {
	l.change(func(is *Link) {
		if is.Up++; is.Up == 1 {
			is.Since = l.clock()
		}
		is.Trouble = ""
	})
}

func (l *linkState) closed() {
	l.change(func(is *Link) {
		if is.Up--; is.Up == 0 {
			is.Since = l.clock()
		}
	})
}
