package bot

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// What the agent saw is what the agent confirmed: each row changes one thing that the preview shows, and the confirmation
// of the earlier preview no longer fits.
func TestAConfirmationFitsOnlyWhatWasSeen(t *testing.T) {
	seen := Decide(jansen(t), policyOf(t), Wish{}).Fingerprint()
	for _, row := range []struct {
		name  string
		given func(*Facts, *Policy, *Wish)
	}{
		{"an amount", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].Open = euro(9999) }},
		{"amounts with the same sum", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].Open, f.Invoices[1].Open = euro(12000), euro(10000) }},
		{"an invoice less", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices = f.Invoices[:2] }},
		{"another invoice of the same amount", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].ID = "0341" }},
		{"an invoice's number", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].Number = "2026-0341" }},
		{"a due date", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].Due = "2026-10-27" }},
		{"one more reminder", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].Reminders = 3 }},
		{"the currency", func(f *Facts, _ *Policy, _ *Wish) {
			eachInvoice(f, func(i *backoffice.Invoice) { i.Open.Currency = "USD" })
		}},
		{"a part that was paid before", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].Total = euro(20000) }},
		{"a dispute", func(f *Facts, _ *Policy, _ *Wish) { f.Invoices[0].Disputed = true }},
		{"a service less", func(f *Facts, _ *Policy, _ *Wish) { f.Services = f.Services[:1] }},
		{"another service", func(f *Facts, _ *Policy, _ *Wish) { f.Services[1].ID = "s3" }},
		{"a service's name", func(f *Facts, _ *Policy, _ *Wish) { f.Services[1].Label = "db03" }},
		{"a service that is suspended by now", func(f *Facts, _ *Policy, _ *Wish) { f.Services[1].State = backoffice.ServiceSuspended }},
		{"a service that is cancelled by now", func(f *Facts, _ *Policy, _ *Wish) {
			f.Services[1].Cancellation = &backoffice.Cancellation{At: "2026-12-31"}
		}},
		{"why a service stays on", func(f *Facts, _ *Policy, _ *Wish) { f.Services[1].DoNotSuspend = "ziekenhuis" }},
		{"the address", func(f *Facts, _ *Policy, _ *Wish) { f.Customer.Addresses[0].Email = "jan@jansen.example" }},
		{"an address that goes dark", func(f *Facts, _ *Policy, _ *Wish) { f.Services[1].Domains = []string{"jansen.example"} }},
		{"the language", func(f *Facts, _ *Policy, _ *Wish) { f.Customer.Language = "de" }},
		{"the usual cancellation date", func(_ *Facts, p *Policy, _ *Wish) { p.CancelDays = 29 }},
		{"the scope", func(_ *Facts, p *Policy, _ *Wish) { p.Scope = ScopeUnpaid }},
		{"another ticket", func(f *Facts, _ *Policy, _ *Wish) {
			f.OtherTickets = []helpdesk.TicketSummary{{ID: "9", Mask: "ABC-9", Subject: "Klacht"}}
		}},
		{"whether there are other tickets", func(f *Facts, _ *Policy, _ *Wish) { f.OtherTicketsUnknown = true }},
		{"a day later", func(f *Facts, _ *Policy, _ *Wish) { f.Today, f.Payments.BookedUntil = "2026-11-24", "2026-11-24" }},
		{"a comment set aside", func(f *Facts, _ *Policy, _ *Wish) { f.SetAside = "n1" }},
		{"something in the way", func(f *Facts, _ *Policy, _ *Wish) { f.Payments.BookedUntil = "2026-11-01" }},
		{"a reseller", func(f *Facts, _ *Policy, _ *Wish) { f.Customer.Reseller = true }},
		{"the number to be typed", func(_ *Facts, p *Policy, _ *Wish) { p.LargeDebt = euro(100) }},
		{"end customers", func(f *Facts, _ *Policy, _ *Wish) { f.Customer.EndCustomers = 3 }},
		{"a pause of the bot", func(f *Facts, _ *Policy, _ *Wish) { f.PausedBy = "Jacqueline" }},
		{"a suspension that is put off", func(_ *Facts, p *Policy, _ *Wish) { p.Calendar = policyOf(t, "Mon 14:00 - Mon 18:00").Calendar }},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, p, w := jansen(t), policyOf(t), Wish{}
			row.given(&f, &p, &w)
			if Decide(f, p, w).Fingerprint() == seen {
				t.Error("the earlier confirmation still fits")
			}
		})
	}
}

// What the agent wishes comes with the confirmation itself: the look that was confirmed is of the world without it.
func TestAWishDoesNotMakeAConfirmationVoid(t *testing.T) {
	seen := Decide(jansen(t), policyOf(t), Wish{}).Fingerprint()
	for name, w := range map[string]Wish{
		"days": {CancelDays: 29}, "a day": {CancelOn: "2026-12-31"}, "a service": {Keep: map[string]string{"s1": "mailserver"}},
		"the scope": {Scope: ScopeUnpaid},
	} {
		plan := Decide(jansen(t), policyOf(t), w)
		if plan.Fingerprint() != seen {
			t.Errorf("%s: the confirmation no longer fits", name)
		}
		if reflect.DeepEqual(plan.Terms(), Decide(jansen(t), policyOf(t), Wish{}).Terms()) {
			t.Errorf("%s: the wish changes nothing", name)
		}
		f := jansen(t)
		f.Invoices[0].Open = euro(9999)
		if Decide(f, policyOf(t), w).Fingerprint() == seen {
			t.Errorf("%s: the world changed and the confirmation still fits", name)
		}
	}
}

