package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// agentBefore is kept with the intent to open the ticket: whose it will be.
type agentBefore struct {
	AgentID string `json:"agent_id"`
	Name    string `json:"name"`
}

// findAgent makes sure that the agent can own the ticket, before anything is written.
func findAgent(ctx context.Context, w World, c Case, _ string) (Prior, error) {
	agent, err := w.Desk.Agent(ctx, c.Terms.AgentEmail)
	if err != nil {
		return Prior{}, err
	}
	return priorOf(agentBefore{AgentID: agent.ID, Name: agent.Name})
}

// lookForTicket finds the case's ticket by the case's key. More than one, or one that was merged or deleted, is for a
// person to sort out.
func lookForTicket(ctx context.Context, w World, c Case, in Intent) (Sight, error) {
	found, err := w.Desk.FindTickets(ctx, c.Key)
	if err != nil {
		return Sight{}, err
	}
	var live []helpdesk.Ticket
	for _, t := range found.Tickets {
		if t.Merged || t.Status == helpdesk.Deleted {
			return unclear("ticket_gone", "ticket", t.Mask), nil
		}
		live = append(live, t)
	}
	switch {
	case len(live) > 1:
		return unclear("two_tickets", "ticket", live[0].Mask, "other", live[1].Mask), nil
	case len(live) == 1:
		return ticketSeen(live[0]), nil
	case len(found.Drafts) > 0:
		return Sight{Kind: SeenPending, Since: found.Drafts[0].Updated, Evidence: "the ticket is still a draft in the helpdesk's queue"}, nil
	}
	return Sight{Kind: SeenAbsent, Evidence: "no ticket carries the case's key"}, nil
}

func ticketSeen(t helpdesk.Ticket) Sight {
	return Sight{Kind: SeenDone, Evidence: "ticket " + t.Mask + " carries the case's key", Result: ticketResult(t)}
}

func ticketResult(t helpdesk.Ticket) Result {
	ref := TicketRef{ID: t.ID, Mask: t.Mask, URL: t.URL, FirstMessageID: t.FirstMessageID, OwnerID: t.OwnerID, ReopenAt: t.ReopenAt}
	return Result{
		Evidence: "Ticket " + t.Mask + " is open in the agent's name; nobody was mailed.", Changed: true,
		Remote: remote(ref), Apply: func(c *Case) { c.Ticket = ref },
	}
}

// openTicket opens the ticket in the agent's name. Its first message is for colleagues and is mailed to nobody.
func openTicket(ctx context.Context, w World, c Case, in Intent) (Result, error) {
	var before agentBefore
	if err := json.Unmarshal(in.Prior, &before); err != nil {
		return Result{}, fmt.Errorf("agent of case %s: %w", c.Key, err)
	}
	t, err := w.Desk.OpenTicket(ctx, helpdesk.NewTicket{
		CaseKey: c.Key, Subject: TicketSubject, To: c.Terms.To, AgentID: before.AgentID,
		Text: fmt.Sprintf("Non-payer procedure started by %s for customer %s (%s).\nOutstanding: %s. Case %s.\n",
			snippets.Line(c.StartedBy.Name), snippets.Line(c.CustomerNumber), snippets.Line(c.CustomerName),
			c.Terms.Outstanding, c.Key),
	})
	if err != nil {
		return Result{}, err
	}
	return ticketResult(t), nil
}

// lookAtTicket reads the ticket back after the notice: still the agent's, waiting, its reopen date as it was. A colleague
// who took the ticket keeps it, and a ticket that the customer's reply has opened stays open.
func lookAtTicket(ctx context.Context, w World, c Case, _ Intent) (Sight, error) {
	t, err := w.Desk.Ticket(ctx, c.Ticket.ID)
	if err != nil {
		return Sight{}, err
	}
	if t.Merged || t.Status == helpdesk.Deleted {
		return unclear("ticket_gone", "ticket", t.Mask), nil
	}
	if !t.ReopenAt.Equal(c.Ticket.ReopenAt) {
		return unclear("reopen_date", "ticket", t.Mask), nil
	}
	if t.OwnerID == "" {
		return Sight{Kind: SeenAbsent, Evidence: "the ticket is nobody's"}, nil
	}
	if t.Status == helpdesk.Open && w.Policy.NoticeStatus != helpdesk.Open {
		replied, err := customerReplied(ctx, w, c)
		if err != nil {
			return Sight{}, err
		}
		if !replied {
			return Sight{Kind: SeenAbsent, Evidence: "the ticket is open"}, nil
		}
	}
	return Sight{Kind: SeenDone, Evidence: ticketState(t, c), Result: Result{Evidence: ticketState(t, c)}}, nil
}

func ticketState(t helpdesk.Ticket, c Case) string {
	whose := "the agent's"
	if t.OwnerID != c.Ticket.OwnerID {
		whose = "a colleague's by now"
	}
	return fmt.Sprintf("Ticket %s is %s, %s; its reopen date is as it was.", t.Mask, whose, t.Status)
}

// customerReplied says whether a message came in after the notice.
func customerReplied(ctx context.Context, w World, c Case) (bool, error) {
	messages, err := w.Desk.Messages(ctx, c.Ticket.ID)
	if err != nil {
		return false, err
	}
	after := false
	for _, m := range messages {
		if after && !m.Outgoing {
			return true, nil
		}
		after = after || m.MessageID == c.Notice.MessageID
	}
	return false, nil
}

// keepTicket makes a ticket that is nobody's the agent's, and one that is open without a reply from the customer waiting.
func keepTicket(ctx context.Context, w World, c Case, _ Intent) (Result, error) {
	t, err := w.Desk.Ticket(ctx, c.Ticket.ID)
	if err != nil {
		return Result{}, err
	}
	changed := false
	if t.OwnerID == "" {
		if changed, err = w.Desk.Assign(ctx, t.ID, c.Ticket.OwnerID); err != nil {
			return Result{}, err
		}
	}
	if t.Status == helpdesk.Open && w.Policy.NoticeStatus != helpdesk.Open {
		replied, err := customerReplied(ctx, w, c)
		if err != nil {
			return Result{}, err
		}
		if !replied {
			set, err := w.Desk.SetStatus(ctx, t.ID, w.Policy.NoticeStatus)
			if err != nil {
				return Result{}, err
			}
			changed = changed || set
		}
	}
	return Result{Evidence: "The ticket was put right.", Changed: changed}, nil
}

// unclear is a sight that a person has to sort out.
func unclear(code string, pairs ...string) Sight {
	return Sight{Kind: SeenUnclear, Reason: wording.Because(code, pairs...), Evidence: code}
}

// priorOf keeps what was read before a call.
func priorOf(v any) (Prior, error) {
	raw, err := json.Marshal(v)
	return Prior{State: raw}, err
}

// remote keeps what came back from a call.
func remote(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return raw
}
