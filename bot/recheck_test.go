package bot

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// confirmed is Jansen's case as the agent confirmed it on Monday at 14:03, and the facts a quarter of an hour later, when a
// step is about to start. Nothing has changed meanwhile.
func confirmed(t testing.TB, p Policy) (Case, Facts) {
	t.Helper()
	f := jansen(t)
	c := Case{ID: 41, Key: "am-thiscase12345", Mode: Live, State: Running, CreatedAt: f.At, Terms: Decide(f, p, Wish{}).Terms(),
		Ticket: TicketRef{ID: "451", Mask: "GKF-27674-451", URL: "https://cerb.example/profiles/ticket/GKF-27674-451"}}
	f.At = f.At.Add(15 * time.Minute)
	f.OpenCase = &c
	return c, f
}

// pay closes an invoice of the facts: it is no longer listed among the open ones, but read by itself.
func pay(f *Facts, id string, as backoffice.InvoiceState) {
	n := slices.IndexFunc(f.Invoices, func(i backoffice.Invoice) bool { return i.ID == id })
	inv := f.Invoices[n]
	inv.State, inv.Open = as, euro(0)
	f.Invoices = slices.Delete(slices.Clone(f.Invoices), n, n+1)
	settled := maps.Clone(f.Settled)
	if settled == nil {
		settled = map[string]backoffice.Invoice{}
	}
	settled[id] = inv
	f.Settled = settled
}

// hurting lists the steps before which the debt is looked at again.
func hurting() (names []StepName) {
	for _, s := range Procedure() {
		if s.Hurts {
			names = append(names, s.Name)
		}
	}
	return names
}

func TestTheDebtIsLookedAtAgainBeforeMailSuspensionAndCancellation(t *testing.T) {
	want := []StepName{CheckDebt, SendNotice, SuspendServices, CancelOrders}
	if got := hurting(); !slices.Equal(got, want) {
		t.Errorf("steps that hurt: %v, want %v", got, want)
	}
}

// meanwhile is one thing that changes between the confirmation and a step, and what is then decided.
type meanwhile struct {
	name  string
	given func(*Case, *Facts)
	kind  VerdictKind
	code  string
}

