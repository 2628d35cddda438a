package helpdesktest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

func serverTests() []subtest {
	return []subtest{
		{name: "TellsReleaseAndKey", run: serverTells},
	}
}

func serverTells(t *testing.T, b *Bench) {
	s := must2(b.Desk.Server(within(t)))(t)
	if s.Version == "" || s.KeyHolder.ID == "" || s.KeyHolder.Email == "" || s.RightNote == "" {
		t.Errorf("server %+v leaves something out", s)
	}
}

func agentTests() []subtest {
	return []subtest{
		{name: "MemberIsFoundInAnyCase", run: memberIsFound},
		{name: "IsFoundAgainByTheOwnersID", run: ownerIsFound},
		{name: "UnknownIsNotFound", run: unknownAgent},
		{name: "OutsiderIsRefused", run: outsiderRefused, wants: []ability{hasOutsider()}},
	}
}

func memberIsFound(t *testing.T, b *Bench) {
	a := b.agent(t)
	if a.ID == "" || a.Name == "" || !strings.EqualFold(a.Email, b.Agent) {
		t.Errorf("agent %+v", a)
	}
	again := must2(b.Desk.Agent(within(t), strings.ToUpper(b.Agent)))(t)
	if again.ID != a.ID {
		t.Errorf("in capitals it is agent %s, not %s", again.ID, a.ID)
	}
}

func ownerIsFound(t *testing.T, b *Bench) {
	a := must2(b.Desk.Agent(within(t), b.Agent))(t)
	if got := must2(b.Desk.Owner(within(t), a.ID))(t); got != a {
		t.Errorf("the owner is %+v, wanted %+v", got, a)
	}
	for _, id := range []string{"", "0", "999999", "1 OR 1", "../1"} {
		if _, err := b.Desk.Owner(within(t), id); !errors.Is(err, helpdesk.ErrNotFound) {
			t.Errorf("owner %q: error %v, want not found", id, err)
		}
	}
}

func unknownAgent(t *testing.T, b *Bench) {
	for _, email := range []string{"nobody@nowhere.example", "", "*", `x" OR email:"` + b.Agent, b.Agent + `" OR "`, "(" + b.Agent + ")", b.Agent + "," + b.Agent, "*@*.example"} {
		if _, err := b.Desk.Agent(within(t), email); !errors.Is(err, helpdesk.ErrNotFound) {
			t.Errorf("agent %q: error %v, want not found", email, err)
		}
	}
}

func outsiderRefused(t *testing.T, b *Bench) {
	_, err := b.Desk.Agent(within(t), b.Outsider)
	refusedAs(t, err, helpdesk.ErrRefused)
}

func openTests() []subtest {
	return []subtest{
		{name: "IsTheAgentsOpenFoundAndMailedToNobody", run: openedTicket},
		{name: "UnknownAgentIsRefusedBeforeAnythingIsWritten", run: openForUnknown},
		{name: "OutsiderIsRefusedBeforeAnythingIsWritten", run: openForOutsider, wants: []ability{hasOutsider()}},
		{name: "BadAddressIsRefusedBeforeAnythingIsWritten", run: openBadAddress},
		{name: "EmptyPartsAreRefusedBeforeAnythingIsWritten", run: openEmptyParts},
		{name: "NoTicketIsNotFound", run: noTicket},
		{name: "TicketsOfAnAddressAreItsOpenOnes", run: ticketsOf},
		{name: "NewTicketsAreTheOpenOnesSince", run: newTickets},
	}
}

// newTickets opens tickets one after another; an instant is a whole second, as helpdesks count.
func newTickets(t *testing.T, b *Bench) {
	first, _, n := b.open(t, "Started.")
	second, _, _ := b.open(t, "Started.")
	closed, _, _ := b.open(t, "Started.")
	must2(b.Desk.SetStatus(within(t), second.ID, helpdesk.Waiting))(t)
	must2(b.Desk.SetStatus(within(t), closed.ID, helpdesk.Closed))(t)
	opened := b.firstMessage(t, first.ID).At
	find := func(all []helpdesk.Arrival, id string) int {
		return slices.IndexFunc(all, func(a helpdesk.Arrival) bool { return a.ID == id })
	}
	got := must2(b.Desk.NewTickets(within(t), opened.Add(-time.Minute)))(t)
	one, two := find(got, first.ID), find(got, second.ID)
	if one < 0 || two < 0 || two > one || find(got, closed.ID) >= 0 {
		t.Fatalf("found %+v, want %s before %s and no %s", got, second.ID, first.ID, closed.ID)
	}
	a := got[one]
	if a.Mask != first.Mask || a.URL == "" || a.Subject != subject || a.Status != helpdesk.Open || a.UpdatedAt.IsZero() ||
		a.OpenedAt.Sub(opened).Abs() > time.Minute || !slices.Equal(a.With, []string{n.To}) {
		t.Errorf("arrival %+v leaves something out", a)
	}
	if same := must2(b.Desk.NewTickets(within(t), a.OpenedAt.Add(time.Second/2)))(t); find(same, first.ID) < 0 {
		t.Error("not among those of its own second")
	}
	if later := must2(b.Desk.NewTickets(within(t), a.OpenedAt.Add(time.Hour)))(t); len(later) != 0 {
		t.Errorf("an hour later: %+v", later)
	}
}

