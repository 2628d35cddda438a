package bot_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// A hold before the orders were cancelled takes nothing away from what is done after it.
func TestAHoldBeforeTheSuspensionLeavesTheOrdersToEnd(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.SuspendDelay = 2 * day })
	c := r.start("10234")
	r.run(c.ID, time.Hour)
	r.wantState(r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Why: "called"}), bot.Held, "")
	r.sleep(c.ID, 5*day)
	if r.hurts()["suspend"] > 0 {
		t.Fatal("suspended in a hold")
	}
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseResume, Why: "nothing came"})
	f := r.sleep(c.ID, day)
	r.wantState(f, bot.Waiting, "wait_payment")
	if r.hurts()["suspend"] == 0 || r.ordersEnd("10234") != string(f.Case.EndsOn()) {
		t.Errorf("the orders end on %q, the case on %s\n%s", r.ordersEnd("10234"), f.Case.EndsOn(), journal(f))
	}
}

// "Go on" in a hold that came before the suspension goes on with the procedure.
func TestGoOnInAnEarlyHoldGoesOnWithTheProcedure(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.SuspendDelay = 2 * day })
	c := r.start("10234")
	r.run(c.ID, time.Hour)
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Why: "called"})
	r.sleep(c.ID, day)
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseGoOn})
	f := r.sleep(c.ID, 2*day)
	r.wantState(f, bot.Waiting, "wait_payment")
	if r.hurts()["suspend"] == 0 || r.ordersEnd("10234") != string(f.Case.EndsOn()) {
		t.Errorf("the orders end on %q, the case on %s\n%s", r.ordersEnd("10234"), f.Case.EndsOn(), journal(f))
	}
}

// What the back office refused once is forgotten when it was done later.
func TestARefusedWithdrawalThatWasMendedHoldsNothingUp(t *testing.T) {
	r := newRig(t, seldomLooks)
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	must(t, r.office.RefuseWithdrawal("7001", "ask finance"))
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Kind: bot.PauseDispute, Why: "disputed"})
	if r.ordersEnd("10234") != string(c.Terms.CancelOn) || len(r.mails.all()) != 1 {
		t.Fatalf("the orders end on %q, %d mails\n%s", r.ordersEnd("10234"), len(r.mails.all()), journal(f))
	}
	must(t, r.office.RefuseWithdrawal("7001", ""))
	r.sleep(c.ID, day)
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseResume, Why: "settled"})
	must(t, r.office.Pay("10234"))
	r.restoredOnce("10234", first, r.sleep(c.ID, 2*day))
}

func TestABackOfficeThatRefusesToWithdrawIsAPersons(t *testing.T) {
	r := newRig(t, seldomLooks)
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	must(t, r.office.RefuseWithdrawal("7001", "ask finance"))
	must(t, r.office.Pay("10234"))
	f := r.sleep(c.ID, day)
	r.wantState(f, bot.Person, "restore_by_hand")
	if got := len(r.mails.all()); got != 1 {
		t.Errorf("%d mails: told that all is well while it isn't\n%s", got, journal(f))
	}
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{})
	f = r.sleep(c.ID, time.Hour)
	r.wantState(f, bot.Person, "restore_by_hand")
	must(t, r.office.RefuseWithdrawal("7001", ""))
	must(t, r.office.EditService("7001", func(s *inhousefake.Service) { s.Cancellation = nil }))
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{})
	r.restoredOnce("10234", first, r.sleep(c.ID, time.Hour))
}

func TestADeletedServiceKeepsTheOthersFromNothing(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.DeleteService("7002"))
	must(t, r.office.Pay("10234"))
	f := r.sleep(c.ID, day)
	r.wantState(f, bot.Person, "restore_by_hand")
	if s := r.office.Snapshot("10234").Service("web01"); s.State != "active" || s.Cancellation != nil {
		t.Errorf("%+v\n%s", s, journal(f))
	}
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{Note: "it is gone on purpose"})
	f = r.sleep(c.ID, time.Hour)
	r.wantState(f, bot.Ended, "restored_paid")
	if len(r.mails.all()) != 2 || r.cerb.Tickets()[0].Status != "closed" {
		t.Errorf("%d mails, %+v\n%s", len(r.mails.all()), r.cerb.Tickets(), journal(f))
	}
}

