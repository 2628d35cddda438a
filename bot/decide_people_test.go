package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot"
)

const day = 24 * time.Hour

// seldomLooks keeps months of a test short.
func seldomLooks(r *rig) { r.world.Policy.PaymentPoll = 12 * time.Hour }

func jacqueline() bot.Actor {
	return bot.Actor{Name: "Jacqueline de Vries", Email: "jacqueline@hoster.example", Via: "test"}
}

// decide lets Jacqueline decide, and the clerk carry it out.
func (r *rig) decide(id int64, d bot.Decision) bot.File {
	r.t.Helper()
	must(r.t, r.desk.Decide(context.Background(), id, d, jacqueline(), bot.NewCaseKey()))
	return r.run(id, time.Minute)
}

// sleep lets time go by with a clerk who works whenever something is due.
func (r *rig) sleep(id int64, d time.Duration) bot.File {
	r.t.Helper()
	end := r.clock.Now().Add(d)
	for {
		must(r.t, r.clerk.Advance(context.Background(), id))
		f := r.file(id)
		next := f.Case.DueAt
		if f.Case.State.Closed() || next.After(end) {
			r.clock.Add(max(0, end.Sub(r.clock.Now())))
			return r.file(id)
		}
		r.clock.Add(max(time.Second, next.Sub(r.clock.Now())))
	}
}

// ordersEnd is the day on which the customer's orders end; empty: none does. Different days are told as such.
func (r *rig) ordersEnd(customer string) string {
	days := map[string]bool{}
	for _, s := range r.services(customer) {
		if s.Cancellation != nil {
			days[s.Cancellation.At] = true
		}
	}
	var out []string
	for d := range days {
		out = append(out, d)
	}
	return strings.Join(out, " ")
}

func (r *rig) matters(id int64) (kinds []string) {
	must(r.t, r.database.InTx(context.Background(), func(tx bot.Tx) error {
		all, err := tx.Matters(context.Background(), bot.MatterFilter{CaseID: id, Open: true})
		for _, m := range all {
			kinds = append(kinds, string(m.Kind))
		}
		return err
	}))
	return kinds
}

func today(r *rig, plus int) backoffice.Date {
	return backoffice.DateOf(r.clock.Now(), r.world.Policy.Location).AddDays(plus)
}

func TestAHoldTakesTheCancellationsAwayAndItsEndPutsThemBackLater(t *testing.T) {
	r := newRig(t, seldomLooks)
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Kind: bot.PauseDispute, Why: "invoice 2026-0311 is disputed"})
	r.wantState(f, bot.Held, "")
	if got := r.ordersEnd("10234"); got != "" {
		t.Fatalf("the orders still end on %s\n%s", got, journal(f))
	}
	r.sleep(c.ID, 60*day)
	f = r.decide(c.ID, bot.Decision{Choice: bot.ChooseResume, Why: "the dispute is settled"})
	r.wantState(f, bot.Waiting, "")
	if want := string(today(r, 28)); r.ordersEnd("10234") != want || string(f.Case.EndsOn()) != want {
		t.Errorf("the orders end on %q, the case on %s, wanted %s\n%s", r.ordersEnd("10234"), f.Case.EndsOn(), want, journal(f))
	}
	must(t, r.office.Pay("10234"))
	f = r.untilEnded(c.ID, day)
	if f.Case.Reason.Code != "restored_paid" || r.ordersEnd("10234") != "" || len(first) == 0 {
		t.Errorf("%v\n%s", f.Case.Reason, journal(f))
	}
}

func TestMoreTimeMovesTheCancellations(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	to := c.Terms.CancelOn.AddDays(14)
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: to, Why: "asked by telephone"})
	r.wantState(f, bot.Waiting, "wait_payment")
	if got := r.ordersEnd("10234"); got != string(to) {
		t.Errorf("the orders end on %q, wanted %s\n%s", got, to, journal(f))
	}
	if len(r.mails.all()) != 2 {
		t.Errorf("%d mails", len(r.mails.all()))
	}
	err := r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: today(r, 400), Why: "x"}, jacqueline(), "k")
	var no *bot.NotNow
	if !errors.As(err, &no) || no.Reason.Code != "day_outside" {
		t.Errorf("a year and more: %v", err)
	}
}

