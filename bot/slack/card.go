package slack

import (
	"slices"
	"strconv"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// card is a case's message as it stands now: a state line, the steps or a summary, who and where, and what can be clicked. While
// the case has yet to hear what a person said, nothing can be clicked, and the card says whose word it is working on.
func (sc screen) card(f bot.File, heard []bot.Signal) message {
	c := f.Case
	if !c.ForgottenAt.IsZero() {
		return sc.forgotten(c)
	}
	emoji, state := sc.state(f)
	var blocks []slackgo.Block
	if c.Mode == bot.DryRun {
		blocks = append(blocks, contextLine(sc.say("dry_run")))
	}
	blocks = append(blocks, section(emoji+" *"+state+"*\n"+sc.customer(c)))
	if body := sc.cardBody(f); body != "" {
		blocks = append(blocks, section(body))
	}
	blocks = append(blocks, contextLine(sc.cardContext(c)))
	if doable := sc.doable(f, heard); doable != nil {
		blocks = append(blocks, doable)
	}
	text := sc.fallback(c, state)
	if c.Mode == bot.DryRun {
		text = sc.say("dry_run") + ". " + text
	}
	return message{text: text, blocks: blocks, caseID: c.ID}
}

// doable is what can be clicked, or whose word the bot is working on; nil: nothing.
func (sc screen) doable(f bot.File, heard []bot.Signal) slackgo.Block {
	if by, busy := pending(heard); busy {
		return contextLine(sc.say("slack.busy_by", "who", name(by.By.Name)))
	}
	if buttons := sc.buttons(f); len(buttons) > 0 {
		return slackgo.NewActionBlock("", buttons...)
	}
	return nil
}

// forgotten is the card of a closed case whose personal data was removed: its state and its number are all that is left.
func (sc screen) forgotten(c bot.Case) message {
	pairs := []string{"case", strconv.FormatInt(c.ID, 10), "at", wording.Instant(c.ForgottenAt)}
	return message{text: sc.say("slack.forgotten_text", pairs...), blocks: []slackgo.Block{section(sc.say("slack.forgotten", pairs...))}, caseID: c.ID}
}

// state is the emoji and the words for where a case stands.
func (sc screen) state(f bot.File) (emoji, words string) {
	c := f.Case
	why := sc.held(c.Reason)
	step := "doing." + string(c.Step)
	switch c.State {
	case bot.Confirming:
		return ":hourglass_flowing_sand:", sc.say("slack.state_confirming", "at", wording.Instant(c.DueAt))
	case bot.Running:
		if c.Reason.Code == "look_again" { // names the step itself
			return ":hourglass_flowing_sand:", capital(why)
		}
		if !c.Reason.IsZero() {
			return ":hourglass_flowing_sand:", sc.say("slack.state_held", "step", step, "why", why)
		}
		return ":hourglass_flowing_sand:", sc.say("slack.state_running", "step", step)
	case bot.Approving:
		return ":raised_hand:", sc.say("slack.state_approving")
	case bot.Waiting:
		return ":hourglass_flowing_sand:", sc.waitsFor(c)
	case bot.Held:
		return ":double_vertical_bar:", sc.onHold(c)
	case bot.Restoring:
		return ":hourglass_flowing_sand:", sc.restores(c)
	case bot.Person:
		return ":warning:", sc.say("slack.state_person", "why", why)
	}
	return sc.isOver(c)
}

// cardBody is the second section: steps while something is to be done, else what was done.
func (sc screen) cardBody(f bot.File) string {
	switch f.Case.State {
	case bot.Confirming:
		return ""
	case bot.Approving:
		return capital(sc.reason(f.Case.Reason))
	case bot.Waiting:
		return sc.withHands(sc.summary(f), f)
	case bot.Held:
		return sc.withHands(sc.holdLines(f), f)
	case bot.Restoring:
		return sc.withHands(strings.Join(sc.restoreSteps(f), "\n"), f)
	case bot.Person:
		asked := strings.TrimRight(sc.asks(f)+"\n"+sc.silence(f), "\n")
		return cut(sc.withHands(sc.soFar(f), f), maxSection-len(asked)) + "\n" + asked
	case bot.Ended:
		return sc.ending(f)
	}
	return strings.Join(sc.steps(f), "\n")
}

// soFar is what was done of a case that asks a person.
func (sc screen) soFar(f bot.File) string {
	switch phase(f.Case) {
	case bot.Waiting:
		return sc.summary(f)
	case bot.Held:
		return sc.holdLines(f)
	case bot.Restoring:
		return strings.Join(sc.restoreSteps(f), "\n")
	}
	return strings.Join(sc.steps(f), "\n")
}

// withHands adds what waits for a person's hands.
func (sc screen) withHands(text string, f bot.File) string {
	return cut(strings.Join(append([]string{text}, sc.handWork(f)...), "\n"), maxSection)
}

// ending says what the person said who ended the case, and what stays as it is. The state line says why it ended.
func (sc screen) ending(f bot.File) string {
	var lines []string
	if why := f.Case.Reason; why.Code == "stopped" && why.Args["why"] != "" && !sc.hides(why) {
		lines = append(lines, "“"+esc(line(why.Args["why"], maxReason))+"”")
	}
	switch {
	case f.Case.Reason.Code == "restored_paid", f.Case.Reason.Code == "undone":
		return sc.restored(f)
	case wentOut(f):
		lines = append(lines, sc.remains(f))
		if f.Case.Reason.Code == "cancelled" {
			return strings.Join(append(lines, sc.say("slack.remains_office")), "\n")
		}
		return strings.Join(append(lines, sc.say("slack.stays")), "\n")
	}
	if changed := slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return in.Changed }); !changed {
		return strings.Join(append(lines, sc.say("slack.stays_nothing")), "\n")
	}
	return cut(strings.Join(append(lines, sc.steps(f)...), "\n"), maxSection) + "\n" + sc.say("slack.stays")
}

