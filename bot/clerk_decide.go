package bot

import (
	"context"
	"fmt"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// decide carries out what a person decided. That it could be taken was known when it was; what the case has done since may speak
// against it, and then nothing is changed.
func (k *Clerk) decide(ctx context.Context, tx Tx, c *Case, intents []Intent, s Signal, d Decision) (string, error) {
	if why := d.check(*c, k.world); !why.IsZero() {
		return "not done: " + k.english(why), k.reopen(ctx, tx, c, s, d, why)
	}
	if d.Choice != ChooseContact {
		c.voidLetters(intents)
	}
	if c.Course.Seen != nil && d.Choice != ChooseContact { // who decides has seen what is left
		c.Course.Rest, c.Course.Seen = c.Course.Seen, nil
	}
	text := ""
	switch d.Choice {
	case ChooseApprove:
		text = k.approve(c, s)
	case ChooseReject:
		if err := k.reject(ctx, tx, c, s, d); err != nil {
			return "", err
		}
		text = "rejected it"
	case ChooseHold:
		text = k.hold(c, intents, s, d)
	case ChooseResume:
		text = k.resume(c)
	case ChooseExtend:
		text = k.extend(c, intents, d)
	case ChoosePromise:
		text = k.promise(c, intents, s, d)
	case ChooseRestore:
		text = k.restoreOnProof(c, intents, s, d)
	case ChooseUndo:
		text = k.undo(c, intents, s, d)
	case ChooseGoOn:
		text = k.goOn(c)
	case ChooseLeave:
		text = "leaves it as it is"
		k.wake(c)
	case ChooseContact:
		text = "noted a contact with the customer"
	}
	entry := Entry{CaseID: c.ID, At: k.world.Now(), Who: s.By, Kind: string(d.Choice), Data: remote(d),
		Text: s.By.Name + " " + text + because(d.Why) + "."}
	return string(d.Choice), tx.Append(ctx, entry)
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// reopen lets the matters wait for people again whose decision could not be carried out, unless the case was paid meanwhile.
func (k *Clerk) reopen(ctx context.Context, tx Tx, c *Case, s Signal, d Decision, why wording.Reason) error {
	all, err := tx.Matters(ctx, MatterFilter{CaseID: c.ID})
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Settled.Key != s.ID || c.State.Closed() || c.comesFrom() == Restoring || c.State == Restoring {
			continue
		}
		m.Settled = Settled{}
		m.Version++
		if err := tx.PutMatter(ctx, m); err != nil {
			return err
		}
	}
	return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: s.By, Kind: "not decided", Data: remote(d),
		Text: fmt.Sprintf("%s decided “%s”, which could not be done: %s.", s.By.Name, d.Choice, k.english(why))})
}

// hold stops the clock. The cancellations that the case made go at once: a back office that keeps dates would act on silence.
func (k *Clerk) hold(c *Case, intents []Intent, s Signal, d Decision) string {
	now, today := k.world.Now(), k.world.Today()
	h := &Pause{Kind: d.Kind, By: s.By, Why: d.Why, Since: now, Until: d.Until, DaysLeft: max(today.DaysUntil(c.EndsOn()), 1), From: c.comesFrom()}
	if h.Kind == "" {
		h.Kind = PauseAsked
	}
	if c.State != Person {
		h.From = c.State
	}
	if was := c.Course.Hold; was != nil { // another hold in its place: what was left stays
		h.Since, h.DaysLeft, h.From = was.Since, was.DaysLeft, was.From
	}
	if h.From == Confirming {
		h.From = Running
	}
	c.Course.Hold, c.Course.From = h, ""
	c.State, c.Reason = Held, heldReason(s.By, d)
	if !d.Until.IsZero() {
		c.Course.Ends = max(c.EndsOn(), d.Until.AddDays(h.DaysLeft))
	}
	c.Course.Orders = withdrawn(c.Course.Orders, OrderRound{At: now, Why: "on hold"})
	switch h.Kind {
	case PauseDispute:
		c.write(snippets.KindDispute, told(c.felt(intents), "cancelled", ""))
	case PauseArranged:
		felt := told(c.felt(intents), "words", d.Why, "until", string(d.Until), "cancel on", string(c.EndsOn()))
		if d.Until.IsZero() { // without an end nothing follows by itself
			felt["cancelled"] = ""
		}
		c.write(snippets.KindArrangement, felt)
	}
	c.DueAt = now
	return "put the case on hold" + until(d.Until)
}

func heldReason(by Actor, d Decision) wording.Reason {
	if d.Until.IsZero() {
		return wording.Because("held", "who", by.Name, "why", d.Why)
	}
	return wording.Because("held_until", "who", by.Name, "why", d.Why, "day", string(d.Until))
}

// told adds to what a letter tells, in pairs of name and value.
func told(facts map[string]string, pairs ...string) map[string]string {
	for n := 0; n+1 < len(pairs); n += 2 {
		facts[pairs[n]] = pairs[n+1]
	}
	return facts
}

// withdrawn adds a round that withdraws the orders, unless the last one did.
func withdrawn(rounds []OrderRound, r OrderRound) []OrderRound {
	if n := len(rounds); n > 0 && rounds[n-1].On.IsZero() {
		return rounds
	}
	return append(rounds, r)
}

func until(d backoffice.Date) string {
	if d.IsZero() {
		return " without an end"
	}
	return " until " + string(d)
}