func changesMeanwhile(t *testing.T) []meanwhile {
	return []meanwhile{
		{"nothing", func(*Case, *Facts) {}, Go, ""},
		{"all paid", func(_ *Case, f *Facts) { payAll(f, backoffice.InvoicePaid) }, ToPerson, "paid_meanwhile"},
		{"all credited", func(_ *Case, f *Facts) { payAll(f, backoffice.InvoiceCredited) }, ToPerson, "paid_meanwhile"},
		{"all paid, though still listed", func(_ *Case, f *Facts) {
			eachInvoice(f, func(i *backoffice.Invoice) { i.State, i.Open = backoffice.InvoicePaid, euro(0) })
		}, ToPerson, "paid_meanwhile"},
		{"all paid, though still called open", func(_ *Case, f *Facts) { eachInvoice(f, func(i *backoffice.Invoice) { i.Open = euro(0) }) }, ToPerson, "paid_meanwhile"},
		{"one paid", func(_ *Case, f *Facts) { pay(f, "0311", backoffice.InvoicePaid) }, ToPerson, "amount_changed"},
		{"one credited", func(_ *Case, f *Facts) { pay(f, "0311", backoffice.InvoiceCredited) }, ToPerson, "amount_changed"},
		{"one partly paid", func(_ *Case, f *Facts) { f.Invoices[0].Open = euro(9999) }, ToPerson, "amount_changed"},
		{"more to pay than was confirmed", func(_ *Case, f *Facts) { f.Invoices[0].Open = euro(10001) }, ToPerson, "amount_changed"},
		{"in another currency", func(_ *Case, f *Facts) {
			eachInvoice(f, func(i *backoffice.Invoice) { i.Open.Currency = "USD" })
		}, ToPerson, "invoice_changed"},
		{"one paid, and another as much higher", func(_ *Case, f *Facts) {
			pay(f, "0311", backoffice.InvoicePaid)
			f.Invoices[0].Open = euro(22000)
		}, ToPerson, "invoice_changed"},
		{"one lower, and another as much higher", func(_ *Case, f *Facts) {
			f.Invoices[0].Open, f.Invoices[1].Open = euro(11000), euro(11000)
		}, ToPerson, "invoice_changed"},
		{"more time to pay one", func(_ *Case, f *Facts) { f.Invoices[1].Due = "2026-12-31" }, ToPerson, "invoice_changed"},
		{"disputed", func(_ *Case, f *Facts) { f.Invoices[2].Disputed = true }, ToPerson, "disputed_meanwhile"},
		{"excluded", func(_ *Case, f *Facts) { f.Customer.Excluded = &backoffice.Exclusion{Reason: "in gesprek"} }, ToPerson, "excluded_meanwhile"},
		{"excluded until today", func(_ *Case, f *Facts) {
			f.Customer.Excluded = &backoffice.Exclusion{Reason: "in gesprek", Until: "2026-11-23"}
		}, ToPerson, "excluded_meanwhile"},
		{"an exclusion that is over", func(_ *Case, f *Facts) {
			f.Customer.Excluded = &backoffice.Exclusion{Reason: "in gesprek", Until: "2026-11-22"}
		}, Go, ""},
		{"a comment by someone else", func(_ *Case, f *Facts) {
			f.Notes = []backoffice.Note{noted(t, "n9", "2026-11-23", "Betalingsachterstand ", "ABC-123")}
		}, ToPerson, "comment_meanwhile"},
		{"a comment without an id", func(_ *Case, f *Facts) {
			f.Notes = []backoffice.Note{noted(t, "", "2026-11-23", CommentTitle, "")}
		}, ToPerson, "comment_meanwhile"},
		{"our own comment", func(c *Case, f *Facts) {
			n := noted(t, "n9", "2026-11-23", CommentTitle, "GKF-27674-451")
			n.ExternalRef = commentRef(*c)
			f.Notes = []backoffice.Note{n}
		}, Go, ""},
		{"a comment by hand with our ticket", func(_ *Case, f *Facts) {
			f.Notes = []backoffice.Note{noted(t, "n9", "2026-11-23", CommentTitle, "ticket GKF-27674-451")}
		}, Go, ""},
		{"the comment that was set aside", func(c *Case, f *Facts) {
			c.Terms.SetAside = "n8"
			f.Notes = []backoffice.Note{noted(t, "n7", "2024-11-02", CommentTitle, ""), noted(t, "n8", "2025-11-02", CommentTitle, "")}
		}, Go, ""},
		{"another one after it", func(c *Case, f *Facts) {
			c.Terms.SetAside = "n8"
			f.Notes = []backoffice.Note{noted(t, "n8", "2025-11-02", CommentTitle, ""), noted(t, "n9", "2026-11-23", CommentTitle, "")}
		}, ToPerson, "comment_meanwhile"},
		{"the comment of a case that has ended", func(_ *Case, f *Facts) {
			f.PastCases = []Case{lastYear(t)}
			f.Notes = []backoffice.Note{noted(t, "n7", "2025-05-02", CommentTitle, "GKF-27674-451")}
		}, Go, ""},
		{"a newer invoice", func(_ *Case, f *Facts) {
			f.Invoices = append(f.Invoices, backoffice.Invoice{ID: "0391", Number: "2026-0391", State: backoffice.InvoiceOpen, Due: "2026-11-22", Open: euro(4500)})
		}, Go, ""},
		{"a dispute about an invoice that isn't ours", func(_ *Case, f *Facts) {
			f.Invoices = append(f.Invoices, backoffice.Invoice{ID: "0391", State: backoffice.InvoiceOpen, Due: "2026-11-22", Open: euro(4500), Disputed: true})
		}, Go, ""},
		{"one more reminder", func(_ *Case, f *Facts) { f.Invoices[0].Reminders, f.Invoices[0].LastReminder = 3, "2026-11-23" }, Go, ""},
		{"an invoice that could not be read", func(_ *Case, f *Facts) { f.Invoices = f.Invoices[:2] }, Go, ""},
		{"money on its way", func(_ *Case, f *Facts) {
			f.Payments.Pending = []backoffice.Payment{{Amount: euro(34000), Channel: "iDEAL"}}
		}, Hold, "money_pending"},
		{"a bank that is behind", func(_ *Case, f *Facts) { f.Payments.BookedUntil = "2026-11-19" }, Hold, "bank_behind"},
	}
}

