package backofficetest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

func serviceTests() []subtest {
	return []subtest{
		{"SuspensionSaysWhyAndWhen", suspensionRecorded, nil},
		{"EarlierSuspensionStays", earlierSuspension, nil},
		{"ColleaguesSuspensionStays", colleaguesSuspension, []ability{canSuspend()}},
		{"SuspendedAndRestoredIsAsBefore", restored, nil},
		{"OneServiceIsOneService", oneService, nil},
		{"CancellationSaysWhenAndWhy", cancellationRecorded, nil},
		{"OtherDateIsAConflict", otherDate, nil},
		{"DateThatCannotBeIsRefused", impossibleDate, nil},
		{"KeyOfAnUndoneWriteNeverLies", undoneKey, nil},
		{"NonPayerStatusSaysSinceWhenAndWhy", statusRecorded, nil},
	}
}

func suspensionRecorded(t *testing.T, b *Bench) {
	w := suspend()
	at := w.arranged(t, b)
	w.must(t, b, at)
	v := service(t, b, at.id)
	if v.Suspension == nil || v.Suspension.Reason != reason || v.Suspension.At.IsZero() {
		t.Fatalf("suspension %+v", v.Suspension)
	}
	if day := backoffice.DateOf(v.Suspension.At, v.Suspension.At.Location()); day < b.Today.AddDays(-1) || day > b.Today.AddDays(1) {
		t.Errorf("suspended on %s, today is %s", day, b.Today)
	}
	listed := must(b.Office.Services(within(t), b.Customer))(t)
	if !slices.ContainsFunc(listed, func(one backoffice.Service) bool { return reflect.DeepEqual(one, v) }) {
		t.Errorf("suspended, and the list says otherwise: %+v", listed)
	}
}

func earlierSuspension(t *testing.T, b *Bench) {
	w := suspend()
	at := w.arranged(t, b)
	if !must(b.Office.Suspend(within(t), at.id, "abuse: spam", newKey()))(t) {
		t.Fatal("nothing changed")
	}
	first := service(t, b, at.id)
	if must(b.Office.Suspend(within(t), at.id, reason, newKey()))(t) {
		t.Error("suspended again, and it says that it changed something")
	}
	if now := service(t, b, at.id); !reflect.DeepEqual(now, first) {
		t.Errorf("the first suspension %+v became %+v", first.Suspension, now.Suspension)
	}
}

func colleaguesSuspension(t *testing.T, b *Bench) {
	w := suspend()
	at := w.arranged(t, b)
	b.SuspendAs(t, "Abuse-team", at.id, "abuse: spam")
	if must(b.Office.Suspend(within(t), at.id, reason, newKey()))(t) {
		t.Error("it says that it changed something")
	}
	if s := service(t, b, at.id).Suspension; s == nil || s.By != "Abuse-team" || s.Reason != "abuse: spam" {
		t.Errorf("the colleague's suspension became %+v", s)
	}
}

func restored(t *testing.T, b *Bench) {
	w := suspend()
	at := w.arranged(t, b)
	before := service(t, b, at.id)
	w.must(t, b, at)
	unsuspend().must(t, b, at)
	b.offers(t, backoffice.OpCancel, backoffice.OpWithdraw)
	cancel().must(t, b, at)
	withdraw().must(t, b, at)
	if now := service(t, b, at.id); !reflect.DeepEqual(now, before) {
		t.Errorf("before %+v, after it was all taken back %+v", before, now)
	}
}

func oneService(t *testing.T, b *Bench) {
	w := suspend()
	at := w.arranged(t, b)
	w.must(t, b, at)
	if other := service(t, b, b.otherThan(t, at.id)); other.State != backoffice.ServiceActive {
		t.Errorf("service %s was suspended too", other.ID)
	}
	w = cancel()
	b.offers(t, w.op, backoffice.OpWithdraw)
	w.arrange(t, b, at)
	w.must(t, b, at)
	if other := service(t, b, b.otherThan(t, at.id)); other.Cancellation != nil {
		t.Errorf("service %s was cancelled too", other.ID)
	}
	if v := service(t, b, at.id); v.State != backoffice.ServiceSuspended || v.Suspension == nil || v.Suspension.Reason != reason {
		t.Errorf("cancelled at a later date, and the suspension is gone: %+v", v)
	}
}

