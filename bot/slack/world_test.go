package slack

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/time/rate"

	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/calendar"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/wake"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
	"github.com/aanmaner/aanmaner/snippets"
)

// The people and channels of these tests.
const (
	sanne    = "U0SANNE" // Dutch, may use the bot, owns tickets
	kees     = "U0KEES"  // English, may use the bot, known to Cerb under another address
	bram     = "U0BRAM"  // may not use the bot
	stranger = "U0STRANGER"
	guest    = "U0GUEST"

	general = "C0GENERAL"
	cases   = "C0CASES"
)

// patience is how long a test waits, in real time, for what has to happen.
const patience = 20 * time.Second

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is the bot with all that it talks to: real clients, doubles over HTTP, a real database.
type world struct {
	*slackfake.Server
	t       *testing.T
	clock   *clock
	cerb    *cerbfake.Server
	office  *inhousefake.Server
	store   *store.Store
	outside bot.World
	config  Config
	bot     *Slack
	desk    *bot.Reception
	served  atomic.Pointer[Slack]
	hold    bool                      // the clerk does nothing
	between func(bot.Store) bot.Store // stands between the bot and its database; nil: nothing
	stop    func()

	mu       sync.Mutex
	timeline []realCall
}

type option func(*world)

func newWorld(t *testing.T, options ...option) *world {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	// Tuesday, 10:00: nothing is quiet, the bank is booked until Monday.
	w := &world{t: t, clock: &clock{now: time.Date(2026, 11, 24, 10, 0, 0, 0, loc)}, stop: func() {}}
	w.startSlack()
	w.startCerb()
	w.startOffice()
	words, err := wording.Load(loc)
	must(t, err)
	notes, err := snippets.Load("")
	must(t, err)
	days, err := calendar.New(calendar.Config{Countries: []string{"NL"}}, loc)
	must(t, err)
	p := bot.DefaultPolicy()
	p.Mode, p.Location, p.Calendar, p.ConfirmDelay = bot.Live, loc, days, 0
	p.Backoff = []time.Duration{time.Millisecond}
	p.Company = snippets.Company{
		Name: "Voorbeeld Hosting B.V.", Phone: "+31 30 123 45 67", Person: "Jacqueline de Vries", Email: "debiteuren@hoster.example",
		PortalURL: "https://mijn.hoster.example", Terms: "artikel 7.3 van onze algemene voorwaarden", TermsURL: "https://hoster.example/voorwaarden",
	}
	w.outside.Words, w.outside.Snippets, w.outside.Policy, w.outside.Now = words, notes, p, w.clock.Now
	w.store, err = store.Open(context.Background(), store.Config{Path: filepath.Join(t.TempDir(), "bot.db")}, w.clock.Now)
	must(t, err)
	t.Cleanup(func() { _ = w.store.Close() })
	for _, o := range options {
		o(w)
	}
	w.start()
	t.Cleanup(func() { w.stop() })
	t.Cleanup(w.noFaults)
	return w
}

func (w *world) startSlack() {
	w.Server = slackfake.New(slackfake.Options{
		SigningSecret: "s3cret", BotToken: "xoxb-1", TeamID: "T0OURS", AppID: "A0OURS", Now: w.clock.Now,
		Users: []slackfake.User{
			{ID: sanne, Name: "Sanne Visser", Email: "Sanne@hoster.example", Locale: "nl-NL"},
			{ID: kees, Name: "Kees Bakker", Email: "kees@elsewhere.example", Locale: "en-GB"},
			{ID: bram, Name: "Bram Smit", Email: "bram@hoster.example", Locale: "nl-NL"},
			{ID: stranger, Name: "Vreemd", Email: "sanne@hoster.example", Locale: "nl-NL", TeamID: "T0THEIRS"},
			{ID: guest, Name: "Gast", Email: "sanne@hoster.example", Locale: "nl-NL", Restricted: true},
		},
		Channels: []slackfake.Channel{{ID: general, Name: "algemeen"}, {ID: cases, Name: "wanbetalers"}},
	})
	url := w.serve(w.timed(w.Server))
	w.SetBaseURL(url)
	w.t.Cleanup(w.Server.Close)
	w.config = Config{
		SigningSecret: "s3cret", BotToken: "xoxb-1", APIURL: url + "/api", AppID: "A0OURS", TeamIDs: []string{"T0OURS"},
		CaseChannel: cases, AllowedUsers: []string{sanne, kees, stranger, guest}, AgentEmails: map[string]string{kees: "kees@hoster.example"},
		ResponseOrigins: []string{url}, Now: w.clock.Now,
	}
	own := w.serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.served.Load().Handler().ServeHTTP(rw, r) }))
	w.SetURLs(own+"/slack/commands", own+"/slack/interactions", own+"/slack/events")
}

