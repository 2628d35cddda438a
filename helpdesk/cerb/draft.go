package cerb

import (
	"context"
	"strconv"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// draftRecord is a mail that Cerb has written down: one being written, one queued, or the empty row that is left when a
// strict database refuses the draft of a failed reply.
type draftRecord struct {
	row
	Type     text   `json:"type"`
	Name     text   `json:"name"`
	Subject  text   `json:"subject"`
	To       text   `json:"to"`
	TicketID whole  `json:"ticket_id"`
	WorkerID whole  `json:"worker_id"`
	Updated  whole  `json:"updated"`
	Params   fields `json:"params"`
}

func (d draftRecord) draft(queued bool) helpdesk.Draft {
	return helpdesk.Draft{ID: d.ID.id(), Queued: queued, TicketID: d.TicketID.id(),
		Subject: first(string(d.Subject), d.Params.text("subject"), string(d.Name)), Updated: d.Updated.at()}
}

// carries reports whether the draft would become the case's ticket.
func (d draftRecord) carries(field fieldRecord, key string) bool {
	for _, place := range []struct{ params, name string }{{"custom_fields", field.ID.id()}, {"custom_fields_uri", string(field.URI)}} {
		var values fields
		if raw, ok := d.Params[place.params]; ok && place.name != "" && values.UnmarshalJSON(raw) == nil && values.text(place.name) == key {
			return true
		}
	}
	return false
}

// answers reports whether the draft is a reply to or a forward of a message.
func (d draftRecord) answers(messageID string) bool {
	var n whole
	raw, ok := d.Params["in_reply_message_id"]
	return ok && n.UnmarshalJSON(raw) == nil && n.id() == messageID
}

// empty reports whether this is the row without anything in it.
func (d draftRecord) empty() bool {
	return d.Type == "" && d.To == "" && len(d.Params) == 0 && d.WorkerID == 0 && d.TicketID == 0
}

type commentRecord struct {
	row
	Comment text `json:"comment"`
}

// newestDrafts lists the newest page of drafts, newest first.
func (c *Client) newestDrafts(ctx context.Context, op string) ([]draftRecord, error) {
	p, err := searchPage[draftRecord](ctx, c, op, "draft", search{}.raw("sort", "-id"), "")
	return p.Results, err
}

// draftsSince lists the drafts with an id above the one given, lowest first.
func (c *Client) draftsSince(ctx context.Context, op string, above whole) ([]draftRecord, error) {
	q := search{}.raw("id", ">"+strconv.FormatInt(int64(above), 10))
	return searchAll[draftRecord](ctx, c, op, "draft", q, "")
}

// queuedAnswers lists the queued replies and forwards.
func (c *Client) queuedAnswers(ctx context.Context, op string) ([]draftRecord, error) {
	all, err := searchAll[draftRecord](ctx, c, op, "draft", search{}.raw("is.queued", "yes"), "")
	if err != nil {
		return nil, err
	}
	var out []draftRecord
	for _, d := range all {
		if strings.HasPrefix(string(d.Type), "ticket.") {
			out = append(out, d)
		}
	}
	return out, nil
}

// sendError is what Cerb noted on a draft when it could not send it; "" when it noted nothing.
func (c *Client) sendError(ctx context.Context, op string, d draftRecord) (string, error) {
	q := search{}.within("on.draft", search{}.raw("id", d.ID.id()))
	comments, err := searchAll[commentRecord](ctx, c, op, "comment", q, "")
	if err != nil {
		return "", err
	}
	for _, note := range comments {
		if rest, ok := strings.CutPrefix(string(note.Comment), sendErrorNote); ok {
			return first(strings.TrimSpace(rest), "no reason given"), nil
		}
	}
	return "", nil
}

// sendErrorNote begins the comment that Cerb leaves on a draft that it could not send.
const sendErrorNote = "Error sending message:"
