package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// lookAtMoney is no step: it leaves no intent, as it changes nothing outside.
const lookAtMoney = StepName("look at the money")

// money looks at the invoices of a case that stands still, and notes what follows.
func (k *Clerk) money(ctx context.Context, c Case, l Lease) error {
	cctx, cancel := k.callContext(ctx)
	defer cancel()
	facts, failed := gatherDebt(cctx, k.world, c)
	if failed != nil {
		k.log.WarnContext(ctx, "money can't be looked at", "case", c.ID, "error", failed)
	}
	err := k.store.InTx(ctx, func(tx Tx) error {
		c, err := tx.Case(ctx, c.ID)
		if err != nil {
			return err
		}
		now := k.world.Now()
		c.Course.LookTried, c.Course.LookAt = now, k.looksNext(failed)
		if failed == nil && c.watchesMoney() {
			c.Course.LookedAt = now
			if err := k.judge(ctx, tx, &c, facts); err != nil {
				return err
			}
		}
		return tx.UpdateCase(ctx, &c, l)
	})
	k.changed(c.ID)
	return err
}

// looksNext is when the money is looked at again by the clock; zero: it isn't.
func (k *Clerk) looksNext(failed error) time.Time {
	every := k.world.Policy.PaymentPoll
	switch {
	case failed != nil:
		every = max(every, k.backoff(1))
	case every == 0:
		return time.Time{}
	}
	return k.world.Now().Add(every)
}

// gatherDebt reads how the invoices of a case stand now.
func gatherDebt(ctx context.Context, w World, c Case) (Facts, error) {
	f := Facts{At: w.Now(), Today: w.Today()}
	var err error
	if f.Invoices, err = w.Office.Invoices(ctx, c.CustomerID); err != nil {
		return f, err
	}
	if f.Settled, err = settled(ctx, w.Office, f.Invoices, c.Terms.InvoiceIDs()); err != nil {
		return f, err
	}
	// When the money counts as paid only tells whether services went off for nothing: not knowing it keeps no payment from being
	// seen.
	f.Payments, err = w.Office.Payments(ctx, c.CustomerID)
	f.PaymentsKnown = err == nil
	return f, nil
}

// judge notes what a look at the money means for a case: paid, partly paid, or as it was.
func (k *Clerk) judge(ctx context.Context, tx Tx, c *Case, f Facts) error {
	now := c.Terms.debtNow(f)
	if !now.open {
		return k.paid(ctx, tx, c, f)
	}
	for _, i := range f.Invoices {
		if slices.Contains(c.Terms.InvoiceIDs(), i.ID) {
			c.Course.Reminders = max(c.Course.Reminders, i.Reminders)
		}
	}
	owed := c.Owed().Outstanding
	before := owed
	if c.Course.Left != nil {
		before = *c.Course.Left
	}
	c.rest(never())
	c.DueAt = k.world.Now() // the state's own move says until when it rests
	if now.left == before {
		return nil
	}
	left := now.left
	c.Course.Left, c.Course.Seen = &left, c.Terms.asOpen(f)
	return k.partly(ctx, tx, c, before, left)
}

// asOpen lists the invoices of a case that are open now, each with what is left of it.
func (t Terms) asOpen(f Facts) (open []TermInvoice) {
	for _, was := range t.Invoices {
		if now := f.invoiceNow(was); now.State == backoffice.InvoiceOpen && now.Open.Minor > 0 {
			was.Open = now.Open
			open = append(open, was)
		}
	}
	return open
}

// partly writes down that less, or more, is open than before.
func (k *Clerk) partly(ctx context.Context, tx Tx, c *Case, before, left backoffice.Money) error {
	if left.Minor < before.Minor {
		body := MatterBody{Headline: wording.Because("matter_partly", "left", wording.Money(left), "of", wording.Money(before)), Amount: left, Until: c.EndsOn()}
		if err := k.openMatter(ctx, tx, c, MatterPartly, body); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("Of %s, %s is still open.", before, left)
	return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: TheBot(), Kind: "money seen", Text: text,
		Data: remote(map[string]backoffice.Money{"before": before, "left": left})})
}

