package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// World is everything outside that a case touches, and the company's policy.
type World struct {
	Desk     helpdesk.Desk
	Office   backoffice.Office
	Snippets *snippets.Set
	Announce Announcer          // nil: no channel is configured
	Words    *wording.Catalogue // for the journal's sentences
	Policy   Policy
	Now      func() time.Time
	// Observe is told of each step's outcome once it is written down, and how long its call took; nil: nobody is.
	Observe func(ctx context.Context, step StepName, outcome Outcome, took time.Duration)
}

// Today is the civil date in the company's zone.
func (w World) Today() backoffice.Date { return backoffice.DateOf(w.Now(), w.Policy.Location) }

// Facts is all that a decision rests on, read at one moment.
type Facts struct {
	At       time.Time
	Today    backoffice.Date
	Customer backoffice.Customer
	Invoices []backoffice.Invoice // open ones, due or not
	// Settled holds the invoices of a running case that are no longer open, by id.
	Settled  map[string]backoffice.Invoice
	Services []backoffice.Service
	Notes    []backoffice.Note
	Payments backoffice.Payments
	// PaymentsKnown is false where the back office doesn't tell which money is on its way.
	PaymentsKnown bool

	AgentEmail string
	Agent      helpdesk.Agent
	AgentErr   error // why the agent can't own the ticket

	// OtherTickets are the customer's open and waiting tickets in the helpdesk.
	OtherTickets        []helpdesk.TicketSummary
	OtherTicketsUnknown bool // the helpdesk didn't tell

	Lately    Lately // what was started lately, for the caps
	OpenCase  *Case  // the customer's running case
	PastCases []Case // the customer's ended cases
	SetAside  string // the id of a comment that a person set aside
	PausedBy  string // who paused the bot; empty: it runs
}

// Gather reads the facts about a customer from the back office, at once where they don't depend on each other. For a
// running case it also reads those of its invoices that are no longer open. Any part that can't be read is an error: a
// decision never rests on half of the facts.
func Gather(ctx context.Context, w World, customerID string, terms *Terms) (Facts, error) {
	f := Facts{At: w.Now(), Today: w.Today()}
	offers, err := w.Office.Capabilities(ctx)
	if err != nil {
		return f, err
	}
	f.PaymentsKnown = offers.Offers(backoffice.OpPayments)
	g, gctx := errgroup.WithContext(ctx)
	read(g, func() (err error) { f.Customer, err = w.Office.Customer(gctx, customerID); return })
	read(g, func() (err error) { f.Services, err = w.Office.Services(gctx, customerID); return })
	read(g, func() (err error) { f.Notes, err = w.Office.Notes(gctx, customerID); return })
	read(g, func() (err error) {
		if f.Invoices, err = w.Office.Invoices(gctx, customerID); err == nil && terms != nil {
			f.Settled, err = settled(gctx, w.Office, f.Invoices, terms.InvoiceIDs())
		}
		return err
	})
	if f.PaymentsKnown {
		read(g, func() (err error) {
			f.Payments, err = w.Office.Payments(gctx, customerID)
			if errors.Is(err, backoffice.ErrNotOffered) {
				f.PaymentsKnown, err = false, nil
			}
			return err
		})
	}
	return f, g.Wait()
}

func read(g *errgroup.Group, f func() error) { g.Go(f) }

// settled reads those of the ids that are not among the open invoices. One that the back office doesn't know any more is
// an error: it can't be called paid.
func settled(ctx context.Context, office backoffice.Reader, open []backoffice.Invoice, ids []string) (map[string]backoffice.Invoice, error) {
	missing := slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return slices.ContainsFunc(open, func(i backoffice.Invoice) bool { return i.ID == id })
	})
	found := make([]backoffice.Invoice, len(missing))
	g, gctx := errgroup.WithContext(ctx)
	for n, id := range missing {
		g.Go(func() (err error) { found[n], err = office.Invoice(gctx, id); return })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	byID := make(map[string]backoffice.Invoice, len(found))
	for _, inv := range found {
		byID[inv.ID] = inv
	}
	return byID, nil
}
