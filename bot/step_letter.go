package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// lettersToSend lists the letters that were decided on.
func lettersToSend(c Case, _ []Intent) (objects []string) {
	for _, l := range c.Course.Letters {
		if !l.Void {
			objects = append(objects, l.ID)
		}
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
	if c.Notice.MessageID == "" {
		return Prior{Hands: wording.Because("mistake_by_hand", "ticket", c.Ticket.Mask)}, nil
	}
	if sent, err := perhapsTold(ctx, w, c, l); err != nil || sent {
		return Prior{Hands: wording.Because("letter_perhaps_sent", "ticket", c.Ticket.Mask)}, err
	}
	customer, err := w.Office.Customer(ctx, c.CustomerID)
	if err != nil {
		return Prior{}, err
	}
	agent, err := writer(ctx, w, c)
	if errors.Is(err, helpdesk.ErrRefused) || errors.Is(err, helpdesk.ErrNotFound) {
		return Prior{Hands: wording.Because("agent_gone", "who", c.Terms.AgentName, "ticket", c.Ticket.Mask)}, nil
	}
	if err != nil {
		return Prior{}, err
	}
	facts := c.Owed().notice(w.Policy, customer, w.Today(), c.Ticket.Mask)
	facts.Agent = agent.Name
	text, err := w.letterFor(ctx, snippets.Kind(l.Kind), c.letterFacts(facts, l), c.Ticket.ID)
	if unwritable(err) {
		return Prior{Hands: wording.Because("letter_by_hand", "ticket", c.Ticket.Mask, "why", err.Error())}, nil
	}
	if err != nil {
		return Prior{}, err
	}
	n := helpdesk.Notice{
		TicketID: c.Ticket.ID, FirstMessageID: c.Ticket.FirstMessageID, To: c.Terms.To, Subject: TicketSubject, Text: text,
		AgentID: agent.ID, Status: w.Policy.NoticeStatus,
	}
	baseline, err := w.Desk.Baseline(ctx, n)
	if err != nil {
		return Prior{}, err
	}
	return priorOf(noticeBefore{Notice: n, Baseline: baseline})
}

// writer is in whose name a letter goes: whoever owns the ticket by now, since an agent may have left and somebody else have taken
// it over in the helpdesk. The errors are those of finding an owner: a letter in the name of who is gone would get no answer.
func writer(ctx context.Context, w World, c Case) (helpdesk.Agent, error) {
	t, err := w.Desk.Ticket(ctx, c.Ticket.ID)
	if err != nil && !errors.Is(err, helpdesk.ErrNotFound) {
		return helpdesk.Agent{}, err
	}
	owner := c.Ticket.OwnerID
	if t.OwnerID != "" {
		owner = t.OwnerID
	}
	return w.Desk.Owner(ctx, owner)
}

// unwritable says whether a letter can't be made however often it is tried: its template, or what it would have to tell.
func unwritable(err error) bool {
	var desk *helpdesk.Error
	return errors.Is(err, helpdesk.ErrNotFound) || errors.Is(err, helpdesk.ErrTemplate) || err != nil && !errors.As(err, &desk)
}

// perhapsTold says whether the customer may have been told already that all is well, by a program whose database is lost: it
// closed the ticket then.
func perhapsTold(ctx context.Context, w World, c Case, l Letter) (bool, error) {
	if kind := snippets.Kind(l.Kind); c.Course.CopiedAt.IsZero() || kind != snippets.KindRestored && kind != snippets.KindApology && kind != snippets.KindMistake {
		return false, nil
	}
	t, err := w.Desk.Ticket(ctx, c.Ticket.ID)
	if errors.Is(err, helpdesk.ErrNotFound) {
		return true, nil
	}
	return t.Status == helpdesk.Closed, err
}

// letterFacts adds to what is owed what a letter tells besides. After the notice "suspended" and "cancelled" are what is still to
// come: nothing is suspended any more, and the orders end on the day that holds now, if they do.
func (c Case) letterFacts(f snippets.Facts, l Letter) snippets.Facts {
	list := func(name string) []string {
		if l.Facts[name] == "" {
			return nil
		}
		return strings.Split(l.Facts[name], "\n")
	}
	f.Suspended, f.SuspendOn, f.Cancelled = nil, "", list("cancelled")
	f.Off, f.Restored, f.Withdrawn, f.StaysOff = list("off"), list("restored"), list("withdrawn"), list("stays off")
	f.Until, f.PromisedOn, f.Words = l.Facts["until"], l.Facts["promised on"], l.Facts["words"]
	f.SuspendedOn, f.ValueOn = l.Facts["suspended on"], l.Facts["value on"]
	f.OnProof = l.Facts["proof"] != ""
	if day := l.Facts["cancel on"]; day != "" {
		f.CancelOn = day
	}
	return f
}

// felt is what the case's letters say of its services: what is off, what was cancelled, and what stays off for other reasons.
func (c Case) felt(intents []Intent) map[string]string {
	labels := func(ids []string) string {
		var out []string
		for _, id := range ids {
			out = append(out, label(c, Intent{Object: id}))
		}
		return strings.Join(out, "\n")
	}
	off, on := perhapsDone(intents, SuspendServices), perhapsDone(intents, SwitchOn)
	off = slices.DeleteFunc(off, func(id string) bool { return slices.Contains(on, id) })
	var stays []string
	for _, s := range c.Terms.Services {
		if s.Why.Code == "already_suspended" {
			stays = append(stays, s.ID)
		}
	}
	return map[string]string{"off": labels(off), "cancelled": labels(perhapsDone(intents, CancelOrders)), "stays off": labels(stays)}
}