// paid begins to undo what the case did. A call of the case that may still be under way is waited for first: what it does after
// it was undone would stay.
func (k *Clerk) paid(ctx context.Context, tx Tx, c *Case, f Facts) error {
	intents, err := tx.Intents(ctx, c.ID)
	if err != nil {
		return err
	}
	now := k.world.Now()
	if until := k.unsettledUntil(intents); now.Before(until) {
		c.Course.LookAt, c.DueAt = until, until
		return nil
	}
	owed := c.Owed().Outstanding
	c.Course.Undone = nil // paid is paid, whatever was meant to become of it
	if err := k.beginRestoring(ctx, tx, c, intents, "paid", wording.Because("paid", "amount", wording.Money(owed))); err != nil {
		return err
	}
	if err := k.tellPaid(ctx, tx, c, intents, f); err != nil {
		return err
	}
	return tx.Append(ctx, Entry{CaseID: c.ID, At: now, Who: TheBot(), Kind: "paid", Data: remote(owed),
		Text: "All invoices of the case are closed; what the case did is undone."})
}

// beginRestoring lets the case undo what it did, and nothing else any more.
func (k *Clerk) beginRestoring(ctx context.Context, tx Tx, c *Case, intents []Intent, why string, reason wording.Reason) error {
	now := k.world.Now()
	c.State, c.Step, c.DueAt, c.Reason = Restoring, WithdrawOrders, now, reason
	c.Course.From, c.Course.Hold, c.Course.Promise = "", nil, nil
	c.Course.Orders = withdrawn(c.Course.Orders, OrderRound{At: now, Why: why})
	if err := k.closeMatters(ctx, tx, c.ID, why); err != nil {
		return err
	}
	c.voidLetters(intents)
	return nil
}

// beginUndoing undoes a case that should not have begun, once no call of it may be under way any more.
func (k *Clerk) beginUndoing(ctx context.Context, tx Tx, c *Case, intents []Intent) error {
	if until := k.unsettledUntil(intents); k.world.Now().Before(until) {
		c.DueAt = until
		return nil
	}
	u := c.Course.Undone
	if err := k.beginRestoring(ctx, tx, c, intents, "it should not have begun", wording.Because("undoing", "who", u.By.Name, "why", u.Why)); err != nil {
		return err
	}
	felt := c.felt(intents)
	told(felt, "restored", felt["off"], "off", "", "withdrawn", felt["cancelled"], "cancelled", "")
	if doubtful(findIntent(intents, SendNotice, "")) { // a person reads the ticket, and writes if there is something to put right
		c.Course.Letters = append(c.Course.Letters, Letter{ID: string(snippets.KindMistake) + "#doubt", Kind: string(snippets.KindMistake), Facts: felt})
		return nil
	}
	c.write(snippets.KindMistake, felt)
	return nil
}

// tellPaid decides what the customer is told: that all is well, or, where services went off although the money already counted as
// paid, that this was wrong. A person is told of the latter, too.
func (k *Clerk) tellPaid(ctx context.Context, tx Tx, c *Case, intents []Intent, f Facts) error {
	felt := c.felt(intents)
	told(felt, "restored", felt["off"], "off", "", "withdrawn", felt["cancelled"], "cancelled", "")
	valueOn, off := c.moneyCame(f), k.wentOff(intents)
	if valueOn.IsZero() || off.IsZero() || valueOn >= off {
		c.write(snippets.KindRestored, felt)
		return nil
	}
	c.write(snippets.KindApology, told(felt, "suspended on", string(off), "value on", string(valueOn)))
	return k.openMatter(ctx, tx, c, MatterUnjust, MatterBody{Amount: c.Owed().Outstanding,
		Headline: wording.Because("matter_unjust", "off", string(off), "value", string(valueOn))})
}

// moneyCame is the day on which the last of the money for the case's invoices counted as paid; empty: not known for each of them.
func (c Case) moneyCame(f Facts) (last backoffice.Date) {
	for _, inv := range c.Terms.Invoices {
		var came backoffice.Date
		for _, p := range f.Payments.Booked {
			if p.Reversed.IsZero() && slices.Contains(p.InvoiceIDs, inv.ID) {
				came = max(came, p.ValueDate)
			}
		}
		if came.IsZero() {
			return ""
		}
		last = max(last, came)
	}
	return last
}

// wentOff is the day on which the case switched the first service off; empty: none.
func (k *Clerk) wentOff(intents []Intent) (day backoffice.Date) {
	for _, in := range intents {
		if in.Step == SuspendServices && in.Outcome == Done && in.Changed {
			if d := k.dayOf(in.CalledAt); day.IsZero() || d < day {
				day = d
			}
		}
	}
	return day
}
