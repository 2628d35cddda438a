package cerb

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// impatient is a client that gives up fast and takes small answers only.
func impatient(cfg *Config) {
	cfg.Timeout, cfg.SendTimeout, cfg.MaxBytes = 1500*time.Millisecond, 1500*time.Millisecond, 256<<10
}

// verdict is what a client says about a write that went wrong.
type verdict struct {
	kind     error
	answered bool   // with helpdesk.ErrUnknown
	sentence string // a part of it
}

// verdicts is, for each fault, what a write's error must be: the kind, whether the call is over, and the advice.
func verdicts() map[cerbfake.FaultKind]verdict {
	return map[cerbfake.FaultKind]verdict{
		cerbfake.Fault500:       {helpdesk.ErrUnknown, true, ""},
		cerbfake.Fault502:       {helpdesk.ErrUnknown, false, ""}, // a gateway that gave up: Cerb may still be at it
		cerbfake.FaultTruncated: {helpdesk.ErrUnknown, true, ""},
		cerbfake.FaultOversize:  {helpdesk.ErrUnknown, true, ""},
		cerbfake.FaultReset:     {helpdesk.ErrUnknown, false, ""},
		cerbfake.FaultHang:      {helpdesk.ErrUnknown, false, ""},
		cerbfake.FaultError:     {helpdesk.ErrUnknown, true, "Something went wrong."},
		cerbfake.FaultGarbage:   {helpdesk.ErrUnknown, true, ""},
		cerbfake.FaultHTML:      {helpdesk.ErrUnknown, true, ""},
		cerbfake.Fault401Clock:  {helpdesk.ErrAuth, false, "The clocks differ"},
		cerbfake.Fault401Key:    {helpdesk.ErrAuth, false, "does not know this access key"},
		cerbfake.Fault401Secret: {helpdesk.ErrAuth, false, "secret key does not belong"},
		cerbfake.Fault429:       {helpdesk.ErrBusy, false, ""},
	}
}

func (v verdict) check(t *testing.T, err error) {
	t.Helper()
	var e *helpdesk.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v has no kind", err)
	}
	if !errors.Is(e.Kind, v.kind) || e.Answered != v.answered || !strings.Contains(e.Sentence, v.sentence) || e.Op == "" {
		t.Errorf("error %+v, want kind %v, answered %t, %q", e, v.kind, v.answered, v.sentence)
	}
	if v.kind == helpdesk.ErrBusy && e.RetryAfter != time.Second {
		t.Errorf("retry after %s", e.RetryAfter)
	}
}

// writes counts the calls that change something, by path.
func (d *double) writes(part string) int {
	n := 0
	for _, call := range d.Calls() {
		if call.Method != "GET" && strings.Contains(call.Path, part) {
			n++
		}
	}
	return n
}

// eachFault runs a test for every fault before and after the effect.
func eachFault(t *testing.T, run func(t *testing.T, f cerbfake.Fault, v verdict)) {
	all := verdicts()
	for _, kind := range cerbfake.FaultKinds() {
		v, known := all[kind]
		if !known {
			t.Errorf("no verdict on fault %s", kind)
		}
		for _, after := range []bool{false, true} {
			if after && v.kind != helpdesk.ErrUnknown {
				continue // a refused sign-in, or a front's no, never comes after the effect
			}
			t.Run(kind.String()+map[bool]string{false: " before", true: " after"}[after], func(t *testing.T) {
				t.Parallel()
				run(t, cerbfake.Fault{Kind: kind, AfterEffect: after}, v)
			})
		}
	}
}

func newTicket(d *double, t *testing.T, c *Client, key string) helpdesk.NewTicket {
	t.Helper()
	a, err := c.Agent(t.Context(), sanne)
	if err != nil {
		t.Fatal(err)
	}
	return helpdesk.NewTicket{CaseKey: key, Subject: "Account Termination", To: "klant@customer.example", AgentID: a.ID, Text: "Started."}
}