// A back office whose own automation switches a service off again: the customer isn't told that it is on.
func TestAServiceThatIsSwitchedOffAgainIsAPersons(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.SuspendAgain("7001", inhousefake.Rule{Times: 1}))
	must(t, r.office.Pay("10234"))
	f := r.sleep(c.ID, day)
	r.wantState(f, bot.Person, "restore_by_hand")
	if len(r.mails.all()) != 1 {
		t.Errorf("told that it is on\n%s", journal(f))
	}
}

func TestAPaymentOfANewerInvoiceChangesNothing(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.AddInvoice("10234", inhousefake.Invoice{ID: "inv9001", Number: "2026-9001", State: "open", Due: "2026-12-20",
		Total: inhousefake.Money{Minor: 5000, Currency: "EUR"}, Open: inhousefake.Money{Minor: 5000, Currency: "EUR"}}))
	must(t, r.office.PayInvoice("inv9001"))
	f := r.sleep(c.ID, 2*day)
	r.wantState(f, bot.Waiting, "wait_payment")
	if len(r.matters(c.ID)) > 0 || r.hurts()["suspend"] != 2 || f.Case.Course.Left != nil {
		t.Errorf("%v, %v\n%s", r.matters(c.ID), f.Case.Course.Left, journal(f))
	}
}

func TestACreditNoteForAllOfItRestores(t *testing.T) {
	r := newRig(t, seldomLooks)
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	for _, i := range r.office.Invoices("10234") {
		if i.State == "open" {
			must(t, r.office.Credit(i.ID, 0, "billed wrongly"))
		}
	}
	r.restoredOnce("10234", first, r.sleep(c.ID, day))
}

func TestWhoPaysTwiceIsRestoredOnce(t *testing.T) {
	r := newRig(t, seldomLooks)
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	for range 2 {
		_, err := r.office.Receive("10234", inhousefake.Receipt{Minor: 34000})
		must(t, err)
	}
	r.restoredOnce("10234", first, r.sleep(c.ID, day))
	r.aftercare()
	if len(r.matters(c.ID)) > 0 {
		t.Errorf("%v", r.matters(c.ID))
	}
}

// A promise after a broken one puts the cancellations back that were withdrawn while nobody had decided.
func TestAPromiseAfterABrokenOnePutsTheOrdersBack(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.AtEnd = bot.OrdersAreEnded })
	c := r.waitsForPayment("10234")
	r.decide(c.ID, bot.Decision{Choice: bot.ChoosePromise, Until: today(r, 2), Why: "by telephone"})
	r.wantState(r.sleep(c.ID, 7*day), bot.Person, "promise_broken")
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChoosePromise, Until: today(r, 3), Why: "once more"})
	if r.ordersEnd("10234") != string(f.Case.EndsOn()) {
		t.Errorf("the orders end on %q, the case on %s\n%s", r.ordersEnd("10234"), f.Case.EndsOn(), journal(f))
	}
}

// Orders that were withdrawn have not ended, whatever the calendar says.
func TestNothingIsCalledCancelledThatGoesOn(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.AtEnd = bot.OrdersAreEnded })
	c := r.waitsForPayment("10234")
	r.decide(c.ID, bot.Decision{Choice: bot.ChoosePromise, Until: today(r, 2), Why: "by telephone"})
	r.wantState(r.sleep(c.ID, 7*day), bot.Person, "promise_broken")
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseLeave, Why: "we'll see"})
	f := r.sleep(c.ID, 30*day)
	if f.Case.State == bot.Ended {
		t.Errorf("ended as %v, the orders end on %q\n%s", f.Case.Reason, r.ordersEnd("10234"), journal(f))
	}
}

