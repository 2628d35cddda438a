package inhouse_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// bodyWrite is a write whose answer has a body.
type bodyWrite struct {
	op string
	do func(context.Context, *inhouse.Client) (bool, error)
	// old and new turn a field of the answer into one of another type.
	old, new string
}

func bodyWrites() []bodyWrite {
	note := backoffice.NewNote{Title: "a", Text: "b", ExternalRef: "r"}
	return []bodyWrite{
		{"suspend", func(ctx context.Context, c *inhouse.Client) (bool, error) { return c.Suspend(ctx, "7001", reason, "k") }, `"reason":"`, `"reason":3,"x":"`},
		{"cancelService", func(ctx context.Context, c *inhouse.Client) (bool, error) {
			return c.Cancel(ctx, "7001", "2026-12-22", reason, "k")
		}, `"2026-12-22"`, `1797894000`},
		{"setNonPayer", func(ctx context.Context, c *inhouse.Client) (bool, error) {
			return c.SetNonPayer(ctx, "10236", reason, "k")
		}, `"since":"2026-11-24"`, `"since":"24-11-2026"`},
		{"addNote", func(ctx context.Context, c *inhouse.Client) (bool, error) {
			_, changed, err := c.AddNote(ctx, "10234", note, "k")
			return changed, err
		}, `"id":"`, `"id":4,"x":"`},
	}
}

// TestGarbledAnswerToAWriteIsInDoubtAndOver: the status says that all is well, the body can't be read. The server has
// answered, so a look tells the truth at once.
func TestGarbledAnswerToAWriteIsInDoubtAndOver(t *testing.T) {
	for _, write := range bodyWrites() {
		for _, g := range []struct {
			name  string
			fault inhousefake.Fault
			says  string
		}{
			{"truncated", inhousefake.Fault{Break: inhousefake.Truncated}, "unexpected EOF"},
			{"cut", inhousefake.Fault{Break: inhousefake.Cut}, "not JSON"},
			{"oversize", inhousefake.Fault{Break: inhousefake.Oversize}, "larger than allowed"},
			{"wrong types", inhousefake.Fault{Break: inhousefake.Rewrite, Old: write.old, New: write.new}, "can't be read"},
			{"a list", inhousefake.Fault{Break: inhousefake.Rewrite, Old: "{", New: "[{}],{"}, "can't be read"},
		} {
			t.Run(write.op+" "+g.name, func(t *testing.T) {
				t.Parallel()
				w := worldWith(t, inhousefake.Options{}, nil, func(c *inhouse.Config) { c.MaxBytes = 64 << 10 })
				f := after(g.fault)
				f.Operation = write.op
				w.server.Inject(f)
				changed, err := write.do(t.Context(), w.client)
				e := isKind(t, err, backoffice.ErrUnknown)
				if !e.Answered || changed || !strings.Contains(err.Error(), g.says) {
					t.Errorf("changed %t, answered %t, %v; wanted an error that says %q", changed, e.Answered, err, g.says)
				}
				if n := w.count(write.op); n != 1 {
					t.Errorf("a write was sent %d times", n)
				}
			})
		}
	}
}

// TestStatusAloneIsEnoughWhereItSpeaks: 201 and 204 say that it is done. 200 says that it was so before, and by whom stands
// in the body: without one nobody knows whose suspension it is.
func TestStatusAloneIsEnoughWhereItSpeaks(t *testing.T) {
	for status, known := range map[int]bool{http.StatusCreated: true, http.StatusNoContent: true, http.StatusOK: false} {
		w := worldWith(t, inhousefake.Options{}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut {
					rw.WriteHeader(status)
					return
				}
				next.ServeHTTP(rw, r)
			})
		}, nil)
		changed, err := w.client.Suspend(t.Context(), "7001", reason, "k")
		if changed != known || (err == nil) != known {
			t.Errorf("%d without a body: changed %t, %v", status, changed, err)
		}
		if err != nil && !isKind(t, err, backoffice.ErrUnknown).Answered {
			t.Errorf("%d: %v isn't over", status, err)
		}
	}
}

