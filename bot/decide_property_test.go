package bot

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// The generators draw accounts of every kind, most of them with something in the way.

func drawInvoice(t *rapid.T, n int) backoffice.Invoice {
	id := fmt.Sprintf("i%d", n)
	inv := backoffice.Invoice{
		ID: id, Number: "2026-" + id, State: rapid.SampledFrom([]backoffice.InvoiceState{
			backoffice.InvoiceOpen, backoffice.InvoiceOpen, backoffice.InvoiceOpen, backoffice.InvoicePaid, backoffice.InvoiceCredited,
		}).Draw(t, "state"),
		Due:      backoffice.Date("2026-11-23").AddDays(rapid.SampledFrom([]int{-42, -14, -1, -1, 0, 7}).Draw(t, "due")),
		Total:    euro(rapid.Int64Range(1, 50000).Draw(t, "total")),
		Disputed: rarely(t, "disputed"),
	}
	if inv.State == backoffice.InvoiceOpen {
		inv.Open = euro(rapid.Int64Range(0, inv.Total.Minor).Draw(t, "open"))
	}
	if rarely(t, "foreign") {
		inv.Open.Currency, inv.Total.Currency = "USD", "USD"
	}
	return inv
}

func drawService(t *rapid.T, n int) backoffice.Service {
	return backoffice.Service{
		ID: fmt.Sprintf("s%d", n), Label: fmt.Sprintf("web%02d", n),
		Kind: rapid.SampledFrom([]backoffice.ServiceKind{backoffice.KindHosting, backoffice.KindVPS, backoffice.KindDomain, "ssl"}).Draw(t, "kind"),
		State: rapid.SampledFrom([]backoffice.ServiceState{
			backoffice.ServiceActive, backoffice.ServiceSuspended, backoffice.ServicePending, backoffice.ServiceCancelled,
		}).Draw(t, "state"),
		DoNotSuspend: rapid.SampledFrom([]string{"", "", "ziekenhuis"}).Draw(t, "keep"),
		Domains:      rapid.SliceOfN(rapid.SampledFrom([]string{"bouw.example", "elders.example"}), 0, 2).Draw(t, "domains"),
	}
}

func drawNote(t *rapid.T, n int) backoffice.Note {
	return backoffice.Note{
		ID: fmt.Sprintf("n%d", n), Author: "Bram Smit",
		Title: rapid.SampledFrom([]string{CommentTitle, " Betalingsachterstand", RestoredTitle, "telefoonnotitie"}).Draw(t, "title"),
		Text:  rapid.SampledFrom([]string{"", "GKF-27674-451", "ABC-123"}).Draw(t, "text"),
		At:    time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).Add(-time.Duration(rapid.IntRange(0, 20000).Draw(t, "age")) * time.Hour),
	}
}

// rarely is true in about one draw of eight. Small numbers are drawn more often than large ones, so it is the largest.
func rarely(t *rapid.T, what string) bool { return rapid.IntRange(0, 7).Draw(t, what) == 7 }

func several[T any](t *rapid.T, most int, what string, draw func(*rapid.T, int) T) []T {
	var out []T
	for n := range most - rapid.IntRange(0, most).Draw(t, what) { // mostly many
		out = append(out, draw(t, n))
	}
	return out
}

