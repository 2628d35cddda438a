package daemon

import (
	"context"
	"time"

	"github.com/aanmaner/aanmaner/bot"
)

// Settle has everything taken up at once that is due, and waits until it is done: no case is due or worked on, and nothing that
// came in is unheard. The questions to people whose time has come are put to them after it. For whoever moves the clock by hand.
func (d *Daemon) Settle(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		d.wake.Sweep()
		stats, err := d.store.Stats(ctx, d.now())
		if err != nil {
			return err
		}
		if stats.Due+stats.Leases+stats.WaitingSignals == 0 {
			return d.redrawWaiting(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// redrawWaiting draws the matters that no card shows yet.
func (d *Daemon) redrawWaiting(ctx context.Context) error {
	waiting, err := d.Reception.Matters(ctx, bot.MatterFilter{Open: true, Undrawn: true})
	for _, m := range waiting {
		d.changed(m.CaseID)
	}
	return err
}
