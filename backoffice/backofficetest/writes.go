package backofficetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

// reason is the one that the suite's writes give.
const reason = "Client defaults on payment"

// aim is what a write is about: a service or a customer, and for notes the reference of the note.
type aim struct{ id, ref string }

// writeOp is one write of the port, in a shape in which the same can be asked of all.
type writeOp struct {
	name string
	op   backoffice.Operation
	// aim chooses what the write is about.
	aim func(*testing.T, *Bench) aim
	// arrange brings it into a state that the write changes, and sees to it that all is as before at the end.
	arrange func(*testing.T, *Bench, aim)
	// do is the write; why is its reason, or the text of the note.
	do func(ctx context.Context, b *Bench, at aim, key, why string) (bool, error)
	// count looks how often what the write asks for is there.
	count func(*testing.T, *Bench, aim) int
}

func writes() []writeOp {
	return []writeOp{suspend(), unsuspend(), cancel(), withdraw(), addNote(), setNonPayer(), clearNonPayer()}
}

// arranged skips where the write isn't offered, and chooses and arranges its object.
func (w writeOp) arranged(t *testing.T, b *Bench) aim {
	t.Helper()
	b.offers(t, w.op)
	at := w.aim(t, b)
	w.arrange(t, b, at)
	if n := w.count(t, b, at); n != 0 {
		t.Fatalf("%s: it is so already (%d)", w.name, n)
	}
	return at
}

// must does the write and holds that it changed something.
func (w writeOp) must(t *testing.T, b *Bench, at aim) {
	t.Helper()
	if !must(w.do(within(t), b, at, newKey(), reason))(t) {
		t.Fatalf("%s: nothing changed", w.name)
	}
}

func aService(t *testing.T, b *Bench) aim { return aim{id: b.services(t)[0].ID} }

func theCustomer(_ *testing.T, b *Bench) aim { return aim{id: b.Customer, ref: newKey()} }

// isTrue counts a state that can be there once only.
func isTrue(is bool) int {
	if is {
		return 1
	}
	return 0
}

func service(t *testing.T, b *Bench, id string) backoffice.Service {
	t.Helper()
	return must(b.Office.Service(within(t), id))(t)
}

func suspend() writeOp {
	return writeOp{
		name: "suspend", op: backoffice.OpSuspend, aim: aService,
		arrange: func(t *testing.T, b *Bench, at aim) {
			b.offers(t, backoffice.OpUnsuspend)
			t.Cleanup(func() { _ = must(b.Office.Unsuspend(within(t), at.id, newKey()))(t) })
		},
		do: func(ctx context.Context, b *Bench, at aim, key, why string) (bool, error) {
			return b.Office.Suspend(ctx, at.id, why, key)
		},
		count: func(t *testing.T, b *Bench, at aim) int {
			return isTrue(service(t, b, at.id).State == backoffice.ServiceSuspended)
		},
	}
}

func unsuspend() writeOp {
	return writeOp{
		name: "unsuspend", op: backoffice.OpUnsuspend, aim: aService,
		arrange: func(t *testing.T, b *Bench, at aim) {
			w := suspend()
			b.offers(t, w.op)
			w.arrange(t, b, at)
			w.must(t, b, at)
		},
		do: func(ctx context.Context, b *Bench, at aim, key, _ string) (bool, error) {
			return b.Office.Unsuspend(ctx, at.id, key)
		},
		count: func(t *testing.T, b *Bench, at aim) int {
			return isTrue(service(t, b, at.id).State == backoffice.ServiceActive)
		},
	}
}

// endDay is the day on which the suite's cancellations take effect: far enough off to take them back.
func endDay(b *Bench) backoffice.Date { return b.Today.AddDays(28) }

