package bot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

func TestAMatterThatCameUpAfterTheEndIsSettledOnceAndWrittenDown(t *testing.T) {
	r := newRig(t)
	c := r.waitsForPayment("10234")
	must(t, r.office.Pay("10234"))
	r.untilEnded(c.ID, time.Hour)
	must(t, r.office.Reverse("10234"))
	r.aftercare()
	all, err := r.desk.Matters(t.Context(), bot.MatterFilter{CaseID: c.ID, Open: true})
	must(t, err)
	leave := bot.Decision{Choice: bot.ChooseLeave, Matter: all[0].ID, Why: "booked by hand"}
	must(t, r.desk.Decide(t.Context(), c.ID, leave, jacqueline(), "k1"))
	must(t, r.desk.Decide(t.Context(), c.ID, leave, jacqueline(), "k1"))
	if err := r.desk.Decide(t.Context(), c.ID, leave, jacqueline(), "k2"); !errors.Is(err, bot.ErrDecided) {
		t.Errorf("a second decision: %v", err)
	}
	if got := r.matters(c.ID); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	if said := strings.Count(journal(r.file(c.ID)), "booked by hand"); said != 1 {
		t.Errorf("written down %d times\n%s", said, journal(r.file(c.ID)))
	}
	var no *bot.NotNow
	err = r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseHold, Why: "x"}, jacqueline(), "k3")
	if !errors.As(err, &no) || no.Reason.Code != "case_over" {
		t.Errorf("a hold after the end: %v", err)
	}
}

func TestAStoppedCaseLeavesNothingForPeopleToDecide(t *testing.T) {
	r := newRig(t, seldomLooks)
	c := r.waitsForPayment("10234")
	r.sleep(c.ID, 27*day)
	if len(r.matters(c.ID)) != 1 {
		t.Fatalf("matters: %v", r.matters(c.ID))
	}
	must(t, r.desk.Say(t.Context(), c.ID, bot.SignalStop, jacqueline(), bot.HandWorkDone{Note: "sold"}, "k"))
	must(t, r.clerk.Advance(t.Context(), c.ID))
	if got := r.matters(c.ID); len(got) != 0 || !r.file(c.ID).Case.State.Closed() {
		t.Errorf("still open: %v", got)
	}
}

// A back office that keeps the dates acts on silence, so the withdrawal waits neither for a look at the money nor for a click.
func TestWhatIsAskedIsWithdrawnAtOnceAlsoWhereMoneyIsNeverLookedAtByTheClock(t *testing.T) {
	for name, promised := range map[string]bool{"the end is near": false, "a promise was broken": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(r *rig) { r.world.Policy.PaymentPoll = 0 })
			c := r.waitsForPayment("10234")
			end := c.Terms.CancelOn
			if promised {
				end = today(r, 5)
				r.decide(c.ID, bot.Decision{Choice: bot.ChoosePromise, Until: today(r, 3), Why: "by telephone"})
			}
			f := r.sleep(c.ID, end.Time(r.world.Policy.Location).Add(-time.Hour).Sub(r.clock.Now()))
			if f.Case.State != bot.Person && promised {
				f = r.sleep(c.ID, 5*day)
			}
			r.wantState(f, bot.Person, "")
			if got := r.ordersEnd("10234"); got != "" {
				t.Errorf("the orders still end on %s\n%s", got, journal(f))
			}
		})
	}
}