// ticketsOf opens two tickets of one customer and one of a neighbour whose address differs in a letter where the first has
// an underscore, the mark of a search for any letter.
func ticketsOf(t *testing.T, b *Bench) {
	user, host, _ := strings.Cut(b.Customer(), "@")
	email, neighbour := user+"_x@"+host, user+"yx@"+host
	agent := b.agent(t)
	opened := func(to string) helpdesk.Ticket {
		return must2(b.Desk.OpenTicket(within(t), helpdesk.NewTicket{CaseKey: newKey(), Subject: "About an invoice", To: to, AgentID: agent.ID, Text: "x"}))(t)
	}
	first, second := opened(email), opened(email)
	opened(neighbour)
	asked := []string{strings.ToUpper(email), "", "not an address", `x" OR email:"` + neighbour, email}
	got := must2(b.Desk.TicketsOf(within(t), asked, 10))(t)
	if len(got) != 2 || got[0].ID == got[1].ID || got[0].ID != first.ID && got[1].ID != first.ID || got[0].ID != second.ID && got[1].ID != second.ID {
		t.Fatalf("found %+v, want tickets %s and %s", got, first.ID, second.ID)
	}
	for _, s := range got {
		if s.Mask == "" || s.URL == "" || s.Subject != "About an invoice" || s.Status != helpdesk.Open || s.UpdatedAt.IsZero() {
			t.Errorf("summary %+v leaves something out", s)
		}
	}
	if one := must2(b.Desk.TicketsOf(within(t), asked, 1))(t); len(one) != 1 {
		t.Errorf("%d tickets, asked for 1", len(one))
	}
	must2(b.Desk.SetStatus(within(t), first.ID, helpdesk.Closed))(t)
	if left := must2(b.Desk.TicketsOf(within(t), asked, 10))(t); len(left) != 1 || left[0].ID != second.ID {
		t.Errorf("after the first was closed: %+v", left)
	}
	if none := must2(b.Desk.TicketsOf(within(t), nil, 10))(t); len(none) != 0 {
		t.Errorf("of no address: %+v", none)
	}
}

func openedTicket(t *testing.T, b *Bench) {
	ticket, key, n := b.open(t, "The non-payer procedure has started.\nCustomer 10234.")
	if ticket.ID == "" || ticket.Mask == "" || ticket.URL == "" || ticket.FirstMessageID == "" {
		t.Errorf("ticket %+v leaves something out", ticket)
	}
	if ticket.Subject != subject || ticket.Status != helpdesk.Open || ticket.OwnerID != n.AgentID || !ticket.ReopenAt.IsZero() || ticket.Merged {
		t.Errorf("ticket %+v", ticket)
	}
	if again := b.ticket(t, ticket.ID); again != ticket {
		t.Errorf("read again it is %+v, not %+v", again, ticket)
	}
	found := must2(b.Desk.FindTickets(within(t), key))(t)
	if len(found.Tickets) != 1 || found.Tickets[0] != ticket || len(found.Drafts) != 0 {
		t.Errorf("found %+v, want the ticket alone", found)
	}
	messages := must2(b.Desk.Messages(within(t), ticket.ID))(t)
	if len(messages) != 1 {
		t.Fatalf("%d messages, want 1", len(messages))
	}
	m := messages[0]
	if m.ID != ticket.FirstMessageID || !m.NotSent || !m.Outgoing || m.TicketID != ticket.ID || m.At.IsZero() || !strings.Contains(m.Text, "Customer 10234.") {
		t.Errorf("first message %+v", m)
	}
	b.noMail(t, n.To)
}

func (b *Bench) nothingOpened(t *testing.T, key string) {
	t.Helper()
	found := must2(b.Desk.FindTickets(within(t), key))(t)
	if len(found.Tickets)+len(found.Drafts) != 0 {
		t.Errorf("%+v was made all the same", found)
	}
}

func openForUnknown(t *testing.T, b *Bench) {
	for _, id := range []string{"99999", "", "0", "1 OR 1", "../groups/1"} {
		key := newKey()
		_, err := b.Desk.OpenTicket(within(t), helpdesk.NewTicket{CaseKey: key, Subject: subject, To: b.Customer(), AgentID: id, Text: "x"})
		if !errors.Is(err, helpdesk.ErrNotFound) && !errors.Is(err, helpdesk.ErrRefused) {
			t.Errorf("agent %q: error %v, want not found or refused", id, err)
		}
		b.nothingOpened(t, key)
	}
}

// openForOutsider needs the outsider's id, which no call gives for somebody who can't own tickets; ids near the agent's
// are tried until one is refused for not being a member.
func openForOutsider(t *testing.T, b *Bench) {
	outsider, err := b.Desk.Agent(within(t), b.Outsider)
	refusedAs(t, err, helpdesk.ErrRefused)
	if outsider.ID == "" {
		t.Skip("the client does not tell a refused agent's id")
	}
	key := newKey()
	_, err = b.Desk.OpenTicket(within(t), helpdesk.NewTicket{CaseKey: key, Subject: subject, To: b.Customer(), AgentID: outsider.ID, Text: "x"})
	refusedAs(t, err, helpdesk.ErrRefused)
	b.nothingOpened(t, key)
}

