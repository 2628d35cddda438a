package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/daemon"
	"github.com/aanmaner/aanmaner/bot/sandbox"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
	"github.com/aanmaner/aanmaner/helpdesk/helpdesktest"
)

// passage is one case of one customer that is taken through time: the whole program serves, on a clock that days go by on, and
// the customer and credit control do what they do. Cerb is the sandbox's double, or a running one.
type passage struct {
	t        *testing.T
	world    *sandbox.Sandbox
	clock    *sandbox.Clock
	zone     *time.Location
	d        *daemon.Daemon
	desk     helpdesk.Desk
	hook     string // what reads the mails of a running Cerb; empty: the sandbox's inbox does
	customer string
	to       string // the customer's address, which nobody else has
	first    inhousefake.Snapshot
	id       int64
}

// troupe is all passages of one test. Each program takes its time to end, for its last cards: they do so side by side.
type troupe struct {
	t     *testing.T
	ends  sync.WaitGroup
	setUp sync.Mutex // one running Cerb for all of them
}

// newPassage brings a world and the program up. The clock stands at ten in the morning of a Tuesday.
func (a *troupe) newPassage(t *testing.T, customer string, env ...string) *passage {
	t.Helper()
	p := &passage{t: t, clock: &sandbox.Clock{}, customer: customer, to: strings.ToLower(rand.Text()[:12]) + "@customer.example"}
	var err error
	p.zone, err = time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	day := p.today(1)
	for day.Time(p.zone).Weekday() != time.Tuesday {
		day = day.AddDays(1)
	}
	p.clock.MoveTo(day.Time(p.zone).Add(10 * time.Hour))
	p.world, err = sandbox.Start(t.Context(), sandbox.Options{Dir: a.t.TempDir(), Now: p.clock.Now})
	must(t, err)
	must(t, p.world.Office.EditCustomer(customer, func(c *inhousefake.Customer) {
		c.Addresses = []inhousefake.Address{{Email: p.to, Role: "billing"}}
	}))
	path, err := p.world.WriteConfig()
	must(t, err)
	cfg, err := daemon.Load(path, append([]string{"AANMANER_POLICY__CONFIRM_DELAY=0s"}, env...))
	must(t, err)
	options := daemon.Options{Now: p.clock.Now}
	if live := p.runningCerb(); live != nil {
		options.Decorate = func(w bot.World) bot.World { w.Desk = live; return w }
	}
	p.d, err = daemon.Open(t.Context(), cfg, options)
	must(t, err)
	a.setUp.Lock()
	p.setUpCerb(cfg)
	a.setUp.Unlock()
	p.serve(a)
	p.first = p.world.Office.Snapshot(customer)
	return p
}

// runningCerb is a client of the running Cerb that the environment names, as TestContractOnALiveCerb has it. It signs by the
// machine's clock: days go by for the program, not for Cerb.
func (p *passage) runningCerb() *cerb.Client {
	p.t.Helper()
	url := os.Getenv("CERB_URL")
	if url == "" {
		return nil
	}
	p.hook = os.Getenv("CERB_HOOK")
	if p.hook == "" {
		p.t.Skip("CERB_HOOK has to tell which mails a running Cerb has sent")
	}
	c, err := cerb.New(cerb.Config{BaseURL: url, AccessKey: os.Getenv("CERB_ACCESS_KEY"), SecretKey: os.Getenv("CERB_SECRET_KEY"),
		Group: os.Getenv("CERB_GROUP"), RatePerSecond: -1, Timeout: 20 * time.Second}, slog.New(slog.DiscardHandler))
	must(p.t, err)
	p.desk = c
	return c
}

// setUpCerb is `aanmaner setup cerb`.
func (p *passage) setUpCerb(cfg daemon.Config) {
	p.t.Helper()
	client, running := p.desk.(*cerb.Client)
	if !running {
		c := cfg.Helpdesk.Cerb
		var err error
		client, err = cerb.New(cerb.Config{BaseURL: c.URL, AccessKey: c.AccessKey, SecretKey: c.SecretKey, Group: c.Group, RatePerSecond: -1, Now: p.clock.Now}, slog.New(slog.DiscardHandler))
		must(p.t, err)
		p.desk = client
	}
	set := cerb.Setup{Client: client, Snippets: p.d.Setup().Snippets}
	plan, err := set.Plan(p.t.Context())
	must(p.t, err)
	if !plan.Done() {
		must(p.t, set.Apply(p.t.Context(), plan))
	}
}