// A promise that is not kept goes to a person; until one has decided nothing is cancelled.
func TestAPromiseIsCheckedAfterItsDay(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChoosePromise, Until: today(r, 5), Why: "by telephone"})
	r.wantState(f, bot.Waiting, "wait_promise")
	f = r.sleep(c.ID, 10*day)
	r.wantState(f, bot.Person, "promise_broken")
	if got := r.matters(c.ID); len(got) != 1 || got[0] != string(bot.MatterBroken) || r.ordersEnd("10234") != "" {
		t.Errorf("matters %v, the orders end on %q\n%s", got, r.ordersEnd("10234"), journal(f))
	}
	f = r.decide(c.ID, bot.Decision{Choice: bot.ChooseGoOn})
	r.wantState(f, bot.Waiting, "wait_payment")
	if r.ordersEnd("10234") != string(c.Terms.CancelOn) {
		t.Errorf("the orders end on %q\n%s", r.ordersEnd("10234"), journal(f))
	}
	must(t, r.office.Pay("10234"))
	r.wantState(r.untilEnded(c.ID, day), bot.Ended, "restored_paid")
	if got := r.matters(c.ID); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
}

func TestServicesThatAreOnByProofAreNeverSwitchedOffByTheClock(t *testing.T) {
	r := newRig(t, seldomLooks)
	first := r.services("10234")
	c := r.waitsForPayment("10234")
	f := r.decide(c.ID, bot.Decision{Choice: bot.ChooseRestore, Until: today(r, 3), Why: "bank statement seen"})
	r.wantState(f, bot.Held, "")
	for _, s := range r.services("10234") {
		if s.State != "active" || s.Cancellation != nil {
			t.Errorf("%s is %s, %+v\n%s", s.Label, s.State, s.Cancellation, journal(f))
		}
	}
	f = r.sleep(c.ID, 40*day)
	r.wantState(f, bot.Person, "hold_over")
	if got := r.matters(c.ID); len(got) != 1 || got[0] != string(bot.MatterProof) {
		t.Errorf("matters: %v", got)
	}
	for _, s := range r.services("10234") {
		if s.State != "active" {
			t.Errorf("%s is %s\n%s", s.Label, s.State, journal(f))
		}
	}
	must(t, r.office.Pay("10234"))
	f = r.untilEnded(c.ID, day)
	if f.Case.Reason.Code != "restored_paid" || len(first) != len(r.services("10234")) {
		t.Errorf("%s %v\n%s", f.Case.State, f.Case.Reason, journal(f))
	}
}

// Silence cancels nothing: on the last working day the cancellations go and a person is asked. A decision puts them back.
func TestSilenceCancelsNothing(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	f := r.sleep(c.ID, time.Duration(28)*day)
	r.wantState(f, bot.Person, "decide_end")
	if got := r.ordersEnd("10234"); got != "" {
		t.Errorf("the orders still end on %s\n%s", got, journal(f))
	}
	if !strings.Contains(journal(f), "[reminder]") {
		t.Errorf("nobody was reminded a week before\n%s", journal(f))
	}
	f = r.decide(c.ID, bot.Decision{Choice: bot.ChooseGoOn})
	if want := string(f.Case.EndsOn()); r.ordersEnd("10234") != want {
		t.Errorf("the orders end on %q, wanted %s\n%s", r.ordersEnd("10234"), want, journal(f))
	}
	f = r.sleep(c.ID, 3*day)
	r.wantState(f, bot.Ended, "cancelled")
}

