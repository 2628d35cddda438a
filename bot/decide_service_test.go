package bot

import (
	"slices"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// wantWarned asks that a plan warns of these things, in this order, and of no others.
func wantWarned(t *testing.T, p Plan, want ...string) {
	t.Helper()
	if got := codes(t, p.Warnings); !slices.Equal(got, want) {
		t.Errorf("warned of %v, want %v", p.Warnings, want)
	}
}

func TestWhatHappensToAService(t *testing.T) {
	abuse := &backoffice.Suspension{By: "Bram Smit", Reason: "misbruik"}
	ending := &backoffice.Cancellation{At: "2026-12-31", Reason: "opgezegd door klant"}
	type service = backoffice.Service
	for _, row := range []struct {
		name            string
		given           service
		suspend, cancel bool
		why             string
	}{
		{"active", service{State: backoffice.ServiceActive}, true, true, ""},
		{"suspended before, for another reason", service{State: backoffice.ServiceSuspended, Suspension: abuse}, false, true, "already_suspended"},
		{"suspended by nobody knows whom", service{State: backoffice.ServiceSuspended}, false, true, "already_suspended"},
		{"cancelled already", service{State: backoffice.ServiceActive, Cancellation: ending}, true, false, "already_cancelled"},
		{"suspended and cancelled", service{State: backoffice.ServiceSuspended, Suspension: abuse, Cancellation: ending}, false, false, "already_suspended"},
		{"not delivered yet", service{State: backoffice.ServicePending}, false, false, "not_delivered"},
		{"not to be suspended", service{State: backoffice.ServiceActive, DoNotSuspend: "ziekenhuis"}, false, false, "do_not_suspend"},
		{"a domain name", service{State: backoffice.ServiceActive, Kind: backoffice.KindDomain}, false, false, "service_kind"},
		{"a domain name that is suspended", service{State: backoffice.ServiceSuspended, Kind: backoffice.KindDomain}, false, false, "service_kind"},
		{"in a state of its own", service{State: "moving"}, false, false, "not_delivered"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := jansen(t)
			row.given.ID, row.given.Label = "s9", "mail03"
			f.Services = []backoffice.Service{row.given}
			p := Decide(f, policyOf(t), Wish{})
			wantBlocked(t, p)
			s := p.Services[0]
			if s.Suspend != row.suspend || s.Cancel != row.cancel || s.Why.Code != row.why {
				t.Errorf("suspend %v, cancel %v, why %v", s.Suspend, s.Cancel, s.Why)
			}
			want := []string{row.why}
			if row.why == "" || row.why == "service_kind" { // that domain names stay is no news
				want = []string{}
			}
			wantWarned(t, p, want...)
		})
	}
}

func TestAnEarlierSuspensionIsToldWithItsReason(t *testing.T) {
	f := jansen(t)
	f.Services[1].State, f.Services[1].Suspension = backoffice.ServiceSuspended, &backoffice.Suspension{Reason: "misbruik"}
	p := Decide(f, policyOf(t), Wish{})
	wantWarned(t, p, "already_suspended")
	if a := p.Warnings[0].Args; a["service"] != "db02" || a["why"] != "misbruik" {
		t.Errorf("told %v", a)
	}
	if terms := p.Terms(); !slices.Equal(terms.ToSuspend(), []string{"s1"}) || !slices.Equal(terms.ToCancel(), []string{"s1", "s2"}) {
		t.Errorf("the case suspends %v and cancels %v", terms.ToSuspend(), terms.ToCancel())
	}
}

func TestACompanyPicksWhatIsNeverTouched(t *testing.T) {
	p := policyOf(t)
	p.NeverTouch = []backoffice.ServiceKind{backoffice.KindVPS}
	if plan := Decide(jansen(t), p, Wish{}); !slices.Equal(plan.Suspends(), []string{"web01"}) || !slices.Equal(plan.Cancels(), []string{"web01"}) {
		t.Errorf("suspends %v, cancels %v", plan.Suspends(), plan.Cancels())
	}
}

