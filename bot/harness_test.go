package bot_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/calendar"
	"github.com/aanmaner/aanmaner/bot/store"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
	"github.com/aanmaner/aanmaner/snippets"
)

const sanne = "sanne@hoster.example"

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

// rig is the domain on real clients, which speak to doubles over HTTP, and a real SQLite file.
type rig struct {
	t           testing.TB
	clock       *clock
	cerb        *cerbfake.Server
	office      *inhousefake.Server
	mails       *mailbox
	database    *store.Store // the database itself
	store       bot.Store
	world       bot.World
	clerk       *bot.Clerk
	desk        *bot.Reception
	mailTimeout time.Duration // how long Cerb waits for its mail server; 0: its own time
	offer       []string      // the operations of the back office; nil: all
	points      *points       // where the test lets something happen
}

type rigOption func(*rig)

func newRig(t testing.TB, options ...rigOption) *rig {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	// Tuesday, 10:00: nothing is quiet, the bank is booked until Monday.
	r := &rig{t: t, clock: &clock{now: time.Date(2026, 11, 24, 10, 0, 0, 0, loc)}, mails: newMailbox(t), points: &points{}}
	words, err := wording.Load(loc)
	must(t, err)
	notes, err := snippets.Load("")
	must(t, err)
	days, err := calendar.New(calendar.Config{Countries: []string{"NL"}}, loc)
	must(t, err)
	policy := bot.DefaultPolicy()
	policy.Mode, policy.Location, policy.Calendar, policy.ConfirmDelay = bot.Live, loc, days, 0
	policy.Company = snippets.Company{
		Name: "Voorbeeld Hosting B.V.", Phone: "+31 30 123 45 67", Person: "Jacqueline de Vries", Email: "debiteuren@hoster.example",
		PortalURL: "https://mijn.hoster.example", Terms: "artikel 7.3 van onze algemene voorwaarden", TermsURL: "https://hoster.example/voorwaarden",
	}
	r.world.Words, r.world.Snippets, r.world.Policy, r.world.Now = words, notes, policy, r.clock.Now
	s, err := store.Open(context.Background(), store.Config{Path: filepath.Join(t.TempDir(), "bot.db")}, r.clock.Now)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	r.database, r.store = s, pointedStore{Store: s, points: r.points}
	for _, o := range options {
		o(r)
	}
	r.startDoubles()
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	r.clerk = bot.NewClerk(r.store, r.world, func(int64) {}, log)
	r.desk = bot.NewReception(r.database, r.world, func(int64) {}, log)
	return r
}

func (r *rig) startDoubles() {
	r.t.Helper()
	r.cerb = cerbfake.New(cerbfake.Options{Now: r.clock.Now, SMTPAddr: r.mails.address, StrictSQL: true, MailTimeout: r.mailTimeout})
	web := httptest.NewServer(r.points.before("cerb", r.cerb))
	r.t.Cleanup(web.Close)
	group := r.cerb.AddGroup(cerbfake.Group{Name: "Billing", From: "debiteuren@hoster.example"})
	r.cerb.AddWorker(cerbfake.Worker{Email: "bot@hoster.example", Name: "De Bot", Superuser: true, Groups: []int{group}, AccessKey: "key", SecretKey: "secret"})
	r.cerb.AddWorker(cerbfake.Worker{Email: sanne, Name: "Sanne Visser", Groups: []int{group}})
	r.cerb.AddWorker(cerbfake.Worker{Email: "bram@hoster.example", Name: "Bram Smit"})
	r.cerb.AddCustomField(cerbfake.CustomField{Name: "Termination case", URI: "termination_case"})
	set, err := snippets.Load("")
	must(r.t, err)
	for _, lang := range snippets.Languages() {
		r.cerb.AddSnippet("Account Termination ("+lang+")", set.HelpdeskSource(lang), "cerberusweb.contexts.ticket")
	}
	r.office = inhousefake.NewDemo(inhousefake.Options{Now: r.clock.Now, Token: "token", Offer: r.offer})
	back := httptest.NewServer(r.points.before("office", r.office.Handler()))
	r.t.Cleanup(back.Close)
	desk, err := cerb.New(cerb.Config{
		BaseURL: web.URL + "/index.php/rest", AccessKey: "key", SecretKey: "secret", Group: "Billing", RatePerSecond: -1, Now: r.clock.Now,
		Timeout: 5 * time.Second,
	}, slog.New(slog.DiscardHandler))
	must(r.t, err)
	house, err := inhouse.New(inhouse.Config{BaseURL: back.URL + "/api", Token: "token", RatePerSecond: 10000, Now: r.clock.Now, RetryWait: time.Millisecond}, nil)
	must(r.t, err)
	r.world.Desk, r.world.Office = desk, house
}

// start previews and confirms the termination of a customer.
func (r *rig) start(customer string) bot.Case {
	r.t.Helper()
	got := r.confirm(customer, r.preview(customer).Plan.Fingerprint(), "key-"+customer)
	if got.Preview != nil {
		r.t.Fatalf("not started: %v", r.reasons(got.Preview.Plan))
	}
	return got.Case
}

func (r *rig) preview(customer string) bot.Preview {
	r.t.Helper()
	p, err := r.desk.Preview(context.Background(), bot.Request{CustomerID: customer, AgentEmail: sanne})
	must(r.t, err)
	return p
}

func (r *rig) confirm(customer, seen, key string) bot.Receipt {
	r.t.Helper()
	got, err := r.desk.Start(context.Background(), bot.Request{CustomerID: customer, AgentEmail: sanne},
		bot.Actor{Name: "Sanne Visser", Email: sanne, Via: "test"}, seen, key)
	must(r.t, err)
	return got
}

// run takes a case forward, moving the clock to whenever it is due, for at most the given time.
func (r *rig) run(id int64, atMost time.Duration) bot.File {
	r.t.Helper()
	end := r.clock.Now().Add(atMost)
	for {
		must(r.t, r.clerk.Advance(context.Background(), id))
		f := r.file(id)
		if !slices.Contains([]bot.State{bot.Running, bot.Confirming, bot.Restoring}, f.Case.State) || f.Case.DueAt.After(end) {
			return f
		}
		if wait := f.Case.DueAt.Sub(r.clock.Now()); wait > 0 {
			r.clock.Add(wait)
		}
	}
}

func (r *rig) file(id int64) bot.File {
	r.t.Helper()
	f, err := r.desk.File(context.Background(), id)
	must(r.t, err)
	if err := bot.VerifyJournal(f.Case.Key, f.Journal, f.Head); err != nil {
		r.t.Errorf("journal of case %d: %v", id, err)
	}
	return f
}

func (r *rig) reasons(p bot.Plan) (out []string) {
	for _, b := range p.Blocked {
		out = append(out, r.world.Words.Reason(wording.EN, b))
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c *clock) set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}
