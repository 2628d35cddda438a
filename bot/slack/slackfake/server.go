package slackfake

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is one Slack with one workspace and one installed app. All methods may
// be called from several goroutines at once. Make it with [New].
type Server struct {
	opt    Options
	mux    *http.ServeMux
	client *http.Client
	stop   chan struct{} // closed by Close
	halt   func()

	mu      sync.Mutex
	changed *sync.Cond // signalled after every change of the fields below
	version int        // grows with every change

	baseURL string
	urls    appURLs
	serial  int   // last number given out in an id
	lastTS  int64 // last message timestamp given out, in microseconds

	messages   []Message
	ephemerals []Ephemeral
	views      []View
	calls      []Call
	faults     []string
	triggers   map[string]trigger
	replies    map[string]replyURL
	planned    map[string][]Fault

	revoked    bool // see Revoke
	socketMode bool
	ghosts     int // connections that nobody holds any more
	sockets    []*socket
	next       int             // counts deliveries, to take turns
	tickets    map[string]bool // addresses of sockets that were not used yet
	envelopes  map[string]*envelope
	answered   map[string]bool
}

// appURLs are the request URLs that the app has registered with Slack.
type appURLs struct{ commands, interactions, events string }

// New makes a Slack with the people and channels of o, empty of messages.
func New(o Options) *Server {
	s := &Server{
		opt:      o.withDefaults(),
		client:   &http.Client{Transport: &http.Transport{}, CheckRedirect: dontFollow},
		triggers: map[string]trigger{},
		replies:  map[string]replyURL{},
		planned:  map[string][]Fault{},

		tickets: map[string]bool{}, envelopes: map[string]*envelope{}, answered: map[string]bool{},
	}
	s.socketMode = s.opt.SocketMode
	s.baseURL = s.opt.BaseURL
	s.changed = sync.NewCond(&s.mu)
	s.stop = make(chan struct{})
	s.halt = sync.OnceFunc(func() { close(s.stop) })
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("/api/{method}", s.serveAPI)
	s.mux.HandleFunc("POST "+replyPath+"{id}", s.serveReply)
	s.mux.HandleFunc("GET "+socketPath+"{$}", s.serveSocket)
	s.mux.Handle("GET /{$}", s.Pages())
	return s
}

// dontFollow makes the double take a redirect as an answer, as Slack does: an
// app that moves its request URL must register the new one.
func dontFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// ServeHTTP answers the Web API under /api/, the connections of Socket Mode, the addresses for later replies,
// and the page of [Server.Pages] at the root.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// SetURLs registers where the app listens: for slash commands, for buttons and
// forms, and for events. An empty address means that the app has none.
func (s *Server) SetURLs(commands, interactions, events string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls = appURLs{commands, interactions, events}
}

// SetBaseURL says at which address this double is served, without a slash at
// the end. The addresses for later replies (response_url) start with it.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.baseURL = strings.TrimSuffix(base, "/")
}

// Close lets go of calls that hang by a planned fault, of the app's sockets and
// of idle connections to the app. It may be called more than once.
func (s *Server) Close() {
	s.halt()
	s.client.CloseIdleConnections()
}

// Faults lists what the app did that no correct app does, oldest first: unknown
// methods, unknown or malformed blocks, texts over a limit, answers that Slack
// can't read. A test ends by holding it against the empty list.
func (s *Server) Faults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.faults...)
}

// fault keeps one mistake of the app. The lock is held.
func (s *Server) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
	s.touch()
}

// touch wakes everyone who waits for a change. The lock is held.
func (s *Server) touch() {
	s.version++
	s.changed.Broadcast()
}

// newID gives out an id that was not there before. The lock is held.
func (s *Server) newID(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s%08d", prefix, s.serial)
}

// newTS gives out a message timestamp: seconds and six digits, unique in the
// workspace even when the clock stands still. The lock is held.
func (s *Server) newTS() string {
	at := max(s.opt.Now().UnixMicro(), s.lastTS+1)
	s.lastTS = at
	return fmt.Sprintf("%d.%06d", at/1e6, at%1e6)
}

// sleep waits for d of real time, or until the caller or the double goes away.
func (s *Server) sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-s.stop:
	}
}
