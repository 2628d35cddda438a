package cerbfake

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// newSmall is an installation with a group Billing, a bot, Sanne in Billing and Bram outside it, and no ticket.
func newSmall(t *testing.T, o Options) *history {
	t.Helper()
	h := &history{mail: newMailbox(t), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	o.Now, o.SMTPAddr, o.BaseURL = func() time.Time { return h.now }, h.mail.addr, "https://cerb.example/index.php"
	h.Server = New(o)
	billing := h.AddGroup(Group{Name: "Billing", From: "billing@cerb.example", Personal: "{{first_name}} at Hoster", Signature: "-- \n{{first_name}}"})
	sales := h.AddGroup(Group{Name: "Sales", From: "sales@cerb.example"})
	h.AddWorker(Worker{Email: "bot@cerb.example", Name: "Bot Admin", Superuser: true, Groups: []int{billing}, AccessKey: "botkey", SecretKey: "botsecret"})
	h.AddWorker(Worker{Email: "sanne@hoster.example", Name: "Sanne Visser", Groups: []int{billing}, AccessKey: "sannekey", SecretKey: "sannesecret"})
	h.AddWorker(Worker{Email: "bram@hoster.example", Name: "Bram Bakker", Groups: []int{sales}, AccessKey: "bramkey", SecretKey: "bramsecret"})
	h.AddCustomField(CustomField{Name: "Termination case", URI: "termination_case"})
	return h
}

// ok makes a call that must succeed.
func (h *history) ok(t *testing.T, method, path string, form ...string) object {
	t.Helper()
	code, a := h.call(t, method, path, pairs(form))
	if code != 200 || a["__status"] != "success" {
		t.Fatalf("%s %s: %d %v", method, path, code, a)
	}
	return a
}

func pairs(form []string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	return v
}

// open opens a ticket of Sanne's without mailing anybody.
func (h *history) open(t *testing.T, key string, more ...string) Ticket {
	t.Helper()
	a := h.ok(t, "POST", "tickets/compose.json", append([]string{
		"group_id", "1", "to", "klant@customer.example", "subject", "Account Termination", "content", "Started.", "dont_send", "1",
		"owner_id", "2", "custom_1", key,
	}, more...)...)
	return h.ticket(t, intval(fmt.Sprint(a["id"])))
}

func (h *history) ticket(t *testing.T, id int) Ticket {
	t.Helper()
	for _, shot := range h.Tickets() {
		if shot.ID == id {
			return shot
		}
	}
	t.Fatalf("no ticket %d", id)
	return Ticket{}
}

// notice answers a ticket's first message as a forward to the customer, in Sanne's name.
func (h *history) notice(t *testing.T, shot Ticket, text string) object {
	t.Helper()
	return h.ok(t, "POST", "tickets/reply.json", "message_id", fmt.Sprint(shot.Messages[0].ID), "content", text, "status", "1",
		"is_forward", "1", "to", "klant@customer.example", "subject", "Account Termination", "worker_id", "2")
}

// notes are the comments of a draft on one line.
func notes(d Draft) string {
	var out []string
	for _, c := range d.Comments {
		out = append(out, c.Text)
	}
	return strings.Join(out, " | ")
}
