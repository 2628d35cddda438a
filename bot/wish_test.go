package bot

import (
	"slices"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

func TestAServiceLeftAloneIsNeitherSuspendedNorCancelledAndSaysWhy(t *testing.T) {
	p := Decide(jansen(t), policyOf(t), Wish{Keep: map[string]string{"s2": " loopt een klacht over ", "other": "x"}})
	wantBlocked(t, p)
	if !slices.Equal(p.Suspends(), []string{"web01"}) || !slices.Equal(p.Cancels(), []string{"web01"}) {
		t.Errorf("suspends %v, cancels %v", p.Suspends(), p.Cancels())
	}
	kept := p.Services[1]
	if !kept.Kept || kept.Why.Code != "kept" || kept.Why.Args["why"] != "loopt een klacht over" || p.Services[0].Kept {
		t.Errorf("%+v", p.Services)
	}
	if len(p.Warnings) != 0 {
		t.Errorf("warned of the agent's own wish: %v", p.Warnings)
	}
	codes(t, []wording.Reason{kept.Why})
}

func TestLeavingAServiceAloneNeedsAReason(t *testing.T) {
	for _, why := range []string{"", "  "} {
		wantBlocked(t, Decide(jansen(t), policyOf(t), Wish{Keep: map[string]string{"s2": why}}), "keep_needs_reason")
	}
}

// A service that stays on for another reason keeps that reason: the agent's would hide it.
func TestAWishDoesNotHideWhyAServiceStaysOn(t *testing.T) {
	f := jansen(t)
	f.Services[1].DoNotSuspend = "ziekenhuis"
	p := Decide(f, policyOf(t), Wish{Keep: map[string]string{"s2": "x"}})
	if p.Services[1].Kept || p.Services[1].Why.Code != "do_not_suspend" {
		t.Errorf("%+v", p.Services[1])
	}
}

func TestOnlyWhatIsUnpaidGoesOffWhereThePolicySaysSo(t *testing.T) {
	f, p := jansen(t), policyOf(t)
	for i := range f.Invoices {
		f.Invoices[i].ServiceIDs = []string{"s2"}
	}
	f.Invoices = append(f.Invoices, backoffice.Invoice{ID: "n", State: backoffice.InvoiceOpen, Due: "2026-12-31", Open: euro(5), Total: euro(5), ServiceIDs: []string{"s1"}})
	p.Scope = ScopeUnpaid
	plan := Decide(f, p, Wish{Scope: ScopeAll}) // an agent may ask for less, not for more
	wantBlocked(t, plan)
	if !slices.Equal(plan.Suspends(), []string{"db02"}) || plan.Services[0].Why.Code != "not_in_arrears" || len(plan.Warnings) != 0 {
		t.Errorf("%+v, %v", plan.Services, plan.Warnings)
	}
	p.Scope = ScopeAll
	if less := Decide(f, p, Wish{Scope: ScopeUnpaid}); !slices.Equal(less.Cancels(), []string{"db02"}) {
		t.Errorf("asked for less: %v", less.Cancels())
	}
	f.Invoices[0].ServiceIDs, p.Scope = nil, ScopeUnpaid
	if got := codes(t, Decide(f, p, Wish{}).Warnings); !slices.Equal(got, []string{"invoice_without_service"}) {
		t.Errorf("warned of %v", got)
	}
}

func TestThePickedDayLiesWithinTheBounds(t *testing.T) {
	p := policyOf(t) // 14 to 92 days from 23 November 2026
	for day, blocked := range map[backoffice.Date]bool{
		"2026-12-06": true, "2026-12-07": false, "2026-12-21": false, "2027-02-23": false, "2027-02-24": true, "2026-11-23": true, "nonsense": true,
	} {
		plan := Decide(jansen(t), p, Wish{CancelOn: day, CancelDays: 30})
		if plan.CancelOn != day || plan.Possible() == blocked {
			t.Errorf("%s: %v on %s", day, plan.Blocked, plan.CancelOn)
		}
		if plan.CancelFirst != "2026-12-07" || plan.CancelLast != "2027-02-23" {
			t.Errorf("bounds %s to %s", plan.CancelFirst, plan.CancelLast)
		}
	}
}

func TestOtherTicketsAreNamedAndCounted(t *testing.T) {
	f := jansen(t)
	for _, mask := range []string{"A-1", "A-2", "A-3", "A-4", "A-5"} {
		f.OtherTickets = append(f.OtherTickets, helpdesk.TicketSummary{ID: mask, Mask: mask, Subject: "Factuur klopt niet"})
	}
	p := Decide(f, policyOf(t), Wish{})
	wantBlocked(t, p)
	wantWarned(t, p, "other_ticket", "other_ticket", "other_ticket", "other_tickets")
	if p.Warnings[3].Args["n"] != "2" {
		t.Errorf("%v", p.Warnings[3])
	}
	f.OtherTickets, f.OtherTicketsUnknown = nil, true
	wantWarned(t, Decide(f, policyOf(t), Wish{}), "other_tickets_unknown")
}

func TestEachCapIsReachedByItself(t *testing.T) {
	p := policyOf(t)
	p.MaxPerHour, p.MaxPerDay, p.MaxPerAgentDay = 3, 10, 5
	for _, row := range []struct {
		lately Lately
		want   []string
	}{
		{Lately{2, 9, 4}, []string{}}, {Lately{3, 9, 4}, []string{"cap_hour"}}, {Lately{2, 10, 4}, []string{"cap_day"}},
		{Lately{0, 5, 5}, []string{"cap_agent"}}, {Lately{9, 99, 9}, []string{"cap_agent", "cap_hour", "cap_day"}},
	} {
		f := jansen(t)
		f.Lately = row.lately
		wantBlocked(t, Decide(f, p, Wish{}), row.want...)
	}
	f := jansen(t)
	f.Lately = Lately{1000, 1000, 1000}
	p.MaxPerHour, p.MaxPerDay, p.MaxPerAgentDay = 0, 0, 0
	wantBlocked(t, Decide(f, p, Wish{}))
}

func TestALiveProgramMayBeLimitedToSomeCustomers(t *testing.T) {
	p := policyOf(t)
	p.LiveCustomers = []string{"10235"}
	wantBlocked(t, Decide(jansen(t), p, Wish{}), "not_live")
	for _, name := range []string{"10234", "c1"} {
		p.LiveCustomers = []string{"10235", name}
		wantBlocked(t, Decide(jansen(t), p, Wish{}))
	}
	p.LiveCustomers, p.Mode = []string{"10235"}, DryRun
	wantBlocked(t, Decide(jansen(t), p, Wish{}))
}
