package cerb

import (
	"context"
	"strings"
	"unicode"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// FindTickets looks for a case's ticket by the custom field: open, closed, deleted and merged ones, and drafts that carry
// the key. Drafts are read first: one that Cerb sends meanwhile is then seen twice rather than never.
func (c *Client) FindTickets(ctx context.Context, caseKey string) (helpdesk.Found, error) {
	op := "find the ticket of " + caseKey
	if err := checkKey(op, caseKey); err != nil {
		return helpdesk.Found{}, err
	}
	var field fieldRecord
	var queued, kept []draftRecord
	err := together(ctx,
		func(ctx context.Context) (err error) { field, err = c.caseField(ctx); return },
		func(ctx context.Context) (err error) { queued, err = c.composing(ctx, op, "yes"); return },
		func(ctx context.Context) (err error) { kept, err = c.composing(ctx, op, "no"); return })
	if err != nil {
		return helpdesk.Found{}, err
	}
	var found helpdesk.Found
	for i, drafts := range [][]draftRecord{queued, kept} {
		for _, d := range drafts {
			if d.carries(field, caseKey) {
				found.Drafts = append(found.Drafts, d.draft(i == 0))
			}
		}
	}
	found.Tickets, err = c.ticketsOf(ctx, op, field, caseKey)
	return found, err
}

// ticketsOf searches by the field's own filter and compares what came back: the search ignores case and takes * as a
// wildcard.
func (c *Client) ticketsOf(ctx context.Context, op string, field fieldRecord, caseKey string) ([]helpdesk.Ticket, error) {
	q := search{}.where(filterName(string(field.Name)), caseKey)
	records, err := searchAll[ticketRecord](ctx, c, op, "ticket", q, "custom_")
	if err != nil {
		return nil, err
	}
	var tickets []helpdesk.Ticket
	for _, rec := range records {
		if rec.custom(field.ID.id()) != caseKey {
			continue
		}
		t, err := rec.ticket(op)
		if err != nil {
			return nil, err
		}
		tickets = append(tickets, t)
	}
	return tickets, nil
}

// composing lists drafts of new tickets. Whether one is queued is told by the filter alone; the record does not say.
func (c *Client) composing(ctx context.Context, op, queued string) ([]draftRecord, error) {
	q := search{}.raw("type", "mail.compose").raw("is.queued", queued)
	return searchAll[draftRecord](ctx, c, op, "draft", q, "")
}

// checkKey refuses a case key that Cerb would not give back as it was.
func checkKey(op, key string) error {
	if key == "" || len(key) > 200 || strings.TrimSpace(key) != key || strings.ContainsFunc(key, unicode.IsControl) {
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "A case's key is one line of 1 to 200 characters."}
	}
	return nil
}
