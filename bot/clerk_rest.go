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
	do, again := k.beside(c, intents)
	if do != "" {
		return do, nil
	}
	if !now.Before(end) {
		return "", k.termOver(ctx, tx, c)
	}
	next, asked, err := k.keepDates(ctx, tx, c)
	if err != nil || asked {
		return "", err
	}
	if findIntent(intents, AnnounceCase, "").Outcome.Settled() {
		c.rest(sooner(next, again))
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
	stands := c.Course.Stands == end || k.world.Policy.AtEnd == OrdersAreEnded
	if !stands || c.ordersOn().IsZero() { // orders that were withdrawn have not ended
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
	do, again := k.beside(c, intents)
	if do != "" {
		return do, nil
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
	c.rest(sooner(until, again))
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
	do, again := k.beside(c, intents)
	if do == "" {
		c.rest(sooner(never(), again))
	}
	return do
}

// beside finds what a case does while it stands still: a step that was decided on and that nothing keeps, or a look at the
// money. again is when a step is tried once more that waits; zero: none does.
func (k *Clerk) beside(c *Case, intents []Intent) (do StepName, again time.Time) {
	now := k.world.Now()
	k.watchMoney(c)
	if from := c.comesFrom(); c.State != Person || from == Waiting || from == Held {
		next, _ := progress(*c, intents, Beside())
		if next != "" && workable(*c, intents, next) {
			if !now.Before(c.DueAt) {
				return next, again
			}
			again = c.DueAt
		}
	}
	if at := c.Course.LookAt; c.watchesMoney() && !at.IsZero() && !now.Before(at) {
		return lookAtMoney, again
	}
	return "", again
}

// sooner is the earlier of two instants; the second may be zero, which is no time at all.
func sooner(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// workable says whether no intent of a step waits for a person, of what the step is about by now: an order that a round before
// couldn't move is this round's to move.
func workable(c Case, intents []Intent, step StepName) bool {
	for _, s := range Beside() {
		if s.Name != step {
			continue
		}
		for _, object := range s.Objects(c, intents) {
			if in := findIntent(intents, step, object); !in.Approved && (in.Outcome == Refused || inDoubt(in)) {
				return false
			}
		}
	}
	return true
}

// inDoubt says whether the bot has looked at an intent, couldn't find out, and asked a person. One that is unknown for no such
// reason is still to be looked at, or looked at again: the process may have died in between.
func inDoubt(in Intent) bool {
	switch in.Why.Code {
	case "", "look_again", "notice_queued":
		return false
	}
	return in.Outcome == Unknown
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