// A hold that is over ends with the decision on it.
func TestADecisionOnAHoldThatIsOverEndsIt(t *testing.T) {
	for _, d := range []bot.Decision{{Choice: bot.ChooseExtend, Why: "asked"}, {Choice: bot.ChoosePromise, Why: "promised"}} {
		r := newRig(t, seldomLooks)
		c := r.waitsForPayment("10234")
		r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Until: today(r, 5), Why: "looked at"})
		r.wantState(r.sleep(c.ID, 7*day), bot.Person, "hold_over")
		if d.Until = today(r, 10); d.Choice == bot.ChooseExtend {
			d.Until = r.file(c.ID).Case.EndsOn().AddDays(7)
		}
		f := r.decide(c.ID, d)
		if f.Case.State != bot.Waiting || r.ordersEnd("10234") != string(f.Case.EndsOn()) {
			t.Errorf("%s: %s %v, the orders end on %q, the case on %s\n%s", d.Choice, f.Case.State, f.Case.Reason, r.ordersEnd("10234"), f.Case.EndsOn(), journal(f))
		}
	}
}

// Also when it is the look before a cancellation that finds the money, a suspension after its value date is owned up to.
func TestAnUnjustSuspensionIsOwnedUpToWhoeverFindsTheMoney(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.PaymentPoll = 0 })
	c := r.waitsForPayment("10234")
	came := string(today(r, -2))
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Why: "says that it paid"})
	r.clock.Add(3 * day)
	_, err := r.office.Receive("10234", inhousefake.Receipt{ValueDate: came})
	must(t, err)
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChooseResume, Why: "nothing found"})
	r.wantState(f, bot.Ended, "restored_paid")
	if got := f.Case.Course.Letters; len(got) != 1 || !strings.HasPrefix(got[0].ID, "apology") || len(r.matters(c.ID)) != 1 {
		t.Errorf("%+v, %v\n%s", got, r.matters(c.ID), journal(f))
	}
}

// The case keeps the terms that it told the customer, whatever the company decides meanwhile.
func TestAPolicyThatChangesLeavesRunningCasesAlone(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.SuspendDelay = 3 * day })
	c := r.start("10234")
	r.cerb.SetMail(false)
	r.run(c.ID, time.Hour)
	r.clock.Add(20 * time.Hour) // the notice is late, and leaves the customer three days all the same
	r.cerb.SetMail(true)
	f := r.run(c.ID, time.Hour)
	told := f.Case.Notice.SentAt.Add(3 * day)
	r.world.Policy.SuspendDelay, r.world.Policy.CancelDays, r.world.Policy.NeverTouch = 0, 14, nil
	r.world.Policy.MinDebt.Minor, r.world.Policy.MinDebt.Currency = 100000, "EUR"
	r.clerk = bot.NewClerk(r.store, r.world, func(int64) {}, silent())
	for r.hurts()["suspend"] == 0 && r.clock.Now().Before(told.Add(2*day)) {
		f = r.sleep(c.ID, time.Hour)
	}
	if at := r.clock.Now(); at.Before(told) || at.After(told.Add(2*time.Hour)) {
		t.Errorf("suspended at %s, the customer was told %s\n%s", at, told, journal(f))
	}
	if r.ordersEnd("10234") != string(c.Terms.CancelOn) {
		t.Errorf("the orders end on %q, the customer was told %s", r.ordersEnd("10234"), c.Terms.CancelOn)
	}
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// One that goes off an hour later, after the customer was told that all is on, is put before people once.
func TestAServiceThatGoesOffAfterTheRestoreIsPutBeforePeople(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.SuspendAgain("7001", inhousefake.Rule{After: time.Hour, Times: 1}))
	must(t, r.office.Pay("10234"))
	r.wantState(r.sleep(c.ID, day), bot.Ended, "restored_paid")
	for range 2 {
		r.aftercare()
	}
	if got := r.matters(c.ID); len(got) != 1 || got[0] != string(bot.MatterChanged) {
		t.Errorf("matters: %v", got)
	}
}