// serve runs the program until the test ends.
func (p *passage) serve(a *troupe) {
	p.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended, ready := make(chan error, 1), make(chan string, 1)
	go func() { ended <- p.d.Serve(ctx, func(address string) { ready <- address }) }()
	p.t.Cleanup(func() {
		stop()
		a.ends.Go(func() {
			if err := errors.Join(<-ended, p.d.Close(), p.world.Close()); err != nil {
				a.t.Error(err)
			}
		})
	})
	select {
	case address := <-ready:
		p.world.ConnectSlack(address)
		p.world.ConnectOffice(address)
	case err := <-ended:
		p.t.Fatal(err)
	}
}

func (p *passage) today(plus int) backoffice.Date {
	return backoffice.DateOf(p.clock.Now(), p.zone).AddDays(plus)
}

func (p *passage) file() bot.File {
	p.t.Helper()
	f, err := p.d.Reception.File(context.Background(), p.id)
	must(p.t, err)
	return f
}

// begins is the agent, who confirms the termination.
func (p *passage) begins() {
	p.t.Helper()
	req := bot.Request{CustomerID: p.customer, AgentEmail: "sanne@hoster.example"}
	preview, err := p.d.Reception.Preview(p.t.Context(), req)
	must(p.t, err)
	sanne := bot.Actor{Name: "Sanne Visser", Email: "sanne@hoster.example"}
	got, err := p.d.Reception.Start(p.t.Context(), req, sanne, preview.Plan.Fingerprint(), rand.Text())
	must(p.t, err)
	if got.Preview != nil {
		p.t.Fatalf("not started: %+v", got.Preview.Plan.Blocked)
	}
	p.id = got.Case.ID
}

// isOff takes the case through the procedure: the customer is mailed, the services are off, the orders end in four weeks.
func (p *passage) isOff() {
	p.t.Helper()
	p.begins()
	f := p.comesTo(bot.Waiting, "wait_payment")
	p.ends(string(f.Case.Terms.CancelOn))
	for _, s := range p.world.Office.Services(p.customer) {
		if s.State != "suspended" && s.Kind != "domain" {
			p.t.Errorf("%s is %s", s.Label, s.State)
		}
	}
}

// patience is how long a passage waits for anything.
const patience = time.Minute

// until waits for something, and for the program to be at rest with it.
func (p *passage) until(what string, is func(bot.File) bool) bot.File {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) { // waits: for the program that serves
		f := p.file()
		if is(f) {
			return f
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: not in %s: %s %v\n%s", what, patience, f.Case.State, f.Case.Reason, told(f))
		}
	}
}

// comesTo waits for a state, and for all that is to be done in it.
func (p *passage) comesTo(s bot.State, reason string) bot.File {
	p.t.Helper()
	return p.until(string(s)+" "+reason, func(f bot.File) bool {
		return f.Case.State == s && f.Case.Reason.Code == reason && (s.Closed() || f.Case.DueAt.After(p.clock.Now()))
	})
}

// goesTo lets the clock run on to nine in the morning of a day, and the program do what is due by then.
func (p *passage) goesTo(day backoffice.Date) bot.File {
	p.t.Helper()
	p.clock.MoveTo(day.Time(p.zone).Add(9 * time.Hour))
	return p.until("at rest on "+string(day), func(f bot.File) bool { return f.Case.State.Closed() || f.Case.DueAt.After(p.clock.Now()) })
}

// sees waits for the matter of a kind that is open.
func (p *passage) sees(kind bot.MatterKind) bot.Matter {
	p.t.Helper()
	var m bot.Matter
	p.until("the matter "+string(kind), func(bot.File) bool {
		open, err := p.d.Reception.Matters(context.Background(), bot.MatterFilter{CaseID: p.id, Open: true})
		must(p.t, err)
		n := slices.IndexFunc(open, func(m bot.Matter) bool { return m.Kind == kind })
		if n >= 0 {
			m = open[n]
		}
		return n >= 0
	})
	return m
}

// decides is Jacqueline, who decides; the case comes to a state by it.
func (p *passage) decides(d bot.Decision, s bot.State, reason string) bot.File {
	p.t.Helper()
	by := bot.Actor{Name: "Jacqueline de Vries", Email: "jacqueline@hoster.example"}
	must(p.t, p.d.Reception.Decide(context.Background(), p.id, d, by, rand.Text()))
	p.until("to hear "+string(d.Choice), func(f bot.File) bool {
		return slices.ContainsFunc(f.Journal, func(e bot.Entry) bool { return e.Kind == string(d.Choice) && e.Who.Name == by.Name })
	})
	return p.comesTo(s, reason)
}

// pays books a payment, and lets the back office tell of it.
func (p *passage) pays(r inhousefake.Receipt) {
	p.t.Helper()
	_, err := p.world.Office.Receive(p.customer, r)
	must(p.t, err)
	must(p.t, p.world.Tell(context.Background()))
}

