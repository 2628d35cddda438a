package inhouse_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

func paymentsOf(t *testing.T, w *world, customer string) backoffice.Payments {
	t.Helper()
	all, err := w.client.Payments(t.Context(), customer)
	check(t, err)
	return all
}

// TestSuspensionAfterTheValueDateCanBeTold: the money counted on the 20th, was booked on the 24th, and the service went off in
// between.
func TestSuspensionAfterTheValueDateCanBeTold(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	w := worldWith(t, inhousefake.Options{Now: func() time.Time { return now }}, nil, nil)
	_, err := w.client.Suspend(t.Context(), "7001", reason, "k")
	check(t, err)
	now = noon()
	_, err = w.server.Receive("10234", inhousefake.Receipt{ValueDate: "2026-11-20"})
	check(t, err)
	v, err := w.client.Service(t.Context(), "7001")
	check(t, err)
	p := paymentsOf(t, w, "10234").Booked[0]
	off := backoffice.DateOf(v.Suspension.At, time.UTC)
	if p.ValueDate != "2026-11-20" || p.Booked != "2026-11-24" || off <= p.ValueDate || off >= p.Booked {
		t.Errorf("switched off on %s, paid by %+v", off, p)
	}
}

func TestBookedPaymentsComeOldestFirstWithAllThatIsKnown(t *testing.T) {
	w := newWorld(t)
	late, err := w.server.Receive("10234", inhousefake.Receipt{ID: "p2", Minor: 500, Channel: "iDEAL"})
	check(t, err)
	early, err := w.server.Receive("10234", inhousefake.Receipt{ID: "p1", Minor: 700, ValueDate: "2026-11-02", Booked: "2026-11-03"})
	check(t, err)
	check(t, w.server.ReversePayment("p1"))
	got := paymentsOf(t, w, "10234").Booked
	want := []backoffice.Payment{
		{ID: early.ID, Amount: backoffice.Money{Minor: 700, Currency: "EUR"}, ValueDate: "2026-11-02", Booked: "2026-11-03", Reversed: "2026-11-24", InvoiceIDs: []string{"inv311"}, Channel: "SEPA credit transfer"},
		{ID: late.ID, Amount: backoffice.Money{Minor: 500, Currency: "EUR"}, ValueDate: "2026-11-24", Booked: "2026-11-24", InvoiceIDs: []string{"inv311"}, Channel: "iDEAL"},
	}
	same := slices.EqualFunc(got, want, func(a, b backoffice.Payment) bool {
		ids := slices.Equal(a.InvoiceIDs, b.InvoiceIDs)
		a.InvoiceIDs, b.InvoiceIDs = nil, nil
		return ids && a.ID == b.ID && a.Amount == b.Amount && a.ValueDate == b.ValueDate && a.Booked == b.Booked && a.Reversed == b.Reversed && a.Channel == b.Channel
	})
	if !same {
		t.Errorf("%+v\nwanted %+v", got, want)
	}
}

func TestAnnouncedPaymentKeepsItsIdWhenItIsBooked(t *testing.T) {
	w := newWorld(t)
	before := paymentsOf(t, w, "10238")
	check(t, w.server.BookPending("10238"))
	after := paymentsOf(t, w, "10238")
	if len(before.Pending) != 1 || len(after.Pending) != 0 || len(after.Booked) != 1 {
		t.Fatalf("%+v\n%+v", before, after)
	}
	was, is := before.Pending[0], after.Booked[0]
	if was.ID != is.ID || was.ValueDate != is.ValueDate || !was.Announced.Equal(is.Announced) || was.Booked != "" || is.Booked != "2026-11-24" {
		t.Errorf("%+v\n%+v", was, is)
	}
}

// TestServerThatDoesNotTellOfBookedPaymentsIsNotTakenForOneWithoutAny: who can't see that somebody paid mustn't think that he
// didn't.
func TestServerThatDoesNotTellOfBookedPaymentsIsNotTakenForOneWithoutAny(t *testing.T) {
	w := newWorld(t)
	if got := paymentsOf(t, w, "10234").Booked; got == nil || len(got) != 0 {
		t.Errorf("none were booked: %#v", got)
	}
	for _, untold := range []string{`"x":`, `"booked":null,"x":`} {
		remove := w.server.Inject(after(inhousefake.Fault{Operation: "listPayments", Break: inhousefake.Rewrite, Old: `"booked":`, New: untold}))
		if got := paymentsOf(t, w, "10234").Booked; got != nil {
			t.Errorf("%s: %#v", untold, got)
		}
		remove()
	}
}

func TestBookedPaymentsAreAskedForAsFarBackAsACaseRuns(t *testing.T) {
	w := newWorld(t)
	_ = paymentsOf(t, w, "10234")
	for _, c := range w.server.Calls() {
		if q, err := url.ParseQuery(c.Query); c.Operation == "listPayments" && (err != nil || q.Get("since") != "2025-10-20") {
			t.Errorf("%s, %v", c.Query, err)
		}
	}
}

// TestWhatIsOnItsWayIsNotBooked, whatever else is said about it.
func TestWhatIsOnItsWayIsNotBooked(t *testing.T) {
	w := newWorld(t)
	w.server.Inject(after(inhousefake.Fault{Operation: "listPayments", Break: inhousefake.Rewrite, Old: `"channel":`, New: `"booked":"2026-11-24","reversed":"2026-11-24","channel":`}))
	if p := paymentsOf(t, w, "10238").Pending[0]; p.Booked != "" || p.Reversed != "" {
		t.Errorf("%+v", p)
	}
}
