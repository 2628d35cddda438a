package bot_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
)

// undoneOnce checks that nothing of the case is left but what it wrote, and that the debt is as it was.
func (r *rig) undoneOnce(first []inhousefake.Service, f bot.File) {
	r.t.Helper()
	bad := func(format string, args ...any) { r.t.Errorf(format+"\n%s", append(args, journal(f))...) }
	if f.Case.State != bot.Ended || f.Case.Reason.Code != "undone" || !f.Case.Course.RestoredAt.IsZero() {
		bad("state %s (%v)", f.Case.State, f.Case.Reason)
	}
	if last := r.services("10234"); !reflect.DeepEqual(first, last) {
		bad("services were\n%+v\nand are\n%+v", first, last)
	}
	if r.office.Snapshot("10234").Customer.NonPayer == nil {
		bad("the status was taken off, though nothing is paid")
	}
	titles := map[string]int{}
	for _, n := range r.office.Notes("10234") {
		titles[n.Title]++
	}
	if titles[bot.RestoredTitle] > 0 || titles[bot.UndoneTitle] != titles[bot.CommentTitle] {
		bad("comments: %v", titles)
	}
	if tickets := r.cerb.Tickets(); len(tickets) > 1 || len(tickets) == 1 && tickets[0].Status != "closed" {
		bad("tickets: %+v", tickets)
	}
	if err := bot.VerifyJournal(f.Case.Key, f.Journal, f.Head); err != nil {
		bad("%v", err)
	}
}

var wrongCustomer = bot.Decision{Choice: bot.ChooseUndo, Why: "the wrong customer"}

func TestACaseThatShouldNotHaveBegunIsUndoneAndEnds(t *testing.T) {
	r := newRig(t)
	must(t, r.office.SetNonPayerAs("Mara", "10234", "staat al te lang open"))
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	r.decide(c.ID, wrongCustomer)
	f := r.untilEnded(c.ID, time.Hour)
	r.undoneOnce(first, f)
	if got := len(r.mails.all()); got != 2 {
		t.Errorf("%d mails", got)
	}
	must(t, r.office.Pay("10234")) // who pays afterwards concerns the case no more
	r.aftercare()
	if got := r.matters(c.ID); len(got) > 0 {
		t.Errorf("matters: %v", got)
	}
}

// In the middle of its steps a case stops at once, and undoes what it had done by then.
func TestACaseInTheMiddleOfItsStepsIsUndone(t *testing.T) {
	for before, want := range map[string]map[string]int{
		"tickets/compose.json": {"mail": 0}, "tickets/reply.json": {"mail": 2}, "7001/suspension": {"mail": 2}, "7002/cancellation": {"mail": 2},
	} {
		t.Run(before, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			must(t, r.office.SetNonPayerAs("Mara", "10234", "staat al te lang open"))
			first := r.services("10234")
			c := r.start("10234")
			r.points.arm(func(p *points) {
				p.on, p.during = before, func() { must(t, r.desk.Decide(t.Context(), c.ID, wrongCustomer, jacqueline(), "undo")) }
			})
			f := r.run(c.ID, time.Hour)
			r.undoneOnce(first, f)
			if got := r.hurts(); !reflect.DeepEqual(got, want) {
				t.Errorf("%v, wanted %v\n%s", got, want, journal(f))
			}
		})
	}
}

// Where nobody knows whether the notice went, the bot writes nothing about it: a person reads the ticket, and writes.
func TestWhoseNoticeIsInDoubtIsWrittenToByAPerson(t *testing.T) {
	r := newRig(t)
	must(t, r.office.SetNonPayerAs("Mara", "10234", "staat al te lang open"))
	first := r.services("10234")
	c := r.start("10234")
	r.points.arm(func(p *points) { p.on, p.crash = "tickets/reply.json", true })
	for range 9 {
		_ = r.clerk.Advance(t.Context(), c.ID) // until it is killed
	}
	r.points.arm(nil)
	must(t, r.database.BreakLeases(t.Context()))
	r.wantState(r.run(c.ID, 48*time.Hour), bot.Person, "notice_unknown")
	f := r.decide(c.ID, wrongCustomer)
	r.wantState(f, bot.Person, "restore_by_hand")
	must(t, r.desk.Say(t.Context(), c.ID, bot.SignalByHand, jacqueline(), bot.HandWorkDone{Note: "nothing had gone"}, "hand"))
	f = r.run(c.ID, time.Hour)
	r.undoneOnce(first, f)
	if got := len(r.mails.all()); got != 0 {
		t.Errorf("%d mails\n%s", got, journal(f))
	}
}

// Killed before or after each commit and call, an undoing undoes each thing once.
func TestAnUndoingSurvivesWhateverFails(t *testing.T) {
	for at := 1; ; at++ {
		reached := true
		for _, crash := range []bool{true, false} {
			if !*thorough && crash != (at%2 == 0) {
				continue
			}
			t.Run(fmt.Sprintf("%d crash=%t", at, crash), func(t *testing.T) {
				r := newRig(t)
				must(t, r.office.SetNonPayerAs("Mara", "10234", "staat al te lang open"))
				first := r.services("10234")
				c := r.waitsForPayment("10234")
				must(t, r.desk.Decide(t.Context(), c.ID, wrongCustomer, jacqueline(), "undo"))
				r.points.arm(func(p *points) { p.at, p.crash, p.after = at, crash, true })
				f := r.outliveRestore(c.ID)
				names, _ := r.points.happened()
				reached = reached && at <= len(names)
				r.undoneOnce(first, f)
				if got := len(r.mails.all()); got != 2 {
					t.Errorf("%d mails\n%s", got, journal(f))
				}
			})
		}
		if !reached || t.Failed() {
			if at < 30 && !t.Failed() {
				t.Errorf("only %d points", at)
			}
			return
		}
	}
}