// timed notes the real time of calls, and whether they were refused for now: the clock of the world stands still.
func (w *world) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c := realCall{method: strings.TrimPrefix(r.URL.Path, "/api/"), at: time.Now()}
		next.ServeHTTP(rw, r)
		c.busy = rw.Header().Get("Retry-After") != ""
		w.mu.Lock()
		defer w.mu.Unlock()
		w.timeline = append(w.timeline, c)
	})
}

// realCall is a call of the Web API in real time.
type realCall struct {
	method string
	at     time.Time
	busy   bool
}

func (w *world) realCalls(method string) (out []realCall) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.timeline {
		if c.method == method {
			out = append(out, c)
		}
	}
	return out
}

func (w *world) startCerb() {
	w.cerb = cerbfake.New(cerbfake.Options{Now: w.clock.Now, SMTPAddr: mailServer(w.t), StrictSQL: true})
	url := w.serve(w.cerb)
	group := w.cerb.AddGroup(cerbfake.Group{Name: "Billing", From: "debiteuren@hoster.example"})
	w.cerb.AddWorker(cerbfake.Worker{Email: "bot@hoster.example", Name: "De Bot", Superuser: true, Groups: []int{group}, AccessKey: "key", SecretKey: "secret"})
	w.cerb.AddWorker(cerbfake.Worker{Email: "sanne@hoster.example", Name: "Sanne Visser", Groups: []int{group}})
	w.cerb.AddWorker(cerbfake.Worker{Email: "kees@hoster.example", Name: "Kees Bakker", Groups: []int{group}})
	w.cerb.AddCustomField(cerbfake.CustomField{Name: "Termination case", URI: "termination_case"})
	set, err := snippets.Load("")
	must(w.t, err)
	for _, lang := range snippets.Languages() {
		w.cerb.AddSnippet("Account Termination ("+lang+")", set.HelpdeskSource(lang), "cerberusweb.contexts.ticket")
	}
	w.outside.Desk, err = cerb.New(cerb.Config{
		BaseURL: url + "/index.php/rest", AccessKey: "key", SecretKey: "secret", Group: "Billing", RatePerSecond: -1, Now: w.clock.Now,
		Timeout: 5 * time.Second,
	}, slog.New(slog.DiscardHandler))
	must(w.t, err)
}

func (w *world) startOffice() {
	w.office = inhousefake.NewDemo(inhousefake.Options{Now: w.clock.Now, Token: "token"})
	url := w.serve(w.office.Handler())
	w.office.SetBaseURL("https://office.example")
	var err error
	w.outside.Office, err = inhouse.New(inhouse.Config{BaseURL: url + "/api", Token: "token", RatePerSecond: 10000, Now: w.clock.Now, RetryWait: time.Millisecond}, nil)
	must(w.t, err)
}

// serve puts a handler on a port of its own.
func (w *world) serve(h http.Handler) (url string) {
	s := httptest.NewServer(h)
	w.t.Cleanup(s.Close)
	return s.URL
}

// start wires the bot as the program does, and runs it.
func (w *world) start() {
	w.t.Helper()
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(w.t.Output(), nil))
	}
	var wakes *wake.Wake
	rows := bot.Store(w.store)
	if w.between != nil {
		rows = w.between(rows)
	}
	w.desk = bot.NewReception(rows, w.outside, func(id int64) { wakes.Nudge(id) }, log)
	s, err := New(w.config, w.desk, rows, w.outside.Words, w.outside.Policy, log)
	must(w.t, err)
	s.pace.redraw, s.pace.submit = 20*time.Millisecond, time.Second
	s.pace.home, s.pace.gather = 50*time.Millisecond, 50*time.Millisecond
	s.pace.sweep, s.pace.elsewhere = 50*time.Millisecond, 2*time.Second
	s.pace.sockets = socketPace{
		silence: 5 * time.Second, first: 10 * time.Millisecond, most: 100 * time.Millisecond, refused: 100 * time.Millisecond,
		drain: time.Second, steady: time.Second,
	}
	s.client.posts.SetLimit(rate.Every(20 * time.Millisecond))
	w.bot = s
	outside := w.outside
	outside.Announce = s
	clerk := bot.NewClerk(w.store, outside, s.Changed, log)
	wakes = wake.New(wake.Config{Every: 20 * time.Millisecond}, w.store, clerk.Advance, w.clock.Now, log)
	w.served.Store(s)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Run(ctx) })
	if !w.hold {
		wg.Go(func() { _ = wakes.Run(ctx) })
	}
	w.stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
}

