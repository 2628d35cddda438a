package bot

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/calendar"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// moment is an instant on the wall clock in Amsterdam, where the company of these tests is: "2026-11-23 14:03".
func moment(t testing.TB, s string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func euro(cents int64) backoffice.Money { return backoffice.Money{Minor: cents, Currency: "EUR"} }

// policyOf is the policy of a company in Amsterdam with the given quiet times, and no other wishes.
func policyOf(t testing.TB, quiet ...string) Policy {
	t.Helper()
	p := DefaultPolicy()
	p.Location = moment(t, "2026-11-23 00:00").Location()
	days, err := calendar.New(calendar.Config{Countries: []string{"NL"}, Quiet: quiet, QuietHolidays: len(quiet) > 0}, p.Location)
	if err != nil {
		t.Fatal(err)
	}
	p.Mode, p.Calendar = Live, days
	return p
}

// jansen is a customer in whose way nothing stands: three overdue invoices of € 340,00 in all, two services, the bank booked
// until Friday, looked at on Monday 23 November 2026 at 14:03.
func jansen(t testing.TB) Facts {
	t.Helper()
	invoice := func(id string, due backoffice.Date, cents int64) backoffice.Invoice {
		return backoffice.Invoice{ID: id, CustomerID: "c1", Number: "2026-" + id, State: backoffice.InvoiceOpen, Due: due,
			Total: euro(cents), Open: euro(cents), Reminders: 2, LastReminder: "2026-11-09"}
	}
	return Facts{
		At: moment(t, "2026-11-23 14:03"), Today: "2026-11-23",
		Customer: backoffice.Customer{
			ID: "c1", Number: "10234", Name: "Jansen Bouw B.V.", Kind: backoffice.Business, Language: "nl",
			Addresses: []backoffice.Address{{Email: "administratie@jansen.example", Role: backoffice.RoleBilling}},
		},
		Invoices: []backoffice.Invoice{
			invoice("0340", "2026-10-26", 10000), invoice("0311", "2026-10-12", 12000), invoice("0355", "2026-11-09", 12000),
		},
		Services: []backoffice.Service{
			{ID: "s1", CustomerID: "c1", Label: "web01", Kind: backoffice.KindHosting, State: backoffice.ServiceActive, Domains: []string{"Bouw.example"}},
			{ID: "s2", CustomerID: "c1", Label: "db02", Kind: backoffice.KindVPS, State: backoffice.ServiceActive},
		},
		Payments: backoffice.Payments{BookedUntil: "2026-11-20"}, PaymentsKnown: true,
		AgentEmail: "sanne@hoster.example", Agent: helpdesk.Agent{ID: "7", Email: "sanne@hoster.example", Name: "Sanne Visser"},
	}
}

// codes lists the codes of reasons. It fails the test on one that can't be put into words.
func codes(t testing.TB, reasons []wording.Reason) []string {
	t.Helper()
	words, err := wording.Load(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, r := range reasons {
		if !words.Has("reason." + r.Code) {
			t.Errorf("reason %q is not in the catalogue", r.Code)
		}
		out = append(out, r.Code)
	}
	return out
}

// wantBlocked asks that a plan is blocked by these reasons and no others.
func wantBlocked(t *testing.T, p Plan, want ...string) {
	t.Helper()
	if got := codes(t, p.Blocked); !slices.Equal(got, want) {
		t.Errorf("blocked by %v, want %v", p.Blocked, want)
	}
	if p.Possible() != (len(want) == 0) {
		t.Errorf("possible: %v", p.Possible())
	}
}

func TestACustomerInArrearsCanBeSwitchedOff(t *testing.T) {
	p := Decide(jansen(t), policyOf(t), Wish{})
	wantBlocked(t, p)
	if len(p.Warnings) != 0 {
		t.Errorf("warned without need: %v", p.Warnings)
	}
	numbers := []string{}
	for _, i := range p.Invoices {
		numbers = append(numbers, i.Number)
	}
	if want := []string{"2026-0311", "2026-0340", "2026-0355"}; !slices.Equal(numbers, want) {
		t.Errorf("invoices %v, want the oldest first: %v", numbers, want)
	}
	if p.Outstanding != euro(34000) || p.OldestDue != "2026-10-12" || p.OldestDue.DaysUntil(p.CancelOn) != 70 {
		t.Errorf("outstanding %s since %s", p.Outstanding, p.OldestDue)
	}
	if want := []string{"web01", "db02"}; !slices.Equal(p.Suspends(), want) || !slices.Equal(p.Cancels(), want) {
		t.Errorf("suspends %v, cancels %v", p.Suspends(), p.Cancels())
	}
	if !p.SuspendAt.Equal(p.At) || p.CancelOn != "2026-12-21" {
		t.Errorf("suspended at %s, cancelled as of %s; want now, and 28 days later", p.SuspendAt, p.CancelOn)
	}
	if p.To.Email != "administratie@jansen.example" || p.ToWhy.Code != "address_billing" || p.Language != "nl" || p.Large {
		t.Errorf("to %v because %v in %s, large: %v", p.To, p.ToWhy, p.Language, p.Large)
	}
}

// One row for each thing that stands in the way, alone, so that none hides behind another.
func TestEveryHindranceBlocksByItself(t *testing.T) {
	for _, row := range []struct {
		name  string
		given func(*Facts, *Policy, *Wish)
		want  string
	}{
		{"a running case", func(f *Facts, _ *Policy, _ *Wish) { f.OpenCase = &Case{ID: 41, Key: "am-running"} }, "own_case"},
		{"a comment typed by hand", func(f *Facts, _ *Policy, _ *Wish) {
			f.Notes = []backoffice.Note{{ID: "n1", Title: CommentTitle, Author: "Bram Smit", At: f.At.AddDate(0, 0, -21)}}
		}, "typed_comment"},
		{"excluded without end", func(f *Facts, _ *Policy, _ *Wish) { f.Customer.Excluded = &backoffice.Exclusion{Reason: "overheid"} }, "excluded"},
		{"excluded for a while", func(f *Facts, _ *Policy, _ *Wish) {
			f.Customer.Excluded = &backoffice.Exclusion{Reason: "in gesprek", Until: "2026-11-23"}
		}, "excluded_until"},
		{"no invoice", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices = nil }, "nothing_open"},
		{"nothing due yet", func(f *Facts, _ *Policy, _ *Wish) { dueOn(f, "2026-11-30") }, "nothing_overdue"},
		{"the last day to pay", func(f *Facts, _ *Policy, _ *Wish) { dueOn(f, "2026-11-23") }, "nothing_overdue"},
		{"all disputed", func(f *Facts, _ *Policy, _ *Wish) { eachInvoice(f, func(i *backoffice.Invoice) { i.Disputed = true }) }, "only_disputed"},
		{"one cent below the minimum", func(_ *Facts, p *Policy, _ *Wish) { p.MinDebt = euro(34001) }, "below_minimum"},
		{"a day too young", func(_ *Facts, p *Policy, _ *Wish) { p.MinAgeDays = 43 }, "too_young"},
		{"two currencies", func(f *Facts, _ *Policy, _ *Wish) {
			f.Invoices[0].Open.Currency, f.Invoices[0].Total.Currency = "USD", "USD"
		}, "two_currencies"},
		{"a payment that isn't booked", func(f *Facts, _ *Policy, _ *Wish) {
			f.Payments.Pending = []backoffice.Payment{{ID: "p1", Amount: euro(34000), Channel: "iDEAL"}}
		}, "money_pending"},
		{"a part of it on its way", func(f *Facts, _ *Policy, _ *Wish) {
			f.Payments.Pending = []backoffice.Payment{{ID: "p1", Amount: euro(1), Channel: "iDEAL"}}
		}, "money_pending"},
		{"a bank that is behind", func(f *Facts, _ *Policy, _ *Wish) { f.Payments.BookedUntil = "2026-11-19" }, "bank_behind"},
		{"no address", func(f *Facts, _ *Policy, _ *Wish) { f.Customer.Addresses = nil }, "no_address"},
		{"an agent whom the helpdesk doesn't know", func(f *Facts, _ *Policy, _ *Wish) { f.AgentErr = deskError(helpdesk.ErrNotFound) }, "agent_unknown"},
		{"an agent outside the group", func(f *Facts, _ *Policy, _ *Wish) { f.AgentErr = deskError(helpdesk.ErrRefused) }, "agent_refused"},
		{"a helpdesk that is silent", func(f *Facts, _ *Policy, _ *Wish) { f.AgentErr = deskError(helpdesk.ErrUnknown) }, "helpdesk_silent"},
		{"a helpdesk that refuses the bot's key", func(f *Facts, _ *Policy, _ *Wish) { f.AgentErr = deskError(helpdesk.ErrAuth) }, "helpdesk_refuses_key"},
		{"an error that nobody foresaw", func(f *Facts, _ *Policy, _ *Wish) { f.AgentErr = errors.New("odd") }, "helpdesk_silent"},
		{"cancelled too early", func(_ *Facts, _ *Policy, w *Wish) { w.CancelDays = 13 }, "cancel_days"},
		{"cancelled before today", func(_ *Facts, _ *Policy, w *Wish) { w.CancelDays = -28 }, "cancel_days"},
		{"cancelled too late", func(_ *Facts, _ *Policy, w *Wish) { w.CancelDays = 93 }, "cancel_days"},
		{"no moment to suspend", func(_ *Facts, p *Policy, _ *Wish) {
			p.Calendar = policyOf(t, "Mon 00:00 - Thu 12:00", "Thu 12:00 - Mon 00:00").Calendar
		}, "never_loud"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, p, w := jansen(t), policyOf(t), Wish{}
			row.given(&f, &p, &w)
			wantBlocked(t, Decide(f, p, w), row.want)
		})
	}
}