func TestWhoWantsSilenceToCancelSaysSo(t *testing.T) {
	r := newRig(t, seldomLooks, func(r *rig) { r.world.Policy.AtEnd = bot.OrdersAreEnded })
	c := r.waitsForPayment("10234")
	f := r.sleep(c.ID, 29*day)
	r.wantState(f, bot.Ended, "cancelled")
}

// The second of two decisions on one matter is told who was quicker; nothing is done twice.
func TestAMatterIsDecidedOnce(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.PayPart("10234", 20000))
	r.sleep(c.ID, day)
	var id string
	must(t, r.database.InTx(t.Context(), func(tx bot.Tx) error {
		all, err := tx.Matters(t.Context(), bot.MatterFilter{CaseID: c.ID})
		id = all[0].ID
		return err
	}))
	d := bot.Decision{Choice: bot.ChooseExtend, Matter: id, Until: c.Terms.CancelOn.AddDays(7), Why: "a part is in"}
	must(t, r.desk.Decide(t.Context(), c.ID, d, jacqueline(), "first"))
	must(t, r.desk.Decide(t.Context(), c.ID, d, jacqueline(), "first")) // the same click, delivered twice
	err := r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseGoOn, Matter: id}, bot.Actor{Name: "Mara"}, "second")
	var no *bot.NotNow
	if !errors.Is(err, bot.ErrDecided) || !errors.As(err, &no) || no.Settled.By.Name != "Jacqueline de Vries" {
		t.Errorf("%v", err)
	}
	f := r.run(c.ID, time.Minute)
	if r.ordersEnd("10234") != string(d.Until) || f.Case.Course.Extensions != 1 {
		t.Errorf("the orders end on %q, extensions %d\n%s", r.ordersEnd("10234"), f.Case.Course.Extensions, journal(f))
	}
}

// Two matters may ask the same: what becomes of the customer's time. One decision answers both, wherever it is made; what it could
// not do after all waits for people again.
func TestADecisionAnswersAllThatAskTheSame(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.PayPart("10234", 20000))
	r.sleep(c.ID, 27*day)
	if got := r.matters(c.ID); len(got) != 2 {
		t.Fatalf("matters %v", got)
	}
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: today(r, 10), Why: "a part is in"})
	if got := r.matters(c.ID); len(got) > 0 {
		t.Errorf("still open: %v", got)
	}
	r.sleep(c.ID, 9*day)
	if got := r.matters(c.ID); len(got) != 1 {
		t.Errorf("the new end: %v", got)
	}
	must(t, r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseExtend, Until: today(r, 10), Why: "x"}, jacqueline(), "late"))
	r.clock.Add(11 * day) // by the time that the clerk hears of it the day has passed
	f := r.run(c.ID, time.Hour)
	if got := r.matters(c.ID); len(got) != 1 || f.Case.Course.Extensions != 1 {
		t.Errorf("what could not be done: %v, %d extensions\n%s", got, f.Case.Course.Extensions, journal(f))
	}
}

// A decision names a matter of its own case.
func TestADecisionSettlesNoMatterOfAnotherCase(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	must(t, r.office.PayPart("10234", 20000))
	r.sleep(c.ID, day)
	other := r.start("10235")
	r.run(other.ID, time.Hour)
	matter := fmt.Sprintf("%d %s 1", c.ID, r.matters(c.ID)[0])
	err := r.desk.Decide(t.Context(), other.ID, bot.Decision{Choice: bot.ChooseHold, Matter: matter, Why: "x"}, jacqueline(), "k")
	if !errors.Is(err, bot.ErrNoMatter) || len(r.matters(c.ID)) != 1 {
		t.Errorf("%v, %v", err, r.matters(c.ID))
	}
}

// Who comes second with an approval is told who was quicker, named matter or not.
func TestAnApprovalIsDecidedOnce(t *testing.T) {
	r := newRig(t, asksApproval)
	c := r.start("10234")
	r.run(c.ID, time.Hour)
	must(t, r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseApprove}, jacqueline(), "first"))
	err := r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseReject, Why: "no"}, bot.Actor{Name: "Mara"}, "second")
	if !errors.Is(err, bot.ErrDecided) {
		t.Errorf("%v", err)
	}
	r.wantState(r.run(c.ID, time.Hour), bot.Waiting, "")
}

