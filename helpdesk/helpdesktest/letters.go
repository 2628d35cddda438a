package helpdesktest

import (
	"slices"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
)

func letterTests() []subtest {
	return []subtest{
		{name: "EachIsProvedByItself", run: lettersFollow},
		{name: "LieInTheMailboxAsTheyWereWritten", run: lettersMailed, wants: []ability{canMails()}},
		{name: "AfterTheCustomersReplyTheTicketWaitsAgain", run: letterAfterReply, wants: []ability{canCustomer()}},
		{name: "ThatFailsLeavesTheNoticesProof", run: letterDown, wants: []ability{canMailDown(), canSQLMode()}},
	}
}

// letter is another text on a notice's ticket.
func letter(n helpdesk.Notice, text string) helpdesk.Notice {
	n.Text = "Dear customer,\n\n" + text + "\n\nKind regards\n"
	return n
}

// lettersFollow sends what follows a notice in weeks: a promise confirmed, the same once more, and that all is well. The ticket is
// closed after it.
func lettersFollow(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	proved := []string{b.is(t, b.send(t, n), helpdesk.Sent).Message.ID}
	for _, text := range []string{"You promise to pay by Friday.", "You promise to pay by Friday.", "Paid; all is as it was."} {
		l := letter(n, text)
		b.is(t, helpdesk.Sending{Notice: l, Baseline: must2(b.Desk.Baseline(within(t), l))(t)}, helpdesk.Absent)
		d := b.is(t, b.send(t, l), helpdesk.Sent)
		if slices.Contains(proved, d.Message.ID) || !slices.Contains(d.Message.To, n.To) {
			t.Errorf("“%s” is proved by %+v; before it came %v", text, d.Message, proved)
		}
		proved = append(proved, d.Message.ID)
		if now := b.ticket(t, ticket.ID); now.Status != helpdesk.Waiting || now.OwnerID != n.AgentID || !now.ReopenAt.IsZero() || now.Subject != subject {
			t.Errorf("after “%s” the ticket is %+v", text, now)
		}
	}
	if changed := must2(b.Desk.SetStatus(within(t), ticket.ID, helpdesk.Closed))(t); !changed {
		t.Error("closing changed nothing")
	}
	if now := b.ticket(t, ticket.ID); now.Status != helpdesk.Closed || now.OwnerID != n.AgentID || !now.ReopenAt.IsZero() {
		t.Errorf("closed, the ticket is %+v", now)
	}
	if all := must2(b.Desk.Messages(within(t), ticket.ID))(t); len(all) != 1+len(proved) {
		t.Errorf("%d messages, wanted %d", len(all), 1+len(proved))
	}
}

func lettersMailed(t *testing.T, b *Bench) {
	_, _, n := b.open(t, "Started.")
	b.is(t, b.send(t, n), helpdesk.Sent)
	b.is(t, b.send(t, letter(n, "You have time until Friday.")), helpdesk.Sent)
	mails := b.Mails(t, n.To)
	if len(mails) != 2 {
		t.Fatalf("%d mails, wanted 2", len(mails))
	}
	for _, m := range mails {
		if m.Subject != subject || strings.Contains(m.Text, "#signature") {
			t.Errorf("the mail “%s”: %s", m.Subject, m.Text)
		}
	}
	if !strings.Contains(mails[0].Text+mails[1].Text, "time until Friday") {
		t.Errorf("the letter isn't there: %q", mails)
	}
}

func letterAfterReply(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	d := b.is(t, b.send(t, n), helpdesk.Sent)
	b.CustomerReplies(t, d.Message, n.To, "May I pay on Friday?\n\n"+n.Text)
	b.is(t, b.send(t, letter(n, "You have time until Friday.")), helpdesk.Sent)
	if now := b.ticket(t, ticket.ID); now.Status != helpdesk.Waiting || now.OwnerID != n.AgentID || !now.ReopenAt.IsZero() {
		t.Errorf("afterwards the ticket is %+v", now)
	}
}

// letterDown: that the notice went says nothing of a letter that didn't.
func letterDown(t *testing.T, b *Bench) {
	_, _, n := b.open(t, "Started.")
	first := b.send(t, n)
	b.is(t, first, helpdesk.Sent)
	b.mailDown(t, true)
	b.is(t, b.send(t, letter(n, "You have time until Friday.")), helpdesk.NotSent)
	b.is(t, first, helpdesk.Sent)
}
