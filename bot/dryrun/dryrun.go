// Package dryrun decorates the helpdesk and the back office so that nothing goes out: reads are real, writes only say what
// they would have done. It is the default mode of the program.
//
// A write answers as if it had worked, so that a dry case shows the whole procedure. What was "written" is not there when
// it is looked for: a dry case never becomes live, and a live program does not go on with it.
package dryrun

import (
	"context"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// ticketPrefix marks the id of a ticket that does not exist; the agent's id follows it.
const ticketPrefix = "dry-run:"

// Desk is a helpdesk that is only read.
type Desk struct {
	helpdesk.Desk
	now func() time.Time
}

// NewDesk decorates a helpdesk.
func NewDesk(desk helpdesk.Desk, now func() time.Time) *Desk { return &Desk{Desk: desk, now: now} }

// OpenTicket makes up a ticket in the agent's name.
func (d *Desk) OpenTicket(_ context.Context, t helpdesk.NewTicket) (helpdesk.Ticket, error) {
	return madeUp(t.AgentID, helpdesk.Open), nil
}

// FindTickets finds no made-up ticket again: repeating costs nothing.
func (d *Desk) FindTickets(context.Context, string) (helpdesk.Found, error) {
	return helpdesk.Found{}, nil
}

// Ticket answers for made-up tickets, which wait for the customer; others are read.
func (d *Desk) Ticket(ctx context.Context, id string) (helpdesk.Ticket, error) {
	if agent, ok := strings.CutPrefix(id, ticketPrefix); ok {
		return madeUp(agent, helpdesk.Waiting), nil
	}
	return d.Desk.Ticket(ctx, id)
}

func madeUp(agentID string, s helpdesk.Status) helpdesk.Ticket {
	return helpdesk.Ticket{ID: ticketPrefix + agentID, Mask: "DRY-RUN", Status: s, OwnerID: agentID, FirstMessageID: "dry-run"}
}

// Messages finds nothing in a made-up ticket.
func (d *Desk) Messages(ctx context.Context, ticketID string) ([]helpdesk.Message, error) {
	if strings.HasPrefix(ticketID, ticketPrefix) {
		return nil, nil
	}
	return d.Desk.Messages(ctx, ticketID)
}

// Render is a read. A made-up ticket's own placeholders come out blank, as in a preview.
func (d *Desk) Render(ctx context.Context, r helpdesk.Render) (helpdesk.Rendered, error) {
	if strings.HasPrefix(r.TicketID, ticketPrefix) {
		r.TicketID = ""
	}
	return d.Desk.Render(ctx, r)
}

// Baseline of a made-up ticket is empty.
func (d *Desk) Baseline(context.Context, helpdesk.Notice) (helpdesk.Baseline, error) {
	return helpdesk.Baseline{}, nil
}

// SendNotice sends nothing.
func (d *Desk) SendNotice(context.Context, helpdesk.Notice) error { return nil }

// Delivery says that the notice went, which it did not.
func (d *Desk) Delivery(_ context.Context, s helpdesk.Sending) (helpdesk.Delivery, error) {
	return helpdesk.Delivery{
		State: helpdesk.Sent, Evidence: "dry run: nothing was mailed",
		Message: helpdesk.Message{MessageID: "<dry-run>", Outgoing: true, To: []string{s.Notice.To}, At: d.now()},
	}, nil
}

// Assign changes nothing.
func (d *Desk) Assign(context.Context, string, string) (bool, error) { return false, nil }

// SetStatus changes nothing.
func (d *Desk) SetStatus(context.Context, string, helpdesk.Status) (bool, error) { return false, nil }

// Comment writes nothing.
func (d *Desk) Comment(context.Context, string, helpdesk.NewComment) (bool, error) { return false, nil }

// Office is a back office that is only read.
type Office struct {
	backoffice.Office
	now func() time.Time
}

// NewOffice decorates a back office.
func NewOffice(office backoffice.Office, now func() time.Time) *Office {
	return &Office{Office: office, now: now}
}

// Suspend switches nothing off.
func (o *Office) Suspend(context.Context, string, string, string) (bool, error) { return true, nil }

// Unsuspend switches nothing on.
func (o *Office) Unsuspend(context.Context, string, string) (bool, error) { return true, nil }

// Cancel ends no order.
func (o *Office) Cancel(context.Context, string, backoffice.Date, string, string) (bool, error) {
	return true, nil
}

// WithdrawCancellation takes nothing back.
func (o *Office) WithdrawCancellation(context.Context, string, string) (bool, error) {
	return true, nil
}

// AddNote adds nothing.
func (o *Office) AddNote(_ context.Context, _ string, n backoffice.NewNote, _ string) (backoffice.Note, bool, error) {
	return backoffice.Note{Title: n.Title, Text: n.Text, Author: n.Author, ExternalRef: n.ExternalRef, At: o.now()}, true, nil
}

// SetNonPayer sets nothing.
func (o *Office) SetNonPayer(context.Context, string, string, string) (bool, error) { return true, nil }

// ClearNonPayer clears nothing.
func (o *Office) ClearNonPayer(context.Context, string, string) (bool, error) { return true, nil }
