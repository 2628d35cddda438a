package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// weekBefore is how many days before the end the team is reminded.
const weekBefore = 7

// keepDates does what a waiting case owes to its calendar: the reminder a week before the end, the question on the last working
// day, the check of a promise. next is when something is to be done again; asked says that a person decides now.
func (k *Clerk) keepDates(ctx context.Context, tx Tx, c *Case) (next time.Time, asked bool, err error) {
	end, today := c.EndsOn(), k.world.Today()
	next = k.at(end)
	soonest := func(d backoffice.Date) {
		if t := k.at(d); t.After(k.world.Now()) && t.Before(next) {
			next = t
		}
	}
	if p := c.Course.Promise; p != nil {
		check := k.promiseCheck(*c)
		switch {
		case today < check:
			soonest(check)
		case k.looksFirst(c, check):
			return next, true, nil
		default:
			return next, true, k.brokenPromise(ctx, tx, c)
		}
	}
	if week := end.AddDays(-weekBefore); today >= week && c.Course.Reminded != end && today < end {
		c.Course.Reminded = end
		if err := k.remind(ctx, tx, c, today.DaysUntil(end)); err != nil {
			return next, false, err
		}
	} else {
		soonest(week)
	}
	last := k.lastWorkday(end)
	switch {
	case today < last:
		soonest(last)
	case c.Course.Asked == end:
	case k.looksFirst(c, last): // the last look before the end; on the day itself it would come too late
		return next, true, nil
	default:
		return k.lastReminder(ctx, tx, c, next)
	}
	return next, false, nil
}

// lastReminder is what happens on the last working day before the end: a person is asked, unless one has said that the end stands.
func (k *Clerk) lastReminder(ctx context.Context, tx Tx, c *Case, next time.Time) (time.Time, bool, error) {
	end := c.EndsOn()
	if c.Course.Stands != end {
		return next, true, k.askBeforeEnd(ctx, tx, c)
	}
	c.Course.Asked = end
	return next, false, k.remind(ctx, tx, c, k.world.Today().DaysUntil(end))
}

// looksFirst lets a case look at the money once on a day on which somebody would be asked or told about it. A back office that is
// silent is asked again for half a day; then people are asked without it.
func (k *Clerk) looksFirst(c *Case, day backoffice.Date) bool {
	now, begins := k.world.Now(), k.at(day)
	tried := !c.Course.LookTried.Before(begins)
	if !c.Course.LookedAt.Before(begins) || tried && now.Sub(begins) > 12*time.Hour {
		return false
	}
	if !tried {
		c.Course.LookAt = now
	}
	c.DueAt = c.Course.LookAt
	return true
}

// at is the beginning of a day.
func (k *Clerk) at(d backoffice.Date) time.Time { return d.Time(k.world.Policy.Location) }

// dayOf is the civil date of an instant in the company's zone.
func (k *Clerk) dayOf(t time.Time) backoffice.Date {
	return backoffice.DateOf(t, k.world.Policy.Location)
}

// lastWorkday is the working day before a day.
func (k *Clerk) lastWorkday(d backoffice.Date) backoffice.Date {
	if k.world.Policy.Calendar == nil {
		return d.AddDays(-1)
	}
	return k.world.Policy.Calendar.LastWorkdayBefore(d)
}

// remind tells the team how many days are left, and the customer if the policy wants it and no invoice was demanded too often.
func (k *Clerk) remind(ctx context.Context, tx Tx, c *Case, days int) error {
	if k.world.Policy.RemindCustomer && c.demands() < k.world.Policy.DemandsMax {
		intents, err := tx.Intents(ctx, c.ID)
		if err != nil {
			return err
		}
		c.write(snippets.KindReminder, c.felt(intents))
	}
	return tx.Append(ctx, Entry{CaseID: c.ID, At: k.world.Now(), Who: TheBot(), Kind: "reminder",
		Data: remote(map[string]any{"ends": c.EndsOn(), "days": days}),
		Text: fmt.Sprintf("%d days are left: without payment the orders end on %s.", days, c.EndsOn())})
}