// ends checks on which day the orders of this company's doing end; empty: none does.
func (p *passage) ends(day string) {
	p.t.Helper()
	for _, s := range p.world.Office.Services(p.customer) {
		at := ""
		if s.Cancellation != nil {
			at = s.Cancellation.At
		}
		if at != day && s.Kind != "domain" {
			p.t.Errorf("%s ends on %q, wanted %q\n%s", s.Label, at, day, told(p.file()))
		}
	}
}

// areOn checks that all services are on.
func (p *passage) areOn() {
	p.t.Helper()
	for _, s := range p.world.Office.Services(p.customer) {
		if s.State != "active" {
			p.t.Errorf("%s is %s\n%s", s.Label, s.State, told(p.file()))
		}
	}
}

// isRestored checks that a case ended with everything as it was before, and with so many mails to the customer.
func (p *passage) isRestored(mails int) {
	p.t.Helper()
	f := p.comesTo(bot.Ended, "restored_paid")
	if last := p.world.Office.Services(p.customer); !reflect.DeepEqual(p.first.Services, last) {
		p.t.Errorf("services were\n%+v\nand are\n%+v\n%s", p.first.Services, last, told(f))
	}
	if c := p.world.Office.Customer(p.customer); c.NonPayer != nil {
		p.t.Errorf("the non-payer status: %+v", c.NonPayer)
	}
	titles := map[string]int{}
	for _, n := range p.world.Office.Notes(p.customer) {
		titles[n.Title]++
	}
	if titles[bot.CommentTitle] != 1 || titles[bot.RestoredTitle] != 1 {
		p.t.Errorf("comments: %v", titles)
	}
	p.ticketIs(helpdesk.Closed)
	p.gotMails(mails)
	p.isWhole(f)
}

// ticketIs checks the case's one ticket: the agent's, in a status, and never set to reopen.
func (p *passage) ticketIs(s helpdesk.Status) {
	p.t.Helper()
	f := p.file()
	found, err := p.desk.FindTickets(p.t.Context(), f.Case.Key)
	must(p.t, err)
	sanne, err := p.desk.Agent(p.t.Context(), "sanne@hoster.example")
	must(p.t, err)
	if len(found.Tickets) != 1 || len(found.Drafts) != 0 {
		p.t.Fatalf("found %+v\n%s", found, told(f))
	}
	if k := found.Tickets[0]; k.Status != s || k.OwnerID != sanne.ID || !k.ReopenAt.IsZero() || k.Subject != bot.TicketSubject {
		p.t.Errorf("the ticket is %+v, wanted %s", k, s)
	}
}

// gotMails checks the mails that the customer got: so many, no two alike, as the procedure says they look. It gives their texts.
func (p *passage) gotMails(want int) (texts []string) {
	p.t.Helper()
	for _, m := range p.mails() {
		if m.Subject != bot.TicketSubject || strings.Contains(strings.ToLower(m.Text), "#signature") || strings.Contains(m.Text, "{{") {
			p.t.Errorf("the mail “%s”: %s", m.Subject, m.Text)
		}
		if slices.Contains(texts, m.Text) {
			p.t.Errorf("twice: %s", m.Text)
		}
		texts = append(texts, m.Text)
	}
	if len(texts) != want {
		p.t.Errorf("%d mails, wanted %d: %q\n%s", len(texts), want, texts, told(p.file()))
	}
	return texts
}

func (p *passage) mails() (all []helpdesktest.Mail) {
	p.t.Helper()
	if p.hook == "" {
		for _, m := range p.world.Inbox.Mails(p.to) {
			all = append(all, helpdesktest.Mail{Subject: m.Subject, Text: m.Text})
		}
		return all
	}
	out, err := exec.CommandContext(p.t.Context(), p.hook, "mails", p.to).Output()
	must(p.t, err)
	for path := range strings.FieldsSeq(string(out)) {
		raw, err := os.ReadFile(path)
		must(p.t, err)
		m, err := helpdesktest.ParseMail(raw)
		must(p.t, err)
		all = append(all, m)
	}
	return all
}

// isWhole checks the file's chain, and that Slack liked all that it was sent.
func (p *passage) isWhole(f bot.File) {
	p.t.Helper()
	must(p.t, bot.VerifyJournal(f.Case.Key, f.Journal, f.Head))
	if faults := p.world.Slack.Faults(); len(faults) > 0 {
		p.t.Errorf("Slack: %s", strings.Join(faults, "; "))
	}
}

// told is the file in lines.
func told(f bot.File) string {
	var b strings.Builder
	for _, e := range f.Journal {
		fmt.Fprintf(&b, "%s %s [%s] %s %s: %s\n", e.At.Format("2 Jan 15:04"), e.Who.Name, e.Kind, e.Step, e.Object, e.Text)
	}
	return b.String()
}
