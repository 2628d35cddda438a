package slack

import (
	"encoding/json"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// What happens after the notice, as lines of a thread. They are made from what the journal's entries hold as data: its sentences
// are English and for the file.

// eventAfter is an entry about money or a decision as a line; empty: it is none of the two.
func (sc screen) eventAfter(e bot.Entry) string {
	switch e.Kind {
	case "paid":
		var amount backoffice.Money
		if json.Unmarshal(e.Data, &amount) != nil || sc.minimal {
			return sc.say("slack.told_paid_all")
		}
		return sc.say("slack.told_paid", "amount", wording.Money(amount))
	case "money seen":
		return sc.moneySeen(e)
	case string(bot.MatterReversed), string(bot.MatterLate):
		if sc.minimal {
			return sc.say("slack.told_money_after")
		}
		return strings.TrimSuffix(sc.reason(reasonIn(e)), ".") + "."
	}
	return sc.decision(e)
}

// moneySeen says how much is open now, and how much was.
func (sc screen) moneySeen(e bot.Entry) string {
	var seen struct{ Before, Left backoffice.Money }
	if json.Unmarshal(e.Data, &seen) != nil || sc.minimal {
		return sc.say("slack.told_money_other")
	}
	key := "slack.told_money_less"
	if seen.Left.Minor > seen.Before.Minor {
		key = "slack.told_money_more"
	}
	return sc.say(key, "before", wording.Money(seen.Before), "left", wording.Money(seen.Left))
}

// decision is what a person decided, as a line; empty for an entry of another kind.
func (sc screen) decision(e bot.Entry) string {
	var d bot.Decision
	if json.Unmarshal(e.Data, &d) != nil {
		d = bot.Decision{}
	}
	key := map[string]string{
		string(bot.ChooseHold): "slack.told_hold", string(bot.ChooseExtend): "slack.told_extend", string(bot.ChooseResume): "slack.told_resume",
		string(bot.ChoosePromise): "slack.told_promise", string(bot.ChooseRestore): "slack.told_restore", string(bot.ChooseGoOn): "slack.told_go_on",
		string(bot.ChooseContact): "slack.told_contact", string(bot.ChooseLeave): "slack.told_leave", string(bot.ChooseUndo): "slack.told_undo", string(bot.ChooseApprove): "slack.told_approve",
		string(bot.ChooseReject): "slack.told_reject", "not decided": "slack.told_not_decided",
	}[e.Kind]
	if key == "" {
		return ""
	}
	switch {
	case e.Kind == string(bot.ChooseHold) && d.Until.IsZero():
		key = "slack.told_hold_open"
	case e.Kind == string(bot.ChooseRestore) && d.Until.IsZero():
		key = "slack.told_restore_open"
	case e.Kind == string(bot.ChoosePromise) && !d.Amount.IsZero() && !sc.minimal:
		key = "slack.told_promise_amount"
	}
	kind := d.Kind
	if kind == "" {
		kind = bot.PauseAsked
	}
	text := sc.say(key, "who", name(e.Who.Name), "day", string(d.Until), "kind", "pause."+string(kind), "amount", wording.Money(d.Amount))
	if e.Kind == "not decided" { // why it couldn't be done counts, not why it was wanted
		return text + "."
	}
	if said := sc.quoted(d.Why); said != "" {
		return text + said
	}
	return text + "."
}

// toldReminder is the line of a week before the end: the channel sees it too, so it names the customer.
func (sc screen) toldReminder(f bot.File, e bot.Entry) string {
	var is struct {
		Ends backoffice.Date
		Days int
	}
	if json.Unmarshal(e.Data, &is) != nil {
		return ""
	}
	return sc.say("slack.told_reminder", "customer", sc.whom(f.Case), "n", wording.Count(is.Days), "day", string(is.Ends))
}

// stepAfter is a step that follows the procedure, as a line once it is done for all that it is about: a customer may have hundreds
// of services.
func (sc screen) stepAfter(f bot.File, e bot.Entry) string {
	switch e.Step {
	case bot.ClearStatus:
		return sc.say("slack.told_status")
	case bot.WriteRestored:
		return sc.say("slack.told_comment")
	case bot.CloseTicket:
		return sc.say("slack.told_closed", "ticket", linked(f.Case.Ticket.URL, f.Case.Ticket.Mask))
	case bot.TellCustomer:
		return sc.toldLetter(f, e)
	}
	return sc.allDone(f, e)
}

// allDone is a step that is done for each service, once this entry was the last of them.
func (sc screen) allDone(f bot.File, e bot.Entry) string {
	n, last := together(f, e)
	if !last || n == 0 {
		return ""
	}
	switch e.Step {
	case bot.WithdrawOrders:
		return sc.say("slack.told_withdrawn", "n", wording.Count(n))
	case bot.SwitchOn:
		return sc.say("slack.told_on", "n", wording.Count(n))
	case bot.CancelAgain:
		return sc.say("slack.told_again", "n", wording.Count(n), "day", string(dayOf(f, e)))
	}
	return ""
}

// toldLetter says which mail went to the customer.
func (sc screen) toldLetter(f bot.File, e bot.Entry) string {
	for _, l := range f.Case.Course.Letters {
		if l.ID == e.Object && sc.words.Has("letter."+l.Kind) {
			return sc.say("slack.told_letter", "letter", sc.say("letter."+l.Kind))
		}
	}
	return sc.say("slack.told_letter_any")
}

// together counts for how many objects a step was done up to an entry, in its round. last: all of them are done or needn't be, and
// this entry was the last.
func together(f bot.File, e bot.Entry) (n int, last bool) {
	_, round, _ := strings.Cut(e.Object, "#")
	seen := map[string]string{}
	for _, old := range f.Journal {
		_, is, _ := strings.Cut(old.Object, "#")
		if old.N <= e.N && old.Step == e.Step && is == round && (old.Kind == "step done" || old.Kind == "step skipped") {
			seen[old.Object] = old.Kind
		}
	}
	for _, kind := range seen {
		if kind == "step done" {
			n++
		}
	}
	return n, len(seen) == expected(f, e.Step, round)
}

// expected is for how many objects a step is done in a round.
func expected(f bot.File, step bot.StepName, round string) (n int) {
	switch step {
	case bot.WithdrawOrders:
		return count(f.Intents, bot.CancelOrders, perhaps)
	case bot.SwitchOn:
		return count(f.Intents, bot.SuspendServices, perhaps)
	case bot.CancelAgain:
		return count(f.Intents, bot.WithdrawOrders, func(in bot.Intent) bool {
			return strings.HasSuffix(in.Object, "#"+round) && (in.Outcome == bot.Done && in.Changed || in.Outcome == bot.Skipped && in.Why.Code == "not_cancelled")
		})
	}
	return 0
}

// dayOf is the day for which an entry's round cancels.
func dayOf(f bot.File, e bot.Entry) backoffice.Date {
	_, round, _ := strings.Cut(e.Object, "#")
	for at, r := range f.Case.Course.Orders {
		if wording.Count(at+1) == round {
			return r.On
		}
	}
	return f.Case.EndsOn()
}
