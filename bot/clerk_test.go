package bot_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

const jansen = "administratie@jansenbouw.example"

func (r *rig) say(id int64, kind bot.SignalKind, body any) {
	r.t.Helper()
	key := string(kind) + r.clock.Now().String()
	must(r.t, r.desk.Say(context.Background(), id, kind, bot.Actor{Name: "Sanne Visser", Email: sanne}, body, key))
}

func (r *rig) wantState(f bot.File, state bot.State, reason string) {
	r.t.Helper()
	if f.Case.State != state || reason != "" && f.Case.Reason.Code != reason {
		r.t.Fatalf("state %s (%v), want %s (%s)\n%s", f.Case.State, f.Case.Reason, state, reason, journal(f))
	}
}

func TestTwoClerksOnOneCaseDoEverythingOnce(t *testing.T) {
	r := newRig(t)
	c := r.start("10234")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if err := r.clerk.Advance(context.Background(), c.ID); err != nil && !errors.Is(err, bot.ErrLeased) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	r.happenedOnce("10234", jansen, f)
}

func TestTwoAgentsAtOnceStartOneCase(t *testing.T) {
	r := newRig(t)
	seen := r.preview("10234").Plan.Fingerprint()
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for _, key := range []string{"sanne's", "mara's", "sanne's", "bram's"} {
		wg.Go(func() {
			got := r.confirm("10234", seen, key)
			mu.Lock()
			defer mu.Unlock()
			if got.Fresh {
				fresh++
			}
			if got.Preview != nil && got.Preview.Plan.Possible() {
				t.Error("the slower one is told that it can still be done")
			}
		})
	}
	wg.Wait()
	if fresh != 1 {
		t.Fatalf("%d cases were started", fresh)
	}
}

func TestStopInTheDelayLeavesNothingBehind(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.ConfirmDelay = 10 * time.Second })
	c := r.start("10234")
	must(t, r.clerk.Advance(context.Background(), c.ID))
	r.wantState(r.file(c.ID), bot.Confirming, "")
	r.clock.Add(9 * time.Second)
	r.say(c.ID, bot.SignalStop, bot.HandWorkDone{Note: "wrong customer"})
	must(t, r.clerk.Advance(context.Background(), c.ID))
	r.wantState(r.file(c.ID), bot.Ended, "stopped")
	r.clock.Add(time.Hour)
	must(t, r.clerk.Advance(context.Background(), c.ID))
	if len(r.cerb.Tickets()) != 0 || len(r.mails.all()) != 0 || len(r.office.Writes()) != 0 {
		t.Error("something was done for a case that was stopped in time")
	}
	if !r.preview("10234").Plan.Possible() {
		t.Error("the customer can't be started again")
	}
}

func TestTheDelayHoldsBackTheFirstStep(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.ConfirmDelay = 10 * time.Second })
	c := r.start("10234")
	r.clock.Add(9900 * time.Millisecond)
	must(t, r.clerk.Advance(context.Background(), c.ID))
	if len(r.cerb.Tickets()) != 0 {
		t.Fatal("a ticket was opened within the delay")
	}
	r.wantState(r.run(c.ID, time.Hour), bot.Waiting, "wait_payment")
}

func TestPauseHoldsEveryStepThatHurtsUntilResume(t *testing.T) {
	r := newRig(t)
	c := r.start("10234")
	must(t, r.desk.Pause(context.Background(), bot.Actor{Name: "Jacqueline de Vries"}))
	f := r.run(c.ID, 30*time.Minute)
	r.wantState(f, bot.Running, "bot_paused")
	if len(r.mails.all()) != 0 || len(r.office.Writes()) != 0 {
		t.Fatalf("something hurt while the bot was paused\n%s", journal(f))
	}
	must(t, r.desk.Resume(context.Background(), bot.Actor{Name: "Jacqueline de Vries"}))
	f = r.run(c.ID, time.Minute)
	r.wantState(f, bot.Waiting, "")
	r.happenedOnce("10234", jansen, f)
}

// A pause that comes in between two steps holds the next one, and the case that stands still writes its comment first.
func TestPauseBetweenNoticeAndSuspensionHoldsTheSuspension(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.SuspendDelay = time.Hour })
	c := r.start("10234")
	r.run(c.ID, 30*time.Minute)
	if len(r.mails.all()) != 1 || len(r.office.Notes("10234")) != 1 {
		t.Fatalf("the case stands still: one mail and one comment are due\n%s", journal(r.file(c.ID)))
	}
	must(t, r.desk.Pause(context.Background(), bot.Actor{Name: "Jacqueline de Vries"}))
	r.clock.Add(2 * time.Hour)
	f := r.run(c.ID, time.Minute)
	r.wantState(f, bot.Running, "bot_paused")
	if r.hurts()["suspend"] != 0 {
		t.Fatal("suspended while paused")
	}
	must(t, r.desk.Resume(context.Background(), bot.Actor{Name: "Jacqueline de Vries"}))
	f = r.run(c.ID, time.Minute)
	r.wantState(f, bot.Waiting, "")
	r.happenedOnce("10234", jansen, f)
}

