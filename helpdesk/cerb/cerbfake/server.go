package cerbfake

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Version is the release that the recordings were made on.
const Version = "10.4.10"

// build is the number that goes with it in every answer.
const build = 2024030901

// Options set up a Server. The zero value is a Cerb 10.4.10 whose mail server is down and whose database is lax.
type Options struct {
	// Now is the clock; nil means time.Now. The Date of a signed call must be within ten minutes of it.
	Now func() time.Time
	// SMTPAddr is host:port of the mail server that mails really go to. Empty: the mail server is down.
	SMTPAddr string
	// Version is the release that the answers name; empty means Version. Before 9.3.4 dont_send is not known: the first
	// message of a new ticket is mailed.
	Version string
	// StrictSQL is MariaDB's default sql_mode. It decides what is left of a reply that could not be mailed.
	StrictSQL bool
	// BaseURL is where people reach this Cerb, up to and with "/index.php" where there are no rewrite rules; record_url
	// starts with it. Empty: taken from the first request.
	BaseURL string
	// Zone is the time zone of the workers, seen in the Date of mails; nil means UTC.
	Zone *time.Location
	// Latency is how long each REST call takes at least.
	Latency time.Duration
	// MailTimeout is how long a mail server may hang before Cerb gives up on it; 0 means ten seconds. Cerb's own default
	// is thirty.
	MailTimeout time.Duration
}

// Server is one Cerb installation. All methods may be called at the same time.
type Server struct {
	opts Options

	mu       sync.Mutex
	base     string
	strict   bool
	latency  time.Duration
	smtpAddr string
	mailMode MailMode
	fault    func(*http.Request) Fault
	plans    []*plan
	calls    []Call

	workers   table[worker]
	groups    table[group]
	buckets   table[bucket]
	addresses table[address]
	contacts  table[contact]
	orgs      table[org]
	fields    table[customField]
	snippets  table[snippet]
	tickets   table[ticket]
	messages  table[message]
	comments  table[comment]
	drafts    table[draft]
	bearers   map[string]bearer
}

// New is an empty installation: no worker, no group, no ticket.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Version == "" {
		o.Version = Version
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.MailTimeout == 0 {
		o.MailTimeout = 10 * time.Second
	}
	return &Server{
		opts: o, base: strings.TrimRight(o.BaseURL, "/"), strict: o.StrictSQL, latency: o.Latency, smtpAddr: o.SMTPAddr,
		bearers: map[string]bearer{},
	}
}

// now is the clock in whole seconds, as Cerb keeps its times.
func (s *Server) now() int64 { return s.opts.Now().Unix() }

// ServeHTTP answers REST calls under /rest/ and /index.php/rest/, and shows the pages for everything else, so that a
// record_url leads to the ticket it names.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.learnBase(r)
	rest, ok := restPath(r.URL.Path)
	if !ok {
		s.Pages().ServeHTTP(w, r)
		return
	}
	s.serveREST(w, r, rest)
}

// restPath takes the REST prefix off a path: with and without rewrite rules.
func restPath(path string) (string, bool) {
	for _, prefix := range []string{"/index.php/rest/", "/rest/"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			return rest, true
		}
	}
	return "", false
}

// learnBase takes BaseURL from the first request when it was not set.
func (s *Server) learnBase(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base != "" {
		return
	}
	s.base = "http://" + r.Host
	if strings.HasPrefix(r.URL.Path, "/index.php/") {
		s.base += "/index.php"
	}
}

// profileURL is the page of a record for people: "…/profiles/ticket/GKF-27674-451".
func (s *Server) profileURL(kind, name string) string {
	return s.base + "/profiles/" + kind + "/" + name
}

// basePath is the path part of the base URL: a draft's record_url has no host.
func basePath(base string) string {
	if u, err := url.Parse(base); err == nil {
		return u.Path
	}
	return ""
}