// What changes by itself while the agent reads must not make the confirmation void.
func TestAConfirmationStillFitsWhenNothingThatWasSeenHasChanged(t *testing.T) {
	for _, quiet := range [][]string{nil, {"Mon 14:00 - Mon 18:00"}} {
		p := policyOf(t, quiet...)
		p.SuspendDelay = time.Hour
		before := func() Facts {
			f := jansen(t)
			f.Services[0].DoNotSuspend, f.Services[1].DoNotSuspend = "ziekenhuis", "112"
			return f
		}
		seen := Decide(before(), p, Wish{}).Fingerprint()
		for name, given := range map[string]func(*Facts){
			"nothing":                   func(*Facts) {},
			"some minutes later":        func(f *Facts) { f.At = f.At.Add(20 * time.Minute) },
			"another agent confirms":    func(f *Facts) { f.AgentEmail = "bram@hoster.example" },
			"invoices listed otherwise": func(f *Facts) { slices.Reverse(f.Invoices) },
			"services listed otherwise": func(f *Facts) { slices.Reverse(f.Services) },
			"a newer invoice, not due yet": func(f *Facts) {
				f.Invoices = append(f.Invoices, backoffice.Invoice{ID: "x", State: "open", Due: "2026-12-31", Open: euro(5)})
			},
			"a note about something else":   func(f *Facts) { f.Notes = []backoffice.Note{{ID: "n1", Title: "telefoonnotitie"}} },
			"the bank is booked further on": func(f *Facts) { f.Payments.BookedUntil = "2026-11-22" },
		} {
			t.Run(name, func(t *testing.T) {
				f := before()
				given(&f)
				if Decide(f, p, Wish{}).Fingerprint() != seen {
					t.Error("the confirmation no longer fits")
				}
			})
		}
	}
}

func TestAFingerprintTellsNothingAboutTheCustomer(t *testing.T) {
	if got := Decide(jansen(t), policyOf(t), Wish{}).Fingerprint(); !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(got) {
		t.Errorf("%q", got)
	}
}

func TestACaseKeepsWhatThePlanSaid(t *testing.T) {
	f, p := jansen(t), policyOf(t)
	f.Services[1].State, f.SetAside = backoffice.ServiceSuspended, "n1"
	f.Services[0].URL = "https://office.example/services/s1"
	plan := Decide(f, p, Wish{})
	got := plan.Terms()
	want := Terms{
		Outstanding: euro(34000), To: "administratie@jansen.example", Language: "nl", SuspendAt: f.At, CancelOn: "2026-12-21",
		AgentEmail: "sanne@hoster.example", AgentName: "Sanne Visser", SetAside: "n1",
		Invoices: []TermInvoice{
			{ID: "0311", Number: "2026-0311", Due: "2026-10-12", Open: euro(12000), Reminders: 2, LastReminder: "2026-11-09"},
			{ID: "0340", Number: "2026-0340", Due: "2026-10-26", Open: euro(10000), Reminders: 2, LastReminder: "2026-11-09"},
			{ID: "0355", Number: "2026-0355", Due: "2026-11-09", Open: euro(12000), Reminders: 2, LastReminder: "2026-11-09"},
		},
		Services: []TermService{
			{ID: "s1", Label: "web01", Kind: "hosting", Suspend: true, Cancel: true, URL: "https://office.example/services/s1"},
			{ID: "s2", Label: "db02", Kind: "vps", Cancel: true, Why: plan.Services[1].Why},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("terms\n%+v, want\n%+v", got, want)
	}
	if s, ok := got.Service("s2"); !ok || s.Label != "db02" {
		t.Errorf("service s2: %+v", s)
	}
	if _, ok := got.Service("s9"); ok {
		t.Error("found a service that isn't there")
	}
}

// The terms live in the database for months, as JSON.
func TestTermsComeBackAsTheyWereKept(t *testing.T) {
	f := jansen(t)
	f.Services[1].DoNotSuspend = "ziekenhuis"
	want := Decide(f, policyOf(t), Wish{}).Terms()
	want.SuspendAt = want.SuspendAt.UTC()
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Terms
	if err := json.Unmarshal(raw, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v, want\n%+v", err, got, want)
	}
}

func TestCaseKeysAreUniqueAndSafeInEveryQuery(t *testing.T) {
	shape, seen := regexp.MustCompile(`^am-[a-z0-9]{13}$`), map[string]bool{}
	for range 1000 {
		k := NewCaseKey()
		if !shape.MatchString(k) || seen[k] {
			t.Fatalf("key %q", k)
		}
		seen[k] = true
	}
}
