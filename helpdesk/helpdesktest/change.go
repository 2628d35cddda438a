package helpdesktest

import (
	"errors"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

func changeTests() []subtest {
	return []subtest{
		{name: "StatusChangesAndNothingElse", run: statusChanges},
		{name: "AssigningChangesTheOwnerAlone", run: assigning},
		{name: "OutsiderCannotOwn", run: outsiderCannotOwn, wants: []ability{hasOutsider()}},
		{name: "NothingChangesOnATicketThatIsNotThere", run: changeNothing},
	}
}

func statusChanges(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	want := ticket
	if b.SetReopen != nil {
		want.ReopenAt = time.Now().Add(72 * time.Hour).Truncate(time.Second).UTC()
		b.SetReopen(t, ticket.ID, want.ReopenAt)
	}
	for _, s := range []helpdesk.Status{helpdesk.Waiting, helpdesk.Open, helpdesk.Closed, helpdesk.Waiting} {
		if changed := must2(b.Desk.SetStatus(within(t), ticket.ID, s))(t); !changed {
			t.Errorf("to %s: changed nothing", s)
		}
		if changed := must2(b.Desk.SetStatus(within(t), ticket.ID, s))(t); changed {
			t.Errorf("to %s again: changed something", s)
		}
		want.Status = s
		if got := b.ticket(t, ticket.ID); got != want {
			t.Errorf("to %s: the ticket is %+v, want %+v", s, got, want)
		}
	}
	if _, err := b.Desk.SetStatus(within(t), ticket.ID, "urgent"); !errors.Is(err, helpdesk.ErrRefused) {
		t.Errorf("a status that isn't one: %v", err)
	}
	b.noMail(t, n.To)
}

func assigning(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	if changed := must2(b.Desk.Assign(within(t), ticket.ID, n.AgentID))(t); changed {
		t.Error("it was the agent's already, and something changed")
	}
	server := must2(b.Desk.Server(within(t)))(t)
	other := server.KeyHolder.ID
	if other == n.AgentID {
		t.Skip("the key's holder is the agent; there is nobody else to assign to")
	}
	want := ticket
	if b.SetReopen != nil {
		want.ReopenAt = time.Now().Add(72 * time.Hour).Truncate(time.Second).UTC()
		b.SetReopen(t, ticket.ID, want.ReopenAt)
	}
	must2(b.Desk.SetStatus(within(t), ticket.ID, helpdesk.Waiting))(t)
	want.Status = helpdesk.Waiting
	for _, id := range []string{other, n.AgentID} {
		if changed := must2(b.Desk.Assign(within(t), ticket.ID, id))(t); !changed {
			t.Errorf("to %s: changed nothing", id)
		}
		want.OwnerID = id
		if got := b.ticket(t, ticket.ID); got != want {
			t.Errorf("to %s: the ticket is %+v, want %+v", id, got, want)
		}
	}
}

func outsiderCannotOwn(t *testing.T, b *Bench) {
	ticket, _, _ := b.open(t, "Started.")
	outsider, err := b.Desk.Agent(within(t), b.Outsider)
	refusedAs(t, err, helpdesk.ErrRefused)
	if outsider.ID == "" {
		t.Skip("the client does not tell a refused agent's id")
	}
	_, err = b.Desk.Assign(within(t), ticket.ID, outsider.ID)
	refusedAs(t, err, helpdesk.ErrRefused)
	if got := b.ticket(t, ticket.ID); got != ticket {
		t.Errorf("the ticket is %+v, want %+v", got, ticket)
	}
}

func changeNothing(t *testing.T, b *Bench) {
	agent := b.agent(t)
	if _, err := b.Desk.SetStatus(within(t), "999999", helpdesk.Waiting); !errors.Is(err, helpdesk.ErrNotFound) {
		t.Errorf("status: %v, want not found", err)
	}
	if _, err := b.Desk.Assign(within(t), "999999", agent.ID); !errors.Is(err, helpdesk.ErrNotFound) {
		t.Errorf("assign: %v, want not found", err)
	}
	if all, err := b.Desk.Messages(within(t), "999999"); err == nil && len(all) > 0 {
		t.Errorf("messages of a ticket that isn't there: %v", all)
	}
}
