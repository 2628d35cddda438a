package helpdesktest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

func noticeTests() []subtest {
	return []subtest{
		{name: "IsSentOnceProvedAndWaiting", run: noticeSent},
		{name: "LiesInTheMailboxAsItWasWritten", run: noticeMailed, wants: []ability{canMails()}},
		{name: "TextIsSentAsItStands", run: noticeTexts},
		{name: "UnsentIsAbsent", run: noticeAbsent},
		{name: "BadNoticeIsRefusedBeforeAnythingIsSent", run: noticeRefused},
		{name: "KeepsAReopenDateThatWasThere", run: noticeKeepsReopen, wants: []ability{canReopen()}},
	}
}

func noticeSent(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	s := b.send(t, n)
	d := b.is(t, s, helpdesk.Sent)
	m := d.Message
	if !strings.HasPrefix(m.MessageID, "<") || !strings.HasSuffix(m.MessageID, ">") || !m.Outgoing || m.NotSent || m.TicketID != ticket.ID || !slices.Contains(m.To, n.To) {
		t.Errorf("message %+v", m)
	}
	after := b.ticket(t, ticket.ID)
	if after.Status != helpdesk.Waiting || after.OwnerID != n.AgentID || !after.ReopenAt.IsZero() || after.Subject != subject || after.FirstMessageID != n.FirstMessageID {
		t.Errorf("afterwards the ticket is %+v", after)
	}
	if all := must2(b.Desk.Messages(within(t), ticket.ID))(t); len(all) != 2 {
		t.Errorf("%d messages, want 2", len(all))
	}
	again := s
	again.Baseline = must2(b.Desk.Baseline(within(t), n))(t)
	b.is(t, again, helpdesk.Absent) // what was there before is no proof of a second one
}

func noticeMailed(t *testing.T, b *Bench) {
	_, key, n := b.open(t, "Started.")
	d := b.is(t, b.send(t, n), helpdesk.Sent)
	mail := b.oneMail(t, n.To)
	if mail.Subject != subject {
		t.Errorf("subject %q, want %q", mail.Subject, subject)
	}
	if mail.MessageID != d.Message.MessageID {
		t.Errorf("the mail has Message-ID %s, the proof says %s", mail.MessageID, d.Message.MessageID)
	}
	if mail.InReplyTo == "" || !slices.Equal(mail.To, []string{n.To}) {
		t.Errorf("mail %+v", mail)
	}
	if got, want := strings.TrimSpace(mail.Text), strings.TrimSpace(n.Text); got != want || !strings.Contains(got, key) {
		t.Errorf("the text in the mailbox is %q, want %q", got, want)
	}
}

func noticeTexts(t *testing.T, b *Bench) {
	for name, text := range map[string]string{
		"unicode":     "Geachte mevrouw Müller-Öz,\n\n€ 1.234,56 – “openstaand” 😀\u00a0nu\n",
		"long lines":  strings.Repeat("lang woord ", 300) + "\n" + strings.Repeat("x", 1200) + "\n",
		"odd lines":   "eerste\n.\n..\n\n\n\tingesprongen \n> aanhaling\nFrom here on\n-- \nlaatste",
		"template":    "{{mask}} {% if x %} {# c #} %s $1 \\n &amp; <b>vet</b>",
		"carriage":    "een\r\ntwee\r\ndrie",
		"hash inside": "bel #1 of # 2\n #comment met een blanco ervoor\n",
	} {
		_, _, n := b.open(t, "Started.")
		n.Text = text
		d := b.is(t, b.send(t, n), helpdesk.Sent)
		if d.Message.NotSent {
			t.Errorf("%s: not sent", name)
		}
		if b.Mails == nil {
			continue
		}
		want := strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
		if got := strings.TrimRight(b.oneMail(t, n.To).Text, "\n"); got != want {
			t.Errorf("%s: mailed %q, want %q", name, got, want)
		}
	}
}

func noticeAbsent(t *testing.T, b *Bench) {
	_, _, n := b.open(t, "Started.")
	base := must2(b.Desk.Baseline(within(t), n))(t)
	b.is(t, helpdesk.Sending{Notice: n, Baseline: base}, helpdesk.Absent)
	b.noMail(t, n.To)
}

