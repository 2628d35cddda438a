package cerb

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
)

const noticeText = "Dear customer,\n\nYour account ends.\n\nKind regards"

func sending() helpdesk.Sending {
	return helpdesk.Sending{
		Notice:   helpdesk.Notice{TicketID: "60", FirstMessageID: "119", To: "Klant@customer.example", Text: noticeText},
		Baseline: helpdesk.Baseline{MessageIDs: []string{"119"}, DraftIDs: []string{"5", "3"}},
	}
}

// mailed is our notice as it lies in the ticket when all went well, changed by change.
func mailed(change func(*helpdesk.Message)) helpdesk.Message {
	m := helpdesk.Message{ID: "120", MessageID: "<m@cerb>", Outgoing: true, To: []string{"klant@customer.example"}, Text: noticeText}
	if change != nil {
		change(&m)
	}
	return m
}

func draftOf(t *testing.T, id int, params string) draftRecord {
	t.Helper()
	d := draftRecord{row: row{whole(id)}, Type: "ticket.forward", Updated: 1795329607}
	if err := json.Unmarshal([]byte(params), &d.Params); err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	ours    = `{"in_reply_message_id":119,"content":"Dear customer,\n\nYour account ends.\n\nKind regards"}`
	another = `{"in_reply_message_id":"119","content":"I'll call you"}`
	far     = `{"in_reply_message_id":7,"content":"Dear customer,\n\nYour account ends.\n\nKind regards"}`
)

// TestProofIsAMessageThatWasNotThereBefore goes through what can lie in Cerb after a notice, and what it means.
func TestProofIsAMessageThatWasNotThereBefore(t *testing.T) {
	first := helpdesk.Message{ID: "119", Outgoing: true, NotSent: true, Text: "Started."}
	down := []failure{{"6", "Connection could not be established with host 127.0.0.1 :stream_socket_client()"}}
	for name, tc := range map[string]struct {
		e    evidence
		want helpdesk.DeliveryState
		says string
	}{
		"nothing":                  {evidence{}, helpdesk.Absent, ""},
		"mailed":                   {evidence{messages: []helpdesk.Message{first, mailed(nil)}}, helpdesk.Sent, "<m@cerb>"},
		"among others":             {evidence{messages: []helpdesk.Message{first, mailed(func(m *helpdesk.Message) { m.Text = "Hello" }), mailed(func(m *helpdesk.Message) { m.ID = "121" })}}, helpdesk.Sent, "121"},
		"with a template":          {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.Text = "Hoster\n\n" + m.Text + "\n\n-- \nfooter" })}}, helpdesk.Sent, ""},
		"there before":             {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.ID = "119" })}}, helpdesk.Absent, ""},
		"colleague's":              {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.Text = "I'll call you." })}}, helpdesk.Absent, ""},
		"customer quotes it":       {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.Outgoing = false })}}, helpdesk.Absent, ""},
		"recorded, not mailed":     {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.NotSent = true })}}, helpdesk.Unclear, "not mailed"},
		"to nobody":                {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.To = nil })}}, helpdesk.Unclear, "not to the customer"},
		"to somebody else":         {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.To = []string{"x@y.example"} })}}, helpdesk.Unclear, "not to the customer"},
		"queued":                   {evidence{queued: []draftRecord{draftOf(t, 6, ours)}}, helpdesk.Queued, "draft 6"},
		"sent after queueing":      {evidence{messages: []helpdesk.Message{mailed(nil)}, queued: []draftRecord{draftOf(t, 6, ours)}}, helpdesk.Sent, ""},
		"queued before":            {evidence{queued: []draftRecord{draftOf(t, 4, ours)}}, helpdesk.Absent, ""},
		"queued elsewhere":         {evidence{queued: []draftRecord{draftOf(t, 6, far)}}, helpdesk.Absent, ""},
		"queued by a colleague":    {evidence{queued: []draftRecord{draftOf(t, 6, another)}}, helpdesk.Unclear, "another text"},
		"both queued":              {evidence{queued: []draftRecord{draftOf(t, 6, another), draftOf(t, 7, ours)}}, helpdesk.Queued, "draft 7"},
		"ours, not queued":         {evidence{fresh: []draftRecord{draftOf(t, 6, ours)}}, helpdesk.Unclear, "not queued"},
		"being written":            {evidence{fresh: []draftRecord{draftOf(t, 6, another)}}, helpdesk.Absent, ""},
		"mail down, strict":        {evidence{failures: down}, helpdesk.NotSent, "empty draft 6"},
		"lost after the data":      {evidence{failures: []failure{{"6", "Expected response code 250 but got an empty response"}}}, helpdesk.Unclear, "may have taken"},
		"timed out":                {evidence{failures: []failure{{"6", "Connection to 127.0.0.1:25 Timed Out"}}}, helpdesk.Unclear, "may have taken"},
		"no word about it":         {evidence{failures: []failure{{"6", ""}}}, helpdesk.Unclear, "says nothing"},
		"one of two in doubt":      {evidence{failures: append([]failure{{"7", "Connection to 127.0.0.1:25 Timed Out"}}, down...)}, helpdesk.Unclear, ""},
		"failed, colleague's went": {evidence{messages: []helpdesk.Message{mailed(func(m *helpdesk.Message) { m.Text = "Hello" })}, failures: down}, helpdesk.NotSent, ""},
	} {
		got := weigh(sending(), tc.e)
		if got.State != tc.want || !strings.Contains(got.Evidence, tc.says) || got.Evidence == "" {
			t.Errorf("%s: %s (%s), want %s", name, got.State, got.Evidence, tc.want)
		}
		if (got.State == helpdesk.Queued) == got.Since.IsZero() {
			t.Errorf("%s: since %s", name, got.Since)
		}
	}
	blind := sending()
	blind.Baseline = helpdesk.Baseline{}
	if got := weigh(blind, evidence{failures: down}); got.State != helpdesk.Unclear {
		t.Errorf("without a baseline: %s", got.State)
	}
}

