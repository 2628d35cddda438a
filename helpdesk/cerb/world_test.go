package cerb

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// written lists the calls that were to change something.
func (d *double) written() (out []string) {
	for _, call := range d.Calls() {
		if call.Method != "GET" {
			out = append(out, call.Method+" "+call.Path)
		}
	}
	return out
}

// nothingWritten checks an error's kind, that it says why, and that Cerb was asked to change nothing.
func (d *double) nothingWritten(t *testing.T, err, kind error, says string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(sentence(err), says) {
		t.Errorf("error %v, want %v with %q", err, kind, says)
	}
	if w := d.written(); len(w) != 0 {
		t.Errorf("was asked to change something: %v", w)
	}
}

// TestTooOldAReleaseIsRefusedBeforeTheFirstWrite: Cerb before 9.3.4 mails the opening text to the customer.
func TestTooOldAReleaseIsRefusedBeforeTheFirstWrite(t *testing.T) {
	d := newDouble(t, cerbfake.Options{Version: "9.3.3", StrictSQL: true})
	c := d.client(t, nil)
	n := newTicket(d, t, c, "am-1")
	_, err := c.OpenTicket(t.Context(), n)
	d.nothingWritten(t, err, helpdesk.ErrTooOld, "9.3.3")
	s, err := c.Server(t.Context())
	d.nothingWritten(t, err, helpdesk.ErrTooOld, "9.3.4")
	if s.Version != "9.3.3" || s.KeyHolder.Email != "bot@cerb.example" {
		t.Errorf("server %+v", s)
	}
	id := strconv.Itoa(d.seed(t, "am-2"))
	d.ForgetCalls()
	_, err = c.SetStatus(t.Context(), id, helpdesk.Closed)
	d.nothingWritten(t, err, helpdesk.ErrTooOld, "")
	_, err = c.Assign(t.Context(), id, s.KeyHolder.ID)
	d.nothingWritten(t, err, helpdesk.ErrTooOld, "")
	err = Setup{Client: c}.Apply(t.Context(), SetupPlan{})
	d.nothingWritten(t, err, helpdesk.ErrTooOld, "")
	if d.mails.count() != 0 {
		t.Error("somebody was mailed")
	}
}

// seed makes a ticket by a customer's mail, whatever the release.
func (d *double) seed(t *testing.T, subject string) int {
	t.Helper()
	c := d.client(t, nil)
	var got struct{ ID whole }
	raw := "From: klant@customer.example\nTo: billing@cerb.example\nSubject: " + subject + "\nMessage-ID: <x@customer.example>\n\nhello\n"
	if err := c.do(t.Context(), call{op: "seed", method: "POST", path: "parser/parse.json", form: []param{{"message", raw}}, write: true}, &got); err != nil {
		t.Fatal(err)
	}
	return int(got.ID)
}

func TestAgentOutsideTheGroupIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	outsider, err := c.Agent(t.Context(), bram)
	d.nothingWritten(t, err, helpdesk.ErrRefused, "not a member")
	n := newTicket(d, t, c, "am-1")
	n.AgentID = outsider.ID
	_, err = c.OpenTicket(t.Context(), n)
	d.nothingWritten(t, err, helpdesk.ErrRefused, "Bram Bakker can't own tickets of the group Billing")
	_, err = c.Agent(t.Context(), "gone@hoster.example")
	d.nothingWritten(t, err, helpdesk.ErrRefused, "disabled")
	_, err = c.Agent(t.Context(), "nobody@hoster.example")
	d.nothingWritten(t, err, helpdesk.ErrNotFound, "no worker with the address")
}

// TestKeyOutsideTheGroupWritesNothing: Cerb would answer such a key with an error after it made the ticket, and a second
// call would make a second ticket.
func TestKeyOutsideTheGroupWritesNothing(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	n := newTicket(d, t, d.client(t, nil), "am-1")
	c := d.client(t, func(cfg *Config) { cfg.AccessKey, cfg.SecretKey = "bramkey", "bramsecret" })
	_, err := c.OpenTicket(t.Context(), n)
	d.nothingWritten(t, err, helpdesk.ErrRefused, "must not open tickets there")
}

