// Package show is the demo page: the sandbox's Slack, Cerb, back office and inbox side by side, each drawn from the double
// that the bot really talks to. What a visitor does on the page is done to the doubles as a person would do it: a command
// typed in Slack goes to the bot as a signed request, a payment is booked in the back office. The page itself decides and
// remembers nothing.
//
//	page.html, rows.html   the page, and the parts of it that change (templates)
//	script.js, style.css   one of each, no framework, nothing from elsewhere
//	live.go                what there is to see, as rows with keys; the browser replaces only the rows that changed
//	do.go                  what a visitor does
//	blocks.go, mrkdwn.go   Slack's blocks as HTML
//	story.go               the guided strip: what comes next, told from what is to be seen, never from clicks
//
// It listens on loopback and is for one visitor. All the same it answers only requests for its own address (a page
// elsewhere must not reach it through a name that points here) and acts only on requests from its own pages.
package show

import (
	"context"
	"embed"
	"html/template"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
	"github.com/aanmaner/aanmaner/snippets"
)

//go:embed page.html rows.html style.css script.js words.yaml
var files embed.FS

// World is what the page shows.
type World struct {
	Slack   *slackfake.Server
	Cerb    *cerbfake.Server
	Office  *inhousefake.Server
	Mails   func() []Mail // the customers' inbox, oldest first
	Channel string        // id of the Slack channel where the cards go
	People  []Person      // who the visitor can be; the first one to begin with
	Links   []Link        // the doubles' own pages

	Now func() time.Time // the world's clock; nil: the machine's
	// Tell has the back office tell the bot what happened, after each payment; nil: it doesn't.
	Tell func(context.Context) error
	// Days lets days go by until the morning of a day (YYYY-MM-DD), and calls seen after each; nil: the clock can't be moved.
	Days func(ctx context.Context, day string, seen func()) (Stop, error)
}

// Stop says why the days stopped early: somebody has to decide. Without a Why they didn't.
type Stop struct {
	Customer string
	Why      func(lang string) string
}

// Mail is a mail as it came to a customer.
type Mail struct {
	To, From, Subject, Text, MessageID string
	At                                 time.Time
}

// Person is someone in the Slack workspace. Role is the key of a text: agent, colleague or lead.
type Person struct{ ID, Name, Role string }

// Link is another page of the sandbox.
type Link struct{ Name, URL string }

// Options is what the page needs besides the world.
type Options struct {
	Zone  *time.Location    // in which times are shown; nil: UTC
	Again func(lang string) // starts the world anew in a language; nil: that can't be done
	Lang  string            // of a visitor who hasn't chosen, nl or en; empty: nl
}

// Show serves the page.
type Show struct {
	zone  *time.Location
	again func(lang string)
	lang  string
	words words
	tmpl  *template.Template
	mux   *http.ServeMux

	mu    sync.Mutex
	scene scene
}

// scene is a world and what the page has seen of it.
type scene struct {
	World
	round  int // counts the worlds, so that the browser knows a new one
	feed   *feed
	listed []string // the customers who owed when it began
	began  string   // the day on which it did
}

// today is the world's day.
func (s *Show) today(now scene) string { return now.Now().In(s.zone).Format(time.DateOnly) }

// New makes the page. SetWorld gives it something to show.
func New(o Options) (*Show, error) {
	s := &Show{zone: o.Zone, again: o.Again, lang: o.Lang, mux: http.NewServeMux(), scene: scene{World: World{Now: time.Now}, feed: newFeed()}}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.lang == "" {
		s.lang = "nl"
	}
	var err error
	if s.words, err = loadWords(); err != nil {
		return nil, err
	}
	if s.tmpl, err = template.New("").Funcs(template.FuncMap{"attr": attributes, "arg": pass, "dispatching": dispatching}).ParseFS(files, "page.html", "rows.html"); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("GET /{$}", s.page)
	s.mux.HandleFunc("GET /live", s.live)
	s.mux.HandleFunc("POST /do", s.do)
	s.mux.HandleFunc("GET /style.css", s.file("style.css", "text/css; charset=utf-8"))
	s.mux.HandleFunc("GET /script.js", s.file("script.js", "text/javascript; charset=utf-8"))
	return s, nil
}

// SetWorld puts a world in the place of the one before.
func (s *Show) SetWorld(w World) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.Now == nil {
		w.Now = time.Now
	}
	s.scene = scene{World: w, round: s.scene.round + 1, feed: newFeed()}
	s.scene.began = s.today(s.scene)
	s.scene.listed = owing(w.Office, s.scene.began)
}

func (s *Show) current() scene {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scene
}

// policy lets the page load its own files and talk to its own address, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// ServeHTTP serves the page on loopback addresses.
func (s *Show) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if !loopback(r.Host) {
		http.Error(w, "this page is for this machine alone", http.StatusForbidden)
		return
	}
	if origin := r.Header.Get("Origin"); r.Method != http.MethodGet && origin != "http://"+r.Host {
		http.Error(w, "this page takes requests from itself alone", http.StatusForbidden)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// loopback says whether a Host header names this machine by a loopback address.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *Show) file(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		raw, err := files.ReadFile(name)
		if err != nil {
			http.Error(w, "not there", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(raw) // the visitor may be gone
	}
}

// visitor is who looks, in which language.
type visitor struct{ user, lang string }

func (s *Show) visitor(r *http.Request, w scene) visitor {
	v := visitor{user: r.FormValue("who"), lang: r.FormValue("lang")}
	if v.lang != "nl" && v.lang != "en" {
		v.lang = s.lang
	}
	for _, p := range w.People {
		if p.ID == v.user {
			return v
		}
	}
	v.user = ""
	if len(w.People) > 0 {
		v.user = w.People[0].ID
	}
	return v
}

// pageData is what the page's template fills in.
type pageData struct {
	T      func(key string, pairs ...string) string
	Lang   string
	Who    string
	People []Person
	Links  []Link
	Days   bool
	Again  bool
	Tabs   []string
	Keys   []string
}

func (s *Show) page(w http.ResponseWriter, r *http.Request) {
	world := s.current()
	v := s.visitor(r, world)
	t := s.words.in(v.lang)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := s.tmpl.ExecuteTemplate(w, "page.html", pageData{
		T: t, Lang: v.lang, Who: v.user, People: world.People, Links: world.Links, Days: world.Days != nil, Again: s.again != nil,
		Tabs: []string{"slack", "cerb", "office", "inbox"}, Keys: []string{"pane", "command", "day", "step", "escape", "help"},
	})
	if err != nil {
		http.Error(w, "the page can't be drawn", http.StatusInternalServerError)
	}
}

// clock is a time of day, with its day where that isn't the world's today.
func (d *painter) clock(at time.Time) string {
	at = at.In(d.show.zone)
	if day := at.Format(time.DateOnly); day != d.today {
		return snippets.ShortDate(d.visitor.lang, day) + at.Format(" 15:04")
	}
	return at.Format("15:04")
}

// wait is how long a request for news waits for some.
const wait = 10 * time.Second
