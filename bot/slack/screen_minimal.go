package slack

import (
	"slices"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// What a channel is told about a customer. With slack.detail minimal that is the number and the state: whoever may read the
// channel needn't know who owes what. Names of colleagues, dates, steps and the ticket stay: the team works by them.

// customer is the customer on a card or in its thread, as mrkdwn.
func (sc screen) customer(c bot.Case) string {
	number := esc(line(c.CustomerNumber, maxLabel))
	if sc.minimal {
		return sc.say("slack.minimal_customer", "number", number)
	}
	return sc.say("slack.card_customer", "name", name(c.CustomerName), "number", number, "amount", sc.money(owedNow(c)))
}

// fallback is the one sentence of a card that notifications and screen readers get.
func (sc screen) fallback(c bot.Case, state string) string {
	number := esc(line(c.CustomerNumber, maxLabel))
	if sc.minimal {
		return sc.say("slack.minimal_text", "number", number, "state", state)
	}
	return sc.say("slack.card_text", "name", name(c.CustomerName), "number", number, "state", state)
}

// toldPerson is the line of a thread that calls a person.
func (sc screen) toldPerson(c bot.Case, why string) string {
	number := esc(line(c.CustomerNumber, maxLabel))
	if sc.minimal {
		return sc.say("slack.minimal_told_person", "number", number, "why", why)
	}
	return sc.say("slack.told_person", "name", name(c.CustomerName), "number", number, "why", why)
}

// whom is the customer in a line that stands alone.
func (sc screen) whom(c bot.Case) string {
	number := esc(line(c.CustomerNumber, maxLabel))
	if sc.minimal {
		return sc.say("slack.whom_minimal", "number", number)
	}
	return sc.say("slack.whom", "name", name(c.CustomerName), "number", number)
}

// hides says whether a reason holds what a minimal channel doesn't say: anything but what is listed here, so that a value
// that is thought of later is hidden too.
func (sc screen) hides(r wording.Reason) bool {
	if !sc.minimal {
		return false
	}
	for k := range r.Args {
		if !slices.Contains([]string{"who", "at", "day", "last", "n", "days", "min", "max", "step", "ticket", "link", "case", "domains", "customers"}, k) {
			return true
		}
	}
	return false
}
