package cerbfake

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// newHistory is the installation of the recording: Cerb's demo data, so far as the recorded answers show it.
func newHistory(t *testing.T) *history {
	h := &history{mail: newMailbox(t), now: time.Unix(1795323634, 0)}
	h.Server = New(Options{
		Now: func() time.Time { return h.now }, SMTPAddr: h.mail.addr, StrictSQL: true,
		BaseURL: "https://cerb.example/index.php", Zone: time.FixedZone("Europe/Amsterdam", 3600),
	})
	h.AddOrg(Org{ID: 3, Name: "Baston Medical", Country: "France", Website: "http://baston.example"})
	h.AddAddress(Address{ID: 8, Email: "ad@cerb.example"})
	h.AddAddress(Address{ID: 9, Email: "team@cerb.example"})
	h.AddAddress(Address{ID: 11, Email: "c.bertin@baston.example", Contact: "Cécile Bertin", OrgID: 3})
	h.AddAddress(Address{ID: 14, Email: "m.reynaud@baston.example", OrgID: 3})
	h.AddAddress(Address{ID: 15, Email: "f.levy@baston.example", OrgID: 3})
	for id := 2; id <= 7; id++ {
		h.contacts.add(id, &contact{ID: id, Name: "Somebody"})
	}
	h.AddAddress(Address{ID: 18, Email: "j.moore@dobbus.example", Contact: "Jennifer Moore", OrgID: 4})
	h.AddAddress(Address{ID: 22, Email: "e.jacobs@donter.example", OrgID: 5})
	h.AddAddress(Address{ID: 23, Email: "z.de.vos@donter.example", OrgID: 5})
	h.AddGroup(Group{
		ID: 4, Name: "Billing", From: "team@cerb.example", Personal: "{{first_name}} at CloudVPS", Inbox: 20,
		Signature: "-- \n{{first_name}}, {{title}}\nCloudVPS",
	})
	h.AddBucket(Bucket{ID: 21, GroupID: 4, Name: "Invoices"})
	h.AddGroup(Group{ID: 1, Name: "Dispatch", From: "dispatch@cerb.example", Inbox: 4})
	h.AddGroup(Group{ID: 2, Name: "Support", From: "support@cerb.example", Inbox: 12})
	h.AddBucket(Bucket{ID: 13, GroupID: 2, Name: "Questions"})
	h.AddWorker(Worker{
		ID: 1, Email: "ad@cerb.example", Name: "Ad Min", Title: "Administrator", Mention: "Ad", Superuser: true,
		Groups: []int{4}, AccessKey: "botkey", SecretKey: "botsecret",
	})
	h.AddWorker(Worker{ID: 5, Email: "karl@cerb.example", Name: "Karl Kwota", Groups: []int{4}})
	h.AddWorker(Worker{
		ID: 6, Email: "mara@cerb.example", Name: "Mara Kusako", Title: "QA Lead", AccessKey: "marakey", SecretKey: "marasecret",
	})
	demoTickets(h.Server)
	for kind, next := range map[string]int{"snippet": 4, "ticket": 60, "message": 119, "address": 61} {
		h.StartIDs(kind, next)
	}
	return h
}

// demoTickets are the 59 tickets that were there before; the recorded pages show the first four.
func demoTickets(s *Server) {
	shown := []ticket{
		{
			subject: "What is Cerb?", created: 1794833450, updated: 1794838826, elapsedFirst: 5376, org: 6, group: 1, bucket: 4,
			owner: 2,
		},
		{
			subject: "What kinds of workflows does Cerb automate?", created: 1794834233, updated: 1794835991, elapsedFirst: 1758,
			org: 3, group: 2, bucket: 13, owner: 3,
		},
		{subject: "What are seats?", created: 1794836410, updated: 1794837465, elapsedFirst: 1055, org: 4, group: 1, bucket: 4, owner: 4},
		{
			subject: "Cerb Cloud vs Self-hosted?", created: 1794851146, updated: 1794853063, elapsedFirst: 1917, org: 4, group: 2,
			bucket: 12, owner: 5,
		},
	}
	for id := 1; id <= 59; id++ {
		t := ticket{subject: "Another", group: 1, bucket: 4}
		if id <= len(shown) {
			t = shown[id-1]
		}
		t.id, t.mask, t.lastOpened = id, fmt.Sprintf("DEMO-%03d", id), 1795323634
		t.firstMessage, t.firstResponse, t.latestMessage = 2*id-1, 2*id, 2*id
		s.messages.add(2*id-1, &message{id: 2*id - 1, ticketID: id})
		s.messages.add(2*id, &message{id: 2 * id, ticketID: id, outgoing: true})
		s.tickets.add(id, &t)
	}
}

// unrecorded makes a call of which only the effects were recorded.
func (h *history) unrecorded(t *testing.T, path string, form url.Values) {
	t.Helper()
	if _, a := h.call(t, "POST", path, form); a["__status"] != "success" {
		t.Fatalf("%s: %v", path, a)
	}
}

// unrecordedTicket opens a ticket that the recording takes as given.
func unrecordedTicket(id, message int, form url.Values) func(t *testing.T, h *history) {
	return func(t *testing.T, h *history) {
		h.StartIDs("ticket", id)
		h.StartIDs("message", message)
		form.Set("group_id", "4")
		form.Set("bucket_id", "21")
		form.Set("subject", "Account Termination")
		form.Set("dont_send", "1")
		h.unrecorded(t, "tickets/compose.json", form)
	}
}

