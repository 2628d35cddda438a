package cerb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// NewTickets reads tickets from the newest back until one was opened before since: ids are given in the order of opening, while
// Cerb's filter for dates reads them in the worker's own zone and takes what it can't read for "any".
func (c *Client) NewTickets(ctx context.Context, since time.Time) ([]helpdesk.Arrival, error) {
	const op = "list new tickets"
	var out []helpdesk.Arrival
	q := search{}.raw("status", "[open,waiting]").raw("sort", "-id")
	for next, n := q, 0; n < maxPages; n++ {
		p, err := searchPage[participantRecord](ctx, c, op, "ticket", next, "requesters")
		if err != nil {
			return nil, err
		}
		for _, rec := range p.Results {
			if rec.Created.at().Before(since.Truncate(time.Second)) {
				return out, nil
			}
			if out, err = arrived(out, rec, op); err != nil {
				return nil, err
			}
		}
		if len(p.Results) == 0 || len(p.Results) >= int(p.Total) {
			return out, nil
		}
		next = q.raw("id", "<"+p.Results[len(p.Results)-1].ID.id())
	}
	return nil, &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true, Err: fmt.Errorf("more than %d open tickets since then", maxPages*pageSize)}
}

// arrived adds a ticket that is still open. What comes back is compared with what was asked for.
func arrived(out []helpdesk.Arrival, rec participantRecord, op string) ([]helpdesk.Arrival, error) {
	s, err := rec.summary(op)
	if err != nil || s.Status != helpdesk.Open && s.Status != helpdesk.Waiting {
		return out, err
	}
	a := helpdesk.Arrival{TicketSummary: s, OpenedAt: rec.Created.at()}
	for _, r := range rec.Requesters {
		a.With = append(a.With, strings.ToLower(string(r.Email)))
	}
	return append(out, a), nil
}
