package bot

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// SignalMoney says that something happened to the customer's money: the case looks at it at once. It restores nothing by itself.
const SignalMoney SignalKind = "money"

// Aftercare looks after cases that are over: money that is taken back after a restore, money that comes after the end, and a service
// that goes off again right after it was switched on, are a person's. It changes nothing outside.
type Aftercare struct {
	store   Store
	world   World
	changed func(caseID int64)
	over    chan string // customers with cases that are over, to be looked at
	log     *slog.Logger
}

// NewAftercare makes one. changed is told of every case with a new matter; it must not block.
func NewAftercare(store Store, world World, changed func(caseID int64), log *slog.Logger) *Aftercare {
	return &Aftercare{store: store, world: world, changed: changed, over: make(chan string, 1000), log: log}
}

// Look looks at the money of the cases that ended within the policy's term. One that can't be looked at keeps no other from it.
func (a *Aftercare) Look(ctx context.Context) error { return a.look(ctx, "") }

func (a *Aftercare) look(ctx context.Context, customerID string) error {
	cases, err := a.lately(ctx, customerID)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a.lookAt(ctx, c)
	}
	return nil
}

// Tell passes on that something happened to a customer's money. key is the sender's own: the same thing twice is one signal. What
// it means for cases that are over Run finds out, now or with its daily look.
func (a *Aftercare) Tell(ctx context.Context, customerID, key string) error {
	err := a.store.InTx(ctx, func(tx Tx) error {
		cases, err := tx.Cases(ctx, Filter{CustomerID: customerID})
		if err != nil {
			return err
		}
		for _, c := range cases {
			if c.State.Closed() {
				continue
			}
			s := Signal{ID: fmt.Sprintf("%s %d", key, c.ID), CaseID: c.ID, Kind: SignalMoney, By: TheBot(), ReceivedAt: a.world.Now()}
			if _, err := tx.InsertSignal(ctx, s); err != nil {
				return err
			}
			a.changed(c.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.lookSoon(customerID)
	return nil
}

// lately lists the cases that ended within the term, of one customer or of all.
func (a *Aftercare) lately(ctx context.Context, customerID string) (cases []Case, err error) {
	since := a.world.Now().AddDate(0, 0, -a.world.Policy.AftercareDays)
	err = a.store.InTx(ctx, func(tx Tx) error {
		all, err := tx.Cases(ctx, Filter{States: []State{Ended}, CustomerID: customerID, NotForgotten: true})
		for _, c := range all {
			if c.EndedAt.After(since) && c.Mode == Live && (!c.Course.RestoredAt.IsZero() || c.Reason.Code == "cancelled") {
				cases = append(cases, c)
			}
		}
		return err
	})
	return cases, err
}

func (a *Aftercare) lookAt(ctx context.Context, c Case) {
	cctx, cancel := context.WithTimeout(ctx, a.world.Policy.StepTimeout)
	defer cancel()
	facts, err := gatherDebt(cctx, a.world, c)
	if err == nil {
		err = a.judge(ctx, c, facts)
	}
	if err == nil && a.world.Now().Before(c.Course.RestoredAt.Add(offAgain)) {
		err = a.lookAtServices(cctx, c)
	}
	if err != nil {
		a.log.WarnContext(ctx, "a case that is over can't be looked at", "case", c.ID, "error", err)
	}
}

// offAgain is how long after a restore a service that goes off is taken for the back office's own doing about the debt that is
// paid. What happens later has other reasons.
const offAgain = 48 * time.Hour

// lookAtServices puts before people that a service is off again that the case had switched on.
func (a *Aftercare) lookAtServices(ctx context.Context, c Case) error {
	services, err := a.world.Office.Services(ctx, c.CustomerID)
	if err != nil {
		return err
	}
	for _, s := range services {
		off := s.State == backoffice.ServiceSuspended && s.Suspension != nil && !s.Suspension.At.Before(c.Course.RestoredAt.Truncate(time.Minute))
		if t, ours := c.Terms.Service(s.ID); off && ours && t.Suspend {
			return a.open(ctx, c, MatterChanged, backoffice.Money{}, wording.Because("matter_changed", "service", s.Label, "why", suspensionReason(s)))
		}
	}
	return nil
}

// serviceChanged passes on that a service changed. Only what happens after a restore is of interest, and that it wasn't the restore.
func (a *Aftercare) serviceChanged(ctx context.Context, e backoffice.Event) error {
	cases, err := a.lately(ctx, e.CustomerID)
	for _, c := range cases {
		if at := c.Course.RestoredAt; !at.IsZero() && e.At.After(at) && e.At.Before(at.Add(offAgain)) {
			a.lookSoon(e.CustomerID)
		}
	}
	return err
}

// lookSoon lets Run look at the cases of a customer that are over.
func (a *Aftercare) lookSoon(customerID string) {
	select {
	case a.over <- customerID:
	default: // so many at once wait for the daily look
	}
}

// judge opens the matter that follows from a look, once.
func (a *Aftercare) judge(ctx context.Context, c Case, f Facts) error {
	now := c.Terms.debtNow(f)
	switch restored := !c.Course.RestoredAt.IsZero(); {
	case restored && now.open:
		return a.open(ctx, c, MatterReversed, now.left, wording.Because("matter_reversed", "amount", wording.Money(now.left)))
	case !restored && !now.open:
		return a.open(ctx, c, MatterLate, c.Owed().Outstanding, wording.Because("matter_late", "amount", wording.Money(c.Owed().Outstanding), "day", string(c.EndsOn())))
	}
	return nil
}

// open puts a matter before people unless the case had one of its kind before: settled or not, it was seen.
func (a *Aftercare) open(ctx context.Context, c Case, kind MatterKind, amount backoffice.Money, headline wording.Reason) error {
	fresh := false
	err := a.store.InTx(ctx, func(tx Tx) error {
		all, err := tx.Matters(ctx, MatterFilter{CaseID: c.ID})
		if err != nil {
			return err
		}
		for _, m := range all {
			if m.Kind == kind {
				return nil
			}
		}
		fresh = true
		now := a.world.Now()
		m := Matter{ID: fmt.Sprintf("%d %s %d", c.ID, kind, len(all)+1), CaseID: c.ID, Kind: kind, OpenedAt: now,
			MatterBody: MatterBody{Headline: headline, Amount: amount}, Version: 1}
		if err := tx.PutMatter(ctx, m); err != nil {
			return err
		}
		return tx.Append(ctx, Entry{CaseID: c.ID, At: now, Who: TheBot(), Kind: string(kind), Data: remote(headline),
			Text: "Looked at after the end: " + a.told(kind, amount, headline) + "."})
	})
	if err == nil && fresh {
		a.changed(c.ID)
	}
	return err
}

// told is what a look after the end showed, in English.
func (a *Aftercare) told(kind MatterKind, amount backoffice.Money, headline wording.Reason) string {
	if kind == MatterChanged {
		return string(kind) + ", " + headline.Args["service"] + " is suspended (" + headline.Args["why"] + ")"
	}
	return fmt.Sprintf("%s, %s", kind, amount)
}

// aftercareEvery is how often all cases that are over are looked at.
const aftercareEvery = 24 * time.Hour

// Run looks once a day, and at whomever something is told of, until ctx ends.
func (a *Aftercare) Run(ctx context.Context) {
	tick := time.NewTicker(aftercareEvery)
	defer tick.Stop()
	for customer := ""; ctx.Err() == nil; {
		if err := a.look(ctx, customer); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "cases that are over can't be looked at", "error", err)
		}
		select {
		case <-ctx.Done():
		case customer = <-a.over:
		case <-tick.C:
			customer = ""
		}
	}
}
