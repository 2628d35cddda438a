package bot

import (
	"slices"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

// An unpaid label is not an unpaid customer: what was paid on the last working day can only be seen once the bank's
// statements of that day are in.
func TestABankThatIsNotImportedSinceTheLastWorkingDayMeansWait(t *testing.T) {
	for _, row := range []struct {
		why, now string
		booked   backoffice.Date
		behind   bool
	}{
		{"Tuesday, Monday is in", "2026-11-24 10:00", "2026-11-23", false},
		{"Tuesday, Monday is not in", "2026-11-24 10:00", "2026-11-20", true},
		{"Monday, Friday is in", "2026-11-23 09:00", "2026-11-20", false},
		{"Monday, nothing since Thursday", "2026-11-23 09:00", "2026-11-19", true},
		{"Sunday, Friday is in", "2026-11-22 09:00", "2026-11-20", false},
		{"Saturday, nothing since Thursday", "2026-11-21 09:00", "2026-11-19", true},
		{"booked up to today", "2026-11-23 17:00", "2026-11-23", false},
		{"the Monday after Christmas, Christmas Eve is in", "2026-12-28 09:00", "2026-12-24", false},
		{"the Monday after Christmas, it is not in", "2026-12-28 09:00", "2026-12-23", true},
		{"Tuesday after Easter, Maundy Thursday is in", "2027-03-30 09:00", "2027-03-25", false},
		{"Tuesday after Easter, it is not in", "2027-03-30 09:00", "2027-03-24", true},
		{"the back office doesn't say until when", "2026-11-24 10:00", "", false},
	} {
		t.Run(row.why, func(t *testing.T) {
			f, p := jansen(t), policyOf(t)
			f.At = moment(t, row.now)
			f.Today = backoffice.DateOf(f.At, p.Location)
			f.Payments.BookedUntil = row.booked
			want := []string{}
			if row.behind {
				want = []string{"bank_behind"}
			}
			wantBlocked(t, Decide(f, p, Wish{}), want...)
		})
	}
}

func TestMoneyOnItsWayDoesNotMatterToWhoOwesNothing(t *testing.T) {
	f := jansen(t)
	f.Invoices = nil
	f.Payments.Pending = []backoffice.Payment{{Amount: euro(100), Channel: "iDEAL"}}
	wantBlocked(t, Decide(f, policyOf(t), Wish{}), "nothing_open")
}

func TestABackOfficeThatKnowsNoPaymentsIsWarnedOf(t *testing.T) {
	f := jansen(t)
	f.PaymentsKnown, f.Payments = false, backoffice.Payments{}
	p := Decide(f, policyOf(t), Wish{})
	wantBlocked(t, p)
	wantWarned(t, p, "payments_unknown")
}

func TestAPartlyPaidInvoiceIsTold(t *testing.T) {
	f := jansen(t)
	f.Invoices[1].Open = euro(2000)
	p := Decide(f, policyOf(t), Wish{})
	wantBlocked(t, p)
	wantWarned(t, p, "partly_paid")
	if a := p.Warnings[0].Args; a["paid"] != "10000 EUR" || a["total"] != "12000 EUR" || a["amount"] != "24000 EUR" || a["invoice"] != "2026-0311" {
		t.Errorf("told %v", a)
	}
}

func TestADisputedInvoiceIsLeftOutAndTold(t *testing.T) {
	f := jansen(t)
	f.Invoices[1].Disputed = true
	p := Decide(f, policyOf(t), Wish{})
	wantBlocked(t, p)
	wantWarned(t, p, "disputed_left_out")
	if p.Outstanding != euro(22000) || p.OldestDue != "2026-10-26" {
		t.Errorf("outstanding %s since %s", p.Outstanding, p.OldestDue)
	}
}

func TestWhatASecondPersonHasToAgreeTo(t *testing.T) {
	for code, set := range map[string]func(*Facts, *Policy){
		"":                  func(_ *Facts, p *Policy) { p.Approval.Above = euro(34000) },
		"approval_amount":   func(_ *Facts, p *Policy) { p.Approval.Above = euro(33999) },
		"approval_services": func(_ *Facts, p *Policy) { p.Approval.Services = 2 },
		"approval_reseller": func(f *Facts, p *Policy) { p.Approval.Resellers, f.Customer.EndCustomers = true, 1 },
		"approval_consumer": func(f *Facts, p *Policy) { p.Approval.Consumers, f.Customer.Kind = true, backoffice.Consumer },
		"approval_language": func(_ *Facts, p *Policy) { p.Approval.Languages = []string{"fr", "nl"} },
	} {
		f, p := jansen(t), policyOf(t)
		set(&f, &p)
		plan := Decide(f, p, Wish{})
		wantBlocked(t, plan)
		if got := codes(t, plan.Approval); code == "" && len(got) > 0 || code != "" && (len(got) != 1 || got[0] != code) {
			t.Errorf("%q: %v", code, got)
		}
		if code != "" {
			if got := codes(t, plan.Warnings); !slices.Contains(got, code) {
				t.Errorf("not warned of %s: %v", code, got)
			}
		}
	}
	f, p := jansen(t), policyOf(t)
	p.Approval.Above = backoffice.Money{Minor: 99999999, Currency: "USD"}
	if plan := Decide(f, p, Wish{}); len(plan.Approval) != 1 {
		t.Error("a limit in another currency lets everything pass")
	}
}