func TestPlaceIsCheckedBeforeAnythingIsWritten(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	n := newTicket(d, t, d.client(t, nil), "am-1")
	for name, change := range map[string]func(*Config){
		"groups called Nowhere":  func(cfg *Config) { cfg.Group = "Nowhere" },
		"no bucket called Attic": func(cfg *Config) { cfg.Bucket = "Attic" },
		"no custom field":        func(cfg *Config) { cfg.CaseField = CaseField{Name: "Other case", URI: "other_case"} },
	} {
		_, err := d.client(t, change).OpenTicket(t.Context(), n)
		d.nothingWritten(t, err, helpdesk.ErrRefused, name)
	}
	c := d.client(t, func(cfg *Config) { cfg.Group, cfg.Bucket = "2", "invoices" }) // the group by its id, the bucket in any case
	if _, err := c.OpenTicket(t.Context(), n); err != nil {
		t.Error(err)
	}
}

// TestUnusableCaseFieldIsNotSearchedBy: a filter that Cerb doesn't know finds nothing, which would read as "no ticket".
func TestUnusableCaseFieldIsNotSearchedBy(t *testing.T) {
	for name, change := range map[string]func(d *double){
		"two":       func(d *double) { d.AddCustomField(cerbfake.CustomField{Name: "termination CASE", URI: "other"}) },
		"one":       func(*double) {},
		"not there": func(*double) {},
	} {
		d := newDouble(t, cerbfake.Options{})
		change(d)
		c := d.client(t, func(cfg *Config) {
			if name == "not there" {
				cfg.CaseField = CaseField{Name: "No such field", URI: "no_such_field"}
			}
		})
		_, err := c.FindTickets(t.Context(), "am-1")
		if (name == "one") != (err == nil) || err != nil && !errors.Is(err, helpdesk.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := (fieldRecord{Name: "Zaak-nummer", Type: "S", Context: ticketContext}).flaw(); !strings.Contains(got, "search filter") {
		t.Errorf("flaw %q", got)
	}
	for want, f := range map[string]fieldRecord{
		"not to tickets": {Name: "a", Type: "S", Context: "cerberusweb.contexts.org"}, "no single line": {Name: "a", Type: "T", Context: "ticket"},
		"fieldset": {Name: "a", Type: "S", Context: "ticket", Fieldset: 3}, "": {Name: "a", Type: "S", Context: "ticket"},
	} {
		if got := f.flaw(); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("flaw %q, want %q", got, want)
		}
	}
}

// TestDraftOfATicketIsFound: with the mail server down Cerb keeps a new ticket as a queued draft and mails it later.
func TestDraftOfATicketIsFound(t *testing.T) {
	d := newDouble(t, cerbfake.Options{StrictSQL: true})
	c := d.client(t, nil)
	d.SetMail(false)
	form := []param{{"group_id", "2"}, {"to", "klant@customer.example"}, {"subject", "Account Termination"}, {"content", "x"}, {"custom_" + strconv.Itoa(d.caseID), "am-1"}}
	err := c.do(t.Context(), call{op: "compose", method: "POST", path: "tickets/compose.json", form: form, write: true, refusal: composeRefusal}, nil)
	var e *helpdesk.Error
	if !errors.As(err, &e) || e.Kind != helpdesk.ErrUnknown || !e.Answered || e.Sentence != "Failed to create a new message." {
		t.Errorf("error %v", err)
	}
	found, err := c.FindTickets(t.Context(), "am-1")
	if err != nil || len(found.Tickets) != 0 || len(found.Drafts) != 1 || !found.Drafts[0].Queued || found.Drafts[0].Subject != "Account Termination" {
		t.Errorf("found %+v, %v", found, err)
	}
	if other, err := c.FindTickets(t.Context(), "am-2"); err != nil || len(other.Drafts) != 0 {
		t.Errorf("another key finds %+v, %v", other, err)
	}
	d.SetMail(true)
	d.CronNow(t.Context())
	if found, err = c.FindTickets(t.Context(), "am-1"); err != nil || len(found.Tickets) != 1 || len(found.Drafts) != 0 {
		t.Errorf("after the cron %+v, %v", found, err)
	}
}

// TestNoticeGoesOutInTheAgentsNameWhereTheKeyMay: only an administrator's key may; Cerb ignores worker_id from others.
func TestNoticeGoesOutInTheAgentsNameWhereTheKeyMay(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	for key, want := range map[string]struct {
		from, sends string
		may         bool
	}{"bot": {"Sanne at Hoster", "worker_id", true}, "sanne": {"Sanne at Hoster", "", false}} {
		c := d.client(t, func(cfg *Config) { cfg.AccessKey, cfg.SecretKey = key+"key", key+"secret" })
		s, err := c.Server(t.Context())
		if err != nil || s.WritesAs != want.may || s.RightNote == "" {
			t.Fatalf("%s: %+v, %v", key, s, err)
		}
		_, n := opened(d, t, c, "am-"+key)
		d.ForgetCalls()
		if err := c.SendNotice(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		for _, call := range d.Calls() {
			if call.Path != "tickets/reply.json" {
				continue
			}
			if _, sent := call.Params["worker_id"]; sent != want.may || call.Params["status"] != "1" || call.Params["is_forward"] != "1" || call.Params["subject"] != n.Subject {
				t.Errorf("%s: reply %v", key, call.Params)
			}
			if _, sent := call.Params["reopen_at"]; sent {
				t.Errorf("%s: a reopen date was sent: %v", key, call.Params)
			}
		}
	}
}

// TestMergedMeanwhileIsForAPerson, and so is deleted; each is told by its name, and nothing is asked of Cerb.
func TestMergedMeanwhileIsForAPerson(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	into, _ := opened(d, t, c, "am-into")
	for says, change := range map[string]func(id int) error{
		"merged into another one": func(id int) error { return d.Merge(id, int(numberOf(t, into.ID))) },
		"was deleted":             d.Delete,
	} {
		ticket, n := opened(d, t, c, "am-"+says)
		if err := change(int(numberOf(t, ticket.ID))); err != nil {
			t.Fatal(err)
		}
		d.ForgetCalls()
		d.nothingWritten(t, c.SendNotice(t.Context(), n), helpdesk.ErrRefused, says)
		_, err := c.Assign(t.Context(), ticket.ID, "1")
		d.nothingWritten(t, err, helpdesk.ErrRefused, says)
		_, err = c.SetStatus(t.Context(), ticket.ID, helpdesk.Waiting)
		d.nothingWritten(t, err, helpdesk.ErrRefused, says)
	}
}

func numberOf(t *testing.T, id string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestStrangersAnswerIsNoProof: anybody's mail that refers to ours lands in the ticket, whatever text it quotes.
func TestStrangersAnswerIsNoProof(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	ticket, n := opened(d, t, c, "am-1")
	base, err := c.Baseline(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := strconv.Atoi(ticket.ID)
	if err := d.CustomerReplies(id, "stranger@else.example", n.Text); err != nil {
		t.Fatal(err)
	}
	got, err := c.Delivery(t.Context(), helpdesk.Sending{Notice: n, Baseline: base})
	if err != nil || got.State != helpdesk.Absent {
		t.Errorf("the notice is %+v, %v", got, err)
	}
}

// TestRefusedRecipientPassesForSent: Cerb keeps the message as mailed when the mail server refuses its only recipient. This
// can't be told apart over the API, and is named in the package comment.
func TestRefusedRecipientPassesForSent(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	got := d.deliver(t, c, "am-1", cerbfake.MailRejectRecipient)
	if got.State != helpdesk.Sent || d.mails.count() != 0 {
		t.Errorf("the notice is %+v with %d mails", got, d.mails.count())
	}
}

// TestForwardToNobodyIsUnclear: Cerb takes a forward to a malformed address, mails nobody and keeps the message without a
// "to". The client lets no such address through; a person's slip in Cerb would look the same.
func TestForwardToNobodyIsUnclear(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	_, n := opened(d, t, c, "am-1")
	base, err := c.Baseline(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	form := []param{{"message_id", n.FirstMessageID}, {"content", n.Text}, {"status", "1"}, {"is_forward", "1"}, {"to", "not-an-address"}}
	if err := c.do(t.Context(), call{op: "forward", method: "POST", path: "tickets/reply.json", form: form, write: true}, nil); err != nil {
		t.Fatal(err)
	}
	got, err := c.Delivery(t.Context(), helpdesk.Sending{Notice: n, Baseline: base})
	if err != nil || got.State != helpdesk.Unclear || d.mails.count() != 0 {
		t.Errorf("the notice is %+v, %v", got, err)
	}
}

// deliver sends a notice while the mail server is in some mood, and says what the client makes of it.
func (d *double) deliver(t *testing.T, c *Client, key string, mode cerbfake.MailMode) helpdesk.Delivery {
	t.Helper()
	_, n := opened(d, t, c, key)
	base, err := c.Baseline(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	d.SetMailMode(mode)
	defer d.SetMailMode(cerbfake.MailOK)
	if err := c.SendNotice(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	got, err := c.Delivery(t.Context(), helpdesk.Sending{Notice: n, Baseline: base})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestMailServersMoodDecidesWhatIsSaid(t *testing.T) {
	for _, tc := range []struct {
		mode   cerbfake.MailMode
		strict bool
		want   helpdesk.DeliveryState
		mails  int
	}{
		{cerbfake.MailOK, true, helpdesk.Sent, 1},
		{cerbfake.MailDown, true, helpdesk.NotSent, 0},
		{cerbfake.MailDown, false, helpdesk.Queued, 0},
		{cerbfake.MailRejectData, true, helpdesk.NotSent, 0},
		{cerbfake.MailRejectData, false, helpdesk.Queued, 0},
		{cerbfake.MailDropAfterData, true, helpdesk.Unclear, 1}, // the customer has it
		{cerbfake.MailHangAfterData, true, helpdesk.Unclear, 1},
		{cerbfake.MailHang, true, helpdesk.Unclear, 0}, // in the same words as the one before
		{cerbfake.MailHang, false, helpdesk.Queued, 0},
	} {
		patience := 10 * time.Second
		if tc.mode == cerbfake.MailHang || tc.mode == cerbfake.MailHangAfterData {
			patience = 10 * time.Millisecond
		}
		d := newDouble(t, cerbfake.Options{StrictSQL: tc.strict, MailTimeout: patience})
		got := d.deliver(t, d.client(t, nil), "am-1", tc.mode)
		if got.State != tc.want || d.mails.count() != tc.mails || got.Evidence == "" {
			t.Errorf("mode %d, strict %t: %s (%s), %d mails", tc.mode, tc.strict, got.State, got.Evidence, d.mails.count())
		}
	}
}

// TestCerbGoesOnWhenTheClientGaveUp: a mail server that hangs makes Cerb outlast our patience. The error says that no
// answer came, and the look shows what became of it once Cerb is through.
func TestCerbGoesOnWhenTheClientGaveUp(t *testing.T) {
	d := newDouble(t, cerbfake.Options{MailTimeout: 4 * time.Second})
	c := d.client(t, impatient)
	ticket, n := opened(d, t, c, "am-1")
	base, err := c.Baseline(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	d.SetMailMode(cerbfake.MailHang)
	verdict{helpdesk.ErrUnknown, false, ""}.check(t, c.SendNotice(t.Context(), n))
	if now, err := c.Ticket(t.Context(), ticket.ID); err != nil || now.Status != helpdesk.Waiting {
		t.Errorf("meanwhile the ticket is %+v, %v", now, err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		got, err := c.Delivery(t.Context(), helpdesk.Sending{Notice: n, Baseline: base})
		if err != nil {
			t.Fatal(err)
		}
		if got.State == helpdesk.Queued {
			return
		}
		if got.State != helpdesk.Absent || time.Now().After(deadline) {
			t.Fatalf("the notice is %+v", got)
		}
	}
}

// TestManyRecordsAreAllRead, also while earlier ones go away: pages are asked for by the last id, not by number.
func TestManyRecordsAreAllRead(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	_, n := opened(d, t, c, "am-1")
	d.SetMail(false)
	for i := range 250 {
		form := []param{{"message_id", n.FirstMessageID}, {"content", fmt.Sprint("colleague ", i)}, {"status", "0"}}
		if err := c.do(t.Context(), call{op: "reply", method: "POST", path: "tickets/reply.json", form: form, write: true}, nil); err != nil {
			t.Fatal(err)
		}
	}
	all, err := c.queuedAnswers(t.Context(), "look")
	if err != nil || len(all) != 250 {
		t.Fatalf("%d drafts, %v", len(all), err)
	}
	if !slices.IsSortedFunc(all, func(a, b draftRecord) int { return int(a.ID - b.ID) }) {
		t.Error("the drafts are not in the order of their ids")
	}
	since, err := c.draftsSince(t.Context(), "look", all[199].ID)
	if err != nil || len(since) != 50 || since[0].ID != all[200].ID {
		t.Errorf("%d since, %v", len(since), err)
	}
	base, err := c.Baseline(t.Context(), n)
	if err != nil || highest(base.DraftIDs) != all[249].ID {
		t.Errorf("baseline %v, %v", highest(base.DraftIDs), err)
	}
}