func TestNothingIsSwitchedOffInQuietTimes(t *testing.T) {
	for _, row := range []struct {
		now, at string
		delay   time.Duration
	}{
		{now: "2026-11-27 14:59", at: "2026-11-27 14:59"},
		{now: "2026-11-27 15:00", at: "2026-11-30 08:00"},
		{now: "2026-11-29 23:30", at: "2026-11-30 08:00"},
		{now: "2026-11-30 08:00", at: "2026-11-30 08:00"},
		{now: "2026-12-25 10:00", at: "2026-12-28 08:00"},
		{now: "2027-04-27 11:00", at: "2027-04-28 00:00"},
		{now: "2026-11-26 16:00", at: "2026-11-30 08:00", delay: 24 * time.Hour},
		{now: "2026-11-24 16:00", at: "2026-11-25 16:00", delay: 24 * time.Hour},
	} {
		t.Run(row.now, func(t *testing.T) {
			f, p := jansen(t), policyOf(t, "Fri 15:00 - Mon 08:00")
			f.At, p.SuspendDelay = moment(t, row.now), row.delay
			f.Today = backoffice.DateOf(f.At, p.Location)
			f.Payments.BookedUntil = f.Today
			plan := Decide(f, p, Wish{})
			wantBlocked(t, plan)
			if want := moment(t, row.at); !plan.SuspendAt.Equal(want) {
				t.Errorf("suspends at %s, want %s", plan.SuspendAt, want)
			}
			want := []string{}
			if !plan.SuspendAt.Equal(f.At.Add(row.delay)) {
				want = []string{"suspended_later"}
			}
			wantWarned(t, plan, want...)
		})
	}
}

func TestWhichAddressIsWrittenTo(t *testing.T) {
	type address = backoffice.Address
	billing := address{Email: "facturen@jansen.example", Role: backoffice.RoleBilling}
	owner := address{Email: "jan@jansen.example", Role: backoffice.RoleMain}
	admin := address{Email: "beheer@jansen.example", Role: backoffice.RoleTechnical}
	notices := address{Email: "recht@jansen.example", Role: backoffice.RoleTechnical, Notices: true}
	dark := address{Email: "info@bouw.example", Role: backoffice.RoleBilling}
	under := address{Email: "info@Mail.BOUW.example", Role: backoffice.RoleBilling}
	other := address{Email: "info@nieuwbouw.example", Role: backoffice.RoleBilling}
	for _, row := range []struct {
		name  string
		given []address
		want  string
		why   string
		warn  []string
	}{
		{"the one named for notices goes first", []address{owner, billing, notices}, notices.Email, "address_notices", nil},
		{"then billing", []address{admin, owner, billing}, billing.Email, "address_billing", nil},
		{"then main", []address{admin, owner}, owner.Email, "address_main", nil},
		{"then technical", []address{{Email: "x@jansen.example", Role: "sales"}, admin}, admin.Email, "address_technical", nil},
		{"any other if there is no better", []address{{Email: "x@jansen.example"}}, "x@jansen.example", "address_only", nil},
		{"the first of two alike", []address{billing, {Email: "b@jansen.example", Role: backoffice.RoleBilling}}, billing.Email, "address_billing", nil},
		{"not one that goes dark with the services", []address{dark, owner}, owner.Email, "address_stays_up", nil},
		{"nor one below such a domain", []address{under, owner}, owner.Email, "address_stays_up", nil},
		{"a name that only ends alike stays up", []address{other, owner}, other.Email, "address_billing", nil},
		{"unless there is no other", []address{dark}, dark.Email, "address_billing", []string{"address_goes_dark"}},
		{"or all of them go dark", []address{dark, under}, dark.Email, "address_billing", []string{"address_goes_dark"}},
		{"never what is no address", []address{{Email: "geen", Role: backoffice.RoleBilling}, {Email: "a b@jansen.example", Notices: true},
			{Email: "@jansen.example"}, {Email: "x@"}, {Email: "a@b.example, c@d.example"}, admin}, admin.Email, "address_technical", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := jansen(t)
			f.Customer.Addresses = row.given
			p := Decide(f, policyOf(t), Wish{})
			wantBlocked(t, p)
			if p.To.Email != row.want || p.ToWhy.Code != row.why {
				t.Errorf("to %s because %v, want %s because %s", p.To.Email, p.ToWhy, row.want, row.why)
			}
			codes(t, append(p.Warnings, p.ToWhy))
			wantWarned(t, p, row.warn...)
		})
	}
}