// A suspension weeks later is somebody's for another reason.
func TestASuspensionWeeksAfterTheRestoreIsNobodysAlarm(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.Pay("10234"))
	r.sleep(c.ID, day)
	r.clock.Add(20 * day)
	must(t, r.office.SuspendAs("abuse desk", "7001", "abuse"))
	r.aftercare()
	if got := r.matters(c.ID); len(got) != 0 {
		t.Errorf("matters: %v", got)
	}
}

// An order that somebody else withdrew stays so, however often its date is moved; one that a decision overtook is cancelled again.
func TestTwoDecisionsAtOnceLoseNoOrder(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.EditService("7002", func(s *inhousefake.Service) { s.Cancellation = nil }))
	must(t, r.office.SetBookedUntil("10234", string(today(r, -20)))) // the bank is behind: nothing is cancelled now
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: c.Terms.CancelOn.AddDays(7), Why: "asked"})
	if got := r.ordersEnd("10234"); got != "" {
		t.Fatalf("the orders end on %q", got)
	}
	to := c.Terms.CancelOn.AddDays(14)
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: to, Why: "asked again"})
	must(t, r.office.SetBookedUntil("10234", ""))
	f := r.sleep(c.ID, 2*day)
	web, db := r.office.Snapshot("10234").Service("web01").Cancellation, r.office.Snapshot("10234").Service("db02").Cancellation
	if web == nil || web.At != string(to) || db != nil {
		t.Errorf("web01 %+v, wanted %s; db02 %+v\n%s", web, to, db, journal(f))
	}
}

// What one date was refused for is no reason to leave the next one.
func TestARefusedDateDoesNotKeepTheNextOneFromBeingSet(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	heal := r.office.Inject(inhousefake.Fault{Operation: "cancelService", Break: inhousefake.Status, Status: 422, Problem: "refused", Detail: "ask finance"})
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: c.Terms.CancelOn.AddDays(7), Why: "asked"})
	r.wantState(f, bot.Person, "step_refused")
	heal()
	to := c.Terms.CancelOn.AddDays(14)
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: to, Why: "asked again"})
	f = r.sleep(c.ID, time.Hour)
	if f.Case.State != bot.Waiting || r.ordersEnd("10234") != string(to) {
		t.Errorf("%s %v, the orders end on %q\n%s", f.Case.State, f.Case.Reason, r.ordersEnd("10234"), journal(f))
	}
}

// The last look is on the last working day, also where nothing but what is told makes the bot look; never after it.
func TestTheLastLookIsOnTheLastWorkingDay(t *testing.T) {
	for _, atEnd := range []bot.AtEnd{bot.OrdersAreEnded, bot.DefaultPolicy().AtEnd} {
		r := newRig(t, func(r *rig) { r.world.Policy.PaymentPoll, r.world.Policy.AtEnd = 0, atEnd })
		first := r.services("10234")
		c := r.waitsForPayment("10234")
		must(t, r.office.Pay("10234")) // nobody tells
		r.restoredOnce("10234", first, r.sleep(c.ID, 28*day))
	}
}

// Where silence cancels, it doesn't while money is on its way.
func TestSilenceCancelsNobodyWhoseMoneyIsOnItsWay(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.AtEnd = bot.OrdersAreEnded })
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	r.sleep(c.ID, 25*day)
	must(t, r.office.AddPending("10234", inhousefake.Payment{ID: "p1", Amount: inhousefake.Money{Minor: 34000, Currency: "EUR"}, Channel: "iDEAL", Announced: r.clock.Now()}))
	f := r.sleep(c.ID, 5*day)
	if f.Case.State != bot.Person || f.Case.Reason.Code != "money_pending" || r.ordersEnd("10234") != "" {
		t.Errorf("%s %v, the orders end on %q\n%s", f.Case.State, f.Case.Reason, r.ordersEnd("10234"), journal(f))
	}
	must(t, r.office.BookPending("10234"))
	r.restoredOnce("10234", first, r.sleep(c.ID, 2*day))
}

