// Package helpdesktest is the contract suite of helpdesk.Desk: what every client must do on every helpdesk, doubles and
// running ones. A test package gives a Bench and calls Run.
//
// The suite writes: it opens tickets and mails the addresses that Bench.Customer makes. What a bench can't do (switch the
// mail server off, merge tickets) is nil; the subtests that need it are skipped and say what is lacking.
package helpdesktest

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// Bench is a helpdesk to be tested, and what can be done to it from outside.
type Bench struct {
	Desk     helpdesk.Desk
	Agent    string        // e-mail address of an agent who is a member of the group
	Outsider string        // one who exists and is not; "" when there is none
	Customer func() string // a new customer address each time

	// Optional abilities; each fails the test by itself when it can't do what it should.
	MailDown         func(t *testing.T, down bool)                               // switches the mail server
	MailLost         func(t *testing.T, lost bool)                               // lets the mail server take mails and break off before it says so
	SQLMode          func(t *testing.T, strict bool)                             // how strict the helpdesk's database is
	CustomerReplies  func(t *testing.T, m helpdesk.Message, from, text string)   // answers a mail that the customer got
	ColleagueReplies func(t *testing.T, first helpdesk.Message, to, text string) // answers a ticket's first message by hand
	Merge            func(t *testing.T, into, from string)                       // merges two tickets, the older one stays
	SetReopen        func(t *testing.T, ticketID string, at time.Time)           // sets a ticket's reopen date
	CronNow          func(t *testing.T)                                          // lets the helpdesk send what it has queued
	Mails            func(t *testing.T, to string) []Mail                        // what was really delivered to an address
	SetSnippet       func(t *testing.T, title, text string)                      // makes a snippet
}

// Run runs the whole suite. Subtests change the mail server for all, so they run one after the other.
func Run(t *testing.T, bench Bench) {
	b := &bench
	for _, part := range []struct {
		name  string
		tests []subtest
	}{
		{"Server", serverTests()}, {"Agent", agentTests()}, {"Open", openTests()}, {"Hostile", hostileTests()}, {"Render", renderTests()},
		{"Notice", noticeTests()}, {"Letters", letterTests()}, {"MailDown", mailDownTests()}, {"Meanwhile", meanwhileTests()}, {"Change", changeTests()},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, s := range part.tests {
				t.Run(s.name, func(t *testing.T) {
					for _, lack := range s.needs(b) {
						t.Skip("this bench can't " + lack)
					}
					s.run(t, b)
				})
			}
		})
	}
}

type subtest struct {
	name  string
	run   func(*testing.T, *Bench)
	wants []ability
}

// needs lists what a subtest needs and the bench lacks.
func (s subtest) needs(b *Bench) (lacks []string) {
	for _, w := range s.wants {
		if !w.there(b) {
			lacks = append(lacks, w.name)
		}
	}
	return lacks
}

type ability struct {
	name  string
	there func(*Bench) bool
}

func canMailDown() ability {
	return ability{"switch the mail server off", func(b *Bench) bool { return b.MailDown != nil }}
}
func canMailLost() ability {
	return ability{"lose the connection after a mail's data", func(b *Bench) bool { return b.MailLost != nil }}
}
func canSQLMode() ability {
	return ability{"change the database's mode", func(b *Bench) bool { return b.SQLMode != nil }}
}
func canMails() ability {
	return ability{"read delivered mail", func(b *Bench) bool { return b.Mails != nil }}
}
func canSnippet() ability {
	return ability{"make snippets", func(b *Bench) bool { return b.SetSnippet != nil }}
}
func canColleague() ability {
	return ability{"let a colleague reply", func(b *Bench) bool { return b.ColleagueReplies != nil }}
}
func canCustomer() ability {
	return ability{"let a customer reply", func(b *Bench) bool { return b.CustomerReplies != nil }}
}
func canMerge() ability {
	return ability{"merge tickets", func(b *Bench) bool { return b.Merge != nil }}
}
func canCron() ability {
	return ability{"run the helpdesk's own sending", func(b *Bench) bool { return b.CronNow != nil }}
}
func canReopen() ability {
	return ability{"set a reopen date", func(b *Bench) bool { return b.SetReopen != nil }}
}
func hasOutsider() ability {
	return ability{"show an agent outside the group", func(b *Bench) bool { return b.Outsider != "" }}
}