func cancel() writeOp {
	return writeOp{
		name: "cancel", op: backoffice.OpCancel, aim: aService,
		arrange: func(t *testing.T, b *Bench, at aim) {
			b.offers(t, backoffice.OpWithdraw)
			t.Cleanup(func() { _ = must(b.Office.WithdrawCancellation(within(t), at.id, newKey()))(t) })
		},
		do: func(ctx context.Context, b *Bench, at aim, key, why string) (bool, error) {
			return b.Office.Cancel(ctx, at.id, endDay(b), why, key)
		},
		count: func(t *testing.T, b *Bench, at aim) int { return isTrue(service(t, b, at.id).Cancellation != nil) },
	}
}

func withdraw() writeOp {
	return writeOp{
		name: "withdraw", op: backoffice.OpWithdraw, aim: aService,
		arrange: func(t *testing.T, b *Bench, at aim) {
			w := cancel()
			b.offers(t, w.op)
			w.arrange(t, b, at)
			w.must(t, b, at)
		},
		do: func(ctx context.Context, b *Bench, at aim, key, _ string) (bool, error) {
			return b.Office.WithdrawCancellation(ctx, at.id, key)
		},
		count: func(t *testing.T, b *Bench, at aim) int { return isTrue(service(t, b, at.id).Cancellation == nil) },
	}
}

func addNote() writeOp {
	return writeOp{
		name: "add note", op: backoffice.OpAddNote, aim: theCustomer,
		arrange: func(*testing.T, *Bench, aim) {},
		do: func(ctx context.Context, b *Bench, at aim, key, why string) (bool, error) {
			note := backoffice.NewNote{Title: "suite", Text: why, Author: "Sanne Visser", ExternalRef: at.ref}
			added, changed, err := b.Office.AddNote(ctx, at.id, note, key)
			if err == nil && added.ExternalRef != at.ref {
				err = errors.New("the note came back with the reference " + added.ExternalRef)
			}
			return changed, err
		},
		count: func(t *testing.T, b *Bench, at aim) int {
			n := 0
			for _, note := range must(b.Office.Notes(within(t), at.id))(t) {
				n += isTrue(note.ExternalRef == at.ref)
			}
			return n
		},
	}
}

func setNonPayer() writeOp {
	return writeOp{
		name: "set non-payer status", op: backoffice.OpSetNonPayer, aim: theCustomer,
		arrange: func(t *testing.T, b *Bench, at aim) {
			putBack(t, b, at.id)
			_ = must(b.Office.ClearNonPayer(within(t), at.id, newKey()))(t)
		},
		do: func(ctx context.Context, b *Bench, at aim, key, why string) (bool, error) {
			return b.Office.SetNonPayer(ctx, at.id, why, key)
		},
		count: func(t *testing.T, b *Bench, at aim) int { return isTrue(nonPayer(t, b, at.id) != nil) },
	}
}

func clearNonPayer() writeOp {
	return writeOp{
		name: "clear non-payer status", op: backoffice.OpSetNonPayer, aim: theCustomer,
		arrange: func(t *testing.T, b *Bench, at aim) {
			putBack(t, b, at.id)
			_ = must(b.Office.SetNonPayer(within(t), at.id, reason, newKey()))(t)
		},
		do: func(ctx context.Context, b *Bench, at aim, key, _ string) (bool, error) {
			return b.Office.ClearNonPayer(ctx, at.id, key)
		},
		count: func(t *testing.T, b *Bench, at aim) int { return isTrue(nonPayer(t, b, at.id) == nil) },
	}
}

func nonPayer(t *testing.T, b *Bench, customer string) *backoffice.NonPayerStatus {
	t.Helper()
	return must(b.Office.Customer(within(t), customer))(t).NonPayer
}

// putBack gives the customer the status back that it had, or none, when the test ends.
func putBack(t *testing.T, b *Bench, customer string) {
	t.Helper()
	before := nonPayer(t, b, customer)
	t.Cleanup(func() {
		if before == nil {
			_ = must(b.Office.ClearNonPayer(within(t), customer, newKey()))(t)
			return
		}
		_ = must(b.Office.SetNonPayer(within(t), customer, before.Reason, newKey()))(t)
	})
}

