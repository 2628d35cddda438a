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
		{name: "CommentIsForColleaguesAndThereOnce", run: commenting},
		{name: "CommentsOfMergedTicketsAreKept", run: commentMerged, wants: []ability{canMerge()}},
		{name: "NoCommentOnATicketThatIsNotThere", run: commentNothing},
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

// commenting writes a comment full of what could be a command, a mention or a template; nobody is mailed, and nothing of the
// ticket changes. The same key again, however different the text, adds nothing; another key does.
func commenting(t *testing.T, b *Bench) {
	ticket, key, n := b.open(t, "Started.")
	want := ticket
	if b.SetReopen != nil {
		want.ReopenAt = time.Now().Add(72 * time.Hour).Truncate(time.Second).UTC()
		b.SetReopen(t, ticket.ID, want.ReopenAt)
	}
	must2(b.Desk.SetStatus(within(t), ticket.ID, helpdesk.Waiting))(t)
	want.Status = helpdesk.Waiting
	text := "Case 41 is open.\n#signature\n#watch\n@" + b.Agent + " {{id}} <b>€\nhttps://cerb.example/profiles/ticket/ABC-1"
	for _, c := range []struct {
		key, text string
		changed   bool
	}{{key, text, true}, {key, text, false}, {key, "Something else", false}, {key + "x", text, true}, {key + "x", text, false}, {key, text, false}} {
		if changed := must2(b.Desk.Comment(within(t), ticket.ID, helpdesk.NewComment{Key: c.key, Text: c.text}))(t); changed != c.changed {
			t.Errorf("key %q: changed %t, want %t", c.key, changed, c.changed)
		}
	}
	if got := b.ticket(t, ticket.ID); got != want {
		t.Errorf("afterwards the ticket is %+v, want %+v", got, want)
	}
	if all := must2(b.Desk.Messages(within(t), ticket.ID))(t); len(all) != 1 {
		t.Errorf("%d messages afterwards, want 1", len(all))
	}
	b.noMail(t, n.To)
	for _, c := range []helpdesk.NewComment{{Key: key}, {Text: "x"}, {Key: "a\nb", Text: "x"}, {Key: key, Text: " \n"}} {
		_, err := b.Desk.Comment(within(t), ticket.ID, c)
		refusedAs(t, err, helpdesk.ErrRefused)
	}
}

// commentMerged: what is merged into a ticket brings its comments along.
func commentMerged(t *testing.T, b *Bench) {
	into, _, _ := b.open(t, "Started.")
	from, key, _ := b.open(t, "Started.")
	c := helpdesk.NewComment{Key: key, Text: "Case 41 is open."}
	if changed := must2(b.Desk.Comment(within(t), from.ID, c))(t); !changed {
		t.Error("changed nothing")
	}
	b.Merge(t, into.ID, from.ID)
	if changed := must2(b.Desk.Comment(within(t), into.ID, c))(t); changed {
		t.Error("the ticket has the comment twice")
	}
	_, err := b.Desk.Comment(within(t), from.ID, c)
	refusedAs(t, err, helpdesk.ErrRefused)
}

func commentNothing(t *testing.T, b *Bench) {
	for _, id := range []string{"999999", "", "0", "../tickets/1"} {
		if _, err := b.Desk.Comment(within(t), id, helpdesk.NewComment{Key: newKey(), Text: "x"}); !errors.Is(err, helpdesk.ErrNotFound) {
			t.Errorf("ticket %q: %v, want not found", id, err)
		}
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
