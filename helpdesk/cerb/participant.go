package cerb

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// maxAddresses is how many of a customer's addresses are asked for: each is a call, and a preview waits for them.
const maxAddresses = 8

// participantRecord is a ticket with whom it is with ("expand=requesters").
type participantRecord struct {
	ticketRecord
	Created    whole           `json:"created"`
	Updated    whole           `json:"updated"`
	Requesters list[requester] `json:"requesters"`
}

// summary puts a record into the port's words.
func (p participantRecord) summary(op string) (helpdesk.TicketSummary, error) {
	t, err := p.ticket(op)
	return helpdesk.TicketSummary{ID: t.ID, Mask: t.Mask, Subject: t.Subject, URL: t.URL, Status: t.Status, UpdatedAt: p.Updated.at()}, err
}

type requester struct {
	Email text `json:"email"`
}

// UnmarshalJSON reads both parts: the embedded record brings its own, which would read itself alone.
func (p *participantRecord) UnmarshalJSON(raw []byte) error {
	var own struct {
		Created    whole           `json:"created"`
		Updated    whole           `json:"updated"`
		Requesters list[requester] `json:"requesters"`
	}
	if err := json.Unmarshal(raw, &own); err != nil {
		return err
	}
	p.Created, p.Updated, p.Requesters = own.Created, own.Updated, own.Requesters
	return p.ticketRecord.UnmarshalJSON(raw)
}

// TicketsOf asks for each address by itself. Cerb's search takes "_" in an address as any character, so whom a ticket is
// with is read along and compared.
func (c *Client) TicketsOf(ctx context.Context, emails []string, limit int) ([]helpdesk.TicketSummary, error) {
	wanted := askable(emails)
	answers := make([][]participantRecord, len(wanted))
	g, gctx := errgroup.WithContext(ctx)
	for i, email := range wanted {
		g.Go(func() error {
			q := search{}.raw("status", "[open,waiting]").within("participant", search{}.where("email", email)).raw("sort", "-updated")
			page, err := searchPage[participantRecord](gctx, c, "list the tickets of an address", "ticket", q, "requesters")
			answers[i] = page.Results
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return summaries(slices.Concat(answers...), wanted, limit)
}

// askable picks the addresses that Cerb can be asked for, in lower case, each once.
func askable(emails []string) []string {
	var out []string
	for _, email := range emails {
		email = strings.ToLower(strings.TrimSpace(email))
		if _, err := bareAddress(email); err == nil && !slices.Contains(out, email) && len(out) < maxAddresses {
			out = append(out, email)
		}
	}
	return out
}

// summaries keeps the tickets that are with one of the addresses, each once, the last changed first.
func summaries(records []participantRecord, emails []string, limit int) ([]helpdesk.TicketSummary, error) {
	var out []helpdesk.TicketSummary
	for _, rec := range records {
		if !slices.ContainsFunc(rec.Requesters, func(r requester) bool { return slices.Contains(emails, strings.ToLower(string(r.Email))) }) {
			continue
		}
		t, err := rec.summary("list the tickets of an address")
		if err != nil {
			return nil, err
		}
		seen := slices.ContainsFunc(out, func(s helpdesk.TicketSummary) bool { return s.ID == t.ID })
		if open := t.Status == helpdesk.Open || t.Status == helpdesk.Waiting; !open || seen {
			continue
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b helpdesk.TicketSummary) int {
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), strings.Compare(a.ID, b.ID))
	})
	return out[:min(limit, len(out))], nil
}
