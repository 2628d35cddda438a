package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// lettersToSend lists the letters that were decided on.
func lettersToSend(c Case, _ []Intent) (objects []string) {
	for _, l := range c.Course.Letters {
		objects = append(objects, l.ID)
	}
	return objects
}

// writeLetter makes a mail on the case's ticket and reads what lies in the ticket before it. It goes to the address that the
// notice went to.
func writeLetter(ctx context.Context, w World, c Case, id string) (Prior, error) {
	l, ok := c.letter(id)
	if !ok {
		return Prior{}, fmt.Errorf("case %s has no letter %q", c.Key, id)
	}
	customer, err := w.Office.Customer(ctx, c.CustomerID)
	if err != nil {
		return Prior{}, err
	}
	facts := c.Owed().notice(w.Policy, customer, w.Today(), c.Ticket.Mask)
	text, err := w.letterFor(ctx, l.Kind, c.letterFacts(facts, l), c.Ticket.ID)
	if errors.Is(err, helpdesk.ErrNotFound) || errors.Is(err, helpdesk.ErrTemplate) || errors.Is(err, errEmptyNotice) {
		return Prior{Stop: noticeReason(err)}, nil
	}
	if err != nil {
		return Prior{}, err
	}
	n := helpdesk.Notice{
		TicketID: c.Ticket.ID, FirstMessageID: c.Ticket.FirstMessageID, To: c.Terms.To, Subject: TicketSubject, Text: text,
		AgentID: c.Ticket.OwnerID, Status: w.Policy.NoticeStatus,
	}
	baseline, err := w.Desk.Baseline(ctx, n)
	if err != nil {
		return Prior{}, err
	}
	return priorOf(noticeBefore{Notice: n, Baseline: baseline})
}

// The kinds of letters.
const letterRestored = "restored"

func (w World) letterFor(ctx context.Context, _ string, f snippets.Facts, ticketID string) (string, error) {
	return w.noticeFor(ctx, f, ticketID)
}

func (c Case) letterFacts(f snippets.Facts, _ Letter) snippets.Facts { return f }