// askBeforeEnd asks on the last working day what is to become of the case. Unless the company wants silence to cancel, the
// cancellations are withdrawn until somebody has decided: a back office that keeps the date would act on silence.
func (k *Clerk) askBeforeEnd(ctx context.Context, tx Tx, c *Case) error {
	end := c.EndsOn()
	c.Course.Asked = end
	body := MatterBody{Headline: wording.Because("matter_deadline", "day", string(end)), Amount: c.owedNow(), Until: end}
	if err := k.openMatter(ctx, tx, c, MatterDeadline, body); err != nil {
		return err
	}
	if k.world.Policy.AtEnd == OrdersAreEnded {
		return k.remind(ctx, tx, c, k.world.Today().DaysUntil(end))
	}
	c.Course.Orders = withdrawn(c.Course.Orders, OrderRound{At: k.world.Now(), Why: "nobody has decided yet"})
	return k.askAndWithdraw(ctx, tx, c, wording.Because("decide_end", "day", string(end)))
}

// demands is how many times the customer was asked to pay the invoice of this case that was demanded most: by the back office's
// reminders, by the notice, and by reminders of the case.
func (c Case) demands() int {
	n := c.Course.Reminders
	for _, inv := range c.Terms.Invoices {
		n = max(n, inv.Reminders)
	}
	if c.Notice.MessageID != "" {
		n++
	}
	for _, l := range c.Course.Letters {
		if l.Kind == string(snippets.KindReminder) && !l.Void {
			n++
		}
	}
	return n
}

// brokenPromise asks a person: the day has passed and nothing came.
func (k *Clerk) brokenPromise(ctx context.Context, tx Tx, c *Case) error {
	p := c.Course.Promise
	c.Course.Promise = nil
	body := MatterBody{Headline: wording.Because("matter_broken", "day", string(p.By)), Amount: c.owedNow(), Until: c.EndsOn()}
	if err := k.openMatter(ctx, tx, c, MatterBroken, body); err != nil {
		return err
	}
	c.Course.Orders = withdrawn(c.Course.Orders, OrderRound{At: k.world.Now(), Why: "nobody has decided yet"})
	return k.askAndWithdraw(ctx, tx, c, wording.Because("promise_broken", "day", string(p.By)))
}

// askAndWithdraw asks a person and lets the case withdraw its cancellations at once, not when it looks at the money next.
func (k *Clerk) askAndWithdraw(ctx context.Context, tx Tx, c *Case, why wording.Reason) error {
	err := k.ask(ctx, tx, c, why)
	c.DueAt = k.world.Now()
	return err
}

// owedNow is what was open at the last look.
func (c Case) owedNow() backoffice.Money {
	if c.Course.Left != nil {
		return *c.Course.Left
	}
	return c.Owed().Outstanding
}

// openMatter puts a matter before the people of credit control. One of its kind that is open already is brought up to date
// instead.
func (k *Clerk) openMatter(ctx context.Context, tx Tx, c *Case, kind MatterKind, body MatterBody) error {
	all, err := tx.Matters(ctx, MatterFilter{CaseID: c.ID})
	if err != nil {
		return err
	}
	m := Matter{ID: fmt.Sprintf("%d %s %d", c.ID, kind, len(all)+1), CaseID: c.ID, Kind: kind, OpenedAt: k.world.Now()}
	for _, old := range all {
		if old.Kind == kind && old.Open() {
			m = old
			body.Taken, body.TakenAt, body.Reminded = old.Taken, old.TakenAt, old.Reminded
		}
	}
	m.MatterBody = body
	m.Version++
	return tx.PutMatter(ctx, m)
}

// closeMatters ends what a case had before people: it was paid, or is over.
func (k *Clerk) closeMatters(ctx context.Context, tx Tx, caseID int64, why string) error {
	open, err := tx.Matters(ctx, MatterFilter{CaseID: caseID, Open: true})
	if err != nil {
		return err
	}
	for _, m := range open {
		m.Settled = Settled{At: k.world.Now(), By: TheBot(), Why: why}
		m.Version++
		if err := tx.PutMatter(ctx, m); err != nil {
			return err
		}
	}
	return nil
}
