package cerbfake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestWhatBecomesOfANotice goes through the moods of a mail server and of a database: what is answered, what lies in Cerb
// afterwards, and what the customer has. Each line was seen on a running Cerb 10.4.10.
func TestWhatBecomesOfANotice(t *testing.T) {
	const nothing, empty, queued = "", "empty", "queued"
	for _, tc := range []struct {
		mode      MailMode
		strict    bool
		messages  int // in the ticket afterwards, the opening one included
		draft     string
		note      string // on the draft
		delivered int
	}{
		{MailOK, true, 2, nothing, "", 1},
		{MailDown, true, 1, empty, "Connection could not be established with host 127.0.0.1 :stream_socket_client(): Unable to connect", 0},
		{MailDown, false, 1, queued, "Connection could not be established", 0},
		{MailRejectRecipient, true, 2, nothing, "", 0}, // passes for sent
		{MailRejectRecipient, false, 2, nothing, "", 0},
		{MailTempFail, true, 2, nothing, "", 0},
		{MailRejectData, true, 1, empty, `Expected response code 250 but got code "554", with message "554 5.7.1 refused`, 0},
		{MailRejectData, false, 1, queued, `got code "554"`, 0},
		{MailDropAfterData, true, 1, empty, "Expected response code 250 but got an empty response", 1},
		{MailDropAfterData, false, 1, queued, "empty response", 1},
		{MailHang, true, 1, empty, "Timed Out", 0},
		{MailHangAfterData, true, 1, empty, "Timed Out", 1},
		{MailHangAfterData, false, 1, queued, "Timed Out", 1},
	} {
		t.Run(fmt.Sprintf("mode %d strict %t", tc.mode, tc.strict), func(t *testing.T) {
			patience := 10 * time.Second
			if tc.note == "Timed Out" {
				patience = 20 * time.Millisecond
			}
			h := newSmall(t, Options{StrictSQL: tc.strict, MailTimeout: patience})
			shot := h.open(t, "am-1")
			h.SetMailMode(tc.mode)
			h.notice(t, shot, "Dear customer") // success, whatever becomes of it
			after := h.ticket(t, shot.ID)
			if len(after.Messages) != tc.messages || after.Status != "waiting" || after.OwnerEmail != "sanne@hoster.example" {
				t.Errorf("afterwards %s, %s's, %d messages", after.Status, after.OwnerEmail, len(after.Messages))
			}
			got, note := nothing, ""
			for _, d := range h.Drafts() {
				got, note = map[bool]string{true: queued, false: empty}[d.Queued], notes(d)
			}
			if got != tc.draft || (tc.note == "") != (note == "") || !strings.Contains(note, "Error sending message: ") && note != "" || !strings.Contains(note, tc.note) {
				t.Errorf("draft %q, note %q", got, note)
			}
			if mails := h.mail.take(); len(mails) != tc.delivered {
				t.Errorf("%d mails delivered", len(mails))
			}
		})
	}
}