func openBadAddress(t *testing.T, b *Bench) {
	agent := b.agent(t)
	good := b.Customer()
	for _, to := range []string{"", " ", "not an address", "a@b@c.example", good + ", " + b.Customer(), "Name <" + good + ">", "<" + good + ">",
		good + " (comment)", good + "\r\nBcc: x@y.example", " " + good, "@nobody.example", "nobody@", `"a b"@x.example`, "müller@x.example", "a..b@x.example"} {
		key := newKey()
		_, err := b.Desk.OpenTicket(within(t), helpdesk.NewTicket{CaseKey: key, Subject: subject, To: to, AgentID: agent.ID, Text: "x"})
		refusedAs(t, err, helpdesk.ErrRefused)
		b.nothingOpened(t, key)
	}
	b.noMail(t, good)
}

func openEmptyParts(t *testing.T, b *Bench) {
	agent := b.agent(t)
	for _, n := range []helpdesk.NewTicket{
		{CaseKey: newKey(), Text: "x"}, {CaseKey: newKey(), Subject: "a\nBcc: b", Text: "x"}, {CaseKey: newKey(), Subject: subject}, {CaseKey: newKey(), Subject: subject, Text: " \n"},
	} {
		n.To, n.AgentID = b.Customer(), agent.ID
		_, err := b.Desk.OpenTicket(within(t), n)
		refusedAs(t, err, helpdesk.ErrRefused)
		b.nothingOpened(t, n.CaseKey)
	}
	for _, key := range []string{"", " am-1", "am-1\n", strings.Repeat("k", 300)} {
		_, err := b.Desk.OpenTicket(within(t), helpdesk.NewTicket{CaseKey: key, Subject: subject, To: b.Customer(), AgentID: agent.ID, Text: "x"})
		refusedAs(t, err, helpdesk.ErrRefused)
	}
}

func noTicket(t *testing.T, b *Bench) {
	b.nothingOpened(t, newKey())
	for _, id := range []string{"999999", "", "0", "-1", "1/../2", "1?x", "workers/me"} {
		if _, err := b.Desk.Ticket(within(t), id); !errors.Is(err, helpdesk.ErrNotFound) {
			t.Errorf("ticket %q: error %v, want not found", id, err)
		}
	}
}

func hostileTests() []subtest {
	return []subtest{
		{name: "KeysFindNothingButTheirOwnTicket", run: hostileKeys},
		{name: "OpeningTextReachesTheTicketAsItStands", run: hostileText},
	}
}

func hostileKeys(t *testing.T, b *Bench) {
	agent := b.agent(t)
	stem := newKey()
	keys := []string{stem, stem + "*", stem + `"`, stem + `" OR id:>0 OR subject:"`, stem + ":x", stem + " OR " + stem, "(" + stem + ")", stem + "[1,2]", stem + "%", stem + "_",
		stem + "é€", stem + `\`, stem + "'", stem + "<$Q:0>", stem + "{{id}}", "!" + stem}
	want := map[string]string{}
	for _, key := range keys {
		ticket, err := b.Desk.OpenTicket(within(t), helpdesk.NewTicket{CaseKey: key, Subject: subject, To: b.Customer(), AgentID: agent.ID, Text: "x"})
		if err != nil {
			t.Fatalf("key %q: %v", key, err)
		}
		want[key] = ticket.ID
	}
	for _, key := range keys {
		found := must2(b.Desk.FindTickets(within(t), key))(t)
		if got := ids(found.Tickets); !slices.Equal(got, []string{want[key]}) {
			t.Errorf("key %q finds %v, want %s", key, got, want[key])
		}
	}
	for _, key := range []string{stem + "X", strings.ToUpper(stem), "*", `" OR id:>0 OR "`, `"`, stem[:5]} {
		found := must2(b.Desk.FindTickets(within(t), key))(t)
		if len(found.Tickets) != 0 {
			t.Errorf("key %q finds %v, want nothing", key, ids(found.Tickets))
		}
	}
}

func hostileText(t *testing.T, b *Bench) {
	lines := []string{"<script>alert(1)</script> {{id}} {% if %}", "#signature", "#comment a customer called #1", "#start comment", "#end", "#cut", "naïve € 12,50 😀", "."}
	ticket, _, n := b.open(t, strings.Join(lines, "\n")+"\r#comment after a lone CR\r\n#comment after CRLF")
	messages := must2(b.Desk.Messages(within(t), ticket.ID))(t)
	for _, line := range append(lines, "#comment after a lone CR", "#comment after CRLF") {
		if !strings.Contains(messages[0].Text, line) {
			t.Errorf("the line %q is not in the ticket: %q", line, messages[0].Text)
		}
	}
	b.noMail(t, n.To)
}
