package slack

import (
	"slices"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// The marks before a step on the card.
const (
	markDone    = "✓"
	markNow     = "…"
	markTodo    = "○"
	markSkipped = "–"
	markNotDone = "✗"
)

// steps are the steps that people care about, a line each, with why where one was skipped or not done.
func (sc screen) steps(f bot.File) []string {
	c := f.Case
	ticket, mail := sc.say("slack.line_ticket_todo"), sc.say("slack.line_mail")
	if c.Ticket.Mask != "" {
		ticket = sc.say("slack.line_ticket", "ticket", linked(c.Ticket.URL, c.Ticket.Mask), "who", name(c.StartedBy.Name))
	}
	if !c.Notice.SentAt.IsZero() {
		mail = sc.say("slack.line_mailed", "at", wording.Instant(c.Notice.SentAt))
	}
	lines := []string{sc.step(f, bot.OpenTicket, 1, ticket), sc.step(f, bot.SendNotice, 1, mail)}
	if n := len(c.Terms.ToSuspend()); n > 0 {
		lines = append(lines, sc.step(f, bot.SuspendServices, n, sc.say("slack.line_suspend", "n", wording.Count(n),
			"done", wording.Count(count(f.Intents, bot.SuspendServices, done)))))
	}
	if n := len(c.Terms.ToCancel()); n > 0 {
		lines = append(lines, sc.step(f, bot.CancelOrders, n, sc.say("slack.line_cancel", "n", wording.Count(n),
			"done", wording.Count(count(f.Intents, bot.CancelOrders, done)), "day", string(c.Terms.CancelOn))))
	}
	return append(lines, sc.step(f, bot.WriteComment, 1, sc.say("slack.line_comment")))
}

// step is one line: its mark, what it is, and why it isn't done where it isn't.
func (sc screen) step(f bot.File, step bot.StepName, of int, text string) string {
	settled, trouble, skipped := 0, wording.Reason{}, wording.Reason{}
	for _, in := range f.Intents {
		switch {
		case in.Step != step:
		case in.Outcome == bot.Skipped:
			settled, skipped = settled+1, in.Why
		case in.Outcome == bot.Done:
			settled++
		case parked(in) && !in.Why.IsZero():
			trouble = in.Why
		}
	}
	switch {
	case settled >= of && !skipped.IsZero() && count(f.Intents, step, done) == 0:
		return markSkipped + " " + text + ": " + sc.reason(skipped)
	case settled >= of:
		return markDone + " " + text
	case !trouble.IsZero() && f.Case.State != bot.Running:
		return markNotDone + " " + text + ": " + sc.reason(trouble)
	case f.Case.State == bot.Ended:
		return markNotDone + " " + text
	case f.Case.Step == step || slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return in.Step == step }):
		return markNow + " " + text
	}
	return markTodo + " " + text
}