func TestAnEarlierSuspensionIsLeftAsItWas(t *testing.T) {
	r := newRig(t)
	must(t, r.office.SuspendAs("abuse desk", "7001", "abuse: phishing page"))
	f := r.run(r.start("10234").ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	web := r.office.Snapshot("10234").Service("web01")
	if web.Suspension == nil || web.Suspension.Reason != "abuse: phishing page" {
		t.Errorf("the earlier suspension: %+v", web.Suspension)
	}
	for _, in := range f.Intents {
		if in.Step == bot.SuspendServices && in.Object == "7001" && in.Changed {
			t.Error("a restore would switch on what was off for abuse")
		}
	}
}

// A service that goes off between the confirmation and the step, for another reason, isn't the case's to switch on again.
func TestASuspensionInBetweenIsNotOurs(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.SuspendDelay = time.Hour })
	c := r.start("10234")
	r.run(c.ID, 30*time.Minute)
	must(t, r.office.SuspendAs("abuse desk", "7001", "abuse"))
	r.clock.Add(time.Hour)
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	for _, in := range f.Intents {
		if in.Step == bot.SuspendServices && in.Object == "7001" && (in.Outcome != bot.Skipped || in.Changed) {
			t.Errorf("intent: %s, changed %t", in.Outcome, in.Changed)
		}
	}
}

func TestANewerInvoiceNeverWidensACase(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.SuspendDelay = time.Hour })
	c := r.start("10234")
	r.run(c.ID, 30*time.Minute)
	must(t, r.office.AddInvoice("10234", inhousefake.Invoice{ID: "inv9001", Number: "2026-9001", State: "open", Due: "2026-11-20",
		Total: inhousefake.Money{Minor: 99900, Currency: "EUR"}, Open: inhousefake.Money{Minor: 99900, Currency: "EUR"}}))
	r.clock.Add(time.Hour)
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	if f.Case.Terms.Outstanding.Minor != 34000 || len(f.Case.Terms.Invoices) != 3 {
		t.Errorf("terms: %+v", f.Case.Terms)
	}
}

func TestAnAmountThatChangedBeforeTheNoticeSendsNothing(t *testing.T) {
	r := newRig(t)
	c := r.start("10234")
	must(t, r.office.PayPart("10234", 5000))
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Person, "amount_changed")
	if len(r.mails.all()) != 0 {
		t.Error("a mail went out with an amount that no longer holds")
	}
}

func TestMoneyOnItsWayWaitsAndThenAPersonIsAsked(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.MoneyWait = 48 * time.Hour })
	c := r.start("10234")
	must(t, r.office.AddPending("10234", inhousefake.Payment{ID: "p1", Amount: inhousefake.Money{Minor: 34000, Currency: "EUR"}, Channel: "iDEAL", Announced: r.clock.Now()}))
	f := r.run(c.ID, 24*time.Hour)
	r.wantState(f, bot.Running, "money_pending")
	if len(r.mails.all()) != 0 {
		t.Fatal("mailed while money was on its way")
	}
	f = r.run(c.ID, 72*time.Hour)
	if f.Case.State != bot.Person {
		t.Fatalf("state %s (%v)", f.Case.State, f.Case.Reason)
	}
}

func TestMoneyThatComesInAfterAllEndsTheCase(t *testing.T) {
	r := newRig(t)
	c := r.start("10234")
	must(t, r.office.AddPending("10234", inhousefake.Payment{ID: "p1", Amount: inhousefake.Money{Minor: 34000, Currency: "EUR"}, Channel: "iDEAL", Announced: r.clock.Now()}))
	r.run(c.ID, 2*time.Hour)
	must(t, r.office.DropPending("10234"))
	must(t, r.office.Pay("10234"))
	f := r.run(c.ID, 4*time.Hour)
	r.wantState(f, bot.Ended, "restored_paid")
	if len(r.mails.all()) != 0 {
		t.Error("mailed although it was paid")
	}
}

func TestACommentByAColleagueMeanwhileStopsTheCase(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.SuspendDelay = time.Hour })
	c := r.start("10234")
	r.run(c.ID, 10*time.Minute)
	_, err := r.office.TypeNote("10234", "Mara Kusako", "Betalingsachterstand ", "I am on it")
	must(t, err)
	r.clock.Add(2 * time.Hour)
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Person, "comment_meanwhile")
	if r.hurts()["suspend"] != 0 {
		t.Error("suspended although a colleague is at it")
	}
}