// drawFacts draws an account that was looked at on Monday 23 November 2026.
func drawFacts(t *rapid.T, given Facts) Facts {
	f := given
	f.Invoices = several(t, 4, "invoices", drawInvoice)
	f.Services = several(t, 3, "services", drawService)
	if rarely(t, "noted") {
		f.Notes = several(t, 3, "notes", drawNote)
	}
	f.Customer.Addresses = append(slices.Clone(f.Customer.Addresses), backoffice.Address{
		Email: rapid.SampledFrom([]string{"info@bouw.example", "x@elders.example", "geen"}).Draw(t, "address"), Notices: rapid.Bool().Draw(t, "notices"),
	})
	if rarely(t, "excluded") {
		f.Customer.Excluded = &backoffice.Exclusion{Reason: "overheid", Until: rapid.SampledFrom([]backoffice.Date{"", "2026-11-22", "2026-11-23"}).Draw(t, "until")}
	}
	if rarely(t, "paying") {
		f.Payments.Pending = []backoffice.Payment{{Amount: euro(100), Channel: "iDEAL"}}
	}
	f.Payments.BookedUntil = rapid.SampledFrom([]backoffice.Date{"2026-11-20", "2026-11-20", "2026-11-22", "2026-11-19", ""}).Draw(t, "booked")
	f.PaymentsKnown = !rarely(t, "payments unknown")
	if rarely(t, "agent") {
		f.AgentErr = &helpdesk.Error{Kind: rapid.SampledFrom([]error{helpdesk.ErrNotFound, helpdesk.ErrAuth, helpdesk.ErrUnknown}).Draw(t, "agent error"), Op: "agent"}
	}
	return f
}

func TestAPlanThatIsPossibleKeepsEveryRule(t *testing.T) {
	given, policy := jansen(t), policyOf(t)
	seen := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t, given)
		p := Decide(f, policy, Wish{CancelDays: rapid.SampledFrom([]int{0, 14, 60, 92, 13, 93}).Draw(t, "days")})
		seen[p.Possible()]++
		var sum int64
		for _, i := range p.Invoices {
			if sum += i.Open.Minor; !i.OverdueOn(f.Today) || i.Disputed || p.Possible() && i.Open.Currency != p.Outstanding.Currency {
				t.Fatalf("the case is about %+v", i)
			}
		}
		for _, s := range p.Services {
			free := s.Service.DoNotSuspend == "" && s.Service.Kind != backoffice.KindDomain
			if s.Suspend && (!free || s.Service.State != backoffice.ServiceActive) || s.Cancel && (!free || s.Service.Cancellation != nil) {
				t.Fatalf("touched: %+v", s)
			}
			if s.Why.IsZero() != (s.Suspend && s.Cancel) {
				t.Fatalf("no reason given, or one too many: %+v", s)
			}
		}
		if !p.Possible() {
			return
		}
		days := f.Today.DaysUntil(p.CancelOn)
		_, treated := treatedComment(f)
		if sum == 0 || p.Outstanding.Minor != sum || treated || f.AgentErr != nil || f.Customer.ExcludedOn(f.Today) != nil || !plausible(p.To.Email) ||
			days < 14 || days > 92 || f.PaymentsKnown && (len(f.Payments.Pending) > 0 || f.Payments.BookedUntil == "2026-11-19") {
			t.Fatalf("possible: %+v", p)
		}
	})
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("drawn: %v", seen)
	}
}

func TestNothingIsEverPlannedForWhoHasARunningCase(t *testing.T) {
	given, policy := jansen(t), policyOf(t)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t, given)
		f.OpenCase = &Case{ID: 41, Key: "am-running", State: rapid.SampledFrom([]State{Confirming, Running, Waiting, Person}).Draw(t, "state")}
		if p := Decide(f, policy, Wish{}); p.Possible() {
			t.Fatalf("possible: %+v", p)
		}
	})
}

func TestNothingIsEverPlannedForWhoHasPaid(t *testing.T) {
	given, policy := jansen(t), policyOf(t)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t, given)
		eachInvoice(&f, func(i *backoffice.Invoice) {
			if rapid.Bool().Draw(t, "by state") {
				i.State = rapid.SampledFrom([]backoffice.InvoiceState{backoffice.InvoicePaid, backoffice.InvoiceCredited}).Draw(t, "how")
			} else {
				i.Open.Minor = 0
			}
		})
		p := Decide(f, policy, Wish{})
		if p.Possible() || len(p.Invoices) > 0 || p.Outstanding.Minor != 0 {
			t.Fatalf("planned: %+v", p)
		}
	})
}