// garbledRead is what a read must not believe.
type garbledRead struct{ name, old, new, says string }

func TestReadOfTheWrongShapeIsAnErrorByName(t *testing.T) {
	for op, all := range map[string][]garbledRead{
		"getCustomer": {
			{"no addresses", `"addresses":[`, `"emails":[`, "addresses must be a list"},
			{"addresses null", `"addresses":[{`, `"addresses":null,"x":[{`, "addresses must be a list"},
			{"number as number", `"number":"10234"`, `"number":10234`, "number"},
			{"no name", `"name":"Jansen Bouw B.V."`, `"nom":"x"`, "name is needed"},
			{"reseller as text", `"reseller":false`, `"reseller":"no"`, "reseller"},
			{"another customer", `"id":"10234"`, `"id":"10235"`, `about "10235"`},
			{"status since never", `"since":"2026-11-20"`, `"since":"2026-13-20"`, "2026-13-20"},
		},
		"getInvoice": {
			{"amount in quotes", `"minor":12000`, `"minor":"12000"`, "minor"},
			{"amount with a fraction", `"minor":12000`, `"minor":120.00`, "minor"},
			{"amount with an exponent", `"minor":12000`, `"minor":12e3`, "minor"},
			{"amount too large", `"minor":12000`, `"minor":12000000000000000000`, "minor"},
			{"no currency", `"currency":"EUR"`, `"munt":"EUR"`, "needs minor and currency"},
			{"currency in words", `"currency":"EUR"`, `"currency":"euro"`, "three capitals"},
			{"open in another currency", `"open":{"minor":12000,"currency":"EUR"}`, `"open":{"minor":12000,"currency":"USD"}`, "USD"},
			{"no open balance", `"open":{`, `"balance":{`, "total and open"},
			{"unknown state", `"state":"open"`, `"state":"overdue"`, `"overdue"`},
			{"no due date", `"due":"`, `"x":"`, "due is needed"},
			{"due in Dutch", `"due":"2026-10-13"`, `"due":"13-10-2026"`, "13-10-2026"},
			{"due with a time", `"due":"2026-10-13"`, `"due":"2026-10-13T00:00:00Z"`, "2026-10-13T00:00:00Z"},
			{"due empty", `"due":"2026-10-13"`, `"due":""`, "date is empty"},
			{"disputed as number", `"disputed":false`, `"disputed":0`, "disputed"},
		},
		"getService": {
			{"unknown state", `"state":"active"`, `"state":"on"`, `"on"`},
			{"no kind", `"kind":"hosting"`, `"soort":"hosting"`, "kind is needed"},
			{"domains as text", `"domains":["jansen-projecten.example"]`, `"domains":"jansen-projecten.example"`, "domains"},
			{"cancellation without a date", `"state":"active"`, `"state":"active","cancellation":{"reason":"x","executed":false}`, "needs a date"},
		},
		"listInvoices": {
			{"null", `[{"id":"inv311"`, `null, [{"id":"inv311"`, "can't be read"},
			{"an object", `[{"id":"inv311"`, `{"data":[{"id":"inv311"`, "can't be read"},
			{"null entry", `{"id":"inv311"`, `null,{"id":"inv311"`, "id is needed"},
			{"another customer's", `"customerId":"10234"`, `"customerId":"10235"`, `customer "10235"`},
		},
		"listPayments": {
			{"no list", `"pending":[`, `"open":[`, "pending must be a list"},
			{"booked as an object", `"booked":[]`, `"booked":{}`, "booked"},
			{"booked without a day", `"booked":[]`, `"booked":[{"id":"p1","amount":{"minor":1,"currency":"EUR"}}]`, "booked is needed"},
			{"booked without an id", `"booked":[]`, `"booked":[{"amount":{"minor":1,"currency":"EUR"},"booked":"2026-11-24"}]`, "id is needed"},
			{"booked without an amount", `"booked":[]`, `"booked":[{"id":"p1","booked":"2026-11-24"}]`, "amount is needed"},
			{"taken back on a word", `"booked":[]`, `"booked":[{"id":"p1","amount":{"minor":1,"currency":"EUR"},"booked":"2026-11-24","reversed":"ja"}]`, "ja"},
			{"value date with a time", `"booked":[]`, `"booked":[{"id":"p1","amount":{"minor":1,"currency":"EUR"},"booked":"2026-11-24","valueDate":"2026-11-24T00:00:00Z"}]`, "T00"},
			{"booked until a word", `"bookedUntil":"2026-11-23"`, `"bookedUntil":"gisteren"`, "gisteren"},
		},
		"getCapabilities": {
			{"no list", `"operations":[`, `"ops":[`, "operations must be a list"},
		},
	} {
		for _, g := range all {
			t.Run(op+" "+g.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.server.Inject(after(inhousefake.Fault{Operation: op, Break: inhousefake.Rewrite, Old: g.old, New: g.new}))
				err := readAs(t, w, op)
				if e := isKind(t, err, backoffice.ErrUnknown); !e.Answered || !strings.Contains(err.Error(), g.says) {
					t.Errorf("answered %t, %v; wanted an error that says %q", e.Answered, err, g.says)
				}
			})
		}
	}
}