// What the back office doesn't offer is a person's: with a link, and looked at before it is believed.
func TestWithoutOperationsInTheBackOfficeAPersonDoesIt(t *testing.T) {
	r := newRig(t, func(r *rig) { r.offer = readsOnly() })
	c := r.start("10234")
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Person, "by_hand")
	if len(r.office.Writes()) != 0 {
		t.Errorf("writes: %+v", r.office.Writes())
	}
	byHand := 0
	for _, in := range f.Intents {
		if in.Outcome == bot.HandWork {
			byHand++
		}
	}
	if byHand != 5 {
		t.Fatalf("%d things by hand, want 2 suspensions, 2 cancellations and a comment\n%s", byHand, journal(f))
	}
	// Said to be done, but it isn't: the bot looks.
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{})
	f = r.run(c.ID, time.Hour)
	r.wantState(f, bot.Person, "by_hand")
	// Now really done.
	for _, id := range []string{"7001", "7002"} {
		must(t, r.office.SuspendAs("Sanne", id, "Client defaults on payment"))
		must(t, r.office.CancelAs("Sanne", id, string(f.Case.Terms.CancelOn), "Client defaults on payment"))
	}
	_, err := r.office.TypeNote("10234", "Sanne Visser", "betalingsachterstand", f.Case.Ticket.Mask)
	must(t, err)
	r.clock.Add(time.Second)
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{})
	f = r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
}

// readsOnly is what a back office offers that can only be read.
func readsOnly() []string {
	return []string{"findCustomers", "listNonPayers", "getCustomer", "listInvoices", "getInvoice", "listServices", "getService", "listNotes", "listPayments"}
}

func TestMailServerDownSendsNothingTwice(t *testing.T) {
	for _, strict := range []bool{true, false} {
		r := newRig(t)
		r.cerb.SetStrictSQL(strict)
		r.cerb.SetMail(false)
		c := r.start("10234")
		f := r.run(c.ID, 10*time.Minute)
		if f.Case.State != bot.Running || r.hurts()["suspend"] != 0 {
			t.Fatalf("strict %t: %s (%v)\n%s", strict, f.Case.State, f.Case.Reason, journal(f))
		}
		if len(r.office.Notes("10234")) != 1 {
			t.Errorf("strict %t: the case stands still without its comment", strict)
		}
		r.cerb.SetMail(true)
		r.clock.Add(6 * time.Minute)
		r.cerb.Cron(context.Background())
		f = r.run(c.ID, time.Hour)
		r.wantState(f, bot.Waiting, "")
		r.happenedOnce("10234", jansen, f)
	}
}

func TestAMailThatStaysInTheQueueIsAPersons(t *testing.T) {
	r := newRig(t)
	r.cerb.SetStrictSQL(false)
	r.cerb.SetMail(false)
	c := r.start("10234")
	f := r.run(c.ID, 3*time.Hour)
	r.wantState(f, bot.Person, "notice_queued")
	if n := len(r.cerb.Drafts()); n != 1 {
		t.Errorf("%d drafts: a queued mail was sent again", n)
	}
}

// The customer has the mail, Cerb says nothing of it: nobody may send it again by itself.
func TestAMailThatMayHaveGoneIsAPersons(t *testing.T) {
	r := newRig(t)
	r.cerb.SetMailMode(cerbfake.MailDropAfterData)
	c := r.start("10234")
	f := r.run(c.ID, 3*time.Hour)
	if f.Case.State != bot.Person || len(r.mails.all()) != 1 {
		t.Fatalf("state %s, %d mails\n%s", f.Case.State, len(r.mails.all()), journal(f))
	}
	// The person has seen in the mail server's log that it went.
	r.cerb.SetMailMode(cerbfake.MailOK)
	r.say(c.ID, bot.SignalByHand, bot.HandWorkDone{Step: bot.SendNotice, Note: "the mail server's log has it"})
	f = r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	if len(r.mails.all()) != 1 {
		t.Error("the mail went twice")
	}
}

// spoiled runs a termination in which something happens just before the first call with that ending.
func spoiled(t *testing.T, before string, spoil func(r *rig)) (*rig, bot.File) {
	t.Helper()
	r := newRig(t)
	r.run(r.start("10235").ID, time.Hour) // another customer's ticket is there already
	c := r.start("10234")
	r.points.arm(func(p *points) { p.on, p.during = before, func() { spoil(r) } })
	return r, r.run(c.ID, time.Hour)
}