// summary is what was done, in one line.
func (sc screen) summary(f bot.File) string {
	c := f.Case
	var parts []string
	if !c.Notice.SentAt.IsZero() {
		parts = append(parts, sc.say("slack.summary_mailed", "at", wording.Instant(c.Notice.SentAt)))
	}
	on := sc.servicesOn(f)
	if n := count(f.Intents, bot.SuspendServices, done); n > 0 && on == "" {
		parts = append(parts, sc.say("slack.summary_suspended", "n", wording.Count(n)))
	}
	return joined(append(parts, on, sc.ordersLine(f), sc.left(c)))
}

// asks says what a person is asked for, and what the bot does not do before that.
func (sc screen) asks(f bot.File) string {
	has := func(want func(bot.Intent) bool) bool { return slices.ContainsFunc(f.Intents, want) }
	switch f.Case.Reason.Code {
	case "decide_end", "term_over", "promise_broken":
		return sc.say("slack.asks_decide")
	case "hold_over":
		return sc.say("slack.asks_hold_over")
	}
	switch {
	case has(func(in bot.Intent) bool { return in.Outcome == bot.Unknown && in.Step == bot.SendNotice }):
		return sc.say("slack.asks_mail")
	case has(func(in bot.Intent) bool { return in.Outcome == bot.Unknown }):
		return sc.say("slack.asks_doubt")
	case has(func(in bot.Intent) bool { return in.Outcome == bot.Refused }):
		return sc.say("slack.asks_refused")
	case has(func(in bot.Intent) bool { return in.Outcome == bot.HandWork }):
		return sc.say("slack.asks_hand")
	case has(parked):
		return sc.say("slack.asks_retry")
	}
	return sc.say("slack.asks_stop")
}

// silence is what happens if nobody decides, truthfully: a cancellation that the back office has goes on there by itself.
func (sc screen) silence(f bot.File) string {
	if day := stands(f); !day.IsZero() {
		if f.Case.Reason.Code == "term_over" { // the day has come
			return ""
		}
		return sc.say("slack.office_cancels", "day", string(day))
	}
	return sc.say("slack.stands_still")
}

// held is a reason why a case waits. What tells a person at the preview to try again is said otherwise here: it is the bot that
// tries again.
func (sc screen) held(r wording.Reason) string {
	switch r.Code {
	case "helpdesk_silent":
		return sc.say("slack.held_helpdesk")
	case "office_silent":
		return sc.say("slack.held_office")
	case "helpdesk_refuses_key":
		return sc.say("slack.held_helpdesk_key")
	case "office_refuses_key":
		return sc.say("slack.held_office_key")
	case "suspended_later":
		return sc.say("slack.held_until", "at", r.Args["at"])
	case "money_pending":
		if !sc.hides(r) {
			return sc.say("slack.held_money", "amount", r.Args["amount"], "channel", esc(line(r.Args["channel"], maxLabel)))
		}
	case "bank_behind":
		return sc.say("slack.held_bank", "day", r.Args["day"])
	case "never_loud":
		return sc.say("slack.held_never")
	}
	return strings.TrimSuffix(sc.reason(r), ".")
}

// handWork lists what waits for a person's hands, a line each.
func (sc screen) handWork(f bot.File) (lines []string) {
	for _, in := range f.Intents {
		if in.Outcome == bot.HandWork {
			lines = append(lines, "• "+sc.reason(in.Why))
		}
	}
	if len(lines) > maxServices {
		lines = append(lines[:maxServices], "•"+sc.more(len(lines)-maxServices))
	}
	return lines
}

func (sc screen) cardContext(c bot.Case) string {
	text := sc.say("slack.card_by", "who", name(c.StartedBy.Name), "day", sc.day(c.CreatedAt), "time", sc.clock(c.CreatedAt))
	if c.Ticket.Mask != "" {
		text += " · " + linked(c.Ticket.URL, c.Ticket.Mask)
	}
	if webAddress(c.Terms.CustomerURL) {
		text += " · " + linked(c.Terms.CustomerURL, sc.say("slack.back_office"))
	}
	return text
}

// parked says whether an intent waits for a person who says that it may be tried again. The card itself waits for nobody.
func parked(in bot.Intent) bool {
	return in.Step != bot.AnnounceCase && slices.Contains([]bot.Outcome{bot.Started, bot.Unknown, bot.NotSent, bot.Refused}, in.Outcome)
}

func done(in bot.Intent) bool { return in.Outcome == bot.Done }

// count counts the intents of a step that are as asked.
func count(intents []bot.Intent, step bot.StepName, as func(bot.Intent) bool) (n int) {
	for _, in := range intents {
		if in.Step == step && as(in) {
			n++
		}
	}
	return n
}
