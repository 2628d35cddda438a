package bot

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/backoffice"
)

// Glance is what tells customers of the same name apart in a list.
type Glance struct {
	Overdue  backoffice.Money // what a case would be about; zero when nothing is overdue
	Services int              // active ones
}

// glancesAtOnce is how many customers are looked at together: a list of ten should not take ten times as long as one.
const glancesAtOnce = 10

// Glances looks at several customers at once, by id. One that can't be read before ctx ends is left out: who asks has to say
// that it isn't known, and a guess would be worse than none.
func (r *Reception) Glances(ctx context.Context, customerIDs []string) map[string]Glance {
	found := make([]*Glance, len(customerIDs))
	var g errgroup.Group
	g.SetLimit(glancesAtOnce)
	for i, id := range customerIDs {
		g.Go(func() error {
			found[i] = r.glance(ctx, id)
			return nil // one customer that can't be read says nothing of the others
		})
	}
	_ = g.Wait()
	byID := make(map[string]Glance, len(found))
	for i, seen := range found {
		if seen != nil {
			byID[customerIDs[i]] = *seen
		}
	}
	return byID
}

// glance reads one customer; nil when that fails, or when there is no single sum.
func (r *Reception) glance(ctx context.Context, customerID string) *Glance {
	var f Facts
	g, gctx := errgroup.WithContext(ctx)
	read(g, func() (err error) { f.Invoices, err = r.world.Office.Invoices(gctx, customerID); return })
	read(g, func() (err error) { f.Services, err = r.world.Office.Services(gctx, customerID); return })
	if err := g.Wait(); err != nil {
		r.log.InfoContext(ctx, "customer of a list can't be read", "customer", customerID, "error", err)
		return nil
	}
	f.Today = r.world.Today()
	var p Plan
	if p.planInvoices(f); len(p.Blocked) > 0 {
		return nil
	}
	seen := &Glance{Overdue: p.Outstanding}
	for _, s := range f.Services {
		if s.State == backoffice.ServiceActive {
			seen.Services++
		}
	}
	return seen
}

// InvoiceStates says what became of invoices that are no longer among a customer's open ones, by id. One that can't be read
// is left out.
func (r *Reception) InvoiceStates(ctx context.Context, ids []string) map[string]backoffice.InvoiceState {
	found := make([]backoffice.InvoiceState, len(ids))
	var g errgroup.Group
	g.SetLimit(glancesAtOnce)
	for i, id := range ids {
		g.Go(func() error {
			if inv, err := r.world.Office.Invoice(ctx, id); err == nil {
				found[i] = inv.State
			}
			return nil
		})
	}
	_ = g.Wait()
	byID := map[string]backoffice.InvoiceState{}
	for i, state := range found {
		if state != "" {
			byID[ids[i]] = state
		}
	}
	return byID
}