// readAs does the read that calls an operation.
func readAs(t *testing.T, w *world, op string) error {
	t.Helper()
	ctx := t.Context()
	var err error
	switch op {
	case "getCustomer":
		_, err = w.client.Customer(ctx, "10234")
	case "getInvoice":
		_, err = w.client.Invoice(ctx, "inv311")
	case "getService":
		_, err = w.client.Service(ctx, "7001")
	case "listInvoices":
		_, err = w.client.Invoices(ctx, "10234")
	case "listPayments":
		_, err = w.client.Payments(ctx, "10234")
	case "getCapabilities":
		_, err = w.client.Capabilities(ctx)
	}
	return err
}

func TestGarbledReadIsAnError(t *testing.T) {
	for _, op := range []string{"getCustomer", "getInvoice", "getService", "listInvoices", "listPayments", "getCapabilities"} {
		for _, b := range []inhousefake.Break{inhousefake.Truncated, inhousefake.Cut, inhousefake.Oversize, inhousefake.EmptyAnswer, inhousefake.HTML} {
			w := worldWith(t, inhousefake.Options{}, nil, func(c *inhouse.Config) { c.MaxBytes = 64 << 10 })
			w.server.Inject(after(inhousefake.Fault{Operation: op, Break: b, Status: http.StatusOK}))
			if e := isKind(t, readAs(t, w, op), backoffice.ErrUnknown); !e.Answered {
				t.Errorf("%s %s: %v isn't over", op, b, e)
			}
			want := 1
			if b == inhousefake.Truncated {
				want = 3 // the connection broke: that may go better
			}
			if n := w.count(op); n != want {
				t.Errorf("%s %s: read %d times, wanted %d", op, b, n, want)
			}
		}
	}
}

// TestTruncatedRefusalIsNotTakenForAnother: of a 409 that was cut off nobody knows whether the first call is still at work.
func TestTruncatedRefusalIsNotTakenForAnother(t *testing.T) {
	for status, kind := range map[int]error{
		409: backoffice.ErrUnknown, 404: backoffice.ErrUnknown, 401: backoffice.ErrAuth, 422: backoffice.ErrRefused,
	} {
		w := worldWith(t, inhousefake.Options{}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPut {
					next.ServeHTTP(rw, r)
					return
				}
				rw.Header().Set("Content-Type", "application/problem+json")
				rw.Header().Set("Content-Length", "500")
				rw.WriteHeader(status)
				_, _ = rw.Write([]byte(`{"type":"/problems/already"`)) // the client sees what comes
			})
		}, nil)
		_, err := w.client.Suspend(t.Context(), "7001", reason, "k")
		if e := isKind(t, err, kind); e.Answered {
			t.Errorf("%d: %v is over", status, err)
		}
	}
}
