package daemon

import (
	"context"
	"time"
)

// retainEvery is how often the retention job looks. Several replicas may look at once: forgetting twice changes nothing.
const retainEvery = 6 * time.Hour

// retain forgets closed cases when their term is over, until ctx ends. Without a term nothing is ever forgotten by itself.
func (d *Daemon) retain(ctx context.Context) error {
	if d.Config.Retention.ClosedDays <= 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	tick := time.NewTicker(retainEvery)
	defer tick.Stop()
	for {
		before := d.now().In(d.Policy.Location).AddDate(0, 0, -d.Config.Retention.ClosedDays)
		n, err := d.Reception.ForgetOld(ctx, before)
		if err != nil && ctx.Err() == nil {
			d.log.ErrorContext(ctx, "closed cases could not all be forgotten", "forgotten", n, "error", err)
		} else if n > 0 {
			d.log.InfoContext(ctx, "closed cases were forgotten, their term is over", "cases", n, "ended_before", before.Format(time.DateOnly))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
