package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
)

// servicesToSwitchOn lists the services that this case switched off, or may have.
func servicesToSwitchOn(_ Case, intents []Intent) []string {
	return perhapsDone(intents, SuspendServices)
}

// suspensionBefore reads a service. One that is on already is done; one that is off for another reason than this case's is
// left alone: somebody else has a reason of their own.
func suspensionBefore(ctx context.Context, w World, c Case, id string) (Prior, error) {
	s, prior, err := readService(ctx, w, id)
	switch {
	case err != nil:
	case !prior.Skip.IsZero():
		prior.Hands, prior.Skip = prior.Skip, wording.Reason{}
	case s.State != backoffice.ServiceSuspended:
		prior.Skip = wording.Because("on_already", "service", s.Label)
	case suspensionReason(s) != CancelReason:
		prior.Hands = wording.Because("other_suspension", "service", s.Label, "why", suspensionReason(s))
	}
	return prior, err
}

// lookAtService sees whether the service is on.
func lookAtService(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	s, err := w.Office.Service(ctx, in.Object)
	switch {
	case errors.Is(err, backoffice.ErrNotFound) || err == nil && s.State == backoffice.ServiceCancelled:
		return unclear("service_gone", "service", label(c, in)), nil
	case err != nil:
		return Sight{}, err
	case s.State != backoffice.ServiceSuspended:
		return seen(fmt.Sprintf("%s is %s.", s.Label, s.State), !in.CalledAt.IsZero()), nil
	case suspensionReason(s) != CancelReason:
		return unclear("other_suspension", "service", s.Label, "why", suspensionReason(s)), nil
	}
	return Sight{Kind: SeenAbsent, Evidence: s.Label + " is still suspended"}, nil
}

func switchOn(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	changed, err := w.Office.Unsuspend(ctx, in.Object, intentKey(c, in))
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: label(c, in) + " is on again.", Changed: changed}, nil
}

// paidCase: of a case that was undone the debt stays, and with it the status.
func paidCase(c Case, _ []Intent) []string {
	if c.Course.Undone != nil {
		return nil
	}
	return []string{""}
}

// statusBefore reads the non-payer status, so that the file shows who had set it, and when.
func statusBefore(ctx context.Context, w World, c Case, _ string) (Prior, error) {
	customer, err := w.Office.Customer(ctx, c.CustomerID)
	if err != nil {
		return Prior{}, err
	}
	prior, err := priorOf(customer.NonPayer)
	if customer.NonPayer == nil {
		prior.Skip = wording.Because("no_status")
	}
	return prior, err
}

func lookAtStatus(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	customer, err := w.Office.Customer(ctx, c.CustomerID)
	if err != nil {
		return Sight{}, err
	}
	if customer.NonPayer != nil {
		return Sight{Kind: SeenAbsent, Evidence: "the non-payer status is still there"}, nil
	}
	return seen("The account has no non-payer status.", !in.CalledAt.IsZero()), nil
}

func clearStatus(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	changed, err := w.Office.ClearNonPayer(ctx, c.CustomerID, intentKey(c, in))
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: "The non-payer status is off the account.", Changed: changed}, nil
}

// restoredTitle says what ended the comment that the customer is in treatment.
func (c Case) restoredTitle() string {
	if c.Course.Undone != nil {
		return UndoneTitle
	}
	return RestoredTitle
}

// restoredRef is the reference under which the bot finds its own comment again.
func restoredRef(c Case) string { return c.Key + "-restored" }

// commentedCase: a case that wrote no comment that the customer is in treatment has none to end.
func commentedCase(_ Case, intents []Intent) []string {
	switch findIntent(intents, WriteComment, "").Outcome {
	case "", Skipped:
		return nil
	}
	return []string{""}
}

func lookForRestored(ctx context.Context, w World, c Case, _ Intent) (Sight, error) {
	notes, err := w.Office.Notes(ctx, c.CustomerID)
	if err != nil {
		return Sight{}, err
	}
	for _, n := range notes {
		if n.ExternalRef == restoredRef(c) {
			return seen("The account has the comment “"+c.restoredTitle()+"”.", true), nil
		}
	}
	return Sight{Kind: SeenAbsent, Evidence: "no comment “" + c.restoredTitle() + "” of this case"}, nil
}

func writeRestored(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	_, changed, err := w.Office.AddNote(ctx, c.CustomerID, backoffice.NewNote{
		Title: c.restoredTitle(), Text: commentText(c), Author: TheBot().Name, ExternalRef: restoredRef(c),
	}, intentKey(c, in))
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: "The account has the comment “" + c.restoredTitle() + "” with ticket " + c.Ticket.Mask + ".", Changed: changed}, nil
}

// ticketToClose: a case may be over before it had a ticket.
func ticketToClose(c Case, _ []Intent) []string {
	if c.Ticket.ID == "" {
		return nil
	}
	return []string{""}
}

// ticketBefore leaves a ticket alone that is gone, merged, or closed already.
func ticketBefore(ctx context.Context, w World, c Case, _ string) (Prior, error) {
	t, err := w.Desk.Ticket(ctx, c.Ticket.ID)
	if errors.Is(err, helpdesk.ErrNotFound) || err == nil && t.Status == helpdesk.Deleted {
		return Prior{Skip: wording.Because("ticket_gone", "ticket", c.Ticket.Mask)}, nil
	}
	if err != nil {
		return Prior{}, err
	}
	prior, err := priorOf(struct {
		Status helpdesk.Status `json:"status"`
	}{t.Status})
	switch {
	case t.Merged:
		prior.Hands = wording.Because("ticket_merged", "ticket", c.Ticket.Mask)
	case t.Status == helpdesk.Closed:
		prior.Skip = wording.Because("ticket_closed", "ticket", c.Ticket.Mask)
	}
	return prior, err
}

func lookWhetherClosed(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	t, err := w.Desk.Ticket(ctx, c.Ticket.ID)
	switch {
	case errors.Is(err, helpdesk.ErrNotFound):
		return unclear("ticket_gone", "ticket", c.Ticket.Mask), nil
	case err != nil:
		return Sight{}, err
	case t.Status != helpdesk.Closed:
		return Sight{Kind: SeenAbsent, Evidence: "the ticket is " + string(t.Status)}, nil
	}
	return seen("Ticket "+c.Ticket.Mask+" is closed.", !in.CalledAt.IsZero()), nil
}

func closeTicket(ctx context.Context, w World, c Case, _ Intent) (Result, error) {
	changed, err := w.Desk.SetStatus(ctx, c.Ticket.ID, helpdesk.Closed)
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: "Ticket " + c.Ticket.Mask + " is closed.", Changed: changed}, nil
}
