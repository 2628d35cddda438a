package slack

import (
	"slices"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/bot"
)

// maxMenu is how many entries Slack takes in an overflow menu.
const maxMenu = 5

// buttons are what a person can do about the case now: what is proposed stands there, everything else is in the menu.
func (sc screen) buttons(f bot.File) []slackgo.BlockElement {
	value := pointer(f)
	ask := button(choiceAsk, value, sc.say("slack.button_ask"))
	switch f.Case.State {
	case bot.Confirming:
		return []slackgo.BlockElement{button(actionStopNow, value, sc.say("slack.button_stop_now"))}
	case bot.Running:
		return []slackgo.BlockElement{sc.menu(f)}
	case bot.Waiting: // an agent decides nothing here, but may ask
		return append(sc.byHand(f), ask, sc.menu(f))
	case bot.Held:
		return append([]slackgo.BlockElement{button(choiceResume, value, sc.say("slack.button_resume"))}, append(sc.byHand(f), sc.menu(f))...)
	case bot.Person:
		return sc.answers(f)
	}
	return nil
}

// answers are the buttons of a case that asks a person.
func (sc screen) answers(f bot.File) []slackgo.BlockElement {
	value := pointer(f)
	var out []slackgo.BlockElement
	if slices.ContainsFunc(f.Intents, parked) {
		means := "slack.retry_means"
		if slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return parked(in) && isMail(in.Step) }) {
			means = "slack.retry_means_mail"
		}
		out = append(out, sc.confirmed(button(actionRetry, value, sc.say("slack.button_retry")), "slack.retry_title", sc.say(means)))
	}
	out = append(out, sc.byHand(f)...)
	switch in := phase(f.Case); {
	case len(out) > 0 && in == bot.Waiting && f.Case.Course.Asked == f.Case.EndsOn(): // two questions at once
		out = append(out, sc.goOnButton(f))
	case len(out) > 0:
	case in == bot.Waiting:
		out = append(out, sc.goOnButton(f), button(choiceExtend, value, sc.say("slack.button_extend")))
	case in == bot.Held:
		out = append(out, button(choiceResume, value, sc.say("slack.button_resume")), button(choiceHold, value, sc.say("slack.button_hold")))
	}
	return append(out, sc.menu(f))
}

func isMail(s bot.StepName) bool { return s == bot.SendNotice || s == bot.TellCustomer }

// goOnButton lets the end stand. Its confirmation says what that means.
func (sc screen) goOnButton(f bot.File) slackgo.BlockElement {
	b := button(choiceGoOn, pointer(f), sc.say("slack.button_go_on"))
	means := sc.say("slack.go_on_means", "day", string(f.Case.EndsOn()))
	if f.Case.Reason.Code == "term_over" {
		means = sc.say("slack.go_on_means_tomorrow")
	}
	confirm := sc.confirmed(b, "slack.go_on_title", means)
	confirm.Confirm.Style = slackgo.StyleDanger
	return confirm
}

// confirmed asks once more when the button is clicked, and says what happens.
func (sc screen) confirmed(b *slackgo.ButtonBlockElement, title, means string) *slackgo.ButtonBlockElement {
	b.Confirm = slackgo.NewConfirmationBlockObject(plainText(sc.say(title)), plainText(cut(means, 300)), plainText(b.Text.Text), plainText(sc.say("slack.back")))
	return b
}

// byHand is the button by which a person says that something was done by hand; none where nothing waits for that.
func (sc screen) byHand(f bot.File) []slackgo.BlockElement {
	waits := func(in bot.Intent) bool {
		return in.Outcome == bot.HandWork || f.Case.State == bot.Person && parked(in)
	}
	if !slices.ContainsFunc(f.Intents, waits) {
		return nil
	}
	return []slackgo.BlockElement{button(actionByHand, pointer(f), sc.say("slack.button_hand"))}
}

// menu holds what is seldom needed, at most five entries.
func (sc screen) menu(f bot.File) slackgo.BlockElement {
	var options []*slackgo.OptionBlockObject
	for _, choice := range entries(f) {
		option := slackgo.NewOptionBlockObject(choice+":"+pointer(f), plainText(sc.say(labels()[choice])), nil)
		if choice == choiceLink {
			option.URL = f.Case.Ticket.URL
		}
		options = append(options, option)
	}
	return slackgo.NewOverflowBlockElement(actionMore, options...)
}

// labels are the catalogue's keys of what can be chosen.
func labels() map[string]string {
	return map[string]string{
		choiceStop: "slack.button_stop", choiceNotDone: "slack.button_not_done", choiceAsk: "slack.button_ask", choiceLink: "slack.button_ticket",
		choiceHold: "slack.button_hold", choiceExtend: "slack.button_extend", choiceContact: "slack.button_contact", choiceRestore: "slack.button_restore",
	}
}

// entries are the menu's choices for a case, in their order.
func entries(f bot.File) (choices []string) {
	doubt := f.Case.State == bot.Person && slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return in.Outcome == bot.Unknown })
	busy := f.Case.State == bot.Person && slices.ContainsFunc(f.Intents, func(in bot.Intent) bool { return parked(in) || in.Outcome == bot.HandWork })
	switch in := phase(f.Case); {
	case in == bot.Waiting && f.Case.State == bot.Waiting, in == bot.Waiting && busy:
		choices = []string{choiceExtend, choiceHold, choiceContact, choiceRestore, choiceStop}
	case in == bot.Waiting:
		choices = []string{choiceHold, choiceContact, choiceRestore, choiceStop, choiceAsk}
	case in == bot.Held:
		choices = []string{choiceExtend, choiceContact, choiceRestore, choiceStop, choiceAsk}
	case in == bot.Restoring:
		choices = []string{choiceStop, choiceAsk, choiceLink}
	default:
		choices = []string{choiceStop, choiceHold, choiceAsk, choiceLink}
	}
	choices = slices.DeleteFunc(choices, func(c string) bool {
		return c == choiceRestore && !mayRestore(f) || c == choiceLink && !webAddress(f.Case.Ticket.URL)
	})
	if doubt {
		choices = slices.Insert(choices, 1, choiceNotDone)
	}
	if len(choices) > maxMenu { // a doubt goes before a note of a talk
		choices = slices.DeleteFunc(choices, func(c string) bool { return c == choiceContact })
	}
	return choices
}

// mayRestore says whether the case has switched something off that is not on again.
func mayRestore(f bot.File) bool {
	return slices.ContainsFunc(f.Intents, func(in bot.Intent) bool {
		return in.Step == bot.SuspendServices && perhaps(in) && intent(f, bot.SwitchOn, in.Object).Outcome == ""
	})
}