// resume lets the clock run again. The customer has at least the days that were left when the hold
// began, and no earlier end than was told.
func (k *Clerk) resume(c *Case) string {
	h := c.Course.Hold
	if h == nil {
		h = &Pause{From: Waiting, DaysLeft: 1}
	}
	now := k.world.Now()
	c.Course.Hold, c.Course.From = nil, ""
	c.State, c.Reason, c.DueAt = h.From, wording.Reason{}, now
	c.Course.Ends = max(k.world.Today().AddDays(h.DaysLeft), c.toldEnd())
	if c.Course.Promise != nil {
		c.Course.Ends = max(c.Course.Ends, k.promiseCheck(*c).AddDays(1))
	}
	if c.State == Waiting {
		c.Reason = wording.Because("wait_payment", "day", string(c.EndsOn()))
		c.moveOrders(c.EndsOn(), now, "the hold ended")
	}
	return "ended the hold; the customer has until " + string(c.EndsOn())
}

// toldEnd is the latest end that the customer was told of.
func (c Case) toldEnd() backoffice.Date {
	end := c.Terms.CancelOn
	for _, l := range c.Course.Letters {
		if !l.Void {
			end = max(end, backoffice.Date(l.Facts["cancel on"]))
		}
	}
	return end
}

// extend gives the customer more time.
func (k *Clerk) extend(c *Case, intents []Intent, d Decision) string {
	now := k.world.Now()
	c.Course.Extensions++
	c.Course.Promise = nil
	k.moveEnd(c, d.Until, "more time was given")
	if h := c.Course.Hold; h != nil {
		h.DaysLeft = max(h.DaysLeft, k.world.Today().DaysUntil(d.Until))
	} else {
		c.State, c.Course.From = Waiting, ""
		c.Reason = wording.Because("wait_payment", "day", string(c.EndsOn()))
	}
	c.write(snippets.KindExtension, told(c.felt(intents), "until", string(d.Until.AddDays(-1)), "cancel on", string(c.EndsOn())))
	c.DueAt = now
	return "gave the customer time until " + string(d.Until)
}

// moveEnd sets the day on which the customer's time is over. While a hold lasts the cancellations stay withdrawn.
func (k *Clerk) moveEnd(c *Case, to backoffice.Date, why string) {
	if c.Course.Hold == nil {
		c.moveOrders(to, k.world.Now(), why)
	}
	c.Course.Ends = to
}

// promise notes a customer's word to pay by a day. Until the working day after it nothing is cancelled.
func (k *Clerk) promise(c *Case, intents []Intent, s Signal, d Decision) string {
	now := k.world.Now()
	amount := d.Amount
	if amount.IsZero() {
		amount = c.Owed().Outstanding
	}
	c.Course.Promise = &Promise{By: d.Until, Amount: amount, Noted: s.By, At: now}
	c.Course.Promises++
	if after := k.promiseCheck(*c).AddDays(1); c.EndsOn() < after {
		k.moveEnd(c, after, "a promise was accepted")
	}
	if c.Course.Hold == nil {
		c.State, c.Course.From = Waiting, ""
		c.Reason = wording.Because("wait_promise", "day", string(d.Until))
	}
	c.write(snippets.KindPromise, told(c.felt(intents), "until", string(d.Until), "cancel on", string(c.EndsOn())))
	c.DueAt = now
	return fmt.Sprintf("noted that the customer promises to pay %s by %s", amount, d.Until)
}

// promiseCheck is the day on which a promise counts as broken if nothing came: the working day after it has passed.
func (k *Clerk) promiseCheck(c Case) backoffice.Date {
	day := c.Course.Promise.By.AddDays(1)
	for n := 0; n < 14 && !k.workday(day); n++ {
		day = day.AddDays(1)
	}
	return day.AddDays(1)
}

func (k *Clerk) workday(d backoffice.Date) bool {
	return k.world.Policy.Calendar == nil || k.world.Policy.Calendar.IsWorkday(d)
}

// restoreOnProof switches on what the case switched off, while the debt is open. The clock and the cancellations wait; nothing is
// ever switched off again by itself.
func (k *Clerk) restoreOnProof(c *Case, intents []Intent, s Signal, d Decision) string {
	c.Course.Proof = &Proof{By: s.By, Why: d.Why, On: d.Until, At: k.world.Now()}
	k.hold(c, intents, s, Decision{Kind: PauseProof, Until: d.Until, Why: d.Why})
	if felt := c.felt(intents); felt["off"] != "" && !d.Until.IsZero() {
		c.write(snippets.KindOnProof, told(felt, "restored", felt["off"], "off", "", "withdrawn", felt["cancelled"], "cancelled", "",
			"until", string(d.Until), "proof", "yes"))
	}
	return "switched the services on before the money is booked" + byDay(d.Until)
}

// undo lets all that the case did be undone, though the debt is open: it should not have begun. It is on hold until nothing of it
// may be under way any more.
func (k *Clerk) undo(c *Case, intents []Intent, s Signal, d Decision) string {
	k.hold(c, intents, s, Decision{Kind: PauseAsked, Why: d.Why})
	c.Course.Undone = &Undone{By: s.By, Why: d.Why, At: k.world.Now()}
	return "said that the case should not have begun; what it did is undone"
}

func byDay(d backoffice.Date) string {
	if d.IsZero() {
		return "; the debt stays"
	}
	return ", expected by " + string(d)
}

// goOn lets the end stand: without payment the orders are cancelled on that day. One that has passed, or is today, is moved to
// tomorrow.
func (k *Clerk) goOn(c *Case) string {
	now := k.world.Now()
	end := max(c.EndsOn(), k.world.Today().AddDays(1))
	c.Course.Hold, c.Course.From, c.Course.Promise = nil, "", nil
	c.moveOrders(end, now, "it was decided to go on")
	c.Course.Ends, c.Course.Stands = end, end
	c.State, c.Reason, c.DueAt = Waiting, wording.Because("wait_payment", "day", string(end)), now
	return "lets it go on: without payment the orders end on " + string(end)
}
