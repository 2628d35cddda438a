package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
)

const (
	// settingFeed is the last event of the back office's feed that was passed on.
	settingFeed = "events after"
	feedEvery   = time.Minute
	feedAtOnce  = 200
)

// Follow passes on what the back office's feed tells, every minute until ctx ends. Where there is no feed, or it can't be read,
// the money is looked at by the clock all the same: the feed only makes it sooner.
func (a *Aftercare) Follow(ctx context.Context) {
	for {
		err := a.readFeed(ctx)
		if errors.Is(err, backoffice.ErrNotOffered) {
			return
		}
		if err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "events of the back office can't be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(feedEvery):
		}
	}
}

// readFeed passes on all that is new in the feed. The place is written down after what stands before it was passed on: what is
// told twice is one signal.
func (a *Aftercare) readFeed(ctx context.Context) error {
	offers, err := a.world.Office.Capabilities(ctx)
	if err != nil {
		return err
	}
	if !offers.Offers(backoffice.OpEvents) {
		return backoffice.ErrNotOffered
	}
	after, err := a.place(ctx)
	if err == nil && after == "" {
		err = a.startAnew(ctx)
	}
	if err != nil || after == "" {
		return err
	}
	for {
		events, last, err := a.world.Office.Events(ctx, after, feedAtOnce)
		if errors.Is(err, backoffice.ErrNotFound) {
			a.log.WarnContext(ctx, "the back office no longer knows the place in its feed; all cases are looked at", "after", after)
			return a.startAnew(ctx)
		}
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := a.Pass(ctx, e); err != nil {
				return err
			}
		}
		if last != after {
			if err := a.setPlace(ctx, last); err != nil {
				return err
			}
		}
		if after = last; len(events) < feedAtOnce {
			return nil
		}
	}
}

// Pass passes an event on that may be about money, or about a service that a restore had switched on. It is stored when nil comes back; the same event again changes nothing.
func (a *Aftercare) Pass(ctx context.Context, e backoffice.Event) error {
	switch {
	case e.CustomerID == "":
		return nil
	case e.Type == backoffice.EventServiceChanged:
		return a.serviceChanged(ctx, e)
	}
	return a.Tell(ctx, e.CustomerID, "event "+e.ID)
}

// startAnew takes the newest place of the feed, and then has every case looked at.
func (a *Aftercare) startAnew(ctx context.Context) error {
	_, last, err := a.world.Office.Events(ctx, "", 0)
	if err != nil {
		return err
	}
	var open []Case
	err = a.store.InTx(ctx, func(tx Tx) (err error) { open, err = tx.Cases(ctx, Filter{States: OpenStates()}); return })
	for _, c := range open {
		if err == nil {
			err = a.Tell(ctx, c.CustomerID, fmt.Sprintf("feed anew %s %d", last, a.world.Now().UnixMilli()))
		}
	}
	if err != nil {
		return err
	}
	return a.setPlace(ctx, last)
}

func (a *Aftercare) place(ctx context.Context) (after string, err error) {
	err = a.store.InTx(ctx, func(tx Tx) (err error) { after, err = tx.Setting(ctx, settingFeed); return })
	return after, err
}

func (a *Aftercare) setPlace(ctx context.Context, last string) error {
	return a.store.InTx(ctx, func(tx Tx) error { return tx.SetSetting(ctx, settingFeed, last) })
}
