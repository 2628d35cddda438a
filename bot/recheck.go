package bot

import (
	"slices"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// VerdictKind is the answer of a second look.
type VerdictKind string

// What a second look may say.
const (
	Go       VerdictKind = "go"
	Hold     VerdictKind = "wait"   // not now; look again later
	ToPerson VerdictKind = "person" // not by the bot
)

// Verdict says whether a step that hurts may start, and why not.
type Verdict struct {
	Kind   VerdictKind
	Reason wording.Reason
	Until  time.Time // with Hold: when to look again
	Paid   bool      // with ToPerson: all invoices of the case are closed

	saw Facts // the look that it rests on
}

// Recheck looks at the debt again right before a step that hurts, against the terms that the agent confirmed. It is pure.
// Paid means that all invoices of the case are closed; an amount or an invoice that changed, a dispute, or a comment by
// someone else goes to a person; money on its way means wait.
func Recheck(c Case, step StepName, f Facts, p Policy) Verdict {
	f.OpenCase, f.SetAside = &c, c.Terms.SetAside
	owed := c.Owed()
	now := owed.debtNow(f)
	treated, byOther := treatedComment(f)
	switch {
	case !c.Terms.debtNow(f).open:
		return Verdict{Kind: ToPerson, Paid: true, Reason: wording.Because("paid_meanwhile", "amount", wording.Money(owed.Outstanding))}
	case f.Customer.ExcludedOn(f.Today) != nil:
		return Verdict{Kind: ToPerson, Reason: wording.Because("excluded_meanwhile", "why", f.Customer.Excluded.Reason)}
	case now.disputed != "":
		return Verdict{Kind: ToPerson, Reason: wording.Because("disputed_meanwhile", "invoice", now.disputed)}
	case now.left != owed.Outstanding:
		return Verdict{Kind: ToPerson, Reason: wording.Because("amount_changed",
			"was", wording.Money(owed.Outstanding), "now", wording.Money(now.left))}
	case now.changed != "":
		return Verdict{Kind: ToPerson, Reason: wording.Because("invoice_changed", "invoice", now.changed)}
	case byOther:
		return Verdict{Kind: ToPerson, Reason: wording.Because("comment_meanwhile", "who", treated.Author, "at", wording.Instant(treated.At))}
	}
	if n, ok := restoredSince(f, c.CreatedAt); ok {
		return Verdict{Kind: ToPerson, Reason: wording.Because("restored_meanwhile", "who", n.Author, "at", wording.Instant(n.At))}
	}
	if r := moneyOnItsWay(f, p); !r.IsZero() {
		return Verdict{Kind: Hold, Reason: r, Until: f.At.Add(recheckEvery)}
	}
	if step == SuspendServices {
		return notBefore(c.suspendFrom(p), f.At, p)
	}
	return Verdict{Kind: Go}
}

// recheckEvery is how often a case looks whether money on its way has come.
const recheckEvery = time.Hour

// suspendFrom is the instant that was agreed on, or later when the notice was late: the policy's delay is the customer's
// time between the two.
func (c Case) suspendFrom(p Policy) time.Time {
	if after := c.Notice.SentAt.Add(p.SuspendDelay); p.SuspendDelay > 0 && after.After(c.Terms.SuspendAt) {
		return after
	}
	return c.Terms.SuspendAt
}

// notBefore holds the suspension until the agreed instant and outside quiet times.
func notBefore(agreed, now time.Time, p Policy) Verdict {
	at := p.nextLoud(now)
	if now.Before(agreed) {
		at = p.nextLoud(agreed)
	}
	if at.IsZero() {
		return Verdict{Kind: ToPerson, Reason: wording.Because("never_loud")}
	}
	if at.After(now) {
		return Verdict{Kind: Hold, Reason: wording.Because("suspended_later", "at", wording.Instant(at)), Until: at}
	}
	return Verdict{Kind: Go}
}

// debtNow is how the invoices of a case stand now.
type debtNow struct {
	open     bool             // at least one of them is still to be paid
	left     backoffice.Money // what is to be paid on all of them
	disputed string           // the number of one that is disputed
	changed  string           // the number of one that is not as it was confirmed: paid, of another amount, no longer overdue
}

// debtNow compares the invoices of the case with how they stand now. That their sum is the same proves nothing: one may be
// paid and another be higher by as much.
func (t Terms) debtNow(f Facts) debtNow {
	d := debtNow{left: backoffice.Money{Currency: t.Outstanding.Currency}}
	for _, was := range t.Invoices {
		now := f.invoiceNow(was)
		if now.State == backoffice.InvoiceOpen && now.Open.Minor > 0 {
			d.open = true
			d.left.Minor += now.Open.Minor
		}
		if now.Disputed {
			d.disputed = was.Number
		}
		if now.Open != was.Open || !now.OverdueOn(f.Today) {
			d.changed = was.Number
		}
	}
	return d
}

// invoiceNow finds an invoice of the case in the facts. One that was not read is as open as it was, never paid.
func (f Facts) invoiceNow(was TermInvoice) backoffice.Invoice {
	if n := slices.IndexFunc(f.Invoices, func(i backoffice.Invoice) bool { return i.ID == was.ID }); n >= 0 {
		return f.Invoices[n]
	}
	if inv, ok := f.Settled[was.ID]; ok {
		return inv
	}
	return backoffice.Invoice{State: backoffice.InvoiceOpen, Due: was.Due, Open: was.Open}
}