// writeTests holds for each write what holds for all of them.
func writeTests() []subtest {
	var all []subtest
	for _, w := range writes() {
		for _, rule := range []struct {
			name string
			run  func(*testing.T, *Bench, writeOp)
		}{
			{"ChangesAndSaysSo", changes}, {"AgainChangesNothing", again}, {"SameKeyTakesEffectOnce", sameKey},
			{"MissingIsNotFound", missing}, {"GivenUpIsNotSent", givenUp}, {"ManyAtOnceAreOne", atOnce},
		} {
			all = append(all, subtest{w.name + "/" + rule.name, func(t *testing.T, b *Bench) { rule.run(t, b, w) }, nil})
		}
	}
	return all
}

func changes(t *testing.T, b *Bench, w writeOp) {
	at := w.arranged(t, b)
	w.must(t, b, at)
	if n := w.count(t, b, at); n != 1 {
		t.Errorf("it said that it changed something, and a look finds %d", n)
	}
}

func again(t *testing.T, b *Bench, w writeOp) {
	at := w.arranged(t, b)
	w.must(t, b, at)
	before := must(b.Office.Customer(within(t), b.Customer))(t).NonPayer
	for _, why := range []string{reason, "another reason"} {
		if must(w.do(within(t), b, at, newKey(), why))(t) {
			t.Errorf("%q: done again, it says that it changed something", why)
		}
	}
	if n := w.count(t, b, at); n != 1 {
		t.Errorf("a look finds %d", n)
	}
	if now := must(b.Office.Customer(within(t), b.Customer))(t).NonPayer; before != nil && now != nil && *now != *before {
		t.Errorf("the non-payer status was %v and became %v", *before, *now)
	}
}

func sameKey(t *testing.T, b *Bench, w writeOp) {
	at := w.arranged(t, b)
	key := newKey()
	if !must(w.do(within(t), b, at, key, reason))(t) {
		t.Fatal("nothing changed")
	}
	_ = must(w.do(within(t), b, at, key, reason))(t)
	if n := w.count(t, b, at); n != 1 {
		t.Errorf("done twice under one key: a look finds %d", n)
	}
}

func missing(t *testing.T, b *Bench, w writeOp) {
	b.offers(t, w.op)
	for _, id := range []string{nobody(), "", "..", "."} {
		changed, err := w.do(within(t), b, aim{id: id, ref: newKey()}, newKey(), reason)
		isKind(t, w.name+" "+id, err, backoffice.ErrNotFound)
		if changed {
			t.Errorf("%q: changed", id)
		}
	}
}

// givenUp holds that a caller who had given up before anything was sent learns that nothing was done.
func givenUp(t *testing.T, b *Bench, w writeOp) {
	at := w.arranged(t, b)
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	_, err := w.do(ctx, b, at, newKey(), reason)
	isKind(t, w.name, err, backoffice.ErrNotSent)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v doesn't say that the caller gave up", err)
	}
	if n := w.count(t, b, at); n != 0 {
		t.Errorf("not sent, and a look finds %d", n)
	}
}

func atOnce(t *testing.T, b *Bench, w writeOp) {
	at := w.arranged(t, b)
	ctx := within(t)
	var all sync.WaitGroup
	var changed atomic.Int32
	for _, why := range []string{"one of them", "another", "a third", "the last"} {
		all.Go(func() {
			did, err := w.do(ctx, b, at, newKey(), why)
			if err != nil {
				t.Error(err)
			}
			if did {
				changed.Add(1)
			}
		})
	}
	all.Wait()
	if n := changed.Load(); n < 1 || n > 1 && b.Exact {
		t.Errorf("%d of four say that they changed something", n)
	}
	if n := w.count(t, b, at); n != 1 {
		t.Errorf("a look finds %d", n)
	}
}
