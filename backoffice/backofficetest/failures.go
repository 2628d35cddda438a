package backofficetest

import (
	"errors"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

// verdict is what must be known after a failure.
type verdict struct {
	failure  Failure
	kind     error
	effect   bool // it was done nevertheless
	answered bool // backoffice.Error.Answered
	sentence bool // the back office said something
}

func verdicts() []verdict {
	return []verdict{
		{Unreachable, backoffice.ErrNotSent, false, false, false},
		{BadKey, backoffice.ErrAuth, false, false, true},
		{NoRight, backoffice.ErrAuth, false, false, true},
		{Busy, backoffice.ErrBusy, false, false, true},
		{Refused, backoffice.ErrRefused, false, false, true},
		{Conflict, backoffice.ErrConflict, false, false, true},
		{LostBefore, backoffice.ErrUnknown, false, false, false},
		{LostAfter, backoffice.ErrUnknown, true, false, false},
		{BrokeBefore, backoffice.ErrUnknown, false, true, true},
		{BrokeAfter, backoffice.ErrUnknown, true, true, true},
		{Garbled, backoffice.ErrUnknown, true, true, false},
	}
}

func failureTests() []subtest {
	var all []subtest
	for _, v := range verdicts() {
		for _, w := range writes() {
			all = append(all, subtest{w.name + "/" + string(v.failure), func(t *testing.T, b *Bench) { failing(t, b, w, v) }, []ability{canFail()}})
		}
	}
	for _, f := range []Failure{BadKey, NoRight, Refused} {
		all = append(all, subtest{"read/" + string(f), func(t *testing.T, b *Bench) { failingRead(t, b, f) }, []ability{canFail()}})
	}
	return all
}

// failing holds what a write says that fails, what a look finds then, and that doing it again after the look does it once.
func failing(t *testing.T, b *Bench, w writeOp, v verdict) {
	at := w.arranged(t, b)
	key := newKey()
	sent := b.sent()
	b.Fail(t, w.op, v.failure)
	changed, err := w.do(within(t), b, at, key, reason)
	if changed {
		t.Error("it failed, and says that it changed something")
	}
	v.check(t, w.name, err)
	if n := b.sent() - sent; n > 1 {
		t.Errorf("sent %d times", n)
	}
	if n := w.count(t, b, at); n != isTrue(v.effect) {
		t.Fatalf("a look finds %d", n)
	}
	changed = must(w.do(within(t), b, at, key, reason))(t)
	if changed == v.effect {
		t.Errorf("done again after a look: changed %t", changed)
	}
	if n := w.count(t, b, at); n != 1 {
		t.Errorf("done again, and a look finds %d", n)
	}
}

func (b *Bench) sent() int {
	if b.Writes == nil {
		return 0
	}
	return b.Writes()
}

// check holds an error against the verdict.
func (v verdict) check(t *testing.T, what string, err error) {
	t.Helper()
	isKind(t, what, err, v.kind)
	var e *backoffice.Error
	if !errors.As(err, &e) {
		return
	}
	if e.Answered != v.answered {
		t.Errorf("%v: answered %t, wanted %t", err, e.Answered, v.answered)
	}
	if (e.Sentence != "") != v.sentence {
		t.Errorf("%v: sentence %q", err, e.Sentence)
	}
	if v.failure == Busy && (e.RetryAfter < time.Second || e.RetryAfter > time.Hour) {
		t.Errorf("busy, and try again after %s", e.RetryAfter)
	}
}

// failingRead holds that a read that fails says so, and never answers with nothing: no invoices would read as paid.
func failingRead(t *testing.T, b *Bench, f Failure) {
	kind := backoffice.ErrAuth
	if f == Refused {
		kind = backoffice.ErrRefused
	}
	b.Fail(t, "", f)
	invoices, err := b.Office.Invoices(within(t), b.Customer)
	isKind(t, "invoices", err, kind)
	if invoices != nil {
		t.Errorf("an error, and %d invoices", len(invoices))
	}
	if backoffice.Sentence(err) == "" {
		t.Errorf("%v has no sentence", err)
	}
}
