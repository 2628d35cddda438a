package bot_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
)

func asksApproval(r *rig) {
	r.world.Policy.Approval.Above = backoffice.Money{Minor: 100, Currency: "EUR"}
}

func TestUntilASecondPersonAgreesNothingHappens(t *testing.T) {
	r := newRig(t, asksApproval)
	c := r.start("10234")
	f := r.run(c.ID, 24*time.Hour)
	r.wantState(f, bot.Approving, "wait_approval")
	if len(r.office.Writes())+len(r.cerb.Tickets())+len(r.mails.all()) > 0 {
		t.Fatalf("something was done\n%s", journal(f))
	}
	matter := "1 approval 1"
	var no *bot.NotNow
	own := bot.Actor{Name: "Sanne", Email: sanne, Via: "slack"}
	if err := r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseApprove, Matter: matter}, own, "own"); !errors.As(err, &no) || no.Reason.Code != "own_request" {
		t.Fatalf("approved by who asked for it: %v", err)
	}
	r.clock.Add(2 * day)
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseApprove, Matter: matter})
	f = r.run(c.ID, time.Hour)
	r.wantState(f, bot.Waiting, "")
	if want := string(today(r, 28)); r.ordersEnd("10234") != want || f.Case.Course.ApprovedBy.Name != "Jacqueline de Vries" {
		t.Errorf("the orders end on %q, wanted %s; approved by %v\n%s", r.ordersEnd("10234"), want, f.Case.Course.ApprovedBy, journal(f))
	}
	if got := r.matters(c.ID); len(got) > 0 {
		t.Errorf("still open: %v", got)
	}
	err := r.desk.Decide(t.Context(), c.ID, bot.Decision{Choice: bot.ChooseReject, Matter: matter, Why: "no"}, bot.Actor{Name: "Mara"}, "late")
	if !errors.As(err, &no) {
		t.Errorf("rejected after it was approved: %v", err)
	}
}

func TestARejectedOrForgottenRequestEndsWithNothingDone(t *testing.T) {
	for _, rejects := range []bool{true, false} {
		r := newRig(t, asksApproval)
		c := r.start("10234")
		r.run(c.ID, time.Hour)
		want := "approval_expired"
		if rejects {
			want = "rejected"
			r.decide(c.ID, bot.Decision{Choice: bot.ChooseReject, Matter: "1 approval 1", Why: "they pay by letter"})
		}
		f := r.sleep(c.ID, 4*day)
		r.wantState(f, bot.Ended, want)
		if len(r.office.Writes())+len(r.cerb.Tickets())+len(r.mails.all()) > 0 || len(r.matters(c.ID)) > 0 {
			t.Errorf("something was done, or is open: %v\n%s", r.matters(c.ID), journal(f))
		}
	}
}

func TestWhoPaysBeforeTheApprovalIsLeftAlone(t *testing.T) {
	r := newRig(t, asksApproval)
	c := r.start("10234")
	r.run(c.ID, time.Hour)
	must(t, r.office.Pay("10234"))
	r.decide(c.ID, bot.Decision{Choice: bot.ChooseApprove, Matter: "1 approval 1"})
	f := r.run(c.ID, day)
	r.wantState(f, bot.Ended, "restored_paid")
	if len(r.mails.all()) > 0 || r.hurts()["suspend"] > 0 {
		t.Errorf("something was done\n%s", journal(f))
	}
}
