package cerb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// Comment puts a comment on a ticket, unless one with its key is there: the comments of a ticket that was merged into this one
// are among them. Cerb's own call leaves owner, status and reopen date alone.
func (c *Client) Comment(ctx context.Context, ticketID string, n helpdesk.NewComment) (bool, error) {
	op := fmt.Sprintf("comment on ticket %s for %s", ticketID, n.Key)
	if err := checkKey(op, n.Key); err != nil {
		return false, err
	}
	if blank(n.Text) {
		return false, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "Cerb takes no comment without a text."}
	}
	if _, err := c.alive(ctx, op, ticketID); err != nil {
		return false, err
	}
	there, err := c.commented(ctx, op, ticketID, n.Key)
	if err != nil || there {
		return false, err
	}
	var made struct {
		ID whole `json:"comment_id"`
	}
	err = c.do(ctx, call{op: op, method: http.MethodPost, path: "tickets/" + ticketID + "/comment.json", write: true, refusal: commentRefusal,
		form: []param{{"comment", unmentioned(strings.TrimRight(n.Text, "\n")) + "\n\n" + marker(n.Key)}}}, &made)
	if err == nil && made.ID.id() == "" {
		err = &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true, Err: errors.New("the answer names no comment")}
	}
	return err == nil, err
}

// commented says whether a ticket has a comment with a key.
func (c *Client) commented(ctx context.Context, op, ticketID, key string) (bool, error) {
	q := search{}.within("on.ticket", search{}.raw("id", ticketID))
	comments, err := searchAll[commentRecord](ctx, c, op, "comment", q, "")
	return slices.ContainsFunc(comments, func(r commentRecord) bool {
		return slices.ContainsFunc(strings.Split(string(r.Comment), "\n"), func(line string) bool { return strings.TrimSpace(line) == marker(key) })
	}), err
}

// marker is the line by which a comment is found again.
func marker(key string) string { return "[" + unmentioned(key) + "]" }

// unmentioned takes the power out of "@sanne": Cerb notifies the worker whom a comment mentions so.
func unmentioned(s string) string { return strings.ReplaceAll(s, "@", "@ ") }

// commentRefusal tells the answers that come before the comment is made. The one about rights speaks of deleting tickets: so
// does Cerb.
func commentRefusal(code, message string) error {
	switch {
	case code == "ERROR_PERMISSIONS", strings.Contains(message, "does not have a valid e-mail address"):
		return helpdesk.ErrAuth
	case strings.HasPrefix(message, "Invalid ticket ID"):
		return helpdesk.ErrNotFound
	case strings.HasPrefix(message, "The 'comment' field"):
		return helpdesk.ErrRefused
	}
	return nil
}