func deskError(kind error) error {
	return &helpdesk.Error{Kind: kind, Op: "agent sanne@hoster.example", Sentence: "Sanne Visser is no member of Billing."}
}

func eachInvoice(f *Facts, change func(*backoffice.Invoice)) {
	for n := range f.Invoices {
		change(&f.Invoices[n])
	}
}

func dueOn(f *Facts, day backoffice.Date) {
	eachInvoice(f, func(i *backoffice.Invoice) { i.Due = day })
}

// The other side of each bound: here nothing blocks any more.
func TestTheBoundsThemselvesAreAllowed(t *testing.T) {
	for _, row := range []struct {
		name  string
		given func(*Facts, *Policy, *Wish)
	}{
		{"an exclusion that ended yesterday", func(f *Facts, _ *Policy, _ *Wish) {
			f.Customer.Excluded = &backoffice.Exclusion{Reason: "in gesprek", Until: "2026-11-22"}
		}},
		{"exactly the minimum debt", func(_ *Facts, p *Policy, _ *Wish) { p.MinDebt = euro(34000) }},
		{"exactly the minimum age", func(_ *Facts, p *Policy, _ *Wish) { p.MinAgeDays = 42 }},
		{"the earliest cancellation", func(_ *Facts, _ *Policy, w *Wish) { w.CancelDays = 14 }},
		{"the latest cancellation", func(_ *Facts, _ *Policy, w *Wish) { w.CancelDays = 92 }},
		{"one invoice overdue, the others not", func(f *Facts, _ *Policy, _ *Wish) { dueOn(f, "2026-12-01"); f.Invoices[1].Due = "2026-11-22" }},
		{"no services at all", func(f *Facts, _ *Policy, _ *Wish) { f.Services = nil }},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, p, w := jansen(t), policyOf(t), Wish{}
			row.given(&f, &p, &w)
			wantBlocked(t, Decide(f, p, w))
		})
	}
}

