package inhouse_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// invented adds events for a customer to the feed.
func (w *world) invented(n int) {
	for range n {
		w.server.Invent(inhousefake.Event{Type: "payment.received", CustomerID: "10234"})
	}
}

// idsAfter reads events after a place.
func idsAfter(t *testing.T, c *inhouse.Client, after string, limit int) (ids []string, last string) {
	t.Helper()
	events, last, err := c.Events(t.Context(), after, limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids, last
}

func place(t *testing.T, c *inhouse.Client) string {
	t.Helper()
	ids, last := idsAfter(t, c, "", 0)
	if len(ids) != 0 || last == "" {
		t.Fatalf("the newest place is %q, after events %v", last, ids)
	}
	return last
}

// TestFirstEventOfAllIsNotMissed: where nothing has happened yet there is no event to go on from.
func TestFirstEventOfAllIsNotMissed(t *testing.T) {
	w := newWorld(t)
	start := place(t, w.client)
	if ids, last := idsAfter(t, w.client, start, 0); len(ids) != 0 || last != start {
		t.Errorf("nothing happened: %v, %q", ids, last)
	}
	w.invented(2)
	if ids, last := idsAfter(t, w.client, start, 0); !slices.Equal(ids, []string{"e1", "e2"}) || last != "e2" {
		t.Errorf("%v, %q", ids, last)
	}
}

// TestNewestPlaceIsFoundWithoutGoingThroughTheFeed, and by going through it where the server doesn't say.
func TestNewestPlaceIsFoundWithoutGoingThroughTheFeed(t *testing.T) {
	w := newWorld(t)
	w.invented(450)
	if last := place(t, w.client); last != "e450" || w.count("listEvents") != 1 {
		t.Errorf("%q after %d calls", last, w.count("listEvents"))
	}
	silent := worldWith(t, inhousefake.Options{}, without("Newest-Event"), nil)
	silent.invented(450)
	if last := place(t, silent.client); last != "e450" {
		t.Errorf("%q", last)
	}
	one := worldWith(t, inhousefake.Options{}, without("Newest-Event"), nil)
	one.invented(1)
	if last := place(t, one.client); last != "e1" || one.count("listEvents") != 1 {
		t.Errorf("%q after %d calls", last, one.count("listEvents"))
	}
}

// without takes a header out of every answer.
func without(name string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(headless{rw, name}, r)
		})
	}
}

type headless struct {
	http.ResponseWriter
	name string
}

func (w headless) WriteHeader(status int) {
	w.Header().Del(w.name)
	w.ResponseWriter.WriteHeader(status)
}

func TestEventsComeInTurnAndNoMoreThanAskedFor(t *testing.T) {
	w := newWorld(t)
	w.invented(1300)
	for _, row := range []struct {
		limit, comes int
		last         string
	}{{0, 200, "e201"}, {-1, 200, "e201"}, {1, 1, "e2"}, {7, 7, "e8"}, {201, 201, "e202"}, {5000, 1000, "e1001"}} {
		if ids, last := idsAfter(t, w.client, "e1", row.limit); len(ids) != row.comes || last != row.last || ids[0] != "e2" {
			t.Errorf("limit %d: %d events up to %q, wanted %d up to %q", row.limit, len(ids), last, row.comes, row.last)
		}
	}
	if ids, last := idsAfter(t, w.client, "e1300", 10); len(ids) != 0 || last != "e1300" {
		t.Errorf("at the end: %v, %q", ids, last)
	}
}

func TestEventSaysAllThatItKnows(t *testing.T) {
	w := newWorld(t)
	start := place(t, w.client)
	paid, err := w.server.Receive("10234", inhousefake.Receipt{InvoiceIDs: []string{"inv311"}})
	check(t, err)
	w.server.Invent(inhousefake.Event{Type: "customer.moved", CustomerID: "10235"})
	events, _, err := w.client.Events(t.Context(), start, 0)
	check(t, err)
	want := []backoffice.Event{
		{ID: "e1", Type: backoffice.EventPaymentReceived, At: noon(), CustomerID: "10234", PaymentID: paid.ID},
		{ID: "e2", Type: backoffice.EventInvoicePaid, At: noon(), CustomerID: "10234", InvoiceID: "inv311", PaymentID: paid.ID},
		{ID: "e3", Type: "customer.moved", At: noon(), CustomerID: "10235"},
	}
	if !slices.Equal(events, want) {
		t.Errorf("%+v\nwanted %+v", events, want)
	}
}

// TestPlaceThatIsGoneIsNotFound, however the server says so: whoever waits at it would wait for ever.
func TestPlaceThatIsGoneIsNotFound(t *testing.T) {
	w := newWorld(t)
	w.invented(5)
	w.server.ForgetEvents(2)
	_, last, err := w.client.Events(t.Context(), "e3", 10)
	if isKind(t, err, backoffice.ErrNotFound); last != "e3" {
		t.Errorf("the place is %q", last)
	}
	if ids, _ := idsAfter(t, w.client, "e4", 10); !slices.Equal(ids, []string{"e5"}) {
		t.Errorf("%v", ids)
	}
	for _, f := range []inhousefake.Fault{spoken(400, "invalid", "x"), spoken(422, "refused", "x"), spoken(404, "not-found", "x"), spoken(410, "", "x"), spoken(409, "unknown-event", "x"), {Break: inhousefake.Plain, Status: 410}} {
		f.Operation = "listEvents"
		remove := w.server.Inject(f)
		_, _, err := w.client.Events(t.Context(), "e4", 10)
		isKind(t, err, backoffice.ErrNotFound)
		remove()
	}
	w.server.Inject(inhousefake.Fault{Operation: "listEvents", Break: inhousefake.Status, Status: 400, Problem: "invalid"})
	_, _, err = w.client.Events(t.Context(), "", 10) // no place was named, so it isn't the place that is wrong
	isKind(t, err, backoffice.ErrRefused)
}

