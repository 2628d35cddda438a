package slack

import (
	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// form is what the dialog of a decision says and asks for.
type form struct {
	title string // and what the submit button says again
	means string
	day   string // the label of the day; empty: no day is asked
	must  bool   // the day may not be left out
	why   string // the label of the reason
}

// forms are the dialogs, by choice.
func forms() map[string]form {
	return map[string]form{
		choiceExtend:  {"slack.title_extend", "slack.extend_means", "slack.day_extend", true, "slack.why"},
		choiceHold:    {"slack.title_hold", "slack.hold_means", "slack.day_hold", false, "slack.why"},
		choiceResume:  {"slack.title_resume", "slack.resume_means", "", false, "slack.why"},
		choiceRestore: {"slack.title_restore", "slack.restore_means", "slack.day_restore", false, "slack.why"},
		choiceContact: {"slack.title_contact", "slack.contact_means", "slack.day_contact", false, "slack.why_contact"},
	}
}

// choiceOf is the decision behind a button. A talk with a day is a promise.
func choiceOf(choice string, day backoffice.Date) bot.Choice {
	switch choice {
	case choiceExtend:
		return bot.ChooseExtend
	case choiceHold:
		return bot.ChooseHold
	case choiceResume:
		return bot.ChooseResume
	case choiceRestore:
		return bot.ChooseRestore
	case choiceGoOn:
		return bot.ChooseGoOn
	case choiceContact:
		if day.IsZero() {
			return bot.ChooseContact
		}
		return bot.ChoosePromise
	}
	return ""
}

// boundsOf are the first and the last day that the dialog takes.
func boundsOf(choice string, c bot.Case, w bot.World) (first, last backoffice.Date) {
	return bot.Decision{Choice: choiceOf(choice, "ask for them")}.Bounds(c, w)
}

// decideView asks for what a decision needs, and says what it leads to. said is why an earlier try didn't go through, and what was
// filled in stays.
func (sc screen) decideView(choice string, f bot.File, w bot.World, v viewIn, said string) slackgo.ModalViewRequest {
	is, c := forms()[choice], f.Case
	m := v.meta()
	m.Case, m.Choice = c.ID, choice
	m.First, m.Last = boundsOf(choice, c, w)
	var blocks []slackgo.Block
	if said != "" {
		blocks = append(blocks, section(":warning: "+said))
	}
	blocks = append(blocks, section(sc.customer(c)), section(sc.means(choice, f, w)))
	if choice == choiceHold {
		blocks = append(blocks, sc.kinds(v.Values[fieldKind]))
	}
	if is.day != "" {
		blocks = append(blocks, sc.dayField(is, m, c, v.Values[fieldUntil]))
	}
	why := field(fieldWhy, sc.say(is.why), "", v.Values[fieldWhy], 300)
	if input, ok := why.Element.(*slackgo.PlainTextInputBlockElement); ok {
		input.Multiline = true
	}
	out := sc.modal(is.title, is.title, "slack.back", append(blocks, why)...)
	out.CallbackID, out.PrivateMetadata = callbackDecide, m.String()
	return out
}

// means is what a decision leads to, with what the case itself adds to it.
func (sc screen) means(choice string, f bot.File, w bot.World) string {
	c, today := f.Case, w.Today()
	pairs := []string{"amount", wording.Money(owedNow(c)), "day", string(c.EndsOn()), "n", wording.Count(max(today.DaysUntil(c.EndsOn()), 1))}
	if choice == choiceResume {
		pairs[3] = string(c.EndsAfterHold(today))
	}
	return sc.say(forms()[choice].means, pairs...)
}

// kinds lets say why a case goes on hold: some kinds write to the customer.
func (sc screen) kinds(chosen string) slackgo.Block {
	menu := slackgo.NewRadioButtonsBlockElement(fieldKind)
	for _, k := range []bot.PauseKind{bot.PauseAsked, bot.PauseDispute, bot.PauseInsolvency, bot.PauseArranged} {
		option := slackgo.NewOptionBlockObject(string(k), plainText(sc.say("pause."+string(k))), nil)
		menu.Options = append(menu.Options, option)
		if string(k) == chosen || chosen == "" && k == bot.PauseAsked {
			menu.InitialOption = option
		}
	}
	return slackgo.NewInputBlock(fieldKind, plainText(sc.say("slack.hold_kind")), nil, menu)
}

// dayField asks for a day. Slack's date picker knows no bounds, so they stand in the hint and are checked when the form comes back.
func (sc screen) dayField(is form, m meta, c bot.Case, filled string) slackgo.Block {
	picker := slackgo.NewDatePickerBlockElement(fieldUntil)
	if picker.InitialDate = filled; filled == "" && is.must {
		picker.InitialDate = string(min(max(c.EndsOn().AddDays(7), m.First), m.Last))
	}
	b := slackgo.NewInputBlock(fieldUntil, plainText(sc.say(is.day)), nil, picker)
	b.Optional = !is.must
	b.Hint = plainText(sc.say("slack.day_between", "first", string(m.First), "last", string(m.Last)))
	return b
}

// faultsOfDecision says, by block, what is wrong with the form of a decision.
func (sc screen) faultsOfDecision(v viewIn, faults map[string]string) {
	m, day := v.meta(), backoffice.Date(v.Values[fieldUntil])
	if line(v.Values[fieldWhy], maxReason) == "" {
		faults[fieldWhy] = sc.say("slack.need_text")
	}
	is := forms()[m.Choice]
	if is.day == "" || day.IsZero() && !is.must {
		return
	}
	if day < m.First || day > m.Last {
		faults[fieldUntil] = sc.reason(wording.Because("day_outside", "first", string(m.First), "last", string(m.Last)))
	}
}