// A mailbox on a service that is off already is as dead as one that goes off now.
func TestAMailboxOnASuspendedServiceIsNotWrittenTo(t *testing.T) {
	f := jansen(t)
	f.Services[0].State, f.Services[0].Suspension = backoffice.ServiceSuspended, &backoffice.Suspension{Reason: "misbruik"}
	f.Customer.Addresses = []backoffice.Address{
		{Email: "info@bouw.example", Role: backoffice.RoleBilling}, {Email: "jan@elders.example", Role: backoffice.RoleMain},
	}
	p := Decide(f, policyOf(t), Wish{})
	if p.To.Email != "jan@elders.example" || p.ToWhy.Code != "address_stays_up" {
		t.Errorf("to %s because %v", p.To.Email, p.ToWhy)
	}
	f.Customer.Addresses = f.Customer.Addresses[:1]
	wantWarned(t, Decide(f, policyOf(t), Wish{}), "address_goes_dark", "already_suspended")
}

func TestAMailboxOnAServiceThatStaysOnStaysUp(t *testing.T) {
	f := jansen(t)
	f.Services[0].DoNotSuspend = "ziekenhuis"
	f.Customer.Addresses[0].Email = "info@bouw.example"
	wantWarned(t, Decide(f, policyOf(t), Wish{}), "do_not_suspend")
}

func TestWhatMakesACaseLarge(t *testing.T) {
	for _, row := range []struct {
		name  string
		given func(*Facts, *Policy)
		large bool
		warn  []string
	}{
		{"nothing", func(*Facts, *Policy) {}, false, nil},
		{"a reseller", func(f *Facts, _ *Policy) { f.Customer.Reseller = true }, true, []string{"reseller"}},
		{"ten end customers", func(f *Facts, _ *Policy) { f.Customer.EndCustomers = 10 }, true, []string{"reseller"}},
		{"nine of them are told, but are not large", func(f *Facts, _ *Policy) { f.Customer.EndCustomers = 9 }, false, []string{"reseller"}},
		{"end customers don't count where the company says so", func(f *Facts, p *Policy) { f.Customer.EndCustomers, p.LargeEndClient = 50, 0 }, false, []string{"reseller"}},
		{"a large debt", func(_ *Facts, p *Policy) { p.LargeDebt = euro(33999) }, true, nil},
		{"a debt of just so much", func(_ *Facts, p *Policy) { p.LargeDebt = euro(34000) }, false, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, p := jansen(t), policyOf(t)
			row.given(&f, &p)
			plan := Decide(f, p, Wish{})
			wantBlocked(t, plan)
			wantWarned(t, plan, row.warn...)
			if plan.Large != row.large {
				t.Errorf("large: %v", plan.Large)
			}
		})
	}
}

func TestAResellersEndCustomersAreCounted(t *testing.T) {
	f := jansen(t)
	f.Customer.Reseller, f.Customer.Domains, f.Customer.EndCustomers = true, 104, 37
	if a := Decide(f, policyOf(t), Wish{}).Warnings[0].Args; a["domains"] != "104" || a["customers"] != "37" {
		t.Errorf("told %v", a)
	}
}

func TestWarningsComeHardestFirst(t *testing.T) {
	f, p := jansen(t), policyOf(t, "Mon 12:00 - Mon 18:00")
	f.Customer.Reseller, f.PausedBy, f.PaymentsKnown = true, "Jacqueline", false
	f.Invoices[0].Open, f.Invoices[2].Disputed = euro(5000), true
	f.Services[1].DoNotSuspend = "ziekenhuis"
	f.Customer.Addresses[0].Email = "info@bouw.example"
	f.Notes = []backoffice.Note{{ID: "n1", Title: CommentTitle}}
	f.SetAside = "n1"
	plan := Decide(f, p, Wish{})
	wantBlocked(t, plan)
	wantWarned(t, plan, "reseller", "paused", "partly_paid", "disputed_left_out", "payments_unknown", "address_goes_dark", "do_not_suspend",
		"suspended_later", "set_aside")
}