// Whichever step comes next, it does not start.
func TestWhatChangedMeanwhileStopsEveryStepThatHurts(t *testing.T) {
	for _, row := range changesMeanwhile(t) {
		for _, step := range hurting() {
			t.Run(row.name+"/"+string(step), func(t *testing.T) {
				p := policyOf(t)
				c, f := confirmed(t, p)
				row.given(&c, &f)
				v := Recheck(c, step, f, p)
				if v.Kind != row.kind || v.Reason.Code != row.code {
					t.Fatalf("%s because %v, want %s because %q", v.Kind, v.Reason, row.kind, row.code)
				}
				if !v.Reason.IsZero() {
					codes(t, []wording.Reason{v.Reason})
				}
				if (v.Kind == Hold) == v.Until.IsZero() {
					t.Errorf("%s until %s", v.Kind, v.Until)
				}
			})
		}
	}
}

func payAll(f *Facts, as backoffice.InvoiceState) {
	for _, id := range []string{"0311", "0340", "0355"} {
		pay(f, id, as)
	}
}

func TestAChangedAmountIsToldWithBothAmounts(t *testing.T) {
	p := policyOf(t)
	c, f := confirmed(t, p)
	pay(&f, "0311", backoffice.InvoicePaid)
	if a := Recheck(c, SendNotice, f, p).Reason.Args; a["was"] != "34000 EUR" || a["now"] != "22000 EUR" {
		t.Errorf("told %v", a)
	}
}

func TestAChangedInvoiceIsToldByItsNumber(t *testing.T) {
	p := policyOf(t)
	c, f := confirmed(t, p)
	f.Invoices[1].Due = "2026-12-31"
	if a := Recheck(c, SendNotice, f, p).Reason.Args; a["invoice"] != "2026-0311" {
		t.Errorf("told %v", a)
	}
}

// The hard findings go before the soft ones: a customer who has paid is never only waited for.
func TestPaidGoesBeforeEverythingElse(t *testing.T) {
	p := policyOf(t)
	c, f := confirmed(t, p)
	f.Invoices[0].Disputed = true
	payAll(&f, backoffice.InvoicePaid)
	f.Payments.BookedUntil, f.Customer.Excluded = "2026-11-01", &backoffice.Exclusion{Reason: "in gesprek"}
	if v := Recheck(c, SendNotice, f, p); v.Reason.Code != "paid_meanwhile" {
		t.Errorf("%v", v.Reason)
	}
}

func TestMoneyOnItsWayIsLookedAtAgainWithinTheHour(t *testing.T) {
	p := policyOf(t)
	c, f := confirmed(t, p)
	f.Payments.BookedUntil = "2026-11-19"
	if v := Recheck(c, SendNotice, f, p); v.Until.Sub(f.At) != time.Hour {
		t.Errorf("looks again after %s", v.Until.Sub(f.At))
	}
}

