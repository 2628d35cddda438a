package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
)

// services is how the customer's services stand, for comparing a last state with a first one.
func (r *rig) services(customer string) (out []inhousefake.Service) {
	return r.office.Services(customer)
}

// restoredOnce checks that all is as it was before the case, that the customer was told once of each thing, and that the file is
// whole.
func (r *rig) restoredOnce(customer string, first []inhousefake.Service, f bot.File) {
	r.t.Helper()
	bad := func(format string, args ...any) { r.t.Errorf(format+"\n%s", append(args, journal(f))...) }
	if f.Case.State != bot.Ended || f.Case.Reason.Code != "restored_paid" || f.Case.Course.RestoredAt.IsZero() {
		bad("state %s (%v)", f.Case.State, f.Case.Reason)
	}
	if last := r.services(customer); !reflect.DeepEqual(first, last) {
		bad("services were\n%+v\nand are\n%+v", first, last)
	}
	if s := r.office.Snapshot(customer).Customer; s.NonPayer != nil {
		bad("the non-payer status is still there: %+v", s.NonPayer)
	}
	titles := map[string]int{}
	for _, n := range r.office.Notes(customer) {
		titles[n.Title]++
	}
	if titles[bot.CommentTitle] > 1 || titles[bot.RestoredTitle] != titles[bot.CommentTitle] {
		bad("comments: %v", titles)
	}
	tickets := r.cerb.Tickets()
	if len(tickets) > 1 || len(tickets) == 1 && tickets[0].Status != "closed" {
		bad("tickets: %+v", tickets)
	}
	want := 0
	if f.Case.Notice.MessageID != "" {
		want = 2 // the notice, and that all is well
	}
	if got := r.mails.all(); len(got) != want {
		bad("%d mails: %v", len(got), got)
	}
	if err := bot.VerifyJournal(f.Case.Key, f.Journal, f.Head); err != nil {
		bad("%v", err)
	}
}

// waitsForPayment takes a case through the whole procedure.
func (r *rig) waitsForPayment(customer string) bot.Case {
	r.t.Helper()
	c := r.start(customer)
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	return f.Case
}

// untilEnded lets days go by.
func (r *rig) untilEnded(id int64, atMost time.Duration) bot.File {
	r.t.Helper()
	var f bot.File
	for end := r.clock.Now().Add(atMost); r.clock.Now().Before(end); {
		f = r.run(id, time.Hour)
		if f.Case.State.Closed() {
			break
		}
		r.clock.Add(5 * time.Minute)
	}
	return f
}

func TestWhoPaysGetsBackExactlyWhatTheCaseTook(t *testing.T) {
	r := newRig(t)
	first := r.services("10234")
	must(t, r.office.SetNonPayerAs("Mara", "10234", "staat al te lang open"))
	c := r.waitsForPayment("10234")
	r.clock.Add(6 * 24 * time.Hour)
	must(t, r.office.Pay("10234"))
	r.restoredOnce("10234", first, r.untilEnded(c.ID, time.Hour))
}

func TestPartOfTheMoneyRestoresNothing(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	must(t, r.office.PayPart("10234", 20000))
	f := r.untilEnded(c.ID, 2*time.Hour)
	r.wantState(f, bot.Waiting, "")
	if f.Case.Course.Left == nil || f.Case.Course.Left.Minor != 14000 {
		t.Errorf("left: %v", f.Case.Course.Left)
	}
	if r.hurts()["suspend"] == 0 {
		t.Error("switched on for a part of the money")
	}
}

// What was off before the case for another reason, or was switched off by somebody else since, stays off.
func TestOthersSuspensionsStay(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	s := r.services("10234")[0]
	must(t, r.office.UnsuspendAs(s.ID))
	must(t, r.office.SuspendAs("Abuse-team", s.ID, "abuse: spam"))
	must(t, r.office.Pay("10234"))
	f := r.untilEnded(c.ID, time.Hour)
	r.wantState(f, bot.Person, "restore_by_hand")
	for _, now := range r.services("10234") {
		if (now.State == "suspended") != (now.ID == s.ID) {
			t.Errorf("%s is %s\n%s", now.Label, now.State, journal(f))
		}
		if now.Cancellation != nil {
			t.Errorf("%s is still cancelled", now.Label)
		}
	}
}

// countRestorePoints runs a restore without a fault and answers what it does.
func countRestorePoints(t *testing.T) []string {
	t.Helper()
	r := newRig(t)
	c := r.waitsForPayment("10234")
	must(t, r.office.Pay("10234"))
	r.clock.Add(time.Hour)
	r.points.arm(nil)
	r.untilEnded(c.ID, time.Hour)
	names, _ := r.points.happened()
	if len(names) < 25 {
		t.Fatalf("only %d points: %v", len(names), names)
	}
	return names
}

