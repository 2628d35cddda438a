package daemon

import (
	"context"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// CatchUp has everything taken up at once that is due, and waits until it is done: no case is due or worked on, nothing that came
// in is unheard, and every card shows how its case is. The questions to people whose time has come are put to them after it. For
// whoever moves the clock by hand.
func (d *Daemon) CatchUp(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for quiet := 0; ; {
		d.wake.Sweep()
		left, err := d.left(ctx)
		if err != nil {
			return err
		}
		// What is due and what is being worked on are counted one after the other. A case that was worked on at the first count, and
		// is due again at the second, is in neither: only the second time in a row tells that there is nothing.
		if quiet++; left > 0 {
			quiet = 0
		}
		if quiet == 2 {
			return d.redrawWaiting(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// left counts what there is to do now.
func (d *Daemon) left(ctx context.Context) (int, error) {
	stats, err := d.store.Stats(ctx, d.now())
	n := stats.Due + stats.Leases + stats.WaitingSignals
	if err != nil || n > 0 || d.slack == nil {
		return n, err
	}
	err = d.store.InTx(ctx, func(tx bot.Tx) error {
		stale, err := tx.StaleCards(ctx, 1)
		n = len(stale)
		return err
	})
	return n, err
}

// redrawWaiting draws the matters that no card shows yet.
func (d *Daemon) redrawWaiting(ctx context.Context) error {
	waiting, err := d.Reception.Matters(ctx, bot.MatterFilter{Open: true, Undrawn: true})
	for _, m := range waiting {
		d.changed(m.CaseID)
	}
	return err
}