// The customer is reminded only where the policy says so, and an invoice that was demanded too often is not demanded again.
func TestTheCustomerIsRemindedWithinTheCap(t *testing.T) {
	for cap, want := range map[int]int{0: 0, 4: 0, 5: 1, 6: 2, 100: 2} { // the back office has sent three reminders, the notice is the fourth
		r := newRig(t, seldomLooks, func(r *rig) {
			r.world.Policy.AtEnd, r.world.Policy.RemindCustomer, r.world.Policy.DemandsMax = bot.OrdersAreEnded, cap > 0, cap
		})
		c := r.waitsForPayment("10234")
		f := r.sleep(c.ID, 27*day)
		if got := len(r.mails.all()) - 1; got != want {
			t.Errorf("with a cap of %d there were %d reminders, wanted %d\n%s", cap, got, want, journal(f))
		}
		if got := strings.Count(journal(f), "[reminder]"); got != 2 {
			t.Errorf("the team was reminded %d times\n%s", got, journal(f))
		}
	}
}

// Who has paid by the last working day is seen before anybody is asked, even where nothing told of the payment.
func TestTheLastLookComesBeforeTheLastQuestion(t *testing.T) {
	r := newRig(t, func(r *rig) { r.world.Policy.PaymentPoll = 365 * day })
	c := r.waitsForPayment("10234")
	r.sleep(c.ID, 24*day)
	must(t, r.office.Pay("10234"))
	r.wantState(r.run(c.ID, time.Hour), bot.Waiting, "wait_payment")
	f := r.sleep(c.ID, 3*day)
	r.wantState(f, bot.Ended, "restored_paid")
	if strings.Contains(journal(f), "decide_end") || len(r.matters(c.ID)) > 0 {
		t.Errorf("somebody was asked\n%s", journal(f))
	}
}

// A back office that is silent on the last working day is asked again until noon; then people are asked all the same, and nothing
// is cancelled in silence.
func TestASilentBackOfficeKeepsNobodyFromBeingAsked(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	r.sleep(c.ID, 24*day)
	asked := c.Terms.CancelOn.AddDays(-1).Time(r.world.Policy.Location) // a Monday
	remove := r.office.Inject(inhousefake.Fault{Operation: "listInvoices", Break: inhousefake.Status, Status: 503})
	f := r.sleep(c.ID, asked.Add(11*time.Hour).Sub(r.clock.Now()))
	r.wantState(f, bot.Waiting, "wait_payment")
	f = r.sleep(c.ID, 15*time.Hour)
	remove()
	r.wantState(f, bot.Person, "decide_end")
	f = r.sleep(c.ID, time.Hour)
	if r.ordersEnd("10234") != "" {
		t.Errorf("the orders end on %s\n%s", r.ordersEnd("10234"), journal(f))
	}
}

// A hold that ends early gives no more time than was left when it began, unless the customer was told of more.
func TestAHoldThatEndsEarlyLeavesTheEnd(t *testing.T) {
	for kind, told := range map[bot.PauseKind]bool{bot.PauseAsked: false, bot.PauseArranged: true} {
		r := newRig(t, seldomLooks)
		c := r.waitsForPayment("10234")
		r.decide(c.ID, bot.Decision{Choice: bot.ChooseHold, Kind: kind, Until: today(r, 40), Why: "half now, half later"})
		want := today(r, 28)
		if told {
			want = today(r, 68)
		}
		f := r.decide(c.ID, bot.Decision{Choice: bot.ChooseResume, Why: "a mistake"})
		if got := f.Case.EndsOn(); got != want || r.ordersEnd("10234") != string(want) {
			t.Errorf("%s: ends on %s, orders on %s, wanted %s\n%s", kind, got, r.ordersEnd("10234"), want, journal(f))
		}
	}
}
