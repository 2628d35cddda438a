// Package backofficetest is the contract suite of backoffice.Office: what every driver must do on every back office, doubles
// and running ones. A test package makes a Bench and calls Run.
//
// The suite writes: it switches a service off and on, cancels it and takes that back, sets and clears the non-payer status of
// one customer, and adds notes, which stay. At the end everything but the notes is as it was. What a back office doesn't offer
// must answer backoffice.ErrNotOffered, and is not tested further. What a bench can't do (break an answer, pay an
// invoice) is nil; the subtests that need it are skipped and say what is lacking.
//
// Reading order: suite.go, reads.go, money.go, writes.go (what holds for every write), services.go, notes.go, events.go,
// failures.go.
package backofficetest

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// Bench is a back office to be tested, and what can be done to it from outside.
type Bench struct {
	Office backoffice.Office
	// Customer is the id of a customer to play with: an open invoice, and two services at least that are active, may be
	// switched off and are not cancelled.
	Customer string
	// Today is the day that the back office lives in.
	Today backoffice.Date
	// Exact: of several equal writes at the same time, the back office tells which one changed something.
	Exact bool

	// Optional abilities; each fails the test by itself when it can't do what it should.

	// Fail makes the next call of an operation fail in the given way, until the test ends. "" stands for any read.
	Fail func(t *testing.T, op backoffice.Operation, f Failure)
	// Writes counts the calls that could change something and reached the back office.
	Writes func() int
	// Pay books an amount in minor units on the customer's invoices; 0: all that is open.
	Pay func(t *testing.T, minor int64)
	// Reverse takes the last payment back, as a bank does.
	Reverse func(t *testing.T)
	// Announce puts an amount in minor units on its way, until it is paid.
	Announce func(t *testing.T, minor int64)
	// TypeNote adds a note as a colleague types it.
	TypeNote func(t *testing.T, author, title, text string)
	// SuspendAs switches a service off as a colleague does it.
	SuspendAs func(t *testing.T, by, serviceID, reason string)
}

// Failure is a way in which a call goes wrong.
type Failure string

// The failures that a bench may be able to bring about.
const (
	Unreachable Failure = "unreachable"         // nobody listens
	BadKey      Failure = "bad key"             // 401
	NoRight     Failure = "no right"            // 403
	Busy        Failure = "busy"                // too many calls; try again in a second or more
	Refused     Failure = "refused"             // a rule forbids it, in one sentence
	Conflict    Failure = "conflict"            // the state changed meanwhile
	LostBefore  Failure = "lost before effect"  // no answer, nothing done
	LostAfter   Failure = "lost after effect"   // no answer, all done
	BrokeBefore Failure = "broke before effect" // an answer that says that it went wrong, nothing done
	BrokeAfter  Failure = "broke after effect"  // an answer that says that it went wrong, all done
	Garbled     Failure = "garbled"             // all done, and an answer that can't be read
)

// Run runs the whole suite, with a bench of its own for each subtest. They run one after the other: on a running back office
// they share a customer. With parts only those are run: for a back office that offers nothing else.
func Run(t *testing.T, open func(*testing.T) *Bench, parts ...string) {
	for _, part := range []struct {
		name  string
		tests []subtest
	}{
		{"Offer", offerTests()}, {"Find", findTests()}, {"Read", readTests()}, {"Money", moneyTests()}, {"Write", writeTests()},
		{"Service", serviceTests()}, {"Note", noteTests()}, {"Event", eventTests()}, {"Failure", failureTests()},
	} {
		if len(parts) > 0 && !slices.Contains(parts, part.name) {
			continue
		}
		t.Run(part.name, func(t *testing.T) {
			for _, s := range part.tests {
				t.Run(s.name, func(t *testing.T) {
					b := open(t)
					for _, a := range s.wants {
						if !a.there(b) {
							t.Skip("this bench can't " + a.name)
						}
					}
					s.run(t, b)
				})
			}
		})
	}
}

type subtest struct {
	name  string
	run   func(*testing.T, *Bench)
	wants []ability
}

type ability struct {
	name  string
	there func(*Bench) bool
}

func canFail() ability {
	return ability{"break answers", func(b *Bench) bool { return b.Fail != nil }}
}

func canPay() ability {
	return ability{"pay invoices", func(b *Bench) bool { return b.Pay != nil }}
}

func canReverse() ability {
	return ability{"take payments back", func(b *Bench) bool { return b.Reverse != nil }}
}

func canAnnounce() ability {
	return ability{"put money on its way", func(b *Bench) bool { return b.Announce != nil }}
}

func canType() ability {
	return ability{"type notes", func(b *Bench) bool { return b.TypeNote != nil }}
}

func canSuspend() ability {
	return ability{"let a colleague suspend", func(b *Bench) bool { return b.SuspendAs != nil }}
}

// offers skips a test of something that the back office doesn't have.
func (b *Bench) offers(t *testing.T, ops ...backoffice.Operation) {
	t.Helper()
	offered := must(b.Office.Capabilities(within(t)))(t)
	for _, op := range ops {
		if !offered.Offers(op) {
			t.Skipf("this back office doesn't offer: %s", op)
		}
	}
}

// services gives the customer's services that may be switched off, and fails the test if there aren't two.
func (b *Bench) services(t *testing.T) []backoffice.Service {
	t.Helper()
	var fit []backoffice.Service
	for _, v := range must(b.Office.Services(within(t), b.Customer))(t) {
		if v.State == backoffice.ServiceActive && v.DoNotSuspend == "" && v.Cancellation == nil {
			fit = append(fit, v)
		}
	}
	if len(fit) < 2 {
		t.Fatalf("customer %s has %d services that are active, may be switched off and aren't cancelled; the suite needs two", b.Customer, len(fit))
	}
	return fit
}

// newKey is a key that was never used before.
func newKey() string { return "suite-" + strings.ToLower(rand.Text()[:12]) }

// nobody is an id that no server ever gave out.
func nobody() string { return "no-such-" + strings.ToLower(rand.Text()[:8]) }

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// must fails the test on an error: must(office.Customer(ctx, id))(t).
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// isKind holds that an error is of just one kind.
func isKind(t *testing.T, what string, err, kind error) {
	t.Helper()
	for _, k := range []error{
		backoffice.ErrNotFound, backoffice.ErrRefused, backoffice.ErrConflict, backoffice.ErrAuth, backoffice.ErrBusy,
		backoffice.ErrNotSent, backoffice.ErrUnknown, backoffice.ErrNotOffered,
	} {
		if is := errors.Is(err, k); is != (k == kind) {
			t.Fatalf("%s: error %v: of kind %q: %t; wanted kind %q", what, err, k, is, kind)
		}
	}
	var e *backoffice.Error
	if !errors.As(err, &e) || e.Op == "" {
		t.Fatalf("%s: error %v (%T) names no operation", what, err, err)
	}
}