// otherThan is another service that may be switched off.
func (b *Bench) otherThan(t *testing.T, id string) string {
	t.Helper()
	for _, v := range must(b.Office.Services(within(t), b.Customer))(t) {
		if v.ID != id && v.DoNotSuspend == "" {
			return v.ID
		}
	}
	t.Fatal("there is no other service")
	return ""
}

func cancellationRecorded(t *testing.T, b *Bench) {
	w := cancel()
	at := w.arranged(t, b)
	before := service(t, b, at.id)
	w.must(t, b, at)
	v := service(t, b, at.id)
	if c := v.Cancellation; c == nil || c.At != endDay(b) || c.Reason != reason || c.Executed {
		t.Fatalf("cancellation %+v", c)
	}
	if v.State != before.State {
		t.Errorf("cancelled at a later date, and its state is %s", v.State)
	}
	listed := must(b.Office.Services(within(t), b.Customer))(t)
	if !slices.ContainsFunc(listed, func(one backoffice.Service) bool { return reflect.DeepEqual(one, v) }) {
		t.Error("a service that ends later isn't listed as it is")
	}
}

func otherDate(t *testing.T, b *Bench) {
	w := cancel()
	at := w.arranged(t, b)
	w.must(t, b, at)
	for _, day := range []backoffice.Date{endDay(b).AddDays(1), endDay(b).AddDays(-1)} {
		changed, err := b.Office.Cancel(within(t), at.id, day, reason, newKey())
		isKind(t, "cancel at "+string(day), err, backoffice.ErrConflict)
		if changed || backoffice.Sentence(err) == "" {
			t.Errorf("changed %t, error %v; wanted none and a sentence", changed, err)
		}
	}
	if c := service(t, b, at.id).Cancellation; c == nil || c.At != endDay(b) {
		t.Errorf("the date moved: %+v", c)
	}
}

func impossibleDate(t *testing.T, b *Bench) {
	w := cancel()
	at := w.arranged(t, b)
	for _, day := range []backoffice.Date{"", "2026-02-30", "21 december", "immediate", b.Today.AddDays(-1)} {
		changed, err := b.Office.Cancel(within(t), at.id, day, reason, newKey())
		isKind(t, "cancel at "+string(day), err, backoffice.ErrRefused)
		if changed || backoffice.Sentence(err) == "" {
			t.Errorf("%q: changed %t, error %v; wanted none and a sentence", day, changed, err)
		}
	}
	if n := w.count(t, b, at); n != 0 {
		t.Error("refused, and cancelled")
	}
}

// undoneKey holds what is said of a key that took effect once and whose effect was taken back: whether or not the back
// office remembers it, the answer is true of how things stand.
func undoneKey(t *testing.T, b *Bench) {
	w := suspend()
	at := w.arranged(t, b)
	key := newKey()
	if !must(w.do(within(t), b, at, key, reason))(t) {
		t.Fatal("nothing changed")
	}
	unsuspend().must(t, b, at)
	changed, err := w.do(within(t), b, at, key, reason)
	switch n := w.count(t, b, at); {
	case err == nil && (!changed || n != 1):
		t.Errorf("no error, changed %t, and a look finds %d", changed, n)
	case err != nil && n != 0:
		t.Errorf("error %v, and a look finds %d", err, n)
	case err != nil:
		isKind(t, w.name, err, backoffice.ErrConflict)
	}
}

func statusRecorded(t *testing.T, b *Bench) {
	w := setNonPayer()
	at := w.arranged(t, b)
	w.must(t, b, at)
	s := nonPayer(t, b, b.Customer)
	if s == nil || s.Reason != reason || s.Since < b.Today.AddDays(-1) || s.Since > b.Today.AddDays(1) {
		t.Errorf("status %+v, today is %s", s, b.Today)
	}
}