// subject is the one that the procedure uses.
const subject = "Account Termination"

func newKey() string { return "am-" + strings.ToLower(rand.Text()[:10]) }

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// refusedAs checks an error's kind, and that it says something to a person.
func refusedAs(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want kind %q", err, kind)
	}
	if helpdesk.Sentence(err) == "" {
		t.Errorf("error %v has no sentence for the person", err)
	}
}

// agent is the bench's agent.
func (b *Bench) agent(t *testing.T) helpdesk.Agent {
	t.Helper()
	a, err := b.Desk.Agent(within(t), b.Agent)
	return must(t, a, err)
}

// open opens a ticket for a new customer, and gives the ticket, its key and the notice that could be sent on it.
func (b *Bench) open(t *testing.T, text string) (helpdesk.Ticket, string, helpdesk.Notice) {
	t.Helper()
	key, to, agent := newKey(), b.Customer(), b.agent(t)
	ticket, err := b.Desk.OpenTicket(within(t), helpdesk.NewTicket{CaseKey: key, Subject: subject, To: to, AgentID: agent.ID, Text: text})
	must(t, ticket, err)
	return ticket, key, helpdesk.Notice{TicketID: ticket.ID, FirstMessageID: ticket.FirstMessageID, To: to, Subject: subject,
		Text: "Dear customer,\n\nYour account is terminated. Reference " + key + ".\n\nKind regards\n", AgentID: agent.ID, Status: helpdesk.Waiting}
}

// send sends a notice and gives its baseline with it.
func (b *Bench) send(t *testing.T, n helpdesk.Notice) helpdesk.Sending {
	t.Helper()
	base := must2(b.Desk.Baseline(within(t), n))(t)
	if err := b.Desk.SendNotice(within(t), n); err != nil {
		t.Fatal(err)
	}
	return helpdesk.Sending{Notice: n, Baseline: base}
}

// is checks what became of a notice.
func (b *Bench) is(t *testing.T, s helpdesk.Sending, want helpdesk.DeliveryState) helpdesk.Delivery {
	t.Helper()
	d := must2(b.Desk.Delivery(within(t), s))(t)
	if d.State != want {
		t.Fatalf("the notice is %s (%s), want %s", d.State, d.Evidence, want)
	}
	if d.Evidence == "" {
		t.Error("a delivery without evidence")
	}
	return d
}

func (b *Bench) ticket(t *testing.T, id string) helpdesk.Ticket {
	t.Helper()
	return must2(b.Desk.Ticket(within(t), id))(t)
}

func must2[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T { t.Helper(); return must(t, v, err) }
}

// oneMail waits for nothing: what was delivered has been delivered when the call is over.
func (b *Bench) oneMail(t *testing.T, to string) Mail {
	t.Helper()
	mails := b.Mails(t, to)
	if len(mails) != 1 {
		t.Fatalf("%d mails to the customer, want 1", len(mails))
	}
	return mails[0]
}

func (b *Bench) noMail(t *testing.T, to string) {
	t.Helper()
	if b.Mails == nil {
		return
	}
	if mails := b.Mails(t, to); len(mails) != 0 {
		t.Fatalf("%d mails to the customer, want none; the first is %q", len(mails), mails[0].Subject)
	}
}

func ids(tickets []helpdesk.Ticket) []string {
	var out []string
	for _, t := range tickets {
		out = append(out, t.ID)
	}
	slices.Sort(out)
	return out
}
