package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
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
		if check := k.promiseCheck(*c); today >= check {
			return next, true, k.brokenPromise(ctx, tx, c)
		} else {
			soonest(check)
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
	if today >= last && c.Course.Asked != end && c.Course.Stands != end {
		return next, true, k.askBeforeEnd(ctx, tx, c)
	}
	soonest(last)
	return next, false, nil
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

func (k *Clerk) remind(ctx context.Context, tx Tx, c *Case, days int) error {
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
		return nil
	}
	c.Course.Orders = withdrawn(c.Course.Orders, OrderRound{At: k.world.Now(), Why: "nobody has decided yet"})
	return k.askAndWithdraw(ctx, tx, c, wording.Because("decide_end", "day", string(end)))
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
