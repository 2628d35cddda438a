package inhousefake_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// told lists what happened after an event, each as its type and what it is about.
func told(server *inhousefake.Server, after int) (all []string) {
	for _, e := range server.Events()[after:] {
		all = append(all, strings.TrimSuffix(e.Type+" "+e.InvoiceID+e.ServiceID, " "))
	}
	return all
}

func saysJust(t *testing.T, server *inhousefake.Server, after int, want ...string) {
	t.Helper()
	if got := told(server, after); !slices.Equal(got, want) {
		t.Errorf("told %q, wanted %q", got, want)
	}
}

func TestEveryMovementOfMoneyIsTold(t *testing.T) {
	server := demoAt(noon())
	check(t, server.PayPart("10234", 12500))
	saysJust(t, server, 0, "payment.received", "invoice.paid inv311")
	check(t, server.Pay("10234"))
	saysJust(t, server, 2, "payment.received", "invoice.paid inv347", "invoice.paid inv389")
	check(t, server.Pay("10234"))
	saysJust(t, server, 5) // nothing was owed, so nothing was paid
	check(t, server.Reverse("10234"))
	saysJust(t, server, 5, "payment.reversed")
	check(t, server.PayInvoice("inv389"))
	saysJust(t, server, 6, "payment.received", "invoice.paid inv389")
	check(t, server.Credit("inv347", 500, "Storing"))
	check(t, server.Credit("inv347", 0, "Storing"))
	saysJust(t, server, 8, "invoice.credited inv347", "invoice.credited inv347")
	check(t, server.BookPending("10238"))
	saysJust(t, server, 10, "payment.received", "invoice.paid inv322")
	for n, e := range server.Events() {
		if e.CustomerID == "" || e.At != noon() || (e.PaymentID == "") != strings.HasPrefix(e.Type, "invoice.credited") {
			t.Errorf("event %d: %+v", n, e)
		}
	}
}

func TestPaymentIsBookedOnTheDaysGiven(t *testing.T) {
	server := demoAt(noon())
	p, err := server.Receive("10234", inhousefake.Receipt{Minor: 12500, ValueDate: "2026-11-20", Booked: "2026-11-23"})
	check(t, err)
	if p.ID == "" || p.Amount.Minor != 12500 || p.ValueDate != "2026-11-20" || p.Booked != "2026-11-23" || p.Channel == "" || !slices.Equal(p.InvoiceIDs, []string{"inv311", "inv347"}) {
		t.Errorf("%+v", p)
	}
	p, err = server.Receive("10234", inhousefake.Receipt{Minor: 1, Booked: "2026-11-23"})
	if err != nil || p.ValueDate != "2026-11-23" {
		t.Errorf("%+v, %v", p, err)
	}
	check(t, server.EditPayment(p.ID, func(p *inhousefake.Payment) { p.ValueDate, p.ID, p.Amount.Minor = "", "x", 9 }))
	if last := server.Snapshot("10234").Booked[1]; last.ValueDate != "" || last.ID != p.ID || last.Amount.Minor != 1 {
		t.Errorf("%+v", last)
	}
}

func TestPaymentOfTheNewestInvoiceLeavesTheOldOnesOpen(t *testing.T) {
	server := demoAt(noon())
	p, err := server.Receive("10234", inhousefake.Receipt{InvoiceIDs: []string{"inv389"}})
	check(t, err)
	open := map[string]int64{}
	for _, i := range server.Invoices("10234") {
		open[i.ID] = i.Open.Minor
	}
	if open["inv311"] != 12000 || open["inv347"] != 11000 || open["inv389"] != 0 || p.Amount.Minor != 11000 {
		t.Errorf("%v, %+v", open, p)
	}
}

func TestWhatIsPaidTwiceIsToTheCustomersCredit(t *testing.T) {
	server := demoAt(noon())
	for n, credit := range []int64{0, 34000, 34100} {
		r := inhousefake.Receipt{Minor: 34000}
		if n == 2 {
			r = inhousefake.Receipt{Minor: 100, OnNothing: true}
		}
		p, err := server.Receive("10234", r)
		if got := server.Snapshot("10234").Credit; err != nil || got != credit || (len(p.InvoiceIDs) == 0) != (n > 0) {
			t.Errorf("payment %d: %d to the credit, %+v, %v", n, got, p, err)
		}
	}
	check(t, server.Reverse("10234"))
	check(t, server.Reverse("10234"))
	if s := server.Snapshot("10234"); s.Credit != 0 || s.OpenMinor() != 0 {
		t.Errorf("the payments too many were taken back: credit %d, open %d", s.Credit, s.OpenMinor())
	}
}

