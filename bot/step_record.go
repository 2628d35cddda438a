package bot

import (
	"context"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// Announcer tells the team of a case, in its channel.
type Announcer interface {
	// Announce posts the case's card, or brings the one that is there up to date, and says where. An error means that the
	// channel may not show it yet; announcing again never posts a second card.
	Announce(ctx context.Context, caseID int64) (where string, err error)
}

func nothingBefore(context.Context, World, Case, string) (Prior, error) {
	return Prior{}, nil
}

// lookAtDebt has nothing to find: the check leaves no trace outside.
func lookAtDebt(context.Context, World, Case, Intent) (Sight, error) {
	return Sight{Kind: SeenAbsent, Evidence: "the check leaves no trace"}, nil
}

// noteDebt records that the debt stood when it was looked at, which the clerk has just done.
func noteDebt(_ context.Context, _ World, c Case, _ Intent) (Result, error) {
	return Result{Evidence: "The invoices are unpaid: " + c.Terms.Outstanding.String() + " is outstanding."}, nil
}

// commentRef is the reference under which the bot finds its own comment again.
func commentRef(c Case) string { return c.Key + "-comment" }

// lookForComment finds the comment by its reference; one that a person wrote with the ticket in it will do as well.
func lookForComment(ctx context.Context, w World, c Case, _ Intent) (Sight, error) {
	notes, err := w.Office.Notes(ctx, c.CustomerID)
	if err != nil {
		return Sight{}, err
	}
	for _, n := range notes {
		if n.ExternalRef == commentRef(c) || titled(n, CommentTitle) && linksTo(n, c) {
			return seen("The account has the comment “"+CommentTitle+"”.", n.ExternalRef == commentRef(c)), nil
		}
	}
	return Sight{Kind: SeenAbsent, Evidence: "no comment names the ticket"}, nil
}

// writeComment writes the ticket's number and link into the customer's account.
func writeComment(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	_, changed, err := w.Office.AddNote(ctx, c.CustomerID, backoffice.NewNote{
		Title: CommentTitle, Text: commentText(c), Author: c.StartedBy.Name, ExternalRef: commentRef(c),
	}, intentKey(c, in))
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: "The account has the comment “" + CommentTitle + "” with ticket " + c.Ticket.Mask + ".", Changed: changed}, nil
}

func commentText(c Case) string {
	return strings.TrimSpace(c.Ticket.Mask + "\n" + c.Ticket.URL)
}

// lookAtCard leaves it to Announce, which never posts twice.
func lookAtCard(context.Context, World, Case, Intent) (Sight, error) {
	return Sight{Kind: SeenAbsent, Evidence: "announcing again brings the card up to date"}, nil
}

func announce(ctx context.Context, w World, c Case, _ Intent) (Result, error) {
	if w.Announce == nil {
		return Result{Evidence: "No channel is configured; the case stands in the list of cases."}, nil
	}
	where, err := w.Announce.Announce(ctx, c.ID)
	if err != nil {
		return Result{}, err
	}
	return Result{Evidence: "The team was told in " + where + ".", Changed: true}, nil
}

// handWork says what a person has to do for a step that the back office doesn't offer.
func handWork(c Case, step StepName, object string) wording.Reason {
	s, _ := c.Terms.Service(object)
	switch step {
	case SuspendServices:
		return wording.Because("hand_suspend", "service", s.Label, "url", s.URL)
	case CancelOrders:
		return wording.Because("hand_cancel", "service", s.Label, "url", s.URL, "day", string(c.EndsOn()))
	}
	return wording.Because("hand_comment", "ticket", c.Ticket.Mask, "link", c.Ticket.URL)
}