// TestCerbsWordsForAFailure are those that a running Cerb left in each mood of its mail server.
func TestCerbsWordsForAFailure(t *testing.T) {
	for reason, want := range map[string]bool{
		"Connection could not be established with host 127.0.0.1 :stream_socket_client(): Unable to connect to 127.0.0.1:2599 (Connection refused)": true,
		"Expected response code 250 but got code \"554\", with message \"554 5.7.1 refused\n\"":                                                     true,
		`Expected response code 250/251/252 but got code "550", with message "550 5.1.1 no such user "`:                                             true,
		`Expected response code 250/251/252 but got code "451", with message "451 4.3.0 try later "`:                                                true,
		`Failed to authenticate on SMTP server with username "x"`:                                                                                   true,
		"Expected response code 354 but got an empty response":                                                                                      true,
		"Expected response code 250 but got an empty response":                                                                                      false,
		"Connection to 127.0.0.1:2599 Timed Out":                                                                                                    false,
		"no reason given":                                                                                                                           false, "something else": false,
	} {
		if neverLeft(reason) != want {
			t.Errorf("%q: never left %t", reason, !want)
		}
	}
}

func TestTextIsComparedLineByLine(t *testing.T) {
	for name, tc := range map[string]struct {
		got, want string
		same      bool
	}{
		"same":        {"a\nb", "a\nb", true},
		"line ends":   {"a\r\nb\r", "a\nb", true},
		"blanks":      {" a  b \n\n\nc", "a b\nc", true},
		"more around": {"x\na\ny\nb\nz", "a\nb", true},
		"commands":    {"a\nb", "a\n#comment x\nb", true},
		"missing":     {"a", "a\nb", false},
		"order":       {"b\na", "a\nb", false},
		"part":        {"account ends now", "account ends", false},
		"nothing":     {"a", "\n#x\n", false},
	} {
		if sameText(tc.got, tc.want) != tc.same {
			t.Errorf("%s: %t", name, !tc.same)
		}
	}
}
