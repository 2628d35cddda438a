package cerb

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/helpdesktest"
)

// quiet logs go nowhere; what matters comes back as an error.
func quietLogger() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// testClient makes a client for a server of a test, without a rate limit.
func testClient(t *testing.T, url string, change func(*Config)) *Client {
	t.Helper()
	cfg := Config{BaseURL: url, AccessKey: "botkey", SecretKey: "botsecret", Group: "Billing", RatePerSecond: -1}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg, quietLogger())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// apiBench fills in what can be done to any Cerb, a double or a running one, by calls with an administrator's key.
func apiBench(c *Client, domain string) helpdesktest.Bench {
	call1 := func(t *testing.T, method, path string, form ...param) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := c.do(ctx, call{op: method + " " + path, method: method, path: path, form: form, write: true}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return helpdesktest.Bench{
		Desk:     c,
		Customer: func() string { return "c-" + strings.ToLower(rand.Text()[:12]) + "@" + domain },
		CustomerReplies: func(t *testing.T, m helpdesk.Message, from, text string) {
			call1(t, http.MethodPost, "parser/parse.json", param{"message", replyMail(m, from, text)})
		},
		ColleagueReplies: func(t *testing.T, first helpdesk.Message, to, text string) {
			call1(t, http.MethodPost, "tickets/reply.json", param{"message_id", first.ID}, param{"content", text}, param{"status", "0"}, param{"to", to})
		},
		Merge: func(t *testing.T, into, from string) {
			call1(t, http.MethodPost, "tickets/merge.json", param{"ticket_ids[]", into}, param{"ticket_ids[]", from})
		},
		SetReopen: func(t *testing.T, ticketID string, at time.Time) {
			call1(t, http.MethodPut, "records/ticket/"+ticketID+".json", param{"fields[reopen_date]", strconv.FormatInt(at.Unix(), 10)})
		},
		SetSnippet: func(t *testing.T, title, text string) {
			call1(t, http.MethodPost, "records/snippet/create.json", param{"fields[title]", title}, param{"fields[context]", ticketContext},
				param{"fields[content]", text}, param{"fields[owner__context]", "app"}, param{"fields[owner_id]", "0"})
		},
	}
}

// replyMail is a customer's answer to a mail.
func replyMail(m helpdesk.Message, from, text string) string {
	return fmt.Sprintf("From: %s\nTo: %s\nSubject: Re: Account Termination\nMessage-ID: <%s@customer.example>\nIn-Reply-To: %s\nReferences: %[4]s\nDate: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n",
		from, m.From, strings.ToLower(rand.Text()), m.MessageID, time.Now().UTC().Format(time.RFC1123Z), text)
}

// setUp makes the custom field, as aanmaner setup cerb does.
func setUp(t *testing.T, c *Client) {
	t.Helper()
	s := Setup{Client: c}
	plan, err := s.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
}