func TestAnAgentMayPickAnotherCancellationDate(t *testing.T) {
	if p := Decide(jansen(t), policyOf(t), Wish{CancelDays: 60}); p.CancelOn != "2027-01-22" {
		t.Errorf("cancelled as of %s, want 60 days from 23 November", p.CancelOn)
	}
}

func TestAllReasonsAreToldAtOnce(t *testing.T) {
	f, p := jansen(t), policyOf(t)
	f.Customer.Excluded = &backoffice.Exclusion{Reason: "overheid"}
	f.Payments.BookedUntil, f.Customer.Addresses, f.AgentErr = "2026-11-01", nil, deskError(helpdesk.ErrNotFound)
	wantBlocked(t, Decide(f, p, Wish{CancelDays: 1}), "excluded", "bank_behind", "no_address", "agent_unknown", "cancel_days")
}

func TestADebtOfNothingIsNotAboveAnyLimit(t *testing.T) {
	f, p := jansen(t), policyOf(t)
	f.Invoices, p.Approval.Above, p.LargeDebt = nil, euro(100000), euro(100000)
	plan := Decide(f, p, Wish{})
	wantBlocked(t, plan, "nothing_open")
	if plan.Large {
		t.Error("a debt of nothing is large")
	}
	if len(plan.Approval) != 0 {
		t.Errorf("approval is asked for: %v", plan.Approval)
	}
}