// recordedHistory is every exchange in the order in which it was recorded.
func recordedHistory() []step {
	day1 := []step{
		{name: "worker-me", ignore: []string{".calendar_id"}}, // the double has no calendars
		{name: "custom-field-create"},
		{name: "custom-field-search"},
		{name: "snippet-create"},
		{name: "snippet-search"},
		{name: "snippet-search-legacy"},
		{name: "ticket-compose-dont-send"},
		{name: "ticket-get"},
		{name: "ticket-put-status-waiting"},
		{name: "ticket-reply-no-status"},
		{name: "ticket-reply-status-waiting"},
		{name: "messages"},
		{name: "ticket-put-owner-record"},
		{name: "ticket-put-owner-invalid"},
		{name: "ticket-put-owner"},
		{name: "ticket-comment"},
		{name: "ticket-not-found"},
		{name: "snippet-not-found"},
		{name: "snippet-paste"},
		{name: "snippet-render"},
		{name: "snippet-render-no-context"},
		{name: "snippet-render-bad-ticket"},
		{name: "ticket-compose-send"},
		{name: "ticket-reply-subject"},
		{name: "ticket-reply-reopen-at"},
		{name: "parser-parse", edit: answering(122)},
		{name: "ticket-after-customer-reply"},
		{name: "ticket-get-no-access"},
		{name: "reply-no-access"},
		{name: "reply-bad-message"},
		{name: "compose-no-to"},
		{name: "compose-bad-to"},
		{name: "compose-no-subject"},
		{name: "compose-bad-group"},
		{name: "compose-no-group-access"},
		{name: "ticket-search-page-1"},
		{name: "ticket-search-page-2"},
		{name: "auth-bad-key"},
		{name: "auth-bad-signature"},
		{name: "auth-missing"},
		{name: "auth-stale-date"},
		{name: "address-search"},
		{name: "org-search"},
		// the double keeps a signature in the group and knows no HTML templates
		{name: "group-search", ignore: []string{".results[[]0].reply_html_template_id", ".results[[]0].reply_signature_id"}},
		{name: "bucket-search"},
		{name: "unknown-endpoint"},
		{name: "compose-smtp-down", before: func(_ *testing.T, h *history) { h.SetMail(false) }},
		{name: "reply-smtp-down"},
		{name: "draft-search"},
	}
	return append(day1, laterHistory()...)
}

// laterHistory is the rest: hash commands and forwards, snippets that render, and the mail server down in both modes.
func laterHistory() []step {
	return []step{
		{name: "ticket-reply-is-forward", before: func(t *testing.T, h *history) {
			h.SetMail(true)
			unrecordedTicket(65, 129, url.Values{"to": {"j.moore@dobbus.example"}, "content": {"intake"}, "custom_1": {"case-0100"}})(t, h)
		}},
		{name: "ticket-reply-hash-commands"},
		{name: "ticket-messages"},
		{name: "comments"},
		{name: "snippet-update-context"},
		{name: "snippet-render-for-ticket"},
		{name: "snippet-render-with-prompts"},
		{name: "snippet-create-prompts"},
		{name: "snippet-render-prompts"},
		{name: "snippet-bad-template"},
		{name: "snippet-render-broken"},
		{name: "ticket-put-requester"},
		// the double knows no genders
		{name: "ticket-get-requesters", ignore: []string{".participants[[]0].contact_gender"}},
		{name: "record-put-status", before: func(_ *testing.T, h *history) { h.now = time.Unix(1795324099, 0) }},
		{name: "record-put-owner-only"},
		{name: "tickets-put-owner-only"},
		{name: "forward-customer-reply", edit: answering(133), before: func(t *testing.T, h *history) {
			unrecordedTicket(66, 132, url.Values{"to": {"z.de.vos@donter.example"}, "content": {"intake"}})(t, h)
			h.unrecorded(t, "tickets/reply.json", url.Values{
				"message_id": {"132"}, "content": {"fw"}, "status": {"1"}, "is_forward": {"1"}, "to": {"z.de.vos@donter.example"},
			})
		}},
		{name: "parser-reply-from-stranger", edit: answering(133)},
		{name: "reply-forward-smtp-down-strict", before: func(t *testing.T, h *history) {
			h.SetMail(false)
			unrecordedTicket(70, 139, url.Values{"to": {"e.jacobs@donter.example"}, "content": {"intake strict"}, "owner_id": {"5"}})(t, h)
		}},
		{name: "messages-after-smtp-down-strict"},
		{name: "drafts-after-smtp-down-strict"},
		{name: "draft-comments-strict"},
		{name: "reply-forward-smtp-down-nonstrict", before: func(t *testing.T, h *history) {
			h.SetStrictSQL(false)
			unrecordedTicket(71, 140, url.Values{"to": {"e.jacobs@donter.example"}, "content": {"intake nonstrict"}, "owner_id": {"5"}})(t, h)
		}},
		{name: "messages-after-smtp-down-nonstrict"},
		{name: "drafts-after-smtp-down-nonstrict"},
		{name: "draft-comments-nonstrict"},
	}
}