// TestARestoreSurvivesWhateverFails lets the process die, and single calls and commits fail, before and after each commit and
// each outside call of a restore.
func TestARestoreSurvivesWhateverFails(t *testing.T) {
	names := countRestorePoints(t)
	for at := 1; at <= len(names); at++ {
		for _, crash := range []bool{true, false} {
			for _, after := range []bool{true, false} {
				if crash && !after && at > 1 {
					continue // what is stored and outside is the same as after the point before
				}
				if !*thorough && (crash != (at%2 == 0) || !crash && after != (at%4 == 1)) {
					continue
				}
				t.Run(fmt.Sprintf("%d %s crash=%t after=%t", at, names[at-1], crash, after), func(t *testing.T) {
					t.Parallel()
					r := newRig(t)
					first := r.services("10234")
					c := r.waitsForPayment("10234")
					must(t, r.office.Pay("10234"))
					r.clock.Add(time.Hour)
					r.points.arm(func(p *points) { p.at, p.crash, p.after = at, crash, after })
					r.restoredOnce("10234", first, r.outliveRestore(c.ID))
				})
			}
		}
	}
}

// outliveRestore takes a restore to its end, with a person who answers every question by "try again".
func (r *rig) outliveRestore(id int64) bot.File {
	r.t.Helper()
	for n := range 300 {
		_ = r.clerk.Advance(context.Background(), id) // its error is the failure that was planned
		if _, dead := r.points.happened(); dead {
			r.points.arm(nil)
			must(r.t, r.database.BreakLeases(context.Background()))
		}
		f := r.file(id)
		switch f.Case.State {
		case bot.Ended:
			return f
		case bot.Person:
			r.points.arm(nil)
			must(r.t, r.desk.Say(context.Background(), id, bot.SignalRetry, bot.Actor{Name: "Sanne Visser"}, nil, fmt.Sprint("retry", n)))
		}
		if wait := f.Case.DueAt.Sub(r.clock.Now()); wait > 0 && wait < 48*time.Hour {
			r.clock.Add(wait)
		} else {
			r.clock.Add(10 * time.Second)
		}
	}
	f := r.file(id)
	r.t.Fatalf("the restore never came to its end: %s, %v\n%s", f.Case.State, f.Case.Reason, journal(f))
	return f
}

// aftercare is a look at the cases that are over.
func (r *rig) aftercare() {
	r.t.Helper()
	must(r.t, bot.NewAftercare(r.database, r.world, func(int64) {}, slog.New(slog.DiscardHandler)).Look(context.Background()))
}

func TestMoneyTakenBackAfterTheRestoreIsAPersons(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	must(t, r.office.Pay("10234"))
	f := r.untilEnded(c.ID, time.Hour)
	r.aftercare()
	if got := r.matters(c.ID); len(got) != 0 {
		t.Fatalf("nothing was taken back: %v", got)
	}
	must(t, r.office.Reverse("10234"))
	r.aftercare()
	r.aftercare()
	if got := r.matters(c.ID); len(got) != 1 || got[0] != string(bot.MatterReversed) {
		t.Errorf("matters: %v", got)
	}
	for _, s := range r.services("10234") {
		if s.State != "active" {
			t.Errorf("%s is %s\n%s", s.Label, s.State, journal(f))
		}
	}
}

func TestMoneyAfterTheEndIsAPersons(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.AtEnd = bot.OrdersAreEnded })
	c := r.waitsForPayment("10234")
	r.wantState(r.sleep(c.ID, 29*day), bot.Ended, "cancelled")
	must(t, r.office.Pay("10234"))
	r.aftercare()
	if got := r.matters(c.ID); len(got) != 1 || got[0] != string(bot.MatterLate) {
		t.Errorf("matters: %v", got)
	}
}

// What the back office tells of is looked at at once, however often and in whatever order it is told.
func TestAPaymentThatIsToldIsLookedAtAtOnce(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.PaymentPoll = 0 })
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	must(t, r.office.Pay("10234"))
	r.sleep(c.ID, 3*day)
	r.wantState(r.file(c.ID), bot.Waiting, "")
	a := bot.NewAftercare(r.database, r.world, func(int64) {}, slog.New(slog.DiscardHandler))
	for range 2 {
		must(t, a.Tell(t.Context(), "10234", "event e1"))
	}
	must(t, a.Tell(t.Context(), "10235", "event e2"))
	r.restoredOnce("10234", first, r.run(c.ID, time.Hour))
}

// Who had paid by value date before services went off is told that this was wrong, and so is a person.
func TestASuspensionAfterTheValueDateIsOwnedUpTo(t *testing.T) {
	for valueDate, want := range map[int]string{-2: "apology#1", 0: "restored#1", 1: "restored#1"} {
		r := newRig(t)
		c := r.waitsForPayment("10234")
		came := string(today(r, valueDate))
		r.clock.Add(3 * day)
		_, err := r.office.Receive("10234", inhousefake.Receipt{ValueDate: came})
		must(t, err)
		f := r.untilEnded(c.ID, time.Hour)
		r.wantState(f, bot.Ended, "restored_paid")
		if got := f.Case.Course.Letters; len(got) != 1 || got[0].ID != want || len(r.mails.all()) != 2 {
			t.Errorf("value date %d: letters %+v, %d mails\n%s", valueDate, got, len(r.mails.all()), journal(f))
		}
		if got := r.matters(c.ID); (len(got) == 1) != (want == "apology#1") {
			t.Errorf("value date %d: matters %v", valueDate, got)
		}
	}
}
