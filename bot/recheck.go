package bot

import (
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
}

// Recheck looks at the debt again right before a step that hurts, against the terms that the agent confirmed. It is pure.
// Paid means that all invoices of the case are closed; an amount that changed, a dispute, or a comment by someone else goes
// to a person; money on its way means wait.
func Recheck(c Case, step StepName, f Facts, p Policy) Verdict {
	left, disputed := c.Terms.openNow(f)
	treated, byOther := treatedComment(f)
	switch {
	case left.IsZero():
		return Verdict{Kind: ToPerson, Reason: wording.Because("paid_meanwhile", "amount", wording.Money(c.Terms.Outstanding))}
	case f.Customer.ExcludedOn(f.Today) != nil:
		return Verdict{Kind: ToPerson, Reason: wording.Because("excluded_meanwhile", "why", f.Customer.Excluded.Reason)}
	case disputed != "":
		return Verdict{Kind: ToPerson, Reason: wording.Because("disputed_meanwhile", "invoice", disputed)}
	case left != c.Terms.Outstanding:
		return Verdict{Kind: ToPerson, Reason: wording.Because("amount_changed",
			"was", wording.Money(c.Terms.Outstanding), "now", wording.Money(left))}
	case byOther && treated.ID != c.Terms.SetAside:
		return Verdict{Kind: ToPerson, Reason: wording.Because("comment_meanwhile", "who", treated.Author, "at", wording.Instant(treated.At))}
	}
	if r := moneyOnItsWay(f, p); !r.IsZero() {
		return Verdict{Kind: Hold, Reason: r, Until: f.At.Add(recheckEvery)}
	}
	if step == SuspendServices {
		return notBefore(c.Terms.SuspendAt, f.At, p)
	}
	return Verdict{Kind: Go}
}

// recheckEvery is how often a case looks whether money on its way has come.
const recheckEvery = time.Hour

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

// openNow adds up what is still open on the invoices of the case, and names one that is disputed.
func (t Terms) openNow(f Facts) (left backoffice.Money, disputed string) {
	open := make(map[string]backoffice.Invoice, len(f.Invoices))
	for _, inv := range f.Invoices {
		open[inv.ID] = inv
	}
	left.Currency = t.Outstanding.Currency
	for _, inv := range t.Invoices {
		now, ok := open[inv.ID]
		if !ok {
			now, ok = f.Settled[inv.ID]
		}
		if !ok { // not read: as open as it was, never as paid
			now = backoffice.Invoice{State: backoffice.InvoiceOpen, Open: inv.Open}
		}
		if now.State == backoffice.InvoiceOpen {
			left.Minor += now.Open.Minor
		}
		if now.Disputed {
			disputed = inv.Number
		}
	}
	return left, disputed
}