func TestABackOfficeThatKnowsNoPaymentsDoesNotHoldACase(t *testing.T) {
	p := policyOf(t)
	c, f := confirmed(t, p)
	f.PaymentsKnown, f.Payments = false, backoffice.Payments{Pending: []backoffice.Payment{{Amount: euro(1)}}}
	if v := Recheck(c, SendNotice, f, p); v.Kind != Go {
		t.Errorf("%s: %v", v.Kind, v.Reason)
	}
}

func TestSuspensionWaitsForItsTime(t *testing.T) {
	const weekend = "Fri 15:00 - Mon 08:00"
	for _, row := range []struct {
		name, agreed, notice, now, until string
		delay                            time.Duration
		quiet                            []string
	}{
		{name: "at once", agreed: "2026-11-24 10:00", now: "2026-11-24 10:00"},
		{name: "the delay is over", agreed: "2026-11-25 10:00", now: "2026-11-25 10:00", delay: 24 * time.Hour},
		{name: "the delay is running", agreed: "2026-11-25 10:00", now: "2026-11-25 09:59", until: "2026-11-25 10:00", delay: 24 * time.Hour},
		{name: "the delay counts from the mail", agreed: "2026-11-25 10:00", notice: "2026-11-25 09:00", now: "2026-11-25 10:00",
			until: "2026-11-26 09:00", delay: 24 * time.Hour},
		{name: "a mail in time changes nothing", agreed: "2026-11-25 10:00", notice: "2026-11-24 09:59", now: "2026-11-25 10:00", delay: 24 * time.Hour},
		{name: "without a delay the mail doesn't hold it", agreed: "2026-11-24 10:00", notice: "2026-11-24 10:01", now: "2026-11-24 10:00"},
		{name: "a quiet time has begun", agreed: "2026-11-27 14:00", now: "2026-11-27 15:00", until: "2026-11-30 08:00", quiet: []string{weekend}},
		{name: "a quiet time is over", agreed: "2026-11-27 14:00", now: "2026-11-30 08:00", quiet: []string{weekend}},
		{name: "the delay ends in a quiet time", agreed: "2026-11-28 10:00", now: "2026-11-27 10:00", until: "2026-11-30 08:00", delay: 24 * time.Hour, quiet: []string{weekend}},
		{name: "a holiday", agreed: "2026-12-24 10:00", now: "2026-12-25 10:00", until: "2026-12-28 08:00", quiet: []string{weekend}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := policyOf(t, row.quiet...)
			p.SuspendDelay = row.delay
			c, f := confirmed(t, policyOf(t))
			f.At = moment(t, row.now)
			f.Today = backoffice.DateOf(f.At, p.Location)
			f.Payments.BookedUntil = f.Today
			c.Terms.SuspendAt = moment(t, row.agreed)
			if row.notice != "" {
				c.Notice.SentAt = moment(t, row.notice)
			}
			v := Recheck(c, SuspendServices, f, p)
			if row.until == "" {
				if v.Kind != Go {
					t.Errorf("%s until %s: %v", v.Kind, v.Until, v.Reason)
				}
				return
			}
			if v.Kind != Hold || !v.Until.Equal(moment(t, row.until)) || v.Reason.Code != "suspended_later" {
				t.Errorf("%s until %s: %v, want to wait until %s", v.Kind, v.Until, v.Reason, row.until)
			}
			for _, other := range []StepName{CheckDebt, SendNotice, CancelOrders} {
				if v := Recheck(c, other, f, p); v.Kind != Go {
					t.Errorf("%s waits for the suspension's time: %v", other, v.Reason)
				}
			}
		})
	}
}

func TestASuspensionThatCanNeverHappenIsForAPerson(t *testing.T) {
	c, f := confirmed(t, policyOf(t))
	p := policyOf(t, "Mon 00:00 - Thu 12:00", "Thu 12:00 - Mon 00:00")
	if v := Recheck(c, SuspendServices, f, p); v.Kind != ToPerson || v.Reason.Code != "never_loud" {
		t.Errorf("%s: %v", v.Kind, v.Reason)
	}
}
