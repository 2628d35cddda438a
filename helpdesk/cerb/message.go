package cerb

import (
	"context"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// messageRecord is a message, with "expand=headers,content".
type messageRecord struct {
	row
	TicketID   whole  `json:"ticket_id"`
	IsOutgoing whole  `json:"is_outgoing"`
	IsNotSent  whole  `json:"is_not_sent"`
	Created    whole  `json:"created"`
	Headers    fields `json:"headers"`
	Content    text   `json:"content"`
}

func (m messageRecord) message() helpdesk.Message {
	from := ""
	if list := addresses(m.header("from")); len(list) > 0 {
		from = list[0]
	}
	return helpdesk.Message{
		ID: m.ID.id(), MessageID: strings.TrimSpace(m.header("message-id")), TicketID: m.TicketID.id(),
		Outgoing: m.IsOutgoing != 0, NotSent: m.IsNotSent != 0, From: from, To: addresses(m.header("to")),
		Text: string(m.Content), At: m.Created.at(),
	}
}

// header reads one header; Cerb keeps them by lower-case name, and a repeated one as a list.
func (m messageRecord) header(name string) string {
	if one := m.Headers.text(name); one != "" {
		return one
	}
	var several list[text]
	if raw, ok := m.Headers[name]; ok && several.UnmarshalJSON(raw) == nil && len(several) > 0 {
		return string(several[0])
	}
	return ""
}

// Messages lists a ticket's messages, oldest first. A merged ticket has none: they moved to the other one.
func (c *Client) Messages(ctx context.Context, ticketID string) ([]helpdesk.Message, error) {
	op := "read the messages of ticket " + ticketID
	if !number(ticketID) {
		return nil, &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: op, Sentence: "That is no id of a ticket in Cerb."}
	}
	records, err := searchAll[messageRecord](ctx, c, op, "message", search{}.raw("ticket.id", ticketID), "headers,content")
	if err != nil {
		return nil, err
	}
	var out []helpdesk.Message
	for _, rec := range records {
		if rec.TicketID.id() == ticketID {
			out = append(out, rec.message())
		}
	}
	return out, nil
}