func TestNoticeIsMailedInTheAgentsNameUnderItsOwnSubject(t *testing.T) {
	h := newSmall(t, Options{})
	shot := h.open(t, "am-1")
	if mails := h.mail.take(); len(mails) != 0 {
		t.Fatalf("%d mails when the ticket was opened", len(mails))
	}
	h.notice(t, shot, "Dear customer,\n\nline é\n.\n#signature")
	mails := h.mail.take()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	m := mails[0].read(t)
	for name, want := range map[string]string{
		"Subject": "Account Termination", "To": "klant@customer.example", "From": "Sanne at Hoster <billing@cerb.example>",
		"In-Reply-To": shot.Messages[0].MessageID, "References": shot.Messages[0].MessageID,
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	text := plainText(m)
	if want := "Dear customer,\n\nline é\n.\n-- \nSanne"; strings.TrimRight(text, "\n") != want {
		t.Errorf("text %q", text)
	}
	if after := h.ticket(t, shot.ID); after.Messages[1].MessageID != m.Header.Get("Message-Id") {
		t.Errorf("the ticket says %s, the mail %s", after.Messages[1].MessageID, m.Header.Get("Message-Id"))
	}
}

// TestQueuedForwardGoesOutAsAReply is what a lax database makes of a notice: the cron sends it as "Re: …" and adds the
// message to the ticket then.
func TestQueuedForwardGoesOutAsAReply(t *testing.T) {
	h := newSmall(t, Options{})
	shot := h.open(t, "am-1")
	h.SetMail(false)
	h.notice(t, shot, "Dear customer")
	h.SetMail(true)
	if sent := h.Cron(t.Context()); sent != 0 {
		t.Errorf("%d sent before five minutes had passed", sent)
	}
	h.now = h.now.Add(5 * time.Minute)
	if sent := h.Cron(t.Context()); sent != 1 {
		t.Errorf("%d sent", sent)
	}
	mails := h.mail.take()
	if len(mails) != 1 || mails[0].read(t).Header.Get("Subject") != "Re: Account Termination" {
		t.Errorf("mails %v", mails)
	}
	if after := h.ticket(t, shot.ID); len(after.Messages) != 2 || after.Status != "waiting" || len(h.Drafts()) != 0 {
		t.Errorf("ticket %+v, drafts %v", after, h.Drafts())
	}
}

func TestCronTriesTenTimesAndStops(t *testing.T) {
	h := newSmall(t, Options{})
	shot := h.open(t, "am-1")
	h.SetMail(false)
	h.notice(t, shot, "Dear customer")
	for range 12 {
		h.now = h.now.Add(5 * time.Minute)
		h.Cron(t.Context())
	}
	d := h.Drafts()[0]
	if d.Fails != maxFails || len(d.Comments) != maxFails {
		t.Errorf("failed %d times with %d notes", d.Fails, len(d.Comments))
	}
	h.SetMail(true)
	if sent := h.CronNow(t.Context()); sent != 0 {
		t.Errorf("%d sent after ten failures", sent)
	}
}

// TestReplyWithoutAReopenDateTakesTheDateAway, as every status that is sent does: waiting and open alike.
func TestReplyWithoutAReopenDateTakesTheDateAway(t *testing.T) {
	h := newSmall(t, Options{})
	shot := h.open(t, "am-1")
	reply := func(form ...string) Ticket {
		h.ok(t, "POST", "tickets/reply.json", append([]string{"message_id", fmt.Sprint(shot.Messages[0].ID), "content", "x"}, form...)...)
		return h.ticket(t, shot.ID)
	}
	for _, status := range []string{"0", "1", "2"} {
		if after := reply("status", "1", "reopen_at", "+2 days"); !after.ReopenAt.Equal(h.now.AddDate(0, 0, 2)) {
			t.Errorf("set to %s", after.ReopenAt)
		}
		if after := reply("status", status); !after.ReopenAt.IsZero() {
			t.Errorf("status %s leaves %s", status, after.ReopenAt)
		}
	}
}

// TestComposeThatFailedIsSentByItself: the answer is an error, and five minutes later the customer has the mail.
func TestComposeThatFailedIsSentByItself(t *testing.T) {
	h := newSmall(t, Options{StrictSQL: true})
	h.SetMail(false)
	_, a := h.call(t, "POST", "tickets/compose.json", pairs([]string{
		"group_id", "1", "to", "klant@customer.example", "subject", "s", "content", "c", "owner_id", "2", "custom_1", "am-1",
	}))
	if a["__status"] != "error" || a["message"] != "Failed to create a new message." || len(h.Tickets()) != 0 {
		t.Fatalf("answered %v, %d tickets", a, len(h.Tickets()))
	}
	h.SetMail(true)
	if sent := h.CronNow(t.Context()); sent != 1 || len(h.mail.take()) != 1 {
		t.Errorf("%d sent", sent)
	}
	if all := h.Tickets(); len(all) != 1 || all[0].Custom["termination_case"] != "am-1" || all[0].OwnerID != 2 {
		t.Errorf("tickets %+v", all)
	}
}

func TestReleaseBeforeDontSendMailsTheOpeningText(t *testing.T) {
	for version, mails := range map[string]int{"9.3.3": 1, "9.3.4": 0, "10.4.10": 0, "8.0.0": 1, "10": 0} {
		h := newSmall(t, Options{Version: version})
		h.open(t, "am-1")
		if got := len(h.mail.take()); got != mails {
			t.Errorf("%s: %d mails", version, got)
		}
	}
}

// TestMailServersOwnWordsBecomeCerbs: what a server really answers is put into the words that Cerb writes.
func TestMailServersOwnWordsBecomeCerbs(t *testing.T) {
	h := newSmall(t, Options{StrictSQL: true})
	refused := h.open(t, "am-1")
	h.ok(t, "POST", "tickets/reply.json", "message_id", fmt.Sprint(refused.Messages[0].ID), "content", "x", "to", "nobody@customer.example")
	if after := h.ticket(t, refused.ID); len(after.Messages) != 2 {
		t.Errorf("a refused recipient: %d messages", len(after.Messages))
	}
	h.notice(t, h.open(t, "am-2"), "refuse-data")
	if d := h.Drafts(); len(d) != 1 || !strings.Contains(notes(d[0]), `Expected response code 250 but got code "554", with message "554 5.7.1 refused`) {
		t.Errorf("drafts %+v", d)
	}
	h.SetSMTP("127.0.0.1:1")
	h.notice(t, h.open(t, "am-3"), "x")
	if d := h.Drafts(); len(d) != 2 || !strings.Contains(notes(d[1]), "Unable to connect to 127.0.0.1:1 (Connection refused)") {
		t.Errorf("drafts %+v", d)
	}
	h.SetSMTP("")
	h.notice(t, h.open(t, "am-4"), "x")
	if d := h.Drafts(); len(d) != 3 || !strings.Contains(notes(d[2]), "Connection could not be established") {
		t.Errorf("drafts %+v", d)
	}
}

func TestMailServerThatHangsHoldsUpOnlyItsOwnCall(t *testing.T) {
	h := newSmall(t, Options{MailTimeout: 300 * time.Millisecond})
	shot := h.open(t, "am-1")
	h.SetMailMode(MailHang)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = h.call(t, "POST", "tickets/reply.json", pairs([]string{"message_id", fmt.Sprint(shot.Messages[0].ID), "content", "x", "status", "1"}))
	}()
	eventually(t, func() error {
		if h.ticket(t, shot.ID).Status != "waiting" {
			return errStillWaiting
		}
		return nil
	})
	select {
	case <-done:
		t.Error("the hanging call was over at once")
	default: // the status is set already, and other calls are answered
	}
	<-done
	if len(h.Drafts()) != 1 {
		t.Error(errors.New("no draft is left"))
	}
}