func TestWithTwoCurrenciesNoOtherReasonIsMadeUp(t *testing.T) {
	f, p := jansen(t), policyOf(t)
	p.MinDebt, p.MinAgeDays = euro(15000), 14
	f.Invoices[0].Open.Currency, f.Invoices[0].Total.Currency = "USD", "USD"
	plan := Decide(f, p, Wish{})
	wantBlocked(t, plan, "two_currencies")
	if plan.OldestDue != "2026-10-12" {
		t.Errorf("oldest due %q", plan.OldestDue)
	}
}

func TestNothingOverdueSaysWhatFallsDueNext(t *testing.T) {
	f := jansen(t)
	dueOn(&f, "2026-12-30")
	f.Invoices[2].Due, f.Invoices[2].Open = "2026-11-30", euro(4500)
	got := Decide(f, policyOf(t), Wish{}).Blocked
	if want := wording.Because("nothing_overdue", "invoice", "2026-0355", "amount", "4500 EUR", "day", "2026-11-30"); len(got) != 1 || !equalReason(got[0], want) {
		t.Errorf("said %v, want %v", got, want)
	}
}

func equalReason(a, b wording.Reason) bool {
	if a.Code != b.Code || len(a.Args) != len(b.Args) {
		return false
	}
	for name, value := range a.Args {
		if b.Args[name] != value {
			return false
		}
	}
	return true
}

func TestInvoicesThatArePaidCreditedOrNotDueStayOutOfTheCase(t *testing.T) {
	f := jansen(t)
	f.Invoices[0].State, f.Invoices[0].Open = backoffice.InvoicePaid, euro(0)
	f.Invoices[1].State = backoffice.InvoiceCredited
	f.Invoices = append(f.Invoices,
		backoffice.Invoice{ID: "0391", Number: "2026-0391", State: backoffice.InvoiceOpen, Due: "2026-11-30", Total: euro(4500), Open: euro(4500)},
		backoffice.Invoice{ID: "0392", Number: "2026-0392", State: backoffice.InvoiceOpen, Total: euro(4500), Open: euro(4500)})
	p := Decide(f, policyOf(t), Wish{})
	wantBlocked(t, p)
	if ids := p.Terms().InvoiceIDs(); !slices.Equal(ids, []string{"0355"}) || p.Outstanding != euro(12000) {
		t.Errorf("invoices %v, %s", ids, p.Outstanding)
	}
}

func TestDecidingLeavesTheFactsAsTheyWere(t *testing.T) {
	f := jansen(t)
	before := slices.Clone(f.Invoices)
	Decide(f, policyOf(t), Wish{})
	for n := range before {
		if f.Invoices[n].ID != before[n].ID {
			t.Fatal("the invoices were put in another order")
		}
	}
}

func TestMailGoesOutInTheCustomersLanguage(t *testing.T) {
	for language, want := range map[string]string{"nl": "nl", "nl-BE": "nl", "de-AT": "de", "fr": "fr", "en-GB": "en", "": "nl", "pl": "nl", "x": "nl"} {
		f := jansen(t)
		f.Customer.Language = language
		if got := Decide(f, policyOf(t), Wish{}).Language; got != want {
			t.Errorf("a customer who reads %q is written to in %q, want %q", language, got, want)
		}
	}
}
