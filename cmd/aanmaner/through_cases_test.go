package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// TestWholeCasesThroughTime takes whole cases from the notice to their end, with the program as it serves: store, clerk, clients,
// webhook, Slack. In the end each service and each order is as it was before the case, unless it ended as it had to. What others
// did is left. With CERB_URL and CERB_HOOK set, as for TestContractOnALiveCerb, a running Cerb takes the double's place.
func TestWholeCasesThroughTime(t *testing.T) {
	all := &troupe{t: t}
	t.Cleanup(all.ends.Wait)
	for name, story := range map[string]func(*testing.T, *troupe){
		"paid within the week": paidWithinTheWeek, "what others did is left": othersAreLeft,
		"promise by telephone, kept": promiseKept, "promise broken, more time, paid": promiseBrokenThenPaid,
		"a part, a person, the rest": partThenRest, "hold without end, paid after the last day": heldThenPaidLate,
		"hold, last working day, it goes on, money after the end": heldThenCancelled, "on by proof, not booked, never off again": onByProof,
		"taken back after the restore": takenBack, "reseller rejected": resellerRejected, "reseller forgotten": resellerForgotten,
		"reseller approved": resellerApproved, "paid before it was switched off": paidBefore,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, all)
		})
	}
}

func paidWithinTheWeek(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	p.isOff()
	p.ticketIs(helpdesk.Waiting)
	p.goesTo(p.today(6))
	p.pays(inhousefake.Receipt{})
	p.isRestored(2)
}

func othersAreLeft(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	must(t, p.world.Office.SuspendAs("abuse desk", "7002", "abuse: phishing"))
	p.first = p.world.Office.Snapshot(p.customer)
	p.isOff()
	if _, err := p.world.Office.TypeNote(p.customer, "Mara", "gebeld", "belt terug"); err != nil {
		t.Fatal(err)
	}
	p.goesTo(p.today(3))
	p.pays(inhousefake.Receipt{})
	p.isRestored(2)
	if got := len(p.world.Office.Notes(p.customer)); got != 3 {
		t.Errorf("%d comments", got)
	}
}

func promiseKept(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	p.isOff()
	p.goesTo(p.today(2))
	p.decides(bot.Decision{Choice: bot.ChooseContact, Why: "called, Piet answers"}, bot.Waiting, "wait_payment")
	p.decides(bot.Decision{Choice: bot.ChoosePromise, Until: p.today(7), Why: "pays within the week"}, bot.Waiting, "wait_promise")
	p.gotMails(2)
	p.ticketIs(helpdesk.Waiting)
	p.goesTo(p.today(6))
	p.pays(inhousefake.Receipt{})
	p.isRestored(3)
}

func promiseBrokenThenPaid(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	p.isOff()
	until := p.today(7)
	p.decides(bot.Decision{Choice: bot.ChoosePromise, Until: until, Why: "by telephone"}, bot.Waiting, "wait_promise")
	if f := p.goesTo(until.AddDays(1)); f.Case.State != bot.Waiting {
		t.Errorf("the day after the promise the case is %s", f.Case.State)
	}
	p.goesTo(until.AddDays(6))
	m := p.sees(bot.MatterBroken)
	p.comesTo(bot.Person, "promise_broken")
	p.ends("")
	to := p.file().Case.EndsOn().AddDays(14)
	p.decides(bot.Decision{Choice: bot.ChooseExtend, Matter: m.ID, Until: to, Why: "called again"}, bot.Waiting, "wait_payment")
	p.ends(string(to))
	p.gotMails(3)
	p.goesTo(p.today(4))
	p.pays(inhousefake.Receipt{})
	p.isRestored(4)
}

func partThenRest(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	p.isOff()
	p.goesTo(p.today(3))
	p.pays(inhousefake.Receipt{Minor: 20000})
	m := p.sees(bot.MatterPartly)
	if m.Amount.Minor != 14000 {
		t.Errorf("the matter speaks of %s", m.Amount)
	}
	to := p.file().Case.EndsOn().AddDays(7)
	p.decides(bot.Decision{Choice: bot.ChooseExtend, Matter: m.ID, Until: to, Why: "more than half is in"}, bot.Waiting, "wait_payment")
	p.ends(string(to))
	if texts := p.gotMails(2); !strings.Contains(texts[1], "140,00") || strings.Contains(texts[1], "340,00") {
		t.Errorf("the customer is not told what is left: %s", texts[1])
	}
	p.goesTo(p.today(4))
	p.pays(inhousefake.Receipt{})
	p.isRestored(3)
}

// heldToTheEnd holds a case without end, ends the hold a month later, and lets nobody decide until the last working day.
func heldToTheEnd(t *testing.T, a *troupe) (p *passage, m bot.Matter) {
	p = a.newPassage(t, "10234")
	p.isOff()
	p.goesTo(p.today(10))
	p.decides(bot.Decision{Choice: bot.ChooseHold, Why: "the invoices are looked at"}, bot.Held, "held")
	p.ends("")
	p.goesTo(p.today(40))
	f := p.decides(bot.Decision{Choice: bot.ChooseResume, Why: "they are right"}, bot.Waiting, "wait_payment")
	if want := p.today(18); f.Case.EndsOn() != want {
		t.Errorf("the case ends on %s, wanted %s", f.Case.EndsOn(), want)
	}
	end := f.Case.EndsOn()
	p.ends(string(end))
	last := p.d.Policy.Calendar.LastWorkdayBefore(end)
	if f = p.goesTo(last.AddDays(-1)); f.Case.State != bot.Waiting {
		t.Errorf("the day before the last working day the case is %s", f.Case.State)
	}
	p.goesTo(last)
	m = p.sees(bot.MatterDeadline)
	p.comesTo(bot.Person, "decide_end")
	p.ends("")
	return p, m
}

