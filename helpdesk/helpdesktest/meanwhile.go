package helpdesktest

import (
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
)

func meanwhileTests() []subtest {
	return []subtest{
		{name: "ColleaguesReplyIsNotTakenForOurs", run: colleagueFirst, wants: []ability{canColleague()}},
		{name: "ColleaguesReplyDoesNotHideThatOursFailed", run: colleagueAndDown, wants: []ability{canColleague(), canMailDown(), canSQLMode()}},
		{name: "CustomersReplyOpensAndIsNoProof", run: customerReplies, wants: []ability{canCustomer()}},
		{name: "MergedTicketIsFoundAndGetsNoNotice", run: merged, wants: []ability{canMerge()}},
		{name: "DeletedTicketIsFoundAndGetsNoNotice", run: deleted},
	}
}

// firstMessage is the message that a notice answers.
func (b *Bench) firstMessage(t *testing.T, ticketID string) helpdesk.Message {
	t.Helper()
	all := must2(b.Desk.Messages(within(t), ticketID))(t)
	if len(all) == 0 {
		t.Fatal("the ticket has no message")
	}
	return all[0]
}

func colleagueFirst(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	base := must2(b.Desk.Baseline(within(t), n))(t)
	b.ColleagueReplies(t, b.firstMessage(t, ticket.ID), n.To, "I'll call you about this.")
	s := helpdesk.Sending{Notice: n, Baseline: base}
	b.is(t, s, helpdesk.Absent)
	if err := b.Desk.SendNotice(within(t), n); err != nil {
		t.Fatal(err)
	}
	d := b.is(t, s, helpdesk.Sent)
	all := must2(b.Desk.Messages(within(t), ticket.ID))(t)
	if len(all) != 3 || d.Message.ID != all[2].ID {
		t.Errorf("%d messages, proved by %s", len(all), d.Message.ID)
	}
	if after := b.ticket(t, ticket.ID); after.Status != helpdesk.Waiting {
		t.Errorf("afterwards the ticket is %s", after.Status)
	}
}

func colleagueAndDown(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	base := must2(b.Desk.Baseline(within(t), n))(t)
	b.ColleagueReplies(t, b.firstMessage(t, ticket.ID), n.To, "I'll call you about this.")
	b.mailDown(t, true)
	if err := b.Desk.SendNotice(within(t), n); err != nil {
		t.Fatal(err)
	}
	b.is(t, helpdesk.Sending{Notice: n, Baseline: base}, helpdesk.NotSent)
}

func customerReplies(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	d := b.is(t, b.send(t, n), helpdesk.Sent)
	again := helpdesk.Sending{Notice: n, Baseline: must2(b.Desk.Baseline(within(t), n))(t)}
	b.CustomerReplies(t, d.Message, n.To, "I paid yesterday.\n\n"+n.Text)
	after := b.ticket(t, ticket.ID)
	if after.Status != helpdesk.Open || after.OwnerID != n.AgentID || !after.ReopenAt.IsZero() {
		t.Errorf("after the reply the ticket is %+v", after)
	}
	all := must2(b.Desk.Messages(within(t), ticket.ID))(t)
	last := all[len(all)-1]
	if last.Outgoing || last.From != n.To || last.MessageID == "" {
		t.Errorf("the customer's message is %+v", last)
	}
	b.is(t, again, helpdesk.Absent) // it quotes our text, and is not ours
}

func merged(t *testing.T, b *Bench) {
	into, intoKey, _ := b.open(t, "Started.")
	from, fromKey, n := b.open(t, "Started.")
	b.Merge(t, into.ID, from.ID)
	found := must2(b.Desk.FindTickets(within(t), fromKey))(t)
	if len(found.Tickets) != 1 || found.Tickets[0].ID != from.ID || !found.Tickets[0].Merged {
		t.Fatalf("found %+v, want the merged ticket", found)
	}
	if kept := must2(b.Desk.FindTickets(within(t), intoKey))(t); len(kept.Tickets) != 1 || kept.Tickets[0].Merged {
		t.Errorf("the ticket that stays is found as %+v", kept)
	}
	b.untouchable(t, n)
}

func deleted(t *testing.T, b *Bench) {
	ticket, key, n := b.open(t, "Started.")
	if changed := must2(b.Desk.SetStatus(within(t), ticket.ID, helpdesk.Deleted))(t); !changed {
		t.Error("deleting changed nothing")
	}
	found := must2(b.Desk.FindTickets(within(t), key))(t)
	if len(found.Tickets) != 1 || found.Tickets[0].Status != helpdesk.Deleted || found.Tickets[0].Merged {
		t.Fatalf("found %+v, want the deleted ticket", found)
	}
	b.untouchable(t, n)
}

// untouchable checks that a ticket that is gone gets no notice, no owner and no status.
func (b *Bench) untouchable(t *testing.T, n helpdesk.Notice) {
	t.Helper()
	refusedAs(t, b.Desk.SendNotice(within(t), n), helpdesk.ErrRefused)
	_, err := b.Desk.SetStatus(within(t), n.TicketID, helpdesk.Waiting)
	refusedAs(t, err, helpdesk.ErrRefused)
	_, err = b.Desk.Assign(within(t), n.TicketID, n.AgentID)
	refusedAs(t, err, helpdesk.ErrRefused)
	b.noMail(t, n.To)
}
