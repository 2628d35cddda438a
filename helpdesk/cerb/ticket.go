package cerb

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// ticketRecord is a ticket. With "expand=custom_" its custom fields are there as custom_<id>.
type ticketRecord struct {
	row
	Mask           text  `json:"mask"`
	Subject        text  `json:"subject"`
	URL            text  `json:"url"`
	RecordURL      text  `json:"record_url"`
	StatusID       whole `json:"status_id"`
	Status         text  `json:"status"`
	OwnerID        whole `json:"owner_id"`
	ReopenDate     whole `json:"reopen_date"`
	InitialMessage whole `json:"initial_message_id"`

	all fields
}

// UnmarshalJSON keeps the whole record besides the named fields, for the custom ones.
func (t *ticketRecord) UnmarshalJSON(raw []byte) error {
	type plain ticketRecord
	if err := json.Unmarshal(raw, (*plain)(t)); err != nil {
		return err
	}
	return t.all.UnmarshalJSON(raw)
}

// custom is the value of a custom field.
func (t ticketRecord) custom(field string) string { return t.all.text("custom_" + field) }

// statusWord is one of Cerb's statuses in the port's words, and the letter that records/ticket takes for it.
type statusWord struct {
	word   helpdesk.Status
	letter string
}

// statusWords are the statuses in the order of Cerb's numbers.
func statusWords() [4]statusWord {
	return [4]statusWord{{helpdesk.Open, "o"}, {helpdesk.Waiting, "w"}, {helpdesk.Closed, "c"}, {helpdesk.Deleted, "d"}}
}

// statusNumber is Cerb's number for a status; false for a word that Cerb has no number for.
func statusNumber(s helpdesk.Status) (int, bool) {
	for n, w := range statusWords() {
		if w.word == s {
			return n, true
		}
	}
	return 0, false
}

// mergedSuffix ends the mask of a ticket that was merged into another one.
const mergedSuffix = "-MERGED"

// ticket puts a record into the port's words. It fails when the record has no id, or a status we don't know: guessing
// one could leave a ticket open that nobody looks at.
func (t ticketRecord) ticket(op string) (helpdesk.Ticket, error) {
	n, words := int(t.StatusID), statusWords()
	if t.ID.id() == "" || n < 0 || n >= len(words) {
		return helpdesk.Ticket{}, &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true,
			Err: fmt.Errorf("a ticket record with id %d and status %d", t.ID, t.StatusID)}
	}
	return helpdesk.Ticket{
		ID: t.ID.id(), Mask: string(t.Mask), Subject: string(t.Subject), URL: first(string(t.URL), string(t.RecordURL)),
		Status: words[n].word, OwnerID: t.OwnerID.id(), ReopenAt: t.ReopenDate.at(),
		Merged: strings.HasSuffix(string(t.Mask), mergedSuffix), FirstMessageID: t.InitialMessage.id(),
	}, nil
}

// Ticket reads one ticket. Cerb's answer is the same for one that is gone and one that the key may not see.
func (c *Client) Ticket(ctx context.Context, id string) (helpdesk.Ticket, error) {
	op := "read ticket " + id
	if !number(id) {
		return helpdesk.Ticket{}, &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: op, Sentence: "That is no id of a ticket in Cerb."}
	}
	var rec ticketRecord
	if err := c.do(ctx, call{op: op, method: http.MethodGet, path: "tickets/" + id + ".json"}, &rec); err != nil {
		return helpdesk.Ticket{}, err
	}
	return rec.ticket(op)
}

// Assign makes the ticket the agent's, by the endpoint that refuses a worker outside the group (PUT tickets/<id> takes
// anybody). Nothing else of the ticket is sent, so status and reopen date stay as they are.
func (c *Client) Assign(ctx context.Context, ticketID, agentID string) (bool, error) {
	op := fmt.Sprintf("assign ticket %s to agent %s", ticketID, agentID)
	if !number(agentID) {
		return false, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "That is no id of a worker in Cerb."}
	}
	now, err := c.alive(ctx, op, ticketID)
	if err != nil || now.OwnerID == agentID {
		return false, err
	}
	after, err := c.putTicket(ctx, op, ticketID, param{"fields[owner_id]", agentID})
	if err == nil && after.OwnerID != agentID {
		err = &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true, Err: fmt.Errorf("the owner is %q afterwards", after.OwnerID)}
	}
	return err == nil, err
}

// SetStatus sets a ticket's status alone, by the endpoint that leaves the reopen date as it is.
func (c *Client) SetStatus(ctx context.Context, ticketID string, s helpdesk.Status) (bool, error) {
	op := fmt.Sprintf("set ticket %s to %s", ticketID, s)
	n, ok := statusNumber(s)
	if !ok {
		return false, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "Cerb has no such status."}
	}
	now, err := c.alive(ctx, op, ticketID)
	if err != nil || now.Status == s {
		return false, err
	}
	after, err := c.putTicket(ctx, op, ticketID, param{"fields[status]", statusWords()[n].letter})
	if err == nil && after.Status != s {
		err = &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true, Err: fmt.Errorf("the status is %q afterwards", after.Status)}
	}
	return err == nil, err
}

// alive reads a ticket that is about to be written to, and refuses one that was merged or deleted: a person must look.
func (c *Client) alive(ctx context.Context, op, id string) (helpdesk.Ticket, error) {
	var t helpdesk.Ticket
	err := together(ctx,
		func(ctx context.Context) error { _, err := c.ready(ctx, op); return err },
		func(ctx context.Context) (err error) { t, err = c.Ticket(ctx, id); return })
	switch {
	case err != nil:
		return helpdesk.Ticket{}, err
	case t.Merged:
		return t, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "The ticket was merged into another one; a person has to look."}
	case t.Status == helpdesk.Deleted:
		return t, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "The ticket was deleted; a person has to look."}
	}
	return t, nil
}

func (c *Client) putTicket(ctx context.Context, op, id string, fields ...param) (helpdesk.Ticket, error) {
	var rec ticketRecord
	err := c.do(ctx, call{op: op, method: http.MethodPut, path: "records/ticket/" + id + ".json", form: fields,
		write: true, refusal: recordRefusal}, &rec)
	if err != nil {
		return helpdesk.Ticket{}, err
	}
	return rec.ticket(op)
}

// recordRefusal tells the answers of records/… that come before anything is changed: Cerb checks rights and all values
// first, and then writes.
func recordRefusal(code, message string) error {
	switch {
	case code == "ERROR_PERMISSIONS", code == "ERROR_PARAM_INVALID" && strings.HasPrefix(message, "You do not have permission"):
		return helpdesk.ErrAuth
	case code == "ERROR_PARAM_INVALID":
		return helpdesk.ErrRefused
	case code == "ERROR_NOT_FOUND":
		return helpdesk.ErrNotFound
	}
	return nil
}
