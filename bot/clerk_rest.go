package bot

import (
	"context"
	"time"

	"github.com/aanmaner/aanmaner/bot/wording"
)

// comesFrom is the state to which a case goes back that asked a person.
func (c Case) comesFrom() State {
	if c.Course.From != "" {
		return c.Course.From
	}
	return Running
}

// moveWaiting tells the team if it hasn't been told yet, does what was decided meanwhile, looks at the money, and asks a person
// when the term is over.
func (k *Clerk) moveWaiting(ctx context.Context, tx Tx, c *Case, intents []Intent) (StepName, error) {
	now := k.world.Now()
	end := c.EndsOn().Time(k.world.Policy.Location)
	if next := k.beside(c, intents); next != "" {
		return next, nil
	}
	if !now.Before(end) {
		return "", k.termOver(ctx, tx, c)
	}
	next, asked, err := k.keepDates(ctx, tx, c)
	if err != nil || asked {
		return "", err
	}
	if findIntent(intents, AnnounceCase, "").Outcome.Settled() {
		c.rest(next)
		return "", nil
	}
	if now.Before(c.DueAt) {
		return "", nil
	}
	return AnnounceCase, nil
}

// termOver ends the case if a person, or the company, lets the end stand; else a person decides.
func (k *Clerk) termOver(ctx context.Context, tx Tx, c *Case) error {
	end := c.EndsOn()
	if c.Course.Stands != end && k.world.Policy.AtEnd != OrdersAreEnded {
		return k.ask(ctx, tx, c, wording.Because("term_over", "day", string(end)))
	}
	if err := k.closeMatters(ctx, tx, c.ID, "the orders ended"); err != nil {
		return err
	}
	return k.end(ctx, tx, c, TheBot(), wording.Because("cancelled", "day", string(end)),
		"Nothing was paid; the orders ended on "+string(end)+".")
}

// moveHeld rests until the hold's end; what was decided is done meanwhile, and the money is looked at.
func (k *Clerk) moveHeld(ctx context.Context, tx Tx, c *Case, intents []Intent) (StepName, error) {
	if c.Course.Undone != nil {
		return "", k.beginUndoing(ctx, tx, c, intents)
	}
	if next := k.beside(c, intents); next != "" {
		return next, nil
	}
	until := never()
	if h := c.Course.Hold; h != nil && !h.Until.IsZero() {
		until = h.Until.AddDays(1).Time(k.world.Policy.Location)
	}
	if !k.world.Now().Before(until) {
		if k.looksFirst(c, c.Course.Hold.Until.AddDays(1)) {
			return "", nil
		}
		return "", k.holdOver(ctx, tx, c)
	}
	c.rest(until)
	return "", nil
}

// holdOver asks a person: a hold is never ended by the clock, and services that are on by proof are never switched off by it.
func (k *Clerk) holdOver(ctx context.Context, tx Tx, c *Case) error {
	h, kind, headline := c.Course.Hold, MatterHoldOver, "matter_hold_over"
	if h.Kind == PauseProof {
		kind, headline = MatterProof, "matter_proof"
	}
	body := MatterBody{Headline: wording.Because(headline, "day", string(h.Until)), Amount: c.owedNow(), Until: h.Until}
	if err := k.openMatter(ctx, tx, c, kind, body); err != nil {
		return err
	}
	return k.ask(ctx, tx, c, wording.Because("hold_over", "day", string(h.Until)))
}

// movePerson writes the comment that is owed, does what was decided, and looks at the money; everything else waits.
func (k *Clerk) movePerson(c *Case, intents []Intent) StepName {
	if commentOwed(*c, intents) && c.comesFrom() == Running {
		if k.world.Now().Before(c.DueAt) {
			return ""
		}
		return WriteComment
	}
	if next := k.beside(c, intents); next != "" {
		return next
	}
	c.rest(never())
	return ""
}

// beside finds what a case does while it stands still: a step that was decided on and that nothing keeps, or a look at the
// money.
func (k *Clerk) beside(c *Case, intents []Intent) StepName {
	now := k.world.Now()
	k.watchMoney(c)
	if from := c.comesFrom(); c.State != Person || from == Waiting || from == Held {
		next, _ := progress(*c, intents, Beside())
		if next != "" && !now.Before(c.DueAt) && workable(intents, next) {
			return next
		}
	}
	if at := c.Course.LookAt; c.watchesMoney() && !at.IsZero() && !now.Before(at) {
		return lookAtMoney
	}
	return ""
}

// workable says whether no intent of a step waits for a person.
func workable(intents []Intent, step StepName) bool {
	for _, in := range intents {
		if in.Step == step && (in.Outcome == Unknown || in.Outcome == Refused && !in.Approved) {
			return false
		}
	}
	return true
}

// moveRestoring finds the next step of undoing what the case did, and ends the case when none is left.
func (k *Clerk) moveRestoring(ctx context.Context, tx Tx, c *Case, intents []Intent) (StepName, error) {
	now := k.world.Now()
	if now.Before(c.DueAt) {
		return "", nil
	}
	next, byHand := progress(*c, intents, Restoration())
	switch {
	case next != "":
		c.Step = next
		return next, nil
	case len(byHand) > 0:
		c.Step = byHand[0].Step
		return "", k.ask(ctx, tx, c, wording.Because("restore_by_hand", "n", wording.Count(len(byHand))))
	}
	if u := c.Course.Undone; u != nil {
		return "", k.end(ctx, tx, c, TheBot(), wording.Because("undone", "who", u.By.Name, "why", u.Why),
			"Everything that the case had switched off and cancelled is as it was; what is owed stays owed.")
	}
	c.Course.RestoredAt = now
	return "", k.end(ctx, tx, c, TheBot(), wording.Because("restored_paid", "amount", wording.Money(c.Owed().Outstanding)),
		"Paid; everything that the case had switched off and cancelled is as it was.")
}

// watchMoney lets the money be looked at by the clock, if the policy says so.
func (k *Clerk) watchMoney(c *Case) {
	if every := k.world.Policy.PaymentPoll; every > 0 && c.Course.LookAt.IsZero() {
		c.Course.LookAt = k.world.Now().Add(every)
	}
}

// unsettledUntil is when the last call of the case that may still be under way is certain to be over; zero: none is.
func (k *Clerk) unsettledUntil(intents []Intent) (until time.Time) {
	for _, in := range intents {
		if in.Step != SuspendServices && in.Step != CancelOrders && in.Step != CancelAgain {
			continue
		}
		if over := in.CalledAt.Add(k.world.Policy.Grace); doubtful(in) && !in.Answered && over.After(until) {
			until = over
		}
	}
	return until
}
