package cerb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// comments lists a ticket's comments in the double.
func (d *double) comments(t *testing.T, ticketID string) (texts []string) {
	t.Helper()
	for _, ticket := range d.Tickets() {
		if strconv.Itoa(ticket.ID) == ticketID {
			for _, c := range ticket.Comments {
				texts = append(texts, c.Text)
			}
		}
	}
	return texts
}

// TestCommentThatWentWrongIsToldAndFoundAgain: for each fault the error says what is known, the call is made once, and calling
// again leaves one comment.
func TestCommentThatWentWrongIsToldAndFoundAgain(t *testing.T) {
	eachFault(t, func(t *testing.T, f cerbfake.Fault, v verdict) {
		d := newDouble(t, cerbfake.Options{StrictSQL: true})
		c := d.client(t, impatient)
		ticket, _ := opened(d, t, c, "am-1")
		d.FailNext("POST", "tickets/*/comment.json", -1, f)
		n := helpdesk.NewComment{Key: "am-1", Text: "Case 41 is open."}
		_, err := c.Comment(t.Context(), ticket.ID, n)
		v.check(t, err)
		d.Heal()
		if got := d.writes("comment"); got != 1 {
			t.Errorf("the comment was asked for %d times", got)
		}
		if changed, err := c.Comment(t.Context(), ticket.ID, n); err != nil || changed == f.AfterEffect {
			t.Errorf("again: %t, %v", changed, err)
		}
		if all := d.comments(t, ticket.ID); len(all) != 1 || all[0] != "Case 41 is open.\n\n[am-1]" {
			t.Errorf("comments %q", all)
		}
	})
}

// TestCommentMentionsNobody: Cerb would notify the worker.
func TestCommentMentionsNobody(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	ticket, _ := opened(d, t, c, "am-1")
	n := helpdesk.NewComment{Key: "am-@1", Text: "@sanne, mail sanne@hoster.example"}
	for _, want := range []bool{true, false} {
		if changed, err := c.Comment(t.Context(), ticket.ID, n); err != nil || changed != want {
			t.Errorf("changed %t, %v", changed, err)
		}
	}
	if all := d.comments(t, ticket.ID); len(all) != 1 || all[0] != "@ sanne, mail sanne@ hoster.example\n\n[am-@ 1]" {
		t.Errorf("comments %q", all)
	}
}

// TestCommentNeedsTheTicketsGroup: a key outside it gets a refusal, and writes nothing.
func TestCommentNeedsTheTicketsGroup(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	ticket, _ := opened(d, t, d.client(t, nil), "am-1")
	c := d.client(t, func(cfg *Config) { cfg.AccessKey, cfg.SecretKey = "bramkey", "bramsecret" })
	if _, err := c.Comment(t.Context(), ticket.ID, helpdesk.NewComment{Key: "am-1", Text: "x"}); err == nil {
		t.Error("taken")
	}
	if all := d.comments(t, ticket.ID); len(all) != 0 {
		t.Errorf("comments %q", all)
	}
	for message, want := range map[string]error{
		"ERROR_PERMISSIONS Access denied to delete tickets in this group.": helpdesk.ErrAuth, "ERROR Invalid ticket ID 7": helpdesk.ErrNotFound,
		"ERROR Your worker does not have a valid e-mail address.": helpdesk.ErrAuth, "ERROR The 'comment' field is required.": helpdesk.ErrRefused,
		"ERROR Something else.": nil,
	} {
		code, words, _ := strings.Cut(message, " ")
		if got := commentRefusal(code, words); !errors.Is(got, want) {
			t.Errorf("%s: %v", message, got)
		}
	}
}

// TestNewTicketsAreReadBackToTheInstant: over more than a page, and no further than needed.
func TestNewTicketsAreReadBackToTheInstant(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	d := newDouble(t, cerbfake.Options{Now: func() time.Time { return now }})
	c := d.client(t, nil)
	var since time.Time
	for i := range 230 {
		if now = now.Add(time.Second); i == 80 {
			since = now
		}
		if _, err := d.CustomerWrites("Klant@customer.example", fmt.Sprint("Vraag ", i), "x"); err != nil {
			t.Fatal(err)
		}
	}
	d.ForgetCalls()
	got, err := c.NewTickets(t.Context(), since)
	if err != nil || len(got) != 150 || got[0].Subject != "Vraag 229" || got[149].Subject != "Vraag 80" || got[7].With[0] != "klant@customer.example" {
		t.Errorf("%d tickets, %v", len(got), err)
	}
	if n := len(d.Calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
	if all, err := c.NewTickets(t.Context(), since.Add(-time.Hour)); err != nil || len(all) != 230 {
		t.Errorf("all: %d, %v", len(all), err)
	}
}