func TestAMergedOrDeletedTicketIsAPersons(t *testing.T) {
	for name, world := range map[string]struct {
		before string
		spoil  func(*rig)
	}{
		"merged, at the last moment": {"/reply.json", func(r *rig) { must(r.t, r.cerb.Merge(r.cerb.Tickets()[1].ID, r.cerb.Tickets()[0].ID)) }},
		"merged":                     {"/draft/search.json", func(r *rig) { must(r.t, r.cerb.Merge(r.cerb.Tickets()[1].ID, r.cerb.Tickets()[0].ID)) }},
		"deleted":                    {"/draft/search.json", func(r *rig) { must(r.t, r.cerb.Delete(r.cerb.Tickets()[1].ID)) }},
	} {
		t.Run(name, func(t *testing.T) {
			r, f := spoiled(t, world.before, world.spoil)
			if f.Case.State != bot.Person || r.hurts()["suspend"] != 0 {
				t.Fatalf("state %s (%v), %v\n%s", f.Case.State, f.Case.Reason, r.hurts(), journal(f))
			}
		})
	}
}

func TestAReplyByAColleagueMeanwhileIsNotTakenForTheNotice(t *testing.T) {
	r, f := spoiled(t, "/reply.json", func(r *rig) {
		must(r.t, r.cerb.ColleagueReplies(r.cerb.Tickets()[1].ID, sanne, "One more thing about your server."))
	})
	r.wantState(f, bot.Waiting, "")
	for _, m := range r.mails.all() {
		if strings.Contains(m, f.Case.Notice.MessageID) && strings.Contains(m, "One more thing") {
			t.Errorf("the case holds the colleague's mail for the notice: %s", f.Case.Notice.MessageID)
		}
	}
	if !strings.Contains(strings.Join(r.mails.all(), ""), f.Case.Notice.MessageID) {
		t.Errorf("no mail has the Message-ID %q", f.Case.Notice.MessageID)
	}
}

func TestACommentThatItIsPaidMeanwhileStopsTheCase(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.SuspendDelay = time.Hour })
	c := r.start("10234")
	r.run(c.ID, 10*time.Minute)
	_, err := r.office.TypeNote("10234", "Mara Kusako", "Betaald, hersteld", "Paid by bank, I saw it")
	must(t, err)
	r.clock.Add(2 * time.Hour)
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Person, "restored_meanwhile")
	if r.hurts()["suspend"] != 0 {
		t.Error("suspended although a colleague says that it is paid")
	}
}

// A service that must not go off any more by the time of the step keeps its order as well.
func TestAServiceThatMustStayOnIsNeitherSuspendedNorCancelled(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.SuspendDelay = time.Hour })
	c := r.start("10234")
	r.run(c.ID, 10*time.Minute)
	must(t, r.office.EditService("7001", func(s *inhousefake.Service) { s.DoNotSuspend = "hospital" }))
	r.clock.Add(2 * time.Hour)
	f := r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	web := r.office.Snapshot("10234").Service("web01")
	if web.State != "active" || web.Cancellation != nil {
		t.Errorf("web01 is %s, %+v", web.State, web.Cancellation)
	}
}

// The person has seen in the mail server's log that the mail did not go: on that word it is sent, once.
func TestAMailThatDidNotGoIsSentOnAPersonsWord(t *testing.T) {
	r := newRig(t, func(r *rig) { r.mailTimeout = 500 * time.Millisecond })
	r.cerb.SetMailMode(cerbfake.MailHang)
	c := r.start("10234")
	f := r.run(c.ID, 3*time.Hour)
	r.wantState(f, bot.Person, "notice_unknown")
	r.cerb.SetMailMode(cerbfake.MailOK)
	r.say(c.ID, bot.SignalRetry, nil)
	r.wantState(r.run(c.ID, time.Hour), bot.Person, "notice_unknown") // trying again alone is not enough
	r.clock.Add(time.Second)
	r.say(c.ID, bot.SignalRetry, bot.HandWorkDone{NotDone: true, Note: "the mail server's log has nothing"})
	f = r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	r.happenedOnce("10234", jansen, f)
}

// The word of a person does not outdo what is seen: a mail that is queued, or has gone, is not sent again.
func TestAPersonsWordDoesNotOutdoWhatIsSeen(t *testing.T) {
	r := newRig(t)
	r.cerb.SetStrictSQL(false)
	r.cerb.SetMail(false)
	c := r.start("10234")
	r.wantState(r.run(c.ID, 3*time.Hour), bot.Person, "notice_queued")
	r.say(c.ID, bot.SignalRetry, bot.HandWorkDone{NotDone: true, Note: "I saw nothing"})
	r.wantState(r.run(c.ID, 3*time.Hour), bot.Person, "notice_queued")
	if n := len(r.cerb.Drafts()); n != 1 {
		t.Errorf("%d drafts", n)
	}
}