// restart ends the bot and starts a new one on the same database.
func (w *world) restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

// noFaults holds what no correct app does against the empty list.
func (w *world) noFaults() {
	for _, f := range w.Faults() {
		w.t.Errorf("Slack would not take it: %s", f)
	}
}

// until waits for something to be seen in Slack.
func (w *world) until(what string, holds func(slackfake.Snapshot) bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.Wait(ctx, holds); err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// eventually waits for something to be true outside Slack.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	waitFor(w.t, what, holds)
}

func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(5 * time.Millisecond) // waits: for the bot's own goroutines, looking again and again
	}
}

// ask types the command and waits for what the view shows once all is looked up.
func (w *world) ask(user, text string) slackfake.View {
	w.t.Helper()
	if got := w.Command(context.Background(), user, text); !got.OK() || len(got.Body) > 0 {
		w.t.Fatalf("command: %d %s %v %s", got.Status, got.Body, got.Err, got.Notice)
	}
	return w.top(user, "")
}

// top is the view on top once it is no longer loading and no longer has the hash.
func (w *world) top(user, not string) (v slackfake.View) {
	w.t.Helper()
	w.until("a view", func(p slackfake.Snapshot) bool {
		all := p.Views(user)
		if len(all) == 0 {
			return false
		}
		v = all[len(all)-1]
		return v.Hash != not && !strings.Contains(slackfake.RenderView(v), "hourglass")
	})
	return v
}

// submit fills in and submits a view.
func (w *world) submit(user string, v slackfake.View, values slackfake.Values) slackfake.Result {
	w.t.Helper()
	got := w.Submit(context.Background(), user, v.ID, values)
	if !got.OK() {
		w.t.Fatalf("submit: %d %s %v %s", got.Status, got.Body, got.Err, got.Notice)
	}
	return got
}

// card waits until the one card in the channel says so.
func (w *world) card(says string) (m slackfake.Message) {
	w.t.Helper()
	w.until("a card that says "+says, func(p slackfake.Snapshot) bool {
		all := w.cards(p)
		if len(all) == 0 {
			return false
		}
		m = all[0]
		return strings.Contains(slackfake.RenderMessage(m), says)
	})
	return m
}

// cards are the messages in the channel that are cards.
func (w *world) cards(p slackfake.Snapshot) (out []slackfake.Message) {
	for _, m := range p.Messages(cases) {
		if m.Metadata["event_type"] == cardEvent {
			out = append(out, m)
		}
	}
	return out
}

// told waits for a private line that says so.
func (w *world) told(user, says string) (e slackfake.Ephemeral) {
	w.t.Helper()
	w.until("a private line that says "+says, func(p slackfake.Snapshot) bool {
		for _, line := range p.Ephemerals(user) {
			if strings.Contains(line.Text, says) {
				e = line
				return true
			}
		}
		return false
	})
	return e
}

// all lists the cases.
func (w *world) all() []bot.Case {
	w.t.Helper()
	list, err := w.desk.Cases(context.Background(), bot.Filter{})
	must(w.t, err)
	return list
}

// waitsForPayment says whether the one case has come to the procedure's end.
func (w *world) waitsForPayment() bool {
	list := w.all()
	return len(list) == 1 && list[0].State == bot.Waiting
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mailServer takes every mail.
func mailServer(t *testing.T) (address string) {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return sink{}, nil }))
	server.Domain = "customer.example"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _, _ = server.Close(), l.Close() })
	return l.Addr().String()
}

type sink struct{}

func (sink) Reset()                               {}
func (sink) Logout() error                        { return nil }
func (sink) Mail(string, *smtp.MailOptions) error { return nil }
func (sink) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (sink) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