func noticeRefused(t *testing.T, b *Bench) {
	ticket, _, good := b.open(t, "Started.")
	for name, change := range map[string]func(*helpdesk.Notice){
		"no address":      func(n *helpdesk.Notice) { n.To = "" },
		"two addresses":   func(n *helpdesk.Notice) { n.To = good.To + "," + b.Customer() },
		"malformed":       func(n *helpdesk.Notice) { n.To = "not-an-address" },
		"no text":         func(n *helpdesk.Notice) { n.Text = " \n" },
		"no subject":      func(n *helpdesk.Notice) { n.Subject = "" },
		"header in it":    func(n *helpdesk.Notice) { n.Subject = "a\r\nBcc: x@y.example" },
		"no status":       func(n *helpdesk.Notice) { n.Status = "" },
		"deleted":         func(n *helpdesk.Notice) { n.Status = helpdesk.Deleted },
		"no message":      func(n *helpdesk.Notice) { n.FirstMessageID = "" },
		"another message": func(n *helpdesk.Notice) { n.FirstMessageID = "1" },
	} {
		n := good
		change(&n)
		if err := b.Desk.SendNotice(within(t), n); !errors.Is(err, helpdesk.ErrRefused) {
			t.Errorf("%s: error %v, want refused", name, err)
		}
	}
	if after := b.ticket(t, ticket.ID); after != ticket {
		t.Errorf("the ticket changed to %+v", after)
	}
	b.noMail(t, good.To)
}

func noticeKeepsReopen(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	at := time.Now().Add(72 * time.Hour).Truncate(time.Second).UTC()
	b.SetReopen(t, ticket.ID, at)
	b.is(t, b.send(t, n), helpdesk.Sent)
	if after := b.ticket(t, ticket.ID); !after.ReopenAt.Equal(at) || after.Status != helpdesk.Waiting {
		t.Errorf("afterwards the ticket is %+v, want the reopen date %s", after, at)
	}
}

func mailDownTests() []subtest {
	return []subtest{
		{name: "StrictDatabaseIsNotSentAndMayBeRepeated", run: downStrict, wants: []ability{canMailDown(), canSQLMode()}},
		{name: "LaxDatabaseIsQueuedAndSentLater", run: downLax, wants: []ability{canMailDown(), canSQLMode(), canCron()}},
		{name: "LostAfterTheDataIsForAPerson", run: lostAfterData, wants: []ability{canMailLost(), canSQLMode()}},
		{name: "QueuedOfAnotherTicketIsNotOurs", run: downOther, wants: []ability{canMailDown(), canSQLMode(), canCron()}},
	}
}

// mailDown switches the mail server off, and on again at the end whatever happens.
func (b *Bench) mailDown(t *testing.T, strict bool) {
	t.Helper()
	b.SQLMode(t, strict)
	t.Cleanup(func() { b.MailDown(t, false); b.SQLMode(t, true) })
	b.MailDown(t, true)
}

func downStrict(t *testing.T, b *Bench) {
	ticket, _, n := b.open(t, "Started.")
	b.mailDown(t, true)
	s := b.send(t, n)
	b.is(t, s, helpdesk.NotSent)
	b.noMail(t, n.To)
	b.MailDown(t, false)
	if b.CronNow != nil {
		b.CronNow(t)
	}
	b.is(t, s, helpdesk.NotSent) // nothing sends it by itself
	b.is(t, b.send(t, n), helpdesk.Sent)
	if b.Mails != nil {
		b.oneMail(t, n.To)
	}
	if after := b.ticket(t, ticket.ID); after.Status != helpdesk.Waiting || after.OwnerID != n.AgentID {
		t.Errorf("afterwards the ticket is %+v", after)
	}
}

func downLax(t *testing.T, b *Bench) {
	_, _, n := b.open(t, "Started.")
	b.mailDown(t, false)
	s := b.send(t, n)
	d := b.is(t, s, helpdesk.Queued)
	if d.Since.IsZero() || time.Since(d.Since).Abs() > 10*time.Minute {
		t.Errorf("queued since %s", d.Since)
	}
	b.noMail(t, n.To)
	b.CronNow(t)
	b.is(t, s, helpdesk.Queued) // still down
	b.MailDown(t, false)
	b.CronNow(t)
	d = b.is(t, s, helpdesk.Sent)
	if b.Mails != nil {
		if mail := b.oneMail(t, n.To); mail.MessageID != d.Message.MessageID {
			t.Errorf("the mail has Message-ID %s, the proof says %s", mail.MessageID, d.Message.MessageID)
		}
	}
}

// lostAfterData: the customer has the mail, and the helpdesk believes that it failed. Sending again would mail twice.
func lostAfterData(t *testing.T, b *Bench) {
	_, _, n := b.open(t, "Started.")
	b.SQLMode(t, true)
	t.Cleanup(func() { b.MailLost(t, false) })
	b.MailLost(t, true)
	s := b.send(t, n)
	b.is(t, s, helpdesk.Unclear)
	if b.Mails != nil {
		b.oneMail(t, n.To)
	}
}

func downOther(t *testing.T, b *Bench) {
	_, _, one := b.open(t, "Started.")
	_, _, two := b.open(t, "Started.")
	two.Text = one.Text
	b.mailDown(t, false)
	base := must2(b.Desk.Baseline(within(t), two))(t)
	first := b.send(t, one)
	b.is(t, first, helpdesk.Queued)
	b.is(t, helpdesk.Sending{Notice: two, Baseline: base}, helpdesk.Absent)
	b.MailDown(t, false)
	b.CronNow(t)
	b.is(t, first, helpdesk.Sent)
}