func heldThenPaidLate(t *testing.T, a *troupe) {
	p, _ := heldToTheEnd(t, a)
	p.goesTo(p.today(20)) // nobody decides
	p.ends("")
	p.pays(inhousefake.Receipt{})
	p.isRestored(2)
}

func heldThenCancelled(t *testing.T, a *troupe) {
	p, m := heldToTheEnd(t, a)
	f := p.decides(bot.Decision{Choice: bot.ChooseGoOn, Matter: m.ID}, bot.Waiting, "wait_payment")
	p.ends(string(f.Case.EndsOn()))
	p.goesTo(f.Case.EndsOn().AddDays(1))
	f = p.comesTo(bot.Ended, "cancelled")
	for _, s := range p.world.Office.Services(p.customer) {
		if s.State != "cancelled" || !s.Cancellation.Executed {
			t.Errorf("%s is %s, %+v\n%s", s.Label, s.State, s.Cancellation, told(f))
		}
	}
	p.gotMails(1)
	p.pays(inhousefake.Receipt{})
	p.sees(bot.MatterLate)
	p.isWhole(p.file())
}

func onByProof(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	p.isOff()
	p.goesTo(p.today(2))
	p.decides(bot.Decision{Choice: bot.ChooseRestore, Until: p.today(3), Why: "the bank's proof is in the ticket"}, bot.Held, "held_until")
	p.areOn()
	p.ends("")
	p.goesTo(p.today(5))
	m := p.sees(bot.MatterProof)
	p.comesTo(bot.Person, "hold_over")
	p.goesTo(p.today(60))
	p.areOn()
	p.ends("")
	p.decides(bot.Decision{Choice: bot.ChooseHold, Matter: m.ID, Until: p.today(10), Why: "the bank looks for it"}, bot.Held, "held_until")
	p.goesTo(p.today(4))
	p.areOn()
	p.pays(inhousefake.Receipt{})
	p.isRestored(3)
}

func takenBack(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	p.isOff()
	p.goesTo(p.today(4))
	p.pays(inhousefake.Receipt{})
	p.isRestored(2)
	p.goesTo(p.today(9))
	must(t, p.world.Office.Reverse(p.customer))
	must(t, p.world.Tell(t.Context()))
	m := p.sees(bot.MatterReversed)
	if m.Amount.Minor != 34000 {
		t.Errorf("the matter speaks of %s", m.Amount)
	}
	p.areOn()
	p.ends("")
	p.gotMails(2)
}

// asksForReseller confirms the termination of a reseller, which a second person has to agree to.
func asksForReseller(t *testing.T, a *troupe) (p *passage, m bot.Matter) {
	p = a.newPassage(t, "10243", "AANMANER_POLICY__APPROVAL_RESELLERS=true")
	p.begins()
	p.comesTo(bot.Approving, "wait_approval")
	return p, p.sees(bot.MatterApproval)
}

// nothingDone checks that a case ended without a trace outside.
func (p *passage) nothingDone(reason string) {
	p.t.Helper()
	f := p.comesTo(bot.Ended, reason)
	now := p.world.Office.Snapshot(p.customer)
	if !reflect.DeepEqual(p.first.Customer, now.Customer) || !reflect.DeepEqual(p.first.Services, now.Services) || len(now.Notes) != len(p.first.Notes) || len(p.world.Office.Writes()) > 0 {
		p.t.Errorf("the account was\n%+v\nand is\n%+v", p.first, now)
	}
	if found, err := p.desk.FindTickets(p.t.Context(), f.Case.Key); err != nil || len(found.Tickets)+len(found.Drafts) > 0 {
		p.t.Errorf("%+v, %v", found, err)
	}
	p.gotMails(0)
	p.isWhole(f)
}

func resellerRejected(t *testing.T, a *troupe) {
	p, m := asksForReseller(t, a)
	by := bot.Actor{Name: "Jacqueline de Vries", Email: "jacqueline@hoster.example"}
	must(t, p.d.Reception.Decide(t.Context(), p.id, bot.Decision{Choice: bot.ChooseReject, Matter: m.ID, Why: "called, pays by letter"}, by, "no"))
	p.nothingDone("rejected")
}

func resellerForgotten(t *testing.T, a *troupe) {
	p, _ := asksForReseller(t, a)
	p.goesTo(p.today(4))
	p.nothingDone("approval_expired")
}

func resellerApproved(t *testing.T, a *troupe) {
	p, m := asksForReseller(t, a)
	p.goesTo(p.today(2))
	f := p.decides(bot.Decision{Choice: bot.ChooseApprove, Matter: m.ID}, bot.Waiting, "wait_payment")
	if want := p.today(28); f.Case.EndsOn() != want {
		t.Errorf("the case ends on %s, wanted %s", f.Case.EndsOn(), want)
	}
	p.ends(string(f.Case.EndsOn()))
	p.goesTo(p.today(7))
	p.pays(inhousefake.Receipt{})
	p.isRestored(2)
}

func paidBefore(t *testing.T, a *troupe) {
	p := a.newPassage(t, "10234")
	before := string(p.today(-1))
	p.isOff()
	p.goesTo(p.today(2))
	p.pays(inhousefake.Receipt{ValueDate: before})
	p.isRestored(2)
	p.sees(bot.MatterUnjust)
	if texts := p.gotMails(2); !strings.Contains(texts[1], "excuses") {
		t.Errorf("no word of apology: %s", texts[1])
	}
}
