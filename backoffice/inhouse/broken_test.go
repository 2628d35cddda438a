package inhouse_test

import (
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
)

const reason = "Client defaults on payment"

// brokenWorld is a way in which an answer is broken, and what must be known after it.
type brokenWorld struct {
	name     string
	fault    inhousefake.Fault
	kind     error
	sentence string
	answered bool
	effect   bool
	tries    int // how often a read is tried; a write always once
	retry    time.Duration
}

func spoken(status int, problem, detail string) inhousefake.Fault {
	return inhousefake.Fault{Break: inhousefake.Status, Status: status, Problem: problem, Detail: detail}
}

// after is the fault behind the effect.
func after(f inhousefake.Fault) inhousefake.Fault {
	f.When = inhousefake.After
	return f
}

// refusals are answers that say that nothing was done.
func refusals() []brokenWorld {
	const no = "Dat mag niet."
	return []brokenWorld{
		{"401", spoken(401, "unauthorized", no), backoffice.ErrAuth, no, false, false, 1, 0},
		{"403", spoken(403, "forbidden", no), backoffice.ErrAuth, no, false, false, 1, 0},
		{"403 by a rule", spoken(403, "refused", no), backoffice.ErrRefused, no, false, false, 1, 0},
		{"407", inhousefake.Fault{Break: inhousefake.HTML, Status: 407}, backoffice.ErrAuth, "", false, false, 1, 0},
		{"400", spoken(400, "invalid", no), backoffice.ErrRefused, no, false, false, 1, 0},
		{"404", spoken(404, "not-found", no), backoffice.ErrNotFound, no, false, false, 1, 0},
		{"404 page of a framework", inhousefake.Fault{Break: inhousefake.Plain, Status: 404}, backoffice.ErrNotOffered, "", false, false, 1, 0},
		{"404 no such path", spoken(404, "no-such-path", no), backoffice.ErrNotOffered, no, false, false, 1, 0},
		{"405", inhousefake.Fault{Break: inhousefake.Plain, Status: 405}, backoffice.ErrNotOffered, "", false, false, 1, 0},
		{"410", spoken(410, "", no), backoffice.ErrNotFound, no, false, false, 1, 0},
		{"409 conflict", spoken(409, "conflict", no), backoffice.ErrConflict, no, false, false, 1, 0},
		{"409 of no name", spoken(409, "about:blank", no), backoffice.ErrConflict, no, false, false, 1, 0},
		{"412", spoken(412, "", no), backoffice.ErrConflict, no, false, false, 1, 0},
		{"413", spoken(413, "invalid", no), backoffice.ErrRefused, no, false, false, 1, 0},
		{"422", spoken(422, "refused", no), backoffice.ErrRefused, no, false, false, 1, 0},
		{"422 key reused", spoken(422, "key-reused", no), backoffice.ErrRefused, no, false, false, 1, 0},
		{"429", inhousefake.Fault{Break: inhousefake.Busy, RetryAfter: 30 * time.Second}, backoffice.ErrBusy, "Too many calls, or closed for maintenance.", false, false, 1, 30 * time.Second},
		{"429 without Retry-After", inhousefake.Fault{Break: inhousefake.HTML, Status: 429}, backoffice.ErrBusy, "", false, false, 3, 0},
		{"429 for a week", inhousefake.Fault{Break: inhousefake.Busy, RetryAfter: 7 * 24 * time.Hour}, backoffice.ErrBusy, "Too many calls, or closed for maintenance.", false, false, 1, 24 * time.Hour},
		{"503 with Retry-After", inhousefake.Fault{Break: inhousefake.Busy, Status: 503, RetryAfter: time.Minute}, backoffice.ErrBusy, "Too many calls, or closed for maintenance.", false, false, 1, time.Minute},
		{"501", spoken(501, "not-offered", no), backoffice.ErrNotOffered, no, false, false, 1, 0},
		{"501 of no name", inhousefake.Fault{Break: inhousefake.HTML, Status: 501}, backoffice.ErrNotOffered, "", false, false, 1, 0},
	}
}

