package backoffice_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

func TestDateIsACivilDayOfTheCompany(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	late := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)
	if got := backoffice.DateOf(late, amsterdam); got != "2026-11-25" {
		t.Errorf("half past midnight in Amsterdam is %s", got)
	}
	if got := backoffice.Date("2026-03-29").Time(amsterdam); !got.Equal(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("the day of summer time begins at %s", got)
	}
	for day, want := range map[backoffice.Date]backoffice.Date{"2026-11-24": "2026-12-22", "2026-02-01": "2026-03-01", "2028-02-01": "2028-02-29", "": "", "x": "x"} {
		if got := day.AddDays(28); got != want {
			t.Errorf("28 days after %q is %q, wanted %q", day, got, want)
		}
	}
	for _, span := range []struct {
		from, to backoffice.Date
		days     int
	}{{"2026-03-28", "2026-03-30", 2}, {"2026-10-24", "2026-10-26", 2}, {"2026-11-24", "2026-11-23", -1}, {"", "2026-11-23", 0}, {"2026-11-24", "x", 0}} {
		if got := span.from.DaysUntil(span.to); got != span.days {
			t.Errorf("%q to %q is %d days", span.from, span.to, got)
		}
	}
	for _, wrong := range []string{"2026-2-1", "2026-02-30", "24-11-2026", "2026-11-24T00:00:00Z", " 2026-11-24"} {
		if d, err := backoffice.ParseDate(wrong); err == nil || d != "" {
			t.Errorf("%q is read as %q", wrong, d)
		}
	}
	if d, err := backoffice.ParseDate(""); err != nil || !d.IsZero() {
		t.Errorf("no date: %q, %v", d, err)
	}
}

func TestMoneyOfTwoCurrenciesIsNeverAdded(t *testing.T) {
	euro, crown, none := backoffice.Money{Minor: 150, Currency: "EUR"}, backoffice.Money{Minor: 1, Currency: "DKK"}, backoffice.Money{}
	if sum, err := euro.Add(crown); err == nil || sum != euro {
		t.Errorf("%s, %v", sum, err)
	}
	for _, pair := range [][2]backoffice.Money{{euro, none}, {none, euro}} {
		if sum, err := pair[0].Add(pair[1]); err != nil || sum != euro {
			t.Errorf("%s, %v", sum, err)
		}
	}
	for m, want := range map[backoffice.Money]string{euro: "1.50 EUR", {Minor: -5, Currency: "EUR"}: "-0.05 EUR", {Minor: 34000, Currency: "EUR"}: "340.00 EUR"} {
		if m.String() != want {
			t.Errorf("%s, wanted %s", m, want)
		}
	}
	if !none.IsZero() || euro.IsZero() {
		t.Error("IsZero")
	}
}

func TestExclusionHoldsThroughItsLastDay(t *testing.T) {
	c := backoffice.Customer{Excluded: &backoffice.Exclusion{Reason: "in overleg", Until: "2026-12-24"}}
	for day, held := range map[backoffice.Date]bool{"2026-11-24": true, "2026-12-24": true, "2026-12-25": false} {
		if got := c.ExcludedOn(day) != nil; got != held {
			t.Errorf("%s: excluded %t", day, got)
		}
	}
	c.Excluded.Until = ""
	if c.ExcludedOn("2999-01-01") == nil {
		t.Error("an exclusion without end has ended")
	}
	if (backoffice.Customer{}).ExcludedOn("2026-11-24") != nil {
		t.Error("excluded without an exclusion")
	}
}

func TestInvoiceIsOverdueTheDayAfterItsDueDate(t *testing.T) {
	i := backoffice.Invoice{State: backoffice.InvoiceOpen, Due: "2026-11-23", Open: backoffice.Money{Minor: 1, Currency: "EUR"}}
	if i.OverdueOn("2026-11-23") || !i.OverdueOn("2026-11-24") {
		t.Error("overdue on the wrong day")
	}
	for name, change := range map[string]func(*backoffice.Invoice){
		"paid": func(i *backoffice.Invoice) { i.State = backoffice.InvoicePaid }, "credited": func(i *backoffice.Invoice) { i.State = backoffice.InvoiceCredited },
		"nothing open": func(i *backoffice.Invoice) { i.Open.Minor = 0 }, "no due date": func(i *backoffice.Invoice) { i.Due = "" },
	} {
		other := i
		change(&other)
		if other.OverdueOn("2027-01-01") {
			t.Errorf("%s, and overdue", name)
		}
	}
}

func TestErrorSpeaksToTheProgramThePersonAndTheOperator(t *testing.T) {
	err := error(&backoffice.Error{Kind: backoffice.ErrRefused, Op: "suspend service 7001", Sentence: "Dat mag niet.", Err: io.ErrUnexpectedEOF})
	if !errors.Is(err, backoffice.ErrRefused) || !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, backoffice.ErrUnknown) {
		t.Error("kind and cause")
	}
	if backoffice.Sentence(err) != "Dat mag niet." || backoffice.Sentence(io.EOF) != "" {
		t.Error("sentence")
	}
	if got := err.Error(); got != "suspend service 7001: refused: Dat mag niet.: unexpected EOF" {
		t.Errorf("%q", got)
	}
	bare := &backoffice.Error{Kind: backoffice.ErrBusy, Op: "x"}
	if bare.Error() != "x: busy" || !errors.Is(bare, backoffice.ErrBusy) {
		t.Errorf("%q", bare.Error())
	}
}

func TestCapabilitiesThatNobodyNamedAreNotOffered(t *testing.T) {
	var none backoffice.Capabilities
	if none.Offers(backoffice.OpSuspend) || !(backoffice.Capabilities{backoffice.OpSuspend: true}).Offers(backoffice.OpSuspend) {
		t.Error("Offers")
	}
}