func TestTheSameFactsGiveTheSamePlan(t *testing.T) {
	given, policy := jansen(t), policyOf(t, "Mon 12:00 - Mon 18:00")
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t, given)
		if a, b := Decide(f, policy, Wish{}), Decide(f, policy, Wish{}); !reflect.DeepEqual(a, b) || a.Fingerprint() != b.Fingerprint() {
			t.Fatalf("%+v, then %+v", a, b)
		}
	})
}

// The preview and the second look agree: what may be confirmed may also be begun, if nothing changes.
func TestWhatMayBeConfirmedMayBeBegun(t *testing.T) {
	given, policy := jansen(t), policyOf(t)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t, given)
		p := Decide(f, policy, Wish{})
		if !p.Possible() {
			t.Skip("nothing to begin")
		}
		for _, step := range hurting() {
			if v := Recheck(Case{Key: "am-thiscase12345", CreatedAt: f.At, Terms: p.Terms()}, step, f, policy); v.Kind != Go {
				t.Fatalf("%s: %v", step, v)
			}
		}
	})
}

// Whatever happens to an account between the confirmation and a step: if the step goes ahead, all that the agent confirmed
// still stands.
func TestNoStepGoesAheadUnlessAllOfTheDebtStands(t *testing.T) {
	policy := policyOf(t)
	c, given := confirmed(t, policy)
	seen := map[VerdictKind]int{}
	rapid.Check(t, func(t *rapid.T) {
		f := given
		f.Invoices, f.Settled = slices.Clone(given.Invoices), maps.Clone(given.Settled)
		for range rapid.IntRange(0, 3).Draw(t, "events") {
			something(t, &f)
		}
		v := Recheck(c, rapid.SampledFrom(hurting()).Draw(t, "step"), f, policy)
		seen[v.Kind]++
		if v.Kind != Go {
			return
		}
		for _, was := range c.Terms.Invoices {
			now := f.invoiceNow(was)
			if now.Open != was.Open || now.State != backoffice.InvoiceOpen || now.Disputed || now.Due >= f.Today {
				t.Fatalf("goes ahead, though %s is %+v", was.Number, now)
			}
		}
		if f.Customer.Excluded != nil || len(f.Notes) > 0 || len(f.Payments.Pending) > 0 {
			t.Fatalf("goes ahead with %+v", f)
		}
	})
	if seen[Go] == 0 || seen[ToPerson] == 0 {
		t.Errorf("drawn: %v", seen)
	}
}

// something happens to an account.
func something(t *rapid.T, f *Facts) {
	n := rapid.IntRange(0, 2).Draw(t, "invoice")
	switch rapid.IntRange(0, 8).Draw(t, "event") {
	case 0:
		if len(f.Invoices) == 3 {
			pay(f, f.Invoices[n].ID, rapid.SampledFrom([]backoffice.InvoiceState{backoffice.InvoicePaid, backoffice.InvoiceCredited}).Draw(t, "how"))
		}
	case 1, 2: // likely to hit on a sum that is the same
		if n < len(f.Invoices) {
			f.Invoices[n].Open.Minor = rapid.SampledFrom([]int64{0, 10000, 12000, 22000, 24000, 34000}).Draw(t, "open")
		}
	case 3:
		if n < len(f.Invoices) {
			f.Invoices[n].Due = "2026-12-31"
		}
	case 4:
		if n < len(f.Invoices) {
			f.Invoices[n].Disputed = true
		}
	case 5:
		f.Customer.Excluded = &backoffice.Exclusion{Reason: "in gesprek"}
	case 6:
		f.Notes = []backoffice.Note{{ID: "n1", Title: CommentTitle, At: f.At}}
	case 7:
		f.Payments.Pending = []backoffice.Payment{{Amount: euro(1), Channel: "iDEAL"}}
	case 8:
		f.Invoices = append(f.Invoices, drawInvoice(t, 9))
	}
}