// doubts are answers, or none, after which nobody knows: each comes before the effect and after it.
func doubts() []brokenWorld {
	const oh = "Er ging iets mis."
	unknown := func(name string, f inhousefake.Fault, sentence string, answered bool, tries int) brokenWorld {
		return brokenWorld{name, f, backoffice.ErrUnknown, sentence, answered, false, tries, 0}
	}
	return []brokenWorld{
		unknown("500", spoken(500, "internal", oh), oh, true, 3),
		unknown("500 page", inhousefake.Fault{Break: inhousefake.HTML, Status: 500}, "", true, 3),
		unknown("502 of the server", spoken(502, "provisioning-failed", oh), oh, true, 3),
		unknown("502 of a gateway", inhousefake.Fault{Break: inhousefake.HTML}, "", false, 3),
		unknown("503 without Retry-After", inhousefake.Fault{Break: inhousefake.HTML, Status: 503}, "", false, 3),
		unknown("504 of a gateway", inhousefake.Fault{Break: inhousefake.HTML, Status: 504}, "", false, 3),
		unknown("408", inhousefake.Fault{Break: inhousefake.Plain, Status: 408}, "", false, 3),
		unknown("409 in progress", spoken(409, "in-progress", oh), oh, false, 3),
		unknown("200 page of a login", inhousefake.Fault{Break: inhousefake.HTML, Status: 200}, "", true, 1),
		unknown("200 of a parking page", inhousefake.Fault{Break: inhousefake.Plain, Status: 200}, "", true, 1),
		unknown("202 promise", inhousefake.Fault{Break: inhousefake.Plain, Status: 202}, "", false, 1),
		unknown("302", inhousefake.Fault{Break: inhousefake.Redirect, New: "/elsewhere"}, "", true, 3),
		unknown("reset", inhousefake.Fault{Break: inhousefake.Reset}, "", false, 3),
	}
}

func brokenWorlds() []brokenWorld {
	all := refusals()
	for _, d := range doubts() {
		before, behind := d, d
		before.name += " before effect"
		behind.name += " after effect"
		behind.fault, behind.effect = after(d.fault), true
		all = append(all, before, behind)
	}
	return all
}

func (b brokenWorld) check(t *testing.T, err error) {
	t.Helper()
	e := isKind(t, err, b.kind)
	if e.Sentence != b.sentence || e.Answered != b.answered || e.RetryAfter != b.retry {
		t.Errorf("%v: sentence %q, answered %t, retry after %s; wanted %q, %t, %s", err, e.Sentence, e.Answered, e.RetryAfter, b.sentence, b.answered, b.retry)
	}
}

func TestBrokenAnswerToAWriteSaysWhatIsKnown(t *testing.T) {
	for _, b := range brokenWorlds() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b.fault.Operation, b.fault.Times = "suspend", 1
			w.server.Inject(b.fault)
			changed, err := w.client.Suspend(t.Context(), "7001", reason, "k1")
			b.check(t, err)
			if off := w.server.Snapshot("10234").Service("web01").State == "suspended"; changed || off != b.effect {
				t.Errorf("changed %t, suspended %t", changed, off)
			}
			if n := w.count("suspend"); n != 1 {
				t.Errorf("a write was sent %d times", n)
			}
		})
	}
}

func TestBrokenAnswerToAnUndoSaysWhatIsKnown(t *testing.T) {
	for _, b := range brokenWorlds() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			check(t, w.server.SuspendAs("Bram", "7001", reason))
			b.fault.Operation, b.fault.Times = "unsuspend", 1
			w.server.Inject(b.fault)
			changed, err := w.client.Unsuspend(t.Context(), "7001", "k1")
			b.check(t, err)
			if on := w.server.Snapshot("10234").Service("web01").State == "active"; changed || on != b.effect {
				t.Errorf("changed %t, active %t", changed, on)
			}
			if n := w.count("unsuspend"); n != 1 {
				t.Errorf("a write was sent %d times", n)
			}
		})
	}
}

func TestBrokenAnswerToANoteSaysWhatIsKnown(t *testing.T) {
	for _, b := range brokenWorlds() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b.fault.Operation, b.fault.Times = "addNote", 1
			w.server.Inject(b.fault)
			note := backoffice.NewNote{Title: "betalingsachterstand", Text: "x", ExternalRef: "r1"}
			_, changed, err := w.client.AddNote(t.Context(), "10234", note, "k1")
			b.check(t, err)
			if n := len(w.server.Notes("10234")); changed || (n == 1) != b.effect {
				t.Errorf("changed %t, %d notes", changed, n)
			}
			if n := w.count("addNote"); n != 1 {
				t.Errorf("a write was sent %d times", n)
			}
		})
	}
}

func TestBrokenAnswerToAReadIsAnErrorAndNeverNothing(t *testing.T) {
	for _, b := range append(refusals(), doubts()...) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b.fault.Operation = "listInvoices"
			w.server.Inject(b.fault)
			found, err := w.client.Invoices(t.Context(), "10234")
			b.check(t, err)
			if found != nil {
				t.Errorf("%d invoices and an error", len(found))
			}
			if n := w.count("listInvoices"); n != b.tries {
				t.Errorf("tried %d times, wanted %d", n, b.tries)
			}
		})
	}
}

func TestReadThatGoesWellTheSecondTimeIsNoError(t *testing.T) {
	for _, b := range doubts() {
		if b.tries == 1 {
			continue
		}
		w := newWorld(t)
		b.fault.Operation, b.fault.Times = "listInvoices", 2
		w.server.Inject(b.fault)
		found, err := w.client.Invoices(t.Context(), "10234")
		if err != nil || len(found) != 3 {
			t.Errorf("%s: %d invoices, %v", b.name, len(found), err)
		}
	}
}
