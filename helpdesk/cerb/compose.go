package cerb

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

type bucketRecord struct {
	row
	Name    text  `json:"name"`
	GroupID whole `json:"group_id"`
}

// OpenTicket records the case's first message without mailing it, owned by the agent, open. Cerb checks little of what it
// is given here, and partly after the ticket was made; so all of it is checked before: the release, the address, the
// agent, the key's own access to the group, the custom field and the bucket.
func (c *Client) OpenTicket(ctx context.Context, t helpdesk.NewTicket) (helpdesk.Ticket, error) {
	op := "open the ticket of " + t.CaseKey
	if err := checkNewTicket(op, t); err != nil {
		return helpdesk.Ticket{}, err
	}
	var place placement
	err := together(ctx,
		func(ctx context.Context) error { return c.place(ctx, op, t.AgentID, &place) },
		func(ctx context.Context) (err error) { place.field, err = c.caseField(ctx); return })
	if err != nil {
		return helpdesk.Ticket{}, err
	}
	var rec ticketRecord
	if err := c.do(ctx, composeCall(op, t, place), &rec); err != nil {
		return helpdesk.Ticket{}, err
	}
	if got := rec.custom(place.field.ID.id()); got != t.CaseKey {
		return helpdesk.Ticket{}, &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true,
			Err: fmt.Errorf("ticket %s was made, its case key reads %q", rec.ID.id(), got)}
	}
	return rec.ticket(op)
}

// placement is where a new ticket goes.
type placement struct {
	group  groupRecord
	bucket string
	field  fieldRecord
}

// place looks up the group, the bucket, the agent and the key at the same time, and refuses what does not fit.
func (c *Client) place(ctx context.Context, op, agentID string, p *placement) error {
	var agent workerRecord
	var me keyHolder
	err := together(ctx,
		func(ctx context.Context) (err error) { me, err = c.ready(ctx, op); return },
		func(ctx context.Context) (err error) { agent, err = c.worker(ctx, op, agentID); return },
		func(ctx context.Context) (err error) {
			if p.group, err = c.group(ctx); err == nil && c.cfg.Bucket != "" {
				p.bucket, err = c.bucket(ctx, p.group)
			}
			return err
		})
	if err != nil {
		return err
	}
	if me.IsAdmin == 0 && !me.memberOf(p.group.ID.id()) {
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: fmt.Sprintf(
			"The key's worker, %s, is not a member of the group %s in Cerb, so it must not open tickets there.", me.agent().Name, p.group.Name)}
	}
	return c.mayOwn(op, agent, p.group)
}

func (c *Client) bucket(ctx context.Context, g groupRecord) (string, error) {
	op := "find bucket " + c.cfg.Bucket
	found, err := searchAll[bucketRecord](ctx, c, op, "bucket", search{}.where("name", c.cfg.Bucket), "")
	if err != nil {
		return "", err
	}
	for _, b := range found {
		if b.GroupID == g.ID && strings.EqualFold(strings.TrimSpace(string(b.Name)), strings.TrimSpace(c.cfg.Bucket)) {
			return b.ID.id(), nil
		}
	}
	return "", &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: fmt.Sprintf(
		"The group %s has no bucket called %s in Cerb.", g.Name, c.cfg.Bucket)}
}

func checkNewTicket(op string, t helpdesk.NewTicket) error {
	if err := checkKey(op, t.CaseKey); err != nil {
		return err
	}
	if _, err := bareAddress(t.To); err != nil {
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "The customer's address is not one plain e-mail address.", Err: err}
	}
	if err := checkSubject(op, t.Subject); err != nil {
		return err
	}
	if blank(t.Text) {
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "Cerb takes no ticket without a text."}
	}
	return nil
}

func checkSubject(op, subject string) error {
	if blank(subject) || strings.ContainsAny(subject, "\r\n\x00") || len(subject) > 200 {
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "A subject is one line of at most 200 characters."}
	}
	return nil
}

// blank reports a text that PHP's empty() takes for missing: "0" is one.
func blank(s string) bool { s = strings.TrimSpace(s); return s == "" || s == "0" }

func composeCall(op string, t helpdesk.NewTicket, p placement) call {
	form := []param{
		{"group_id", p.group.ID.id()}, {"to", t.To}, {"subject", t.Subject}, {"content", quiet(t.Text)},
		{"dont_send", "1"}, {"status", "0"}, {"owner_id", t.AgentID}, {"custom_" + p.field.ID.id(), t.CaseKey},
	}
	if p.bucket != "" {
		form = append(form, param{"bucket_id", p.bucket})
	}
	return call{op: op, method: http.MethodPost, path: "tickets/compose.json", query: []param{{"expand", "custom_"}}, form: form,
		write: true, refusal: composeRefusal}
}

// composeRefusal tells the answers that Cerb gives before it makes anything. All others may come after the ticket or a
// draft of it was made ("Invalid ticket id '64'": ticket 64 exists).
func composeRefusal(code, message string) error {
	switch {
	case code == "ERROR_PERMISSIONS" && strings.HasPrefix(message, "Access denied to compose"):
		return helpdesk.ErrAuth
	case strings.HasPrefix(message, "The '") && strings.HasSuffix(message, "parameter is required"),
		strings.HasPrefix(message, "The given '") && strings.HasSuffix(message, "parameter is invalid"):
		return helpdesk.ErrRefused
	}
	return nil
}

// quiet takes the power out of lines that Cerb would run as commands (#signature, #attach, #comment …): Cerb runs a line
// that begins with #, and lets one with a blank before it through. It splits at a lone CR as well.
func quiet(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "#") {
			lines[i] = " " + line
		}
	}
	return strings.Join(lines, "\n")
}