// opened opens a ticket, and gives the notice that could be sent on it.
func opened(d *double, t *testing.T, c *Client, key string) (helpdesk.Ticket, helpdesk.Notice) {
	t.Helper()
	n := newTicket(d, t, c, key)
	ticket, err := c.OpenTicket(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return ticket, helpdesk.Notice{TicketID: ticket.ID, FirstMessageID: ticket.FirstMessageID, To: n.To, Subject: n.Subject,
		Text: "Dear customer,\n\nYour account ends. " + key, AgentID: n.AgentID, Status: helpdesk.Waiting}
}

// TestOpeningThatWentWrongIsToldAndFoundAgain: for each fault, the error says what is known, the call is made once, and a
// look tells whether the ticket was made.
func TestOpeningThatWentWrongIsToldAndFoundAgain(t *testing.T) {
	eachFault(t, func(t *testing.T, f cerbfake.Fault, v verdict) {
		d := newDouble(t, cerbfake.Options{StrictSQL: true})
		c := d.client(t, impatient)
		n := newTicket(d, t, c, "am-1")
		d.FailNext("POST", "tickets/compose.json", -1, f)
		_, err := c.OpenTicket(t.Context(), n)
		v.check(t, err)
		d.Heal()
		if got := d.writes("compose"); got != 1 {
			t.Errorf("the ticket was asked for %d times", got)
		}
		found, err := c.FindTickets(t.Context(), "am-1")
		if err != nil || (len(found.Tickets) == 1) != f.AfterEffect || len(found.Drafts) != 0 {
			t.Errorf("found %+v, %v", found, err)
		}
		if d.mails.count() != 0 {
			t.Error("somebody was mailed")
		}
	})
}

// TestNoticeThatWentWrongIsToldAndProved: the same for the mail to the customer. Sending again is left to whoever looked.
func TestNoticeThatWentWrongIsToldAndProved(t *testing.T) {
	eachFault(t, func(t *testing.T, f cerbfake.Fault, v verdict) {
		d := newDouble(t, cerbfake.Options{StrictSQL: true})
		c := d.client(t, impatient)
		_, n := opened(d, t, c, "am-1")
		base, err := c.Baseline(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		d.FailNext("POST", "tickets/reply.json", -1, f)
		v.check(t, c.SendNotice(t.Context(), n))
		d.Heal()
		if got := d.writes("reply"); got != 1 {
			t.Errorf("the notice was sent %d times", got)
		}
		want := map[bool]helpdesk.DeliveryState{false: helpdesk.Absent, true: helpdesk.Sent}[f.AfterEffect]
		got, err := c.Delivery(t.Context(), helpdesk.Sending{Notice: n, Baseline: base})
		if err != nil || got.State != want || (d.mails.count() == 1) != f.AfterEffect {
			t.Errorf("the notice is %+v, %v, with %d mails", got, err, d.mails.count())
		}
	})
}

// TestChangeThatWentWrongIsToldAndReadBack: the same for owner and status.
func TestChangeThatWentWrongIsToldAndReadBack(t *testing.T) {
	eachFault(t, func(t *testing.T, f cerbfake.Fault, v verdict) {
		d := newDouble(t, cerbfake.Options{StrictSQL: true})
		c := d.client(t, impatient)
		ticket, _ := opened(d, t, c, "am-1")
		me, err := c.Server(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d.FailNext("PUT", "records/ticket/*.json", -1, f)
		_, err = c.Assign(t.Context(), ticket.ID, me.KeyHolder.ID)
		v.check(t, err)
		_, err = c.SetStatus(t.Context(), ticket.ID, helpdesk.Closed)
		v.check(t, err)
		d.Heal()
		if got := d.writes("records/ticket"); got != 2 {
			t.Errorf("%d changes were asked for", got)
		}
		after, err := c.Ticket(t.Context(), ticket.ID)
		if err != nil || (after.OwnerID == me.KeyHolder.ID) != f.AfterEffect || (after.Status == helpdesk.Closed) != f.AfterEffect {
			t.Errorf("the ticket is %+v, %v", after, err)
		}
	})
}

// TestReadsAreTriedAgain: a read that failed in passing is tried three times in all; one that was refused, once.
func TestReadsAreTriedAgain(t *testing.T) {
	once := []cerbfake.FaultKind{cerbfake.FaultError, cerbfake.Fault401Clock, cerbfake.Fault401Key, cerbfake.Fault401Secret}
	for _, kind := range cerbfake.FaultKinds() {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			d := newDouble(t, cerbfake.Options{})
			c := d.client(t, func(cfg *Config) {
				impatient(cfg)
				if kind == cerbfake.Fault429 { // which asks for a second's patience
					cfg.Timeout = 1100 * time.Millisecond
				}
			})
			c.backOff = time.Millisecond
			ticket, _ := opened(d, t, c, "am-1")
			tries, fails := 3, 2
			for _, k := range once {
				if k == kind {
					tries, fails = 1, 1
				}
			}
			d.ForgetCalls()
			d.FailNext("GET", "tickets/*.json", fails, cerbfake.Fault{Kind: kind})
			_, err := c.Ticket(t.Context(), ticket.ID)
			if (err == nil) != (tries == 3) || len(d.Calls()) != tries {
				t.Errorf("%d tries, %v", len(d.Calls()), err)
			}
			if tries == 1 {
				return
			}
			d.ForgetCalls()
			d.FailNext("GET", "tickets/*.json", -1, cerbfake.Fault{Kind: kind})
			_, err = c.Ticket(t.Context(), ticket.ID)
			if got := len(d.Calls()); err == nil || got < 3 || got > 6 { // Go's transport asks again by itself when a kept connection is reset
				t.Errorf("for ever: %d tries, %v", len(d.Calls()), err)
			}
		})
	}
}

// TestNobodyThereIsNotSent: a call that reached nobody had no effect, and says so.
func TestNobodyThereIsNotSent(t *testing.T) {
	c := testClient(t, "http://127.0.0.1:1/rest", impatient)
	err := c.do(t.Context(), call{op: "write", method: "POST", path: "tickets/reply.json", write: true}, nil)
	if !errors.Is(err, helpdesk.ErrNotSent) {
		t.Errorf("write: %v", err)
	}
	if _, err := c.Server(t.Context()); !errors.Is(err, helpdesk.ErrNotSent) {
		t.Errorf("read: %v", err)
	}
}

// TestErrorsCarryNoCustomer: the transport's own errors have the whole address of a call in them, and with it what was
// looked for.
func TestErrorsCarryNoCustomer(t *testing.T) {
	c := testClient(t, "http://127.0.0.1:1/rest", impatient)
	if _, err := c.snippets(t.Context(), "look", "jansen-secret"); err == nil || strings.Contains(err.Error(), "jansen") {
		t.Errorf("error %v", err)
	}
}