// Over Christmas the question comes on Christmas Eve, for an end on the Monday after it; DST and a month's 31st move no day.
func TestTheQuestionComesOnTheWorkingDayBeforeHolidays(t *testing.T) {
	for start, want := range map[string][2]string{
		"2026-11-30 10:00": {"2026-12-24", "2026-12-28"}, // the 25th and 26th are holidays, then it is Sunday
		"2026-12-03 10:00": {"2026-12-30", "2026-12-31"},
		"2026-12-04 10:00": {"2026-12-31", "2027-01-01"},
		"2027-02-28 10:00": {"2027-03-25", "2027-03-28"}, // the night of the change to summer time, after Good Friday
		"2026-09-27 10:00": {"2026-10-23", "2026-10-25"}, // and back
	} {
		r := newRig(t, func(r *rig) { r.world.Policy.PaymentPoll = 30 * day })
		at, err := time.ParseInLocation("2006-01-02 15:04", start, r.world.Policy.Location)
		must(t, err)
		r.clock.set(at)
		for _, i := range r.office.Invoices("10234") {
			must(t, r.office.EditInvoice(i.ID, func(i *inhousefake.Invoice) { i.Due = string(today(r, -40)) }))
		}
		c := r.waitsForPayment("10234")
		if string(c.Terms.CancelOn) != want[1] {
			t.Fatalf("%s: ends on %s", start, c.Terms.CancelOn)
		}
		var asked string
		for range 40 {
			if f := r.sleep(c.ID, day); f.Case.State == bot.Person {
				asked = string(today(r, 0))
				for _, e := range f.Journal {
					if e.Kind == "person asked" {
						asked = e.At.In(r.world.Policy.Location).Format(time.DateOnly)
					}
				}
				break
			}
		}
		if asked != want[0] {
			t.Errorf("%s: asked on %s, wanted %s", start, asked, want[0])
		}
	}
}

// Where only what is told makes the bot look, one look doesn't make it look for ever.
func TestOneLookThatWasToldOfIsOneLook(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.PaymentPoll = 0 })
	c := r.waitsForPayment("10234")
	must(t, bot.NewAftercare(r.database, r.world, func(int64) {}, silent()).Tell(t.Context(), "10234", "event e1"))
	r.points.arm(nil)
	r.sleep(c.ID, 2*time.Hour)
	names, _ := r.points.happened()
	looks := 0
	for _, n := range names {
		if strings.HasSuffix(n, "/payments") {
			looks++
		}
	}
	if looks != 1 {
		t.Errorf("looked %d times", looks)
	}
}

// An agent may leave while a case runs. Whoever has the ticket by then signs what follows; while nobody does, a person writes.
func TestWhoTookTheTicketOverSignsWhatFollows(t *testing.T) {
	for name, given := range map[string]bool{"given to a colleague": true, "left with who is gone": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			first := r.services("10234")
			r.cerb.AddWorker(cerbfake.Worker{Email: "mara@hoster.example", Name: "Mara Bos", Groups: []int{1}})
			c := r.waitsForPayment("10234")
			must(t, r.cerb.Disable(sanne))
			if given {
				must(t, r.cerb.GiveTo(r.cerb.Tickets()[0].ID, "mara@hoster.example"))
			}
			must(t, r.office.Pay("10234"))
			f := r.untilEnded(c.ID, time.Hour)
			mails := r.mails.all()
			if given {
				r.restoredOnce("10234", first, f)
				if text := mails[len(mails)-1]; !strings.Contains(text, "Mara Bos") || strings.Contains(text, "Sanne") {
					t.Errorf("signed by another:\n%s", text)
				}
				return
			}
			r.wantState(f, bot.Person, "restore_by_hand")
			if len(mails) != 1 || r.hurts()["suspend"] > 0 {
				t.Errorf("%d mails, %v\n%s", len(mails), r.hurts(), journal(f))
			}
		})
	}
}