func TestPaymentIsTakenBackOnce(t *testing.T) {
	server := demoAt(noon())
	first, err := server.Receive("10234", inhousefake.Receipt{Minor: 12000})
	check(t, err)
	check(t, server.PayPart("10234", 1000))
	before := len(server.Events())
	check(t, server.ReversePayment(first.ID))
	check(t, server.ReversePayment(first.ID))
	saysJust(t, server, before, "payment.reversed")
	s := server.Snapshot("10234")
	if s.OpenMinor() != 33000 || s.Booked[0].Reversed != "2026-11-24" || s.Booked[1].Reversed != "" {
		t.Errorf("%d open, %+v", s.OpenMinor(), s.Booked)
	}
	check(t, server.Reverse("10234"))
	check(t, server.Reverse("10234"))
	if got := server.Snapshot("10234").OpenMinor(); got != 34000 {
		t.Errorf("%d open", got)
	}
}

func TestSeedSaysWhatWasPaidBefore(t *testing.T) {
	server := demoAt(noon())
	for _, s := range server.Everyone() {
		var paid, booked int64
		for _, i := range s.Invoices {
			if i.State != "credited" {
				paid += i.Total.Minor - i.Open.Minor
			}
		}
		for _, p := range s.Booked {
			booked += p.Amount.Minor
			if p.Booked > "2026-11-24" || p.ValueDate > p.Booked {
				t.Errorf("customer %s: %+v", s.Customer.Number, p)
			}
		}
		if paid != booked {
			t.Errorf("customer %s has paid %d, and %d was booked", s.Customer.Number, paid, booked)
		}
	}
}

func TestControlsOfMoneyNameWhatIsNotThere(t *testing.T) {
	server := demoAt(noon())
	_, nobody := server.Receive("nobody", inhousefake.Receipt{})
	_, theirs := server.Receive("10234", inhousefake.Receipt{InvoiceIDs: []string{"inv322"}})
	for name, err := range map[string]error{
		"Receive": nobody, "Receive for another's invoice": theirs, "ReversePayment": server.ReversePayment("nothing"), "EditPayment": server.EditPayment("nothing", nil),
		"Credit": server.Credit("nothing", 0, "x"), "BookPending": server.BookPending("nobody"), "RepeatEvent": server.RepeatEvent("e1"),
		"SuspendAgain": server.SuspendAgain("nothing", inhousefake.Rule{}), "RefuseWithdrawal": server.RefuseWithdrawal("nothing", "x"), "DeleteService": server.DeleteService("nothing"),
	} {
		if !errors.Is(err, inhousefake.ErrNoSuch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := server.Credit("inv311", 12001, "x"); err == nil || errors.Is(err, inhousefake.ErrNoSuch) {
		t.Errorf("more than is open was credited: %v", err)
	}
	if n := len(server.Events()); n != 0 {
		t.Errorf("%d events", n)
	}
}

func TestBookedPaymentsAreThoseSinceADay(t *testing.T) {
	server := demoAt(noon())
	for _, r := range []inhousefake.Receipt{
		{ID: "old", Minor: 1, Booked: "2026-08-25"}, {ID: "edge", Minor: 1, Booked: "2026-08-26"}, {ID: "new", Minor: 1}, {ID: "back", Minor: 1, Booked: "2026-01-01"},
	} {
		_, err := server.Receive("10234", r)
		check(t, err)
	}
	check(t, server.ReversePayment("back"))
	for query, want := range map[string][]string{
		"": {"edge", "new", "back"}, "?since=2026-11-24": {"new", "back"}, "?since=2026-11-25": {}, "?since=2025-01-01": {"old", "edge", "new", "back"},
	} {
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/customers/10234/payments"+query, http.NoBody))
		var said struct{ Booked []inhousefake.Payment }
		check(t, json.Unmarshal(recorder.Body.Bytes(), &said))
		ids := []string{}
		for _, p := range said.Booked {
			ids = append(ids, p.ID)
		}
		if !slices.Equal(ids, want) || said.Booked == nil {
			t.Errorf("%s: %v, wanted %v", query, ids, want)
		}
	}
}

func TestClockBooksNothingByItself(t *testing.T) {
	now := noon()
	server := inhousefake.NewDemo(inhousefake.Options{Now: func() time.Time { return now }})
	now = now.AddDate(0, 0, 40)
	if s := server.Snapshot("10238"); len(s.Pending) != 1 || len(s.Booked) != 0 {
		t.Errorf("%+v", s)
	}
}
