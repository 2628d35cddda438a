package inhouse_test

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/backofficetest"
	"github.com/aanmaner/aanmaner/backoffice/inhouse"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

// TestOfficeKeepsTheContractOnTheReferenceServer runs the suite with everything that goes over the wire held against
// openapi.yaml.
func TestOfficeKeepsTheContractOnTheReferenceServer(t *testing.T) {
	checker := newChecker(t)
	backofficetest.Run(t, func(t *testing.T) *backofficetest.Bench {
		w := worldWith(t, inhousefake.Options{}, checker.wrap(t), nil)
		return benchOn(w)
	})
	checker.report(t)
}

// TestPartOfAServerIsEnough runs the suite against a server that can only be read: all else must say that it isn't offered.
func TestPartOfAServerIsEnough(t *testing.T) {
	reading := []string{"findCustomers", "getCustomer", "listInvoices", "getInvoice", "listServices", "getService", "listNotes"}
	backofficetest.Run(t, func(t *testing.T) *backofficetest.Bench {
		w := worldWith(t, inhousefake.Options{Offer: reading}, nil, nil)
		t.Cleanup(func() {
			if n := len(w.server.Writes()); n > 0 {
				t.Errorf("%d writes were sent to a server that offers none", n)
			}
		})
		return benchOn(w)
	}, "Offer", "Find", "Read", "Event")
}

// TestOfficeKeepsTheContractOnARunningServer runs the suite against the server that INHOUSE_URL (the base address) and
// INHOUSE_TOKEN name. INHOUSE_CUSTOMER is the id of a customer to play with: see backofficetest.Bench.Customer.
func TestOfficeKeepsTheContractOnARunningServer(t *testing.T) {
	address, customer := os.Getenv("INHOUSE_URL"), os.Getenv("INHOUSE_CUSTOMER")
	if address == "" || customer == "" {
		t.Skip("INHOUSE_URL, INHOUSE_TOKEN and INHOUSE_CUSTOMER aren't set: no back office to ask")
	}
	client, err := inhouse.New(inhouse.Config{BaseURL: address, Token: os.Getenv("INHOUSE_TOKEN")}, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	backofficetest.Run(t, func(*testing.T) *backofficetest.Bench {
		return &backofficetest.Bench{Office: client, Customer: customer, Today: backoffice.DateOf(time.Now(), time.Local)}
	})
}

// benchOn is a bench with all abilities: the customer of every example on the reference server.
func benchOn(w *world) *backofficetest.Bench {
	const customer = "10234"
	return &backofficetest.Bench{
		Office: w.client, Customer: customer, Today: backoffice.DateOf(noon(), time.UTC), Exact: true,
		Fail:   func(t *testing.T, op backoffice.Operation, f backofficetest.Failure) { w.fail(t, op, f) },
		Writes: func() int { return len(w.server.Writes()) },
		Pay: func(t *testing.T, minor int64) {
			if minor == 0 {
				check(t, w.server.Pay(customer))
				return
			}
			check(t, w.server.PayPart(customer, minor))
		},
		Reverse: func(t *testing.T) { check(t, w.server.Reverse(customer)) },
		Announce: func(t *testing.T, minor int64) {
			check(t, w.server.AddPending(customer, inhousefake.Payment{Amount: inhousefake.Money{Minor: minor, Currency: "EUR"}, Channel: "iDEAL"}))
		},
		TypeNote: func(t *testing.T, author, title, text string) {
			_, err := w.server.TypeNote(customer, author, title, text)
			check(t, err)
		},
		SuspendAs: func(t *testing.T, by, serviceID, reason string) { check(t, w.server.SuspendAs(by, serviceID, reason)) },
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fail brings a failure about on the next call of an operation.
func (w *world) fail(t *testing.T, op backoffice.Operation, f backofficetest.Failure) {
	t.Helper()
	if f == backofficetest.Unreachable {
		w.dead.Store(true) // a write asks for a connection of its own; the reads before it have one
		return
	}
	fault, ok := faults()[f]
	if !ok {
		t.Fatalf("no fault is known for %q", f)
	}
	fault.Times = 1
	for _, name := range contractNames(op) {
		fault.Operation = name
		t.Cleanup(w.server.Inject(fault))
	}
}

// contractNames are the operations of the contract that the suite means; the one of any read is the list of invoices.
func contractNames(op backoffice.Operation) []string {
	switch op {
	case backoffice.OpSuspend:
		return []string{"suspend"}
	case backoffice.OpUnsuspend:
		return []string{"unsuspend"}
	case backoffice.OpCancel:
		return []string{"cancelService"}
	case backoffice.OpWithdraw:
		return []string{"withdrawCancellation"}
	case backoffice.OpAddNote:
		return []string{"addNote"}
	case backoffice.OpSetNonPayer:
		return []string{"setNonPayer", "clearNonPayer"}
	case backoffice.OpEvents:
		return []string{"listEvents"}
	case "":
		return []string{"listInvoices"}
	}
	return nil
}

func faults() map[backofficetest.Failure]inhousefake.Fault {
	spoken := func(when inhousefake.When, status int, problem string) inhousefake.Fault {
		return inhousefake.Fault{When: when, Break: inhousefake.Status, Status: status, Problem: problem, Detail: "De back office zegt nee."}
	}
	return map[backofficetest.Failure]inhousefake.Fault{
		backofficetest.BadKey:      spoken(inhousefake.Before, 401, "unauthorized"),
		backofficetest.NoRight:     spoken(inhousefake.Before, 403, "forbidden"),
		backofficetest.Busy:        {When: inhousefake.Before, Break: inhousefake.Busy, RetryAfter: 30 * time.Second},
		backofficetest.Refused:     spoken(inhousefake.Before, 422, "refused"),
		backofficetest.Conflict:    spoken(inhousefake.Before, 409, "conflict"),
		backofficetest.LostBefore:  {When: inhousefake.Before, Break: inhousefake.Reset},
		backofficetest.LostAfter:   {When: inhousefake.After, Break: inhousefake.Reset},
		backofficetest.BrokeBefore: spoken(inhousefake.Before, 500, "internal"),
		backofficetest.BrokeAfter:  spoken(inhousefake.After, 502, "provisioning-failed"),
		backofficetest.Garbled:     {When: inhousefake.After, Break: inhousefake.HTML, Status: 200},
	}
}
