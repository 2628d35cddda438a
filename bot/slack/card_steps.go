package slack

import (
	"slices"
	"strings"

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
		text := sc.say("slack.line_cancel", "day", string(c.EndsOn()))
		if made := count(f.Intents, bot.CancelOrders, done); made > 0 && made < n {
			text = sc.say("slack.line_cancel_some", "n", wording.Count(n), "done", wording.Count(made), "day", string(c.EndsOn()))
		}
		lines = append(lines, sc.step(f, bot.CancelOrders, n, text))
	}
	return append(lines, sc.step(f, bot.WriteComment, 1, sc.say("slack.line_comment")))
}

// step is one line: its mark, what it is, and why it isn't done where it isn't.
func (sc screen) step(f bot.File, step bot.StepName, of int, text string) string {
	settled, trouble, at, skipped := 0, wording.Reason{}, "", wording.Reason{}
	for _, in := range f.Intents {
		switch {
		case in.Step != step:
		case in.Outcome == bot.Skipped:
			settled, skipped = settled+1, in.Why
		case in.Outcome == bot.Done:
			settled++
		case parked(in):
			trouble, at = whyNot(in), in.Object
		}
	}
	switch {
	case settled >= of && !skipped.IsZero() && count(f.Intents, step, done) == 0:
		return markSkipped + " " + text + " · " + sc.reason(skipped)
	case settled >= of && !skipped.IsZero():
		return markDone + " " + text + " · " + sc.reason(skipped)
	case settled >= of:
		return markDone + " " + text
	case !trouble.IsZero() && f.Case.State != bot.Running && f.Case.State != bot.Restoring:
		return markNotDone + " " + text + " · " + sc.trouble(trouble) + sc.at(f.Case, at)
	case f.Case.State == bot.Ended:
		return markNotDone + " " + text + " · " + sc.say("slack.not_done_ended")
	case (f.Case.State == bot.Person || f.Case.State == bot.Restoring) && slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return in.Step == step && in.Outcome == bot.HandWork }):
		return markNotDone + " " + text + " · " + sc.say("slack.step_by_hand")
	case f.Case.State == bot.Person: // it stands still: nothing is being done
		return markTodo + " " + text
	case f.Case.Step == step || slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return in.Step == step }):
		return markNow + " " + text
	}
	return markTodo + " " + text
}

// trouble is why a step is not done, on the line of that step: where the reason names the step, that is left out.
func (sc screen) trouble(r wording.Reason) string {
	switch r.Code {
	case "step_refused":
		return sc.reason(wording.Because("refused", "why", r.Args["why"]))
	case "step_unknown":
		return sc.say("slack.step_unknown")
	case "silent_too_long":
		return sc.say("slack.step_silent")
	case "look_again":
		return sc.say("slack.step_look")
	case "not_seen_yet":
		return sc.say("slack.step_not_seen")
	case "helpdesk_silent":
		return sc.say("slack.step_helpdesk")
	case "office_silent":
		return sc.say("slack.step_office")
	}
	return sc.held(r)
}

// at names the service that a step got stuck at, behind why.
func (sc screen) at(c bot.Case, object string) string {
	object, _, _ = strings.Cut(object, "#") // the round
	if s, ok := c.Terms.Service(object); ok && object != "" && !sc.minimal {
		return " (" + esc(line(s.Label, maxLabel)) + ")"
	}
	return ""
}

// whyNot is why an intent is not done. One that was found under way carries no reason of its own.
func whyNot(in bot.Intent) wording.Reason {
	if in.Why.IsZero() {
		return wording.Because("step_unknown", "step", "step."+string(in.Step))
	}
	return in.Why
}
