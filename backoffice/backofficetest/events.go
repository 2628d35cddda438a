package backofficetest

import (
	"slices"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

func eventTests() []subtest {
	return []subtest{
		{"FeedBeginsAtItsNewestPlace", eventsFromNewest, nil},
		{"SwitchedServiceIsAnEvent", eventsOfService, nil},
		{"PaymentIsAnEvent", eventsOfPayment, []ability{canPay()}},
		{"PaymentTakenBackIsAnEvent", eventsOfReversal, []ability{canPay(), canReverse()}},
		{"FewAtATimeAreTheSameAsAllAtOnce", eventsFewAtATime, nil},
		{"PlaceThatIsNotKnownIsNotFound", eventsFromNowhere, nil},
	}
}

// newest is the newest place in the feed; the test is skipped where there is no feed.
func newest(t *testing.T, b *Bench) string {
	t.Helper()
	b.offers(t, backoffice.OpEvents)
	events, last, err := b.Office.Events(within(t), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	if last == "" || len(events) != 0 {
		t.Fatalf("the newest place is %q, after %d events", last, len(events))
	}
	return last
}

// since reads all events after a place, so many at a time (0: as the driver likes). It gives the place after them too.
func since(t *testing.T, b *Bench, after string, limit int) (all []backoffice.Event, last string) {
	t.Helper()
	for range 1000 {
		events, next, err := b.Office.Events(within(t), after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if limit > 0 && len(events) > limit {
			t.Errorf("%d events came where %d were asked for", len(events), limit)
		}
		if len(events) == 0 {
			if next != after {
				t.Errorf("no events, and the place went from %q to %q", after, next)
			}
			return all, next
		}
		if next == "" || next == after {
			t.Fatalf("after %d events the place is %q; it was %q", len(events), next, after)
		}
		all, after = append(all, events...), next
	}
	t.Fatal("the feed has no end")
	return nil, ""
}

// areEvents holds what every event must say.
func areEvents(t *testing.T, all []backoffice.Event) {
	t.Helper()
	for _, e := range all {
		if e.ID == "" || e.Type == "" || e.CustomerID == "" || e.At.IsZero() {
			t.Errorf("event %+v", e)
		}
	}
}

// mustTell fails the test unless an event of the type about the customer is among those given.
func mustTell(t *testing.T, b *Bench, all []backoffice.Event, kind backoffice.EventType, fits func(backoffice.Event) bool) {
	t.Helper()
	areEvents(t, all)
	isIt := func(e backoffice.Event) bool { return e.Type == kind && e.CustomerID == b.Customer && fits(e) }
	if !slices.ContainsFunc(all, isIt) {
		t.Errorf("no event %s of customer %s: %+v", kind, b.Customer, all)
	}
}

func anyEvent(backoffice.Event) bool { return true }

func eventsFromNewest(t *testing.T, b *Bench) {
	start := newest(t, b)
	again, last := since(t, b, start, 0)
	areEvents(t, again) // somebody may be at work on a running server
	if len(again) == 0 && last != start {
		t.Errorf("nothing happened, and the place went from %q to %q", start, last)
	}
}

func eventsOfService(t *testing.T, b *Bench) {
	start := newest(t, b)
	w := suspend()
	at := w.arranged(t, b)
	w.must(t, b, at)
	all, last := since(t, b, start, 0)
	mustTell(t, b, all, backoffice.EventServiceChanged, func(e backoffice.Event) bool { return e.ServiceID == at.id })
	if more, _ := since(t, b, last, 0); slices.ContainsFunc(more, func(e backoffice.Event) bool { return slices.Contains(all, e) }) {
		t.Errorf("told twice: %+v, then %+v", all, more)
	}
}

func eventsOfPayment(t *testing.T, b *Bench) {
	start := newest(t, b)
	invoices := must(b.Office.Invoices(within(t), b.Customer))(t)
	b.Pay(t, 1)
	all, last := since(t, b, start, 0)
	mustTell(t, b, all, backoffice.EventPaymentReceived, anyEvent)
	if slices.ContainsFunc(all, func(e backoffice.Event) bool { return e.Type == backoffice.EventInvoicePaid }) {
		t.Errorf("a cent was paid, and an invoice is said to be: %+v", all)
	}
	b.Pay(t, 0)
	all, _ = since(t, b, last, 0)
	for _, i := range invoices {
		mustTell(t, b, all, backoffice.EventInvoicePaid, func(e backoffice.Event) bool { return e.InvoiceID == i.ID })
	}
}

func eventsOfReversal(t *testing.T, b *Bench) {
	b.Pay(t, 1)
	start := newest(t, b)
	b.Reverse(t)
	all, _ := since(t, b, start, 0)
	mustTell(t, b, all, backoffice.EventPaymentReversed, anyEvent)
}

func eventsFewAtATime(t *testing.T, b *Bench) {
	start := newest(t, b)
	w := unsuspend() // off and on: two events
	w.must(t, b, w.arranged(t, b))
	whole, last := since(t, b, start, 0)
	for _, limit := range []int{1, 2, 10000} {
		part, end := since(t, b, start, limit)
		if len(part) < len(whole) || !slices.Equal(part[:len(whole)], whole) {
			t.Errorf("%d at a time: %+v, wanted %+v", limit, part, whole)
		}
		if len(part) == len(whole) && end != last {
			t.Errorf("%d at a time ends at %q, all at once at %q", limit, end, last)
		}
	}
	if len(whole) == 0 {
		t.Error("a service was switched off and on, and nothing happened")
	}
}

func eventsFromNowhere(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpEvents)
	place := nobody()
	events, last, err := b.Office.Events(within(t), place, 10)
	isKind(t, "events after "+place, err, backoffice.ErrNotFound)
	if len(events) != 0 || last != place {
		t.Errorf("%d events, the place is %q", len(events), last)
	}
}
