package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// noticeBefore is kept with the intent to send the notice: the mail to the letter, and what lay in the ticket before. With
// it a Look after a crash can tell our notice from everything else.
type noticeBefore struct {
	Notice   helpdesk.Notice   `json:"notice"`
	Baseline helpdesk.Baseline `json:"baseline"`
}

// writeNotice makes the mail and reads what lies in the ticket. A snippet that can't be used is for a person to mend.
func writeNotice(ctx context.Context, w World, c Case, _ string) (Prior, error) {
	customer, err := w.Office.Customer(ctx, c.CustomerID)
	if err != nil {
		return Prior{}, err
	}
	facts := c.Owed().notice(w.Policy, customer, w.Today(), c.Ticket.Mask)
	text, err := w.noticeFor(ctx, facts, c.Ticket.ID)
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

// lookForNotice says what became of the mail.
func lookForNotice(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	if len(in.Prior) == 0 { // the database was put back from a time before the notice: what to look for isn't known
		return unclear("notice_unknown"), nil
	}
	before, err := noticeOf(c, in)
	if err != nil {
		return Sight{}, err
	}
	d, err := w.Desk.Delivery(ctx, helpdesk.Sending{Notice: before.Notice, Baseline: before.Baseline})
	if errors.Is(err, helpdesk.ErrNotFound) {
		return unclear("ticket_gone", "ticket", c.Ticket.Mask), nil
	}
	if err != nil {
		return Sight{}, err
	}
	switch d.State {
	case helpdesk.Sent:
		return noticeSeen(d, before.Notice), nil
	case helpdesk.Queued:
		return Sight{Kind: SeenPending, Since: d.Since, Evidence: d.Evidence}, nil
	case helpdesk.NotSent:
		return Sight{Kind: SeenFailed, Evidence: d.Evidence}, nil
	case helpdesk.Absent:
		return Sight{Kind: SeenAbsent, Evidence: d.Evidence, Reason: wording.Because("notice_unknown")}, nil
	}
	return Sight{Kind: SeenUnclear, Evidence: d.Evidence, Reason: wording.Because("notice_unknown")}, nil
}

func noticeSeen(d helpdesk.Delivery, n helpdesk.Notice) Sight {
	ref := NoticeRef{MessageID: d.Message.MessageID, To: n.To, SentAt: d.Message.At}
	return Sight{Kind: SeenDone, Evidence: d.Evidence, Result: Result{
		Evidence: "The notice went to " + n.To + " as message " + d.Message.MessageID + ".", Changed: true,
		Remote: remote(ref), Apply: func(c *Case) { c.Notice = ref },
	}}
}

// sendNotice sends the mail that the intent holds, to the letter.
func sendNotice(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	before, err := noticeOf(c, in)
	if err != nil {
		return Result{}, err
	}
	if err := w.Desk.SendNotice(ctx, before.Notice); err != nil {
		return Result{}, err
	}
	return Result{Evidence: "The helpdesk took the notice.", Changed: true}, nil
}

func noticeOf(c Case, in Intent) (noticeBefore, error) {
	var before noticeBefore
	if err := json.Unmarshal(in.Prior, &before); err != nil {
		return before, fmt.Errorf("notice of case %s: %w", c.Key, err)
	}
	return before, nil
}