// TestServerThatCountsThePlaceInDoesNotTellForEver: "after" is easily read as "from".
func TestServerThatCountsThePlaceInDoesNotTellForEver(t *testing.T) {
	w := newWorld(t)
	w.invented(4)
	w.server.DisorderEvents(func(page []inhousefake.Event) []inhousefake.Event {
		return append([]inhousefake.Event{{ID: "e2", Type: "invoice.paid", At: noon(), CustomerID: "10234"}}, page...)
	})
	if ids, last := idsAfter(t, w.client, "e2", 10); !slices.Equal(ids, []string{"e3", "e4"}) || last != "e4" {
		t.Errorf("%v, %q", ids, last)
	}
}

func TestEventOfTheWrongShapeIsAnErrorByName(t *testing.T) {
	for _, g := range []garbledRead{
		{"no id", `"id":"e1"`, `"nr":"e1"`, "id of 1 to 128"},
		{"id of dots", `"id":"e1"`, `"id":"..."`, "id of 1 to 128"},
		{"id too long", `"id":"e1"`, `"id":"` + strings.Repeat("é", 129) + `"`, "id of 1 to 128"},
		{"id as number", `"id":"e1"`, `"id":1`, "id"},
		{"no type", `"type":"`, `"kind":"`, "type is needed"},
		{"no customer", `"customerId":"`, `"customer":"`, "customerId is needed"},
		{"no time", `"at":"`, `"when":"`, "at are needed"},
		{"a day for a time", `"at":"2026-11-24T11:00:00Z"`, `"at":"2026-11-24"`, "2026-11-24"},
		{"null", `[{"id"`, `null, [{"id"`, "can't be read"},
		{"an object", `[{"id"`, `{"data":[{"id"`, "can't be read"},
	} {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			start := place(t, w.client)
			w.invented(1)
			w.server.Inject(after(inhousefake.Fault{Operation: "listEvents", Break: inhousefake.Rewrite, Old: g.old, New: g.new}))
			events, last, err := w.client.Events(t.Context(), start, 10)
			if e := isKind(t, err, backoffice.ErrUnknown); !e.Answered || !strings.Contains(err.Error(), g.says) || len(events) != 0 || last != start {
				t.Errorf("%d events, %q, %v; wanted an error that says %q", len(events), last, err, g.says)
			}
		})
	}
}

func TestGarbledFeedIsAnErrorAndThePlaceStays(t *testing.T) {
	for _, b := range []inhousefake.Break{inhousefake.Truncated, inhousefake.Cut, inhousefake.Oversize, inhousefake.EmptyAnswer, inhousefake.HTML} {
		for _, from := range []string{"", "e1"} {
			w := worldWith(t, inhousefake.Options{}, without("Newest-Event"), func(c *inhouse.Config) { c.MaxBytes = 64 << 10 })
			w.invented(2)
			w.server.Inject(after(inhousefake.Fault{Operation: "listEvents", Break: b, Status: http.StatusOK}))
			events, last, err := w.client.Events(t.Context(), from, 10)
			if isKind(t, err, backoffice.ErrUnknown); len(events) != 0 || last != from {
				t.Errorf("%s from %q: %d events, the place is %q", b, from, len(events), last)
			}
		}
	}
}

// TestNewestPlaceIsNotTakenOnTrust: it is kept and sent back, so it must be an id.
func TestNewestPlaceIsNotTakenOnTrust(t *testing.T) {
	for _, wrong := range []string{".", "...", strings.Repeat("x", 129)} {
		w := worldWith(t, inhousefake.Options{}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/events") {
					rw.Header().Set("Newest-Event", wrong)
					fmt.Fprint(rw, "[]")
					return
				}
				next.ServeHTTP(rw, r)
			})
		}, nil)
		_, last, err := w.client.Events(t.Context(), "", 0)
		if isKind(t, err, backoffice.ErrUnknown); last != "" {
			t.Errorf("%.20q is taken for a place", wrong)
		}
	}
}

// TestFeedThatIsTurnedRoundIsReadToItsEnd: the events come again in part, and all of them come.
func TestFeedThatIsTurnedRoundIsReadToItsEnd(t *testing.T) {
	w := newWorld(t)
	start := place(t, w.client)
	w.invented(5)
	w.server.DisorderEvents(func(page []inhousefake.Event) []inhousefake.Event {
		slices.Reverse(page)
		return append(page, page...)
	})
	seen := map[string]int{}
	after := start
	for range 20 {
		ids, last := idsAfter(t, w.client, after, 10)
		if len(ids) == 0 {
			break
		}
		for _, id := range ids {
			seen[id]++
		}
		after = last
	}
	if len(seen) != 5 || after != "e5" {
		t.Errorf("%v, at %q", seen, after)
	}
}
