package slackfake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Object is a JSON object as it was sent: a block, an element, metadata.
type Object = map[string]any

// Message is a message in a channel as it stands, with its earlier renditions.
type Message struct {
	Channel   string
	TS        string // its id: seconds, a dot, six digits
	ThreadTS  string // the parent's TS if it is a reply, else ""
	Broadcast bool   // a reply that is shown in the channel too
	User      string // who posted it; the app itself is U0BOT
	Text      string
	Blocks    []Object
	Metadata  Object
	Edited    bool // shows "(edited)": changed without blocks
	Deleted   bool
	Edits     []Edit // earlier renditions, oldest first
	Options   Object // unfurl_links and the like, as they were sent

	names map[string]string
}

// Edit is what a message said before it was changed.
type Edit struct {
	Text   string
	Blocks []Object
	Until  time.Time // when it was changed
}

// Ephemeral is a line that only one person sees.
type Ephemeral struct {
	TS       string
	User     string
	Channel  string
	ThreadTS string
	Text     string
	Blocks   []Object
	Via      string // "command" (the reply itself), "response_url" or "chat.postEphemeral"
	Gone     bool   // replaced or removed since

	names map[string]string
}

// View is a modal or a home tab as one person sees it.
type View struct {
	ID       string
	User     string
	Type     string // modal or home
	Hash     string // changes with every update
	Open     bool
	Previous string // the view under it
	Root     string // the lowest view of the stack

	Title, Submit, Close string
	CallbackID           string
	ExternalID           string
	PrivateMetadata      string
	Blocks               []Object
	State                State             // what has been filled in
	Errors               map[string]string // by block id, shown at the fields
	Earlier              []View            // earlier renditions, oldest first

	doc   Object // the view as it was sent
	names map[string]string
}

// State holds filled-in values: block id, action id, value in Slack's shape.
type State map[string]map[string]Object

// Call is one call of the Web API, or with Method "response_url" one post to
// such an address.
type Call struct {
	At     time.Time
	Method string
	Args   Object // without the token
	Error  string // code that was answered; "" if it went well
	Fault  string // the planned fault that struck, if any
}

// Snapshot is the state of the double at one moment.
type Snapshot struct {
	messages   []Message
	ephemerals []Ephemeral
	views      []View
	calls      []Call
	faults     []string
}

// Snapshot takes a picture of all that there is to see.
func (s *Server) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.picture()
}

// picture copies the lists. What they hold is replaced, never changed, so a
// shallow copy is enough. The lock is held.
func (s *Server) picture() Snapshot {
	return Snapshot{
		messages:   slices.Clone(s.messages),
		ephemerals: slices.Clone(s.ephemerals),
		views:      slices.Clone(s.views),
		calls:      slices.Clone(s.calls),
		faults:     slices.Clone(s.faults),
	}
}

// Wait returns nil as soon as the condition holds, looking again after every
// change. When ctx ends first, the error says so with the last calls.
func (s *Server) Wait(ctx context.Context, holds func(Snapshot) bool) error {
	wake := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
	defer wake()
	for {
		s.mu.Lock()
		seen, now := s.version, s.picture()
		s.mu.Unlock()
		if holds(now) {
			return nil
		}
		s.mu.Lock()
		for s.version == seen && ctx.Err() == nil {
			s.changed.Wait()
		}
		s.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("slackfake: waited in vain: %w; last calls: %s", err, now.lastCalls(8))
		}
	}
}

// lastCalls names the last n calls for an error message.
func (p Snapshot) lastCalls(n int) string {
	var b strings.Builder
	for _, c := range p.calls[max(0, len(p.calls)-n):] {
		fmt.Fprintf(&b, " %s", c.Method)
		if c.Error != "" {
			fmt.Fprintf(&b, "(%s)", c.Error)
		}
	}
	return strings.TrimSpace(b.String())
}

// Messages lists what stands in a channel, oldest first: no thread replies
// unless they were broadcast, nothing deleted.
func (p Snapshot) Messages(channel string) []Message {
	return p.filter(func(m Message) bool {
		return m.Channel == channel && !m.Deleted && (m.ThreadTS == "" || m.Broadcast)
	})
}

// Thread lists the replies to one message, oldest first.
func (p Snapshot) Thread(channel, ts string) []Message {
	return p.filter(func(m Message) bool { return m.Channel == channel && !m.Deleted && m.ThreadTS == ts })
}

// Message finds one message, a deleted one too.
func (p Snapshot) Message(channel, ts string) (Message, bool) {
	i := slices.IndexFunc(p.messages, func(m Message) bool { return m.Channel == channel && m.TS == ts })
	if i < 0 {
		return Message{}, false
	}
	return p.messages[i], true
}

func (p Snapshot) filter(keep func(Message) bool) []Message {
	var out []Message
	for _, m := range p.messages {
		if keep(m) {
			out = append(out, m)
		}
	}
	return out
}

// Ephemerals lists the private lines that the user still sees, oldest first.
func (p Snapshot) Ephemerals(user string) []Ephemeral {
	var out []Ephemeral
	for _, e := range p.ephemerals {
		if e.User == user && !e.Gone {
			out = append(out, e)
		}
	}
	return out
}

// Views is the user's stack of open modals, the one on top last.
func (p Snapshot) Views(user string) []View {
	var out []View
	for _, v := range p.views {
		if v.User == user && v.Open && v.Type == "modal" {
			out = append(out, v)
		}
	}
	return out
}

// View finds a modal or home tab by id, a closed one too.
func (p Snapshot) View(id string) (View, bool) {
	i := slices.IndexFunc(p.views, func(v View) bool { return v.ID == id })
	if i < 0 {
		return View{}, false
	}
	return p.views[i], true
}

// Home is the user's home tab, if the app has published one.
func (p Snapshot) Home(user string) (View, bool) {
	i := slices.IndexFunc(p.views, func(v View) bool { return v.Type == "home" && v.User == user })
	if i < 0 {
		return View{}, false
	}
	return p.views[i], true
}

// Calls lists the calls of the given methods, all if none is given, in the
// order of their answers.
func (p Snapshot) Calls(methods ...string) []Call {
	var out []Call
	for _, c := range p.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			out = append(out, c)
		}
	}
	return out
}

// Faults is [Server.Faults] at the moment of the picture.
func (p Snapshot) Faults() []string { return p.faults }

// Messages is [Snapshot.Messages] of this moment.
func (s *Server) Messages(channel string) []Message { return s.Snapshot().Messages(channel) }

// Thread is [Snapshot.Thread] of this moment.
func (s *Server) Thread(channel, ts string) []Message { return s.Snapshot().Thread(channel, ts) }

// Ephemerals is [Snapshot.Ephemerals] of this moment.
func (s *Server) Ephemerals(user string) []Ephemeral { return s.Snapshot().Ephemerals(user) }

// Views is [Snapshot.Views] of this moment.
func (s *Server) Views(user string) []View { return s.Snapshot().Views(user) }

// Calls is [Snapshot.Calls] of this moment.
func (s *Server) Calls(methods ...string) []Call { return s.Snapshot().Calls(methods...) }
