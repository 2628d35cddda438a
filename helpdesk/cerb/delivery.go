package cerb

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// Delivery says what became of a notice, from what can be seen alone. In doubt it is Unclear: a notice that is sent twice
// can't be taken back.
//
// A message that proves it is enough. Otherwise the order of reading matters, as Cerb goes on meanwhile: all new drafts
// first, then those among them that are queued, then the messages again. A draft that comes up in between is then seen as
// queued, and one that Cerb's cron sends is seen as a message, which Cerb adds before it deletes the draft.
func (c *Client) Delivery(ctx context.Context, s helpdesk.Sending) (helpdesk.Delivery, error) {
	op := "prove the notice on ticket " + s.Notice.TicketID
	var e evidence
	err := together(ctx,
		func(ctx context.Context) (err error) { e.messages, err = c.Messages(ctx, s.Notice.TicketID); return },
		func(ctx context.Context) (err error) {
			e.fresh, err = c.draftsSince(ctx, op, highest(s.Baseline.DraftIDs))
			return
		})
	if err != nil {
		return helpdesk.Delivery{}, err
	}
	if d, ok := weighMessages(s, e.messages); ok {
		return d, nil
	}
	err = together(ctx,
		func(ctx context.Context) (err error) { e.queued, err = c.queuedAnswers(ctx, op); return },
		func(ctx context.Context) (err error) { e.failures, err = c.failures(ctx, op, e.fresh); return })
	if err != nil {
		return helpdesk.Delivery{}, err
	}
	if e.messages, err = c.Messages(ctx, s.Notice.TicketID); err != nil {
		return helpdesk.Delivery{}, err
	}
	return weigh(s, e), nil
}

// evidence is what lies in Cerb after a notice was sent.
type evidence struct {
	messages []helpdesk.Message
	queued   []draftRecord
	fresh    []draftRecord // drafts that the baseline doesn't know, queued or not
	failures []failure     // the empty ones among them, with Cerb's note
}

type failure struct {
	draft  string
	reason string // what Cerb noted; "" when it noted nothing
}

// failures reads Cerb's notes on the new drafts that are empty: on a strict database, this row is all that a failed
// sending leaves.
func (c *Client) failures(ctx context.Context, op string, fresh []draftRecord) ([]failure, error) {
	var out []failure
	for _, d := range fresh {
		if !d.empty() {
			continue
		}
		reason, err := c.sendError(ctx, op, d)
		if err != nil {
			return nil, err
		}
		out = append(out, failure{d.ID.id(), reason})
	}
	return out, nil
}

// weigh decides. It is pure, so that each case can be read and tested by itself.
func weigh(s helpdesk.Sending, e evidence) helpdesk.Delivery {
	if d, ok := weighMessages(s, e.messages); ok {
		return d
	}
	if d, ok := weighQueued(s, e.queued); ok {
		return d
	}
	unclear := func(format string, a ...any) helpdesk.Delivery {
		return helpdesk.Delivery{State: helpdesk.Unclear, Evidence: fmt.Sprintf(format, a...)}
	}
	for _, d := range e.fresh {
		if d.answers(s.Notice.FirstMessageID) && sameText(d.Params.text("content"), s.Notice.Text) {
			return unclear("draft %s holds the notice and is not queued", d.ID.id())
		}
	}
	if len(s.Baseline.MessageIDs) == 0 {
		return unclear("nothing is known of what lay in the ticket before")
	}
	for _, f := range e.failures {
		if f.reason == "" {
			return unclear("draft %s is empty and Cerb says nothing about it", f.draft)
		}
		if !neverLeft(f.reason) {
			return unclear("Cerb's mail server may have taken the mail; draft %s says: %s", f.draft, f.reason)
		}
	}
	if len(e.failures) > 0 {
		f := e.failures[0]
		return helpdesk.Delivery{State: helpdesk.NotSent, Evidence: fmt.Sprintf("no message, no queued draft; empty draft %s says: %s", f.draft, f.reason)}
	}
	return helpdesk.Delivery{State: helpdesk.Absent, Evidence: "no message, no queued draft, no failed draft"}
}

// weighMessages looks for our notice among the messages that were not there before. A colleague's reply has another text
// or another recipient.
func weighMessages(s helpdesk.Sending, messages []helpdesk.Message) (helpdesk.Delivery, bool) {
	var odd *helpdesk.Delivery
	for _, m := range messages {
		if !m.Outgoing || slices.Contains(s.Baseline.MessageIDs, m.ID) || !sameText(m.Text, s.Notice.Text) {
			continue
		}
		switch {
		case m.NotSent:
			odd = &helpdesk.Delivery{State: helpdesk.Unclear, Evidence: "message " + m.ID + " holds the notice, recorded but not mailed"}
		case !slices.Contains(m.To, strings.ToLower(s.Notice.To)):
			odd = &helpdesk.Delivery{State: helpdesk.Unclear, Evidence: "message " + m.ID + " holds the notice, but not to the customer"}
		default:
			return helpdesk.Delivery{State: helpdesk.Sent, Message: m, Evidence: "message " + m.ID + " to the customer, mailed, Message-ID " + m.MessageID}, true
		}
	}
	if odd != nil {
		return *odd, true
	}
	return helpdesk.Delivery{}, false
}

// weighQueued looks for our notice among the queued drafts: an answer to our message that the baseline doesn't know. One
// with another text is a colleague's, and may be about the same thing: a person has to look.
func weighQueued(s helpdesk.Sending, queued []draftRecord) (helpdesk.Delivery, bool) {
	other, known := "", highest(s.Baseline.DraftIDs)
	for _, d := range queued {
		if !d.answers(s.Notice.FirstMessageID) || d.ID <= known {
			continue
		}
		if sameText(d.Params.text("content"), s.Notice.Text) {
			return helpdesk.Delivery{State: helpdesk.Queued, Since: d.Updated.at(), Evidence: "draft " + d.ID.id() + " is queued with the notice"}, true
		}
		other = d.ID.id()
	}
	if other == "" {
		return helpdesk.Delivery{}, false
	}
	return helpdesk.Delivery{State: helpdesk.Unclear, Evidence: "draft " + other + " is queued as an answer to our message, with another text"}, true
}

// sameText reports whether the lines of want occur in got, in their order. Cerb may add lines (a group's mail template)
// and runs command lines, so those are left out of account; blanks and line ends may differ.
func sameText(got, want string) bool {
	wanted := textLines(want)
	if len(wanted) == 0 {
		return false
	}
	i := 0
	for _, line := range textLines(got) {
		if i < len(wanted) && line == wanted[i] {
			i++
		}
	}
	return i == len(wanted)
}

func textLines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ").Replace(s)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// harmless are the ends of a sending that came before the mail server had the mail, or with its plain no. Others, above
// all "Expected response code 250 but got an empty response", may come after it took the mail: the customer has it.
var harmless = regexp.MustCompile(`(?i)Connection could not be established|Unable to connect|Failed to authenticate|` +
	`but got code "[45]\d\d"|Expected response code (220|354|235|334)\b|does not comply with RFC|without a sender address`)

// neverLeft reports whether Cerb's note proves that the mail did not go.
func neverLeft(reason string) bool { return harmless.MatchString(reason) }

// highest is the highest of some ids; 0 for none.
func highest(ids []string) whole {
	var top whole
	for _, id := range ids {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			top = max(top, whole(n))
		}
	}
	return top
}
