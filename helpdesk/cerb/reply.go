package cerb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// Baseline reads the ids of the ticket's messages and of the newest drafts. Draft ids only grow, so what comes later has
// a higher one than any of these.
func (c *Client) Baseline(ctx context.Context, n helpdesk.Notice) (helpdesk.Baseline, error) {
	op := "read what lies in ticket " + n.TicketID
	var messages []helpdesk.Message
	var drafts []draftRecord
	err := together(ctx,
		func(ctx context.Context) (err error) { messages, err = c.Messages(ctx, n.TicketID); return },
		func(ctx context.Context) (err error) { drafts, err = c.newestDrafts(ctx, op); return })
	if err != nil {
		return helpdesk.Baseline{}, err
	}
	b := helpdesk.Baseline{MessageIDs: []string{}, DraftIDs: []string{}}
	for _, m := range messages {
		b.MessageIDs = append(b.MessageIDs, m.ID)
	}
	for _, d := range drafts {
		b.DraftIDs = append(b.DraftIDs, d.ID.id())
	}
	return b, nil
}

// SendNotice answers the ticket's first message. It is sent as a forward with an explicit subject and recipient, because
// a plain reply's subject begins with "Re:"; it threads all the same. The status is always sent: without one Cerb opens
// the ticket. A success says nothing about the mail: Delivery does.
func (c *Client) SendNotice(ctx context.Context, n helpdesk.Notice) error {
	op := "send the notice on ticket " + n.TicketID
	status, err := checkNotice(op, n)
	if err != nil {
		return err
	}
	t, err := c.alive(ctx, op, n.TicketID)
	if err != nil {
		return err
	}
	if t.FirstMessageID != n.FirstMessageID {
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "The ticket no longer begins with the message that the notice answers; a person has to look."}
	}
	me, err := c.me(ctx)
	if err != nil {
		return err
	}
	form := []param{
		{"message_id", n.FirstMessageID}, {"content", n.Text}, {"status", strconv.Itoa(status)},
		{"is_forward", "1"}, {"to", n.To}, {"subject", n.Subject},
	}
	if me.IsAdmin != 0 && n.AgentID != "" {
		form = append(form, param{"worker_id", n.AgentID})
	}
	if !t.ReopenAt.IsZero() {
		// Left out, a date that somebody set meanwhile would be cleared.
		form = append(form, param{"reopen_at", strconv.FormatInt(t.ReopenAt.Unix(), 10)})
	}
	return c.do(ctx, call{op: op, method: http.MethodPost, path: "tickets/reply.json", form: form,
		write: true, refusal: replyRefusal, timeout: c.cfg.SendTimeout}, nil)
}

func checkNotice(op string, n helpdesk.Notice) (status int, err error) {
	refuse := func(sentence string, err error) (int, error) {
		return 0, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: sentence, Err: err}
	}
	if _, err := bareAddress(n.To); err != nil {
		return refuse("The customer's address is not one plain e-mail address.", err)
	}
	if err := checkSubject(op, n.Subject); err != nil {
		return 0, err
	}
	status, ok := statusNumber(n.Status)
	switch {
	case !ok || n.Status == helpdesk.Deleted:
		return refuse("A notice leaves its ticket open, waiting or closed.", nil)
	case !number(n.FirstMessageID):
		return refuse("The notice names no message to answer.", nil)
	case n.AgentID != "" && !number(n.AgentID):
		return refuse("The notice's agent has no id of Cerb's.", nil)
	case blank(n.Text):
		return refuse("The notice is empty.", nil)
	}
	return status, nil
}

// replyRefusal tells the answers that Cerb gives before it does anything.
func replyRefusal(_, message string) error {
	switch {
	case strings.HasPrefix(message, "You do not have write access"):
		return helpdesk.ErrAuth
	case strings.HasPrefix(message, "The given '") && strings.HasSuffix(message, "is invalid"),
		strings.HasPrefix(message, "The '") && strings.HasSuffix(message, "parameter is required"):
		return helpdesk.ErrRefused
	}
	return nil
}
